import type { Request } from "./conversation.ts";
import { NFPROTO_IPV4, NFPROTO_IPV6 } from "./nft-constants.ts";
import { between, counter, equals, isIn, type NftExpression, type NftField, verdict } from "./nft-expression.ts";
import { addChain, addRule, addSet, addTable, type NftSet } from "./nftables.ts";

/** The nftables table of the VRRP process. */
export interface FirewallSpec {
  readonly table: string;
  readonly priority: number; // of its base chains
  readonly counters: boolean; // rules count what they drop
  readonly guards: boolean; //   packets for addresses are dropped (no_accept)
  readonly quiets: boolean; //   virtual MAC interfaces do not report group memberships
  readonly byIndex: boolean; //  interfaces are known by their indexes instead of their names
}

/** Its sets, as they are with names of interfaces. What is in them follows the instances; the rules stay. */
export const FIREWALL_SETS = {
  vips: { name: "vips", id: 1, key: ["ipv4_addr"] },
  vips6: { name: "vips6", id: 2, key: ["ipv6_addr"] },
  links6: { name: "links6", id: 3, key: ["ipv6_addr", "ifname"] }, //                       link-local addresses
  services: { name: "services", id: 4, key: ["ipv4_addr", "inet_proto", "inet_service"] },
  services6: { name: "services6", id: 5, key: ["ipv6_addr", "inet_proto", "inet_service"] },
  protocols: { name: "protocols", id: 6, key: ["ipv4_addr", "inet_proto"] }, //              services of every port
  protocols6: { name: "protocols6", id: 7, key: ["ipv6_addr", "inet_proto"] },
  served: { name: "served", id: 8, key: ["ipv4_addr"] }, //                                  addresses of services
  served6: { name: "served6", id: 9, key: ["ipv6_addr"] },
  marks: { name: "marks", id: 10, key: ["mark"] }, //                                        services by firewall mark
  vmacs: { name: "vmacs", id: 11, key: ["ifname"] },
} as const satisfies Record<string, NftSet>;

/** A set by its name. */
export type FirewallSet = keyof typeof FIREWALL_SETS;

const GUARD_SETS = Object.values(FIREWALL_SETS).filter(({ name }) => name !== "vmacs");

/** A set whose keys have the index of an interface where they had its name. */
function indexed({ name, id, key }: NftSet): NftSet {
  return { name, id, key: key.map((part) => (part === "ifname" ? "iface_index" : part)) };
}

/**
 * Makes the table, its sets empty. What must pass although it is for a guarded address: neighbour discovery, as in
 * Keepalived, and what virtual servers get. (Keepalived differs (2.2.7): it drops that too, so a strict director does
 * not balance.)
 */
export function makeFirewall(spec: FirewallSpec, owned: boolean): Request[] {
  const { table, priority, guards, quiets, byIndex } = spec;
  const sets: NftSet[] = [...(guards ? GUARD_SETS : []), ...(quiets ? [FIREWALL_SETS.vmacs] : [])];
  return [
    addTable(table, owned),
    ...(guards ? [addChain(table, "in", priority)] : []),
    addChain(table, "out", priority),
    ...sets.map((set) => addSet(table, byIndex ? indexed(set) : set)),
    ...(guards ? guarding(spec, "in").map((rule) => addRule(table, "in", rule)) : []),
    ...(quiets ? quieting(spec).map((rule) => addRule(table, "out", rule)) : []),
    ...(guards ? guarding(spec, "out").map((rule) => addRule(table, "out", rule)) : []),
  ];
}

const NFPROTO: NftField = { type: "meta", key: "nfproto", size: 1 };
const L4PROTO: NftField = { type: "meta", key: "l4proto", size: 1 };
const MARK: NftField = { type: "meta", key: "mark", size: 4 };
const IN = {
  name: { type: "meta", key: "iifname", size: 16 },
  index: { type: "meta", key: "iif", size: 4 },
} as const satisfies Record<string, NftField>;
const OUT = {
  name: { type: "meta", key: "oifname", size: 16 },
  index: { type: "meta", key: "oif", size: 4 },
} as const satisfies Record<string, NftField>;
const ICMP_TYPE: NftField = { type: "payload", base: "transport", offset: 0, size: 1 };

