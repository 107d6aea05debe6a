import type { Micros } from "../base/time.ts";
import {
  RTAX_ADVMSS,
  RTAX_CC_ALGO,
  RTAX_CWND,
  RTAX_FASTOPEN_NO_COOKIE,
  RTAX_FEATURE_ECN,
  RTAX_FEATURES,
  RTAX_HOPLIMIT,
  RTAX_INITCWND,
  RTAX_INITRWND,
  RTAX_MTU,
  RTAX_QUICKACK,
  RTAX_REORDERING,
  RTAX_RTO_MIN,
  RTAX_RTT,
  RTAX_RTTVAR,
  RTAX_SSTHRESH,
  RTAX_WINDOW,
} from "../netlink/constants.ts";
import type { RouteMetrics } from "../netlink/route-metrics.ts";
import type { ItemOptions } from "./item-options.ts";

/** Words with a number that goes to the kernel as it is. */
const PLAIN = {
  hoplimit: RTAX_HOPLIMIT,
  window: RTAX_WINDOW,
  initcwnd: RTAX_INITCWND,
  initrwnd: RTAX_INITRWND,
  quickack: RTAX_QUICKACK,
  fastopen_no_cookie: RTAX_FASTOPEN_NO_COOKIE,
} as const;

/** So, but `lock` may stand before the number. */
const LOCKABLE = {
  mtu: RTAX_MTU,
  advmss: RTAX_ADVMSS,
  reordering: RTAX_REORDERING,
  cwnd: RTAX_CWND,
  ssthresh: RTAX_SSTHRESH,
} as const;

/** Spans of time, and the kernel's unit of each: linux/rtnetlink.h, ip-route(8). */
const TIMES = {
  rtt: { type: RTAX_RTT, unit: 125 },
  rttvar: { type: RTAX_RTTVAR, unit: 250 },
  rto_min: { type: RTAX_RTO_MIN, unit: 1000 },
} as const;
/** Keepalived's least time of all three (2.2.7: "rtt value 5 below minimum 200ms, resetting"). */
const LEAST: Micros = 200_000;

interface Lockable<T> {
  readonly lock: boolean;
  readonly value: T;
}

/** The metrics that a route's words ask for. */
export function metricsOf(options: ItemOptions): RouteMetrics {
  const values = new Map<number, number>();
  let locked = 0;
  const set = (type: number, value: number, lock: boolean): void => {
    values.set(type, value);
    if (lock) locked |= 1 << type;
  };
  for (const [word, type] of Object.entries(PLAIN)) {
    const value = options.value<number>(word);
    if (value !== undefined) set(type, value, false);
  }
  for (const [word, type] of Object.entries(LOCKABLE)) {
    const given = options.value<Lockable<number>>(word);
    if (given !== undefined) set(type, given.value, given.lock);
  }
  for (const [word, { type, unit }] of Object.entries(TIMES)) {
    const given = options.value<Lockable<Micros>>(word);
    if (given !== undefined) set(type, Math.round(Math.max(given.value, LEAST) / unit), given.lock);
  }
  if (options.value("features") === "ecn") set(RTAX_FEATURES, RTAX_FEATURE_ECN, false);
  const congestion = options.value<Lockable<string>>("congctl");
  if (congestion?.lock) locked |= 1 << RTAX_CC_ALGO;
  return { congestionControl: congestion?.value, values, locked };
}
