import { type IpAddress, ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import type { Check } from "./checks.ts";

/** The forms of the protocol that each rule is tried in. */
export type Flavour = "v2" | "v3" | "v3-ipv6";

/** All of them, in the order of the columns. */
export const FLAVOURS: readonly Flavour[] = ["v2", "v3", "v3-ipv6"];

/** One rule of the protocol, what a neighbour does to see it, and what must then be seen on the network. */
export interface Rule {
  readonly id: string;
  readonly source: string; //   `RFC 9568 §6.4.2`
  readonly unh: string; //      the subject of the UNH-IOL test suite for VRRP; empty: none
  readonly sentence: string; // what the router must do, in our words
  readonly only?: readonly Flavour[]; // where the rule exists; undefined: in all
  readonly router?: RouterText;
  readonly acts: readonly Act[];
  /** After the acts the neighbour goes on as master, so that the router is backup when it is stopped. */
  readonly followed?: true;
  readonly checks: readonly Check[];
  /** What is wrong with what the neighbour sends: the reason that `keepalived_packets_dropped_total` counts. */
  readonly counted?: { readonly as: string; readonly only?: readonly Flavour[] };
  readonly note?: string;
  /** Where this project leaves the rule on purpose: what it does instead. */
  readonly ours?: Deviation;
  /** Where Keepalived 2.2.7 fails or leaves the rule: what it does instead. */
  readonly keepalived?: Deviation;
}

/** What is seen in place of what the rule says. */
export interface Deviation {
  readonly note: string;
  readonly only?: readonly Flavour[]; // undefined: in all
  readonly checks: readonly Check[];
}

/** How the router under test is configured; the rest is usual. */
export interface RouterText {
  readonly priority?: number; //    100; 255 is an owner that is master at start
  readonly nopreempt?: true;
  readonly password?: string; //    of authentication by PASS
  readonly ignoresOthers?: true; // owner_ignore_adverts
}

/** What the neighbour does, one act after the other. Spans are in intervals of the router. */
export type Act =
  | { readonly type: "await"; readonly what: "backup" | "master" | "advert" } // `advert`: the next one
  | { readonly type: "pause"; readonly intervals: number }
  | { readonly type: "send"; readonly packet: Packet }
  | { readonly type: "ask" }; // who has the virtual address? (ARP, neighbour solicitation)

/** A packet of the neighbour: well-formed and of our virtual router where nothing else is said. */
export interface Packet {
  readonly priority: number;
  readonly from?: keyof typeof V4.neighbours; // `above` us by its address; or `below`, or `third`, above too
  readonly interval?: number; //                 in intervals of the router; 1
  readonly vrid?: number; //                     added to ours
  readonly version?: number; //                  2 and 3 with their form, others with that of the router's
  readonly kind?: number; //                     the type field; 1
  readonly authentication?: { readonly type: number; readonly data: string };
  readonly ttl?: number;
  readonly to?: "group" | "router";
  readonly addresses?: "ours" | "another" | "one-more" | "none";
  readonly reserved?: true; //                   the reserved bits of version 3 are set
  readonly resized?: number; //                  so many bytes longer or shorter, checksum right
  readonly cut?: number; //                      only so many bytes of it
  readonly checksum?: "right" | "wrong" | "message"; // `message`: without a pseudo-header (RFC 9568, IPv4)
}

/** Something that is seen on the network of the router. */
export type Seen =
  | { readonly kind: "start" | "stop" | "backup" | "master" | "held" | "released"; readonly at: Micros }
  | { readonly kind: "announce" | "reply" | "asked" | "sent"; readonly at: Micros }
  | { readonly kind: "advert"; readonly at: Micros; readonly advert: SeenAdvert };

/** An advertisement of the router under test. */
export interface SeenAdvert {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number | undefined; // undefined: the kernel writes it
  readonly payload: Uint8Array;
}

/** All that was seen of one router, in the order of time. */
export interface Sighting {
  readonly flavour: Flavour;
  readonly router: RouterText;
  readonly vrid: number;
  readonly seen: readonly Seen[];
  readonly tolerance: Micros; // how far from its time something may be seen
  readonly dropped?: ReadonlyMap<string, number>; // packets by reason; undefined: nobody can say
}

/** Advertisement_Interval. */
export const INTERVAL: Record<Flavour, Micros> = {
  v2: seconds(1),
  v3: milliseconds(500),
  "v3-ipv6": milliseconds(500),
};

const V4 = {
  router: ip("192.0.2.11"),
  group: ip("224.0.0.18"),
  neighbours: { above: ip("192.0.2.12"), below: ip("192.0.2.5"), third: ip("192.0.2.66") },
};
// The link-local addresses are those that the kernel makes of the MAC addresses 02:00:00:00:00:01 and …:02.
const V6: typeof V4 = {
  router: ip("fe80::ff:fe00:1"),
  group: ip("ff02::12"),
  neighbours: { above: ip("fe80::ff:fe00:2"), below: ip("fe80::5"), third: ip("fe80::1:ff:fe00:66") },
};

/** Who is where on the network of a flavour. */
export function places(flavour: Flavour): typeof V4 {
  return flavour === "v3-ipv6" ? V6 : V4;
}

/** The virtual address of a virtual router. */
export function virtualAddress(flavour: Flavour, vrid: number): IpAddress {
  return flavour === "v3-ipv6" ? ip(`fe80::c0:${vrid.toString(16)}`) : ip(`198.51.100.${vrid}`);
}

/** Whether a rule is tried in a flavour. */
export function isTried({ only }: Pick<Rule, "only">, flavour: Flavour): boolean {
  return only?.includes(flavour) ?? true;
}

/** What is wrong about what was seen of an implementation: it must be the rule, or what it is known to do instead. */
export function complaintsOf(rule: Rule, of: "ours" | "keepalived", sighting: Sighting): readonly string[] {
  const deviation = rule[of];
  const checks = deviation !== undefined && isTried(deviation, sighting.flavour) ? deviation.checks : rule.checks;
  return [...checks, isCounted(rule)].map((check) => check(sighting)).filter((complaint) => complaint !== undefined);
}

function isCounted({ counted }: Rule): Check {
  return ({ flavour, dropped }) => {
    if (counted === undefined || dropped === undefined || !isTried(counted, flavour)) return undefined;
    return (dropped.get(counted.as) ?? 0) > 0 ? undefined : `it is not counted as ${counted.as}`;
  };
}
