import { compareIp, family, type IpAddress, isLinkLocal, toBytes } from "../base/ip.ts";
import type { Protocol } from "../base/ipvs.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import { setKey } from "../netlink/nftables.ts";
import type { FirewallSet } from "../netlink/vrrp-firewall.ts";
import { OWNER } from "../vrrp/parameters.ts";
import { allAddresses } from "./instance.ts";

/** What belongs into the sets of the nftables table. */

/** An element: its set, and its bytes there. */
export interface FirewallElement {
  readonly set: FirewallSet;
  readonly key: Uint8Array;
}

/** Whether a master of this instance drops packets for its addresses: `no_accept`, or strict mode; never an owner. */
export function isGuarded({ accept, priority }: Pick<VrrpInstanceConfig, "accept" | "priority">): boolean {
  return !accept && priority !== OWNER;
}

/** An address whose packets are dropped; a link-local one is one of its interface, which may not be there. */
export function guardedAddress(address: IpAddress, on: Uint8Array | undefined): FirewallElement[] {
  if (family(address) === 4) return [{ set: "vips", key: toBytes(address) }];
  if (!isLinkLocal(address)) return [{ set: "vips6", key: toBytes(address) }];
  return on === undefined ? [] : [{ set: "links6", key: setKey([toBytes(address), on]) }];
}

/** A virtual MAC interface, unless it is not there. */
export function quietInterface(key: Uint8Array | undefined): FirewallElement[] {
  return key === undefined ? [] : [{ set: "vmacs", key }];
}

/** What passes although it is for a guarded address: the traffic of virtual servers, and errors about it. */
export function servedElements(config: Config): FirewallElement[] {
  const guarded = [
    ...new Set(
      config.vrrpInstances
        .filter(isGuarded)
        .flatMap(allAddresses)
        .map(({ address }) => address),
    ),
  ];
  if (guarded.length === 0) return [];
  const elements = config.fwmarkServers.map(({ fwmark }) => mark(fwmark));
  const own = new Set(guarded);
  for (const { address, port, protocol } of config.virtualServers)
    if (own.has(address)) elements.push(...service(address, protocol, port));
  const groups = new Map(config.virtualServerGroups.map((group) => [group.name, group]));
  for (const { group, protocol } of config.groupServers)
    for (const entry of groups.get(group)?.entries ?? []) {
      if (entry.type === "fwmark") elements.push(mark(entry.fwmark));
      else if (protocol !== undefined)
        for (const address of guarded.filter((one) => isBetween(one, entry.from, entry.to)))
          elements.push(...service(address, protocol, entry.port));
    }
  return elements;
}

/** Assigned protocol numbers. */
const NUMBERS: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

function service(address: IpAddress, protocol: Protocol, port: number): FirewallElement[] {
  const v4 = family(address) === 4;
  const [bytes, number] = [toBytes(address), Uint8Array.of(NUMBERS[protocol])];
  const whole: FirewallElement = { set: v4 ? "protocols" : "protocols6", key: setKey([bytes, number]) };
  const one: FirewallElement = {
    set: v4 ? "services" : "services6",
    key: setKey([bytes, number, Uint8Array.of(port >> 8, port & 0xff)]),
  };
  return [port === 0 ? whole : one, { set: v4 ? "served" : "served6", key: bytes }];
}

function mark(value: number): FirewallElement {
  return { set: "marks", key: hostOrder(value) };
}

/** An interface in a set, by its index (`nftables_ifindex`). */
export function indexKey(ifindex: number): Uint8Array {
  return hostOrder(ifindex);
}

/** As the kernel keeps it. */
function hostOrder(value: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, value, LITTLE_ENDIAN);
  return key;
}

/** An interface in a set, by its name: whatever interface has it. */
export function nameKey(name: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(name).subarray(0, 15));
  return bytes;
}

function isBetween(address: IpAddress, from: IpAddress, to: IpAddress): boolean {
  return family(address) === family(from) && compareIp(from, address) <= 0 && compareIp(address, to) <= 0;
}
