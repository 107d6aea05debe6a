import type { Network } from "../base/host.ts";
import type { IpAddress } from "../base/ip.ts";
import type { MacAddress } from "../base/mac.ts";
import type { NftRuleset } from "../netlink/nft-ruleset.ts";
import type { Kept } from "../real-server/preparation.ts";

/** What this host is like. What could not be found out is undefined, and nothing is said of it. */
export interface DoctorFacts {
  readonly interfaces: readonly DoctorInterface[];
  readonly gateways: readonly Gateway[];
  /** The value of a setting below /proc/sys; undefined where there is none. */
  readonly setting: (path: string) => string | undefined;
  /** Whether the kernel has a module, in it or for it. */
  readonly module: (name: string) => boolean | undefined;
  readonly ruleset: NftRuleset | undefined;
  readonly legacyTables: readonly string[]; // of iptables-legacy, whose rules are not read
  readonly descriptorLimit: number | undefined; // hard limit of open files
  readonly capabilities: bigint | undefined; // bits: linux/capability.h
  readonly kept: Kept | undefined; // what `real-server up` did
  /** Who answers for an address on an interface of that name, by ARP; us not counted. */
  readonly owners: (address: IpAddress, device: string) => readonly MacAddress[];
  readonly unseen: readonly string[]; // what could not be looked at, and why
}

/** An address and the interface that its owner would answer on. */
export interface Probe {
  readonly address: IpAddress; // IPv4
  readonly device: string;
}

/** An interface, and its addresses. */
export interface DoctorInterface {
  readonly name: string;
  readonly ifindex: number;
  readonly type: number; //         ARPHRD_*
  readonly up: boolean;
  readonly answersArp: boolean; //  no loopback, no tunnel
  readonly mtu: number; //          bytes
  readonly addresses: readonly Network[];
}

/** A default route. */
export interface Gateway {
  readonly address: IpAddress | undefined; // undefined: everything is on the link
  readonly device: string;
}

/** Something that is wrong with a host. */
export interface DoctorFinding {
  readonly code: string; //      `forwarding-off`
  readonly severity: "error" | "warning";
  readonly seen: string; //      what was seen
  readonly why: string; //       why it matters
  readonly mend: string; //      the command, or what to do
}

/** The interface that has an address in the network of `address`, if one does. */
export function linkToward(
  { interfaces }: DoctorFacts,
  reaches: (network: Network) => boolean,
): DoctorInterface | undefined {
  return interfaces.find(({ up, addresses }) => up && addresses.some(reaches));
}

/** The greater of what is said for all interfaces and for one, as the kernel takes most settings of IPv4. */
export function greaterSetting({ setting }: DoctorFacts, device: string, name: string): number {
  return Math.max(...["all", device].map((conf) => Number(setting(`net/ipv4/conf/${conf}/${name}`) ?? 0)));
}