const IS_IPV4 = equals(NFPROTO, Uint8Array.of(NFPROTO_IPV4));
const IS_IPV6 = equals(NFPROTO, Uint8Array.of(NFPROTO_IPV6));
/** RFC 792, RFC 1112, RFC 4443: protocol numbers. */
const IS_ICMP = [...IS_IPV4, ...equals(L4PROTO, Uint8Array.of(1))];
const IS_IGMP = [...IS_IPV4, ...equals(L4PROTO, Uint8Array.of(2))];
const IS_ICMPV6 = [...IS_IPV6, ...equals(L4PROTO, Uint8Array.of(58))];

const DESTINATION_UNREACHABLE = 3; // RFC 792: also that a packet is too big

/** Packets for guarded addresses, or from them: `accept` first, then `drop`. */
function guarding(spec: FirewallSpec, chain: "in" | "out"): NftExpression[][] {
  const sets = FIREWALL_SETS;
  const arriving = chain === "in";
  const address: NftField = { type: "payload", base: "network", offset: arriving ? 16 : 12, size: 4 };
  const address6: NftField = { type: "payload", base: "network", offset: arriving ? 24 : 8, size: 16 };
  const port: NftField = { type: "payload", base: "transport", offset: arriving ? 2 : 0, size: 2 };
  const accept = (...steps: NftExpression[]): NftExpression[] => [...steps, verdict("accept")];
  const drop = (...steps: NftExpression[]): NftExpression[] => dropping(spec, steps);
  const errors = [
    accept(...IS_ICMP, ...equals(ICMP_TYPE, Uint8Array.of(DESTINATION_UNREACHABLE)), ...isIn([address], sets.served)),
    accept(...IS_ICMPV6, ...between(ICMP_TYPE, 1, 4), ...isIn([address6], sets.served6)), // RFC 4443 §3
  ];
  return [
    accept(...IS_ICMPV6, ...between(ICMP_TYPE, 135, 136)), // RFC 4861 §4.3, §4.4
    accept(...isIn([MARK], sets.marks)),
    accept(...IS_IPV4, ...isIn([address, L4PROTO, port], sets.services)),
    accept(...IS_IPV4, ...isIn([address, L4PROTO], sets.protocols)),
    accept(...IS_IPV6, ...isIn([address6, L4PROTO, port], sets.services6)),
    accept(...IS_IPV6, ...isIn([address6, L4PROTO], sets.protocols6)),
    ...(arriving ? errors : []),
    drop(...IS_IPV4, ...isIn([address], sets.vips)),
    drop(...IS_IPV6, ...isIn([address6], sets.vips6)),
    drop(...IS_IPV6, ...isIn([address6, (arriving ? IN : OUT)[knownBy(spec)]], sets.links6)),
  ];
}

/** IGMP, MLD and router solicitations: they would teach a switch that the virtual MAC is at a backup. */
function quieting(spec: FirewallSpec): NftExpression[][] {
  const leaving = isIn([OUT[knownBy(spec)]], FIREWALL_SETS.vmacs);
  return [
    dropping(spec, [...leaving, ...IS_IGMP]),
    dropping(spec, [...leaving, ...IS_ICMPV6, ...between(ICMP_TYPE, 131, 133)]), // RFC 2710 §3, RFC 4861 §4.1
    dropping(spec, [...leaving, ...IS_ICMPV6, ...equals(ICMP_TYPE, Uint8Array.of(143))]), // RFC 3810 §5.2
  ];
}

function knownBy({ byIndex }: FirewallSpec): "name" | "index" {
  return byIndex ? "index" : "name";
}

function dropping({ counters }: FirewallSpec, steps: readonly NftExpression[]): NftExpression[] {
  return [...steps, ...(counters ? [counter()] : []), verdict("drop")];
}
