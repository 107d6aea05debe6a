import type { Family } from "../base/ip.ts";
import {
  NETLINK_ROUTE,
  NLM_F_REPLACE,
  RTM_DELROUTE,
  RTM_DELRULE,
  RTM_NEWROUTE,
  RTM_NEWRULE,
  RTMGRP_IPV4_ROUTE,
  RTMGRP_IPV4_RULE,
  RTMGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
  RTPROT_KEEPALIVED,
} from "../netlink/constants.ts";
import type { Request } from "../netlink/conversation.ts";
import { decodeRoute, dumpRoutes, type Route, routeProtocol } from "../netlink/route.ts";
import { isAt, leadsOver, ROUTES, routePlace } from "../netlink/route-kind.ts";
import { decodeRule, dumpRules, type Rule } from "../netlink/rule.ts";
import { RULES } from "../netlink/rule-kind.ts";
import { KernelError } from "./kernel-error.ts";
import { KernelTable } from "./kernel-table.ts";
import { type NetlinkBuffers, NetlinkMonitor, NetlinkSocket } from "./netlink-socket.ts";
import type { Poller } from "./poller.ts";

/** RTMGRP_IPV6_RULE, which the headers forgot. */
const GROUP_IPV6_RULE = 1 << (RTNLGRP_IPV6_RULE - 1);
const EOPNOTSUPP = 95; // a kernel without IPv6

/**
 * The routes and rules of this network namespace that Keepalived's protocol number marks as ours: a mirror, kept by the
 * kernel's notifications and read anew when any were lost. Those of routing daemons are passed over unread, and none is
 * looked at before `watch`.
 */
export class HostRouting {
  readonly #poller: Poller;
  readonly #listener: () => void;
  readonly #netlink = new NetlinkSocket(NETLINK_ROUTE);
  readonly routes = new KernelTable<Route>(this.#netlink, ROUTES, { mirrors: isOurs });
  readonly rules = new KernelTable<Rule>(this.#netlink, RULES, { mirrors: isOurs });
  #monitor: NetlinkMonitor | undefined;
  #wanted: NetlinkBuffers | undefined;
  #changed = false;

  /** `listener` hears that one of ours came, went or may have gone. Throws KernelError. */
  constructor(poller: Poller, listener: () => void) {
    this.#poller = poller;
    this.#listener = listener;
  }

  /** Looks at them from now on, if any are wanted. Throws KernelError. */
  watch(wanted: boolean): void {
    if (!wanted || this.#monitor !== undefined) return;
    // Subscribed before the tables are read, so nothing falls between.
    this.#monitor = new NetlinkMonitor(
      this.#poller,
      RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE | GROUP_IPV6_RULE,
      (type, body, flags) => this.#notified(type, body, flags),
      (overrun) => this.#settled(overrun),
    );
    if (this.#wanted !== undefined) this.#monitor.buffer(this.#wanted.netlinkMonitorBuffer);
    this.#read();
  }

  /** The kernel may have dropped routes over these interfaces, which it does not always tell. */
  doubt(shaken: ReadonlySet<number>): boolean {
    if (shaken.size === 0) return false;
    return this.routes.doubt((route) => [...shaken].some((ifindex) => leadsOver(route, ifindex)));
  }

  /** How large the receive buffers are from now on. */
  buffers(wanted: NetlinkBuffers): void {
    this.#wanted = wanted;
    this.#netlink.buffer(wanted.netlinkCommandBuffer);
    this.#monitor?.buffer(wanted.netlinkMonitorBuffer);
  }

  close(): void {
    this.#monitor?.close();
    this.#netlink.close();
  }

  #notified(type: number, body: Uint8Array, flags: number): void {
    if (type === RTM_NEWROUTE || type === RTM_DELROUTE) this.#routeNotified(type, body, flags);
    if (type !== RTM_NEWRULE && type !== RTM_DELRULE) return;
    const rule = decodeRule(body);
    if (!rule.ok || !isOurs(rule.value)) return;
    if (type === RTM_NEWRULE) this.rules.remember(rule.value);
    else this.rules.forget(rule.value);
    this.#changed = true;
  }

  /** A route that comes in the place of another says nothing of the one it replaces. */
  #routeNotified(type: number, body: Uint8Array, flags: number): void {
    const replaces = type === RTM_NEWROUTE && (flags & NLM_F_REPLACE) !== 0;
    if (routeProtocol(body) !== RTPROT_KEEPALIVED && !replaces) return;
    const decoded = decodeRoute(body);
    if (!decoded.ok) return;
    const route = decoded.value;
    // An IPv6 route with several ways goes one way after the other.
    if (replaces || (type === RTM_DELROUTE && route.family === 6)) this.#doubtPlace(route);
    if (!isOurs(route)) return;
    if (type === RTM_NEWROUTE) this.routes.remember(route);
    else this.routes.forget(route);
    this.#changed = true;
  }

  #doubtPlace(route: Route): void {
    const place = routePlace(route);
    if (this.routes.doubt((_, key) => isAt(key, place))) this.#changed = true;
  }

  #settled(overrun: boolean): void {
    if (overrun) this.#read();
    const told = overrun || this.#changed;
    this.#changed = false;
    if (told) this.#listener();
  }

  #read(): void {
    this.routes.clear();
    this.rules.clear();
    for (const of of [4, 6] as const) {
      for (const body of this.#dump(dumpRoutes(of, RTPROT_KEEPALIVED), "routes", of)) {
        const route = decodeRoute(body);
        if (route.ok && isOurs(route.value)) this.routes.remember(route.value);
      }
      for (const body of this.#dump(dumpRules(of), "rules", of)) {
        const rule = decodeRule(body);
        if (rule.ok && isOurs(rule.value)) this.rules.remember(rule.value);
      }
    }
  }

  #dump(request: Request, what: string, of: Family): readonly Uint8Array[] {
    const [answer] = this.#netlink.transact([request]);
    if (answer?.ok) return answer.messages.map(({ body }) => body);
    if (of === 6 && answer?.errno === EOPNOTSUPP) return [];
    throw new KernelError(`cannot read the ${what}`, answer?.errno ?? 0, answer?.text);
  }
}

function isOurs({ protocol }: { readonly protocol: number }): boolean {
  return protocol === RTPROT_KEEPALIVED;
}
