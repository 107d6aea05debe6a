import { concat } from "../base/bytes.ts";
import { bytesAttribute, decodeAttributes, readString, readU32, u32Attribute } from "./attributes.ts";
import {
  RTA_METRICS,
  RTAX_ADVMSS,
  RTAX_CC_ALGO,
  RTAX_CWND,
  RTAX_FASTOPEN_NO_COOKIE,
  RTAX_FEATURES,
  RTAX_HOPLIMIT,
  RTAX_INITCWND,
  RTAX_INITRWND,
  RTAX_LOCK,
  RTAX_MTU,
  RTAX_QUICKACK,
  RTAX_REORDERING,
  RTAX_RTO_MIN,
  RTAX_RTT,
  RTAX_RTTVAR,
  RTAX_SSTHRESH,
  RTAX_WINDOW,
} from "./constants.ts";

/** What TCP and IP shall take for granted on a route. */
export interface RouteMetrics {
  readonly congestionControl: string | undefined; // RTAX_CC_ALGO
  readonly values: ReadonlyMap<number, number>; //    u32 by RTAX_*, in the kernel's units
  readonly locked: number; //                         bits 1 << RTAX_* of what the kernel must not learn
}

/** Nothing is said. */
export const NO_METRICS: RouteMetrics = { congestionControl: undefined, values: new Map(), locked: 0 };

/** The order in which keepalived 2.2.7 sends them. */
const ORDER = [
  ...[RTAX_RTT, RTAX_RTTVAR, RTAX_RTO_MIN, RTAX_FEATURES, RTAX_MTU, RTAX_WINDOW, RTAX_SSTHRESH, RTAX_CWND],
  ...[RTAX_ADVMSS, RTAX_REORDERING, RTAX_HOPLIMIT, RTAX_INITCWND, RTAX_INITRWND, RTAX_QUICKACK],
  RTAX_FASTOPEN_NO_COOKIE,
];

/** RTA_METRICS; nothing where nothing is said. */
export function encodeMetrics({ congestionControl, values, locked }: RouteMetrics): Uint8Array {
  const attributes = concat(
    congestionControl === undefined ? none : bytesAttribute(RTAX_CC_ALGO, new TextEncoder().encode(congestionControl)),
    ...ORDER.flatMap((type) => {
      const value = values.get(type);
      return value === undefined ? [] : [u32Attribute(type, value)];
    }),
    locked === 0 ? none : u32Attribute(RTAX_LOCK, locked),
  );
  return attributes.length === 0 ? none : bytesAttribute(RTA_METRICS, attributes);
}
const none = new Uint8Array();

/** The inverse; metrics that we do not know are left out. */
export function decodeMetrics(value: Uint8Array | undefined): RouteMetrics {
  if (value === undefined) return NO_METRICS;
  const attributes = decodeAttributes(value);
  return {
    congestionControl: readString(attributes, RTAX_CC_ALGO),
    values: new Map(
      ORDER.flatMap((type) => {
        const found = readU32(attributes, type);
        return found === undefined ? [] : [[type, found] as const];
      }),
    ),
    locked: readU32(attributes, RTAX_LOCK) ?? 0,
  };
}
