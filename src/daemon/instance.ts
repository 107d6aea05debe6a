import { toByteString } from "../base/bytes.ts";
import { family, type IpAddress } from "../base/ip.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { type InterfaceAddress, virtualAddress } from "../netlink/address.ts";
import { parseMark } from "../vrrp/link-mark.ts";
import type { Announcement } from "../vrrp/pacing.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import type { ScriptVerdict } from "../vrrp/script.ts";
import type { Tracked } from "../vrrp/tracking.ts";
import { encodeIpv4, TOS_CS6 } from "../wire/ipv4.ts";
import { encodeAdvertisement, IPPROTO_VRRP, VRRP_GROUP_V4, VRRP_TTL } from "../wire/vrrp.ts";

/** What an instance's configuration means on this host, as its interfaces are now. */

export interface Surroundings {
  readonly network: HostNetwork;
  scriptVerdict(script: string): ScriptVerdict;
  /** Whether an address is a virtual one of any instance: such an address is never a source. */
  isVirtual(address: IpAddress): boolean;
}

/** Every virtual address of an instance, advertised or not. */
export function allAddresses({ addresses, excludedAddresses }: VrrpInstanceConfig): readonly VirtualAddress[] {
  return [...addresses, ...excludedAddresses];
}

/** The virtual addresses as the kernel's table should hold them; those of an interface that does not exist are left out. */
export function placedAddresses(config: VrrpInstanceConfig, network: HostNetwork): InterfaceAddress[] {
  return allAddresses(config).flatMap((entry) => {
    const link = network.link(entry.interface);
    return link === undefined ? [] : [virtualAddress(entry.address, { ...entry, ifindex: link.ifindex })];
  });
}

/** One gratuitous ARP for each virtual address. */
export function announcements(config: VrrpInstanceConfig): Announcement[] {
  return allAddresses(config).map(({ interface: name, address }) => ({
    instance: config.name,
    interface: name,
    address,
  }));
}

/** The configured source, or the first IPv4 address of the interface that is not virtual. */
export function primaryAddress(config: VrrpInstanceConfig, around: Surroundings): IpAddress | undefined {
  if (config.sourceAddress !== undefined) return config.sourceAddress;
  const link = around.network.link(config.interface);
  if (link === undefined) return undefined;
  return around.network
    .addresses(link.ifindex)
    .find(({ address }) => family(address) === 4 && !around.isVirtual(address))?.address;
}

/** What an instance depends on, as it stands. */
export function trackedNow(config: VrrpInstanceConfig, around: Surroundings): Tracked {
  const others = allAddresses(config)
    .map((entry) => entry.interface)
    .filter((name) => name !== config.interface);
  const names = new Set([...(config.trackPrimary ? [config.interface] : []), ...others]);
  return {
    interfaces: [...names].map((name) => ({
      name,
      up: isUp(around.network, name) || isMadeOn(around.network, name, config.interface),
    })),
    primary: { interface: config.interface, hasAddress: primaryAddress(config, around) !== undefined },
    scripts: config.trackScripts.map((item) => ({ ...item, verdict: around.scriptVerdict(item.script) })),
  };
}

/** Up, and with a carrier: of an interface that we made on another, the carrier of that one. */
export function isUp(network: HostNetwork, name: string): boolean {
  const link = network.link(name);
  const carrier = link?.base !== undefined && parseMark(link.alias) !== undefined ? network.linkAt(link.base) : link;
  return link?.up === true && carrier?.up === true && carrier.running;
}

/** One that we made on the instance's own interface: what becomes of that one is tracked there, or not. */
function isMadeOn(network: HostNetwork, name: string, carrier: string): boolean {
  const link = network.link(name);
  if (link?.up !== true || link.base === undefined || parseMark(link.alias) === undefined) return false;
  return network.linkAt(link.base)?.name === carrier;
}

/** The machine's parameters, with the effective priority and the source of our advertisements. */
export function vrrpParameters(config: VrrpInstanceConfig, priority: number, source: IpAddress): VrrpParameters {
  return {
    ...config,
    priority,
    basePriority: config.priority,
    interval: config.advertInterval,
    primaryAddress: source,
    wantsMaster: config.wantedState === "master",
    addresses: config.addresses.map(({ address }) => address),
    authentication:
      config.authentication.type === "pass"
        ? { type: "pass", password: passwordBytes(config.authentication.password) }
        : { type: "none" }, // the reader refuses to start with AH
  };
}

/** An advertisement, whole, to the multicast group; `id` is the packet's, 1..65535. */
export function advertisementPacket(router: VrrpParameters, priority: number, id: number): Uint8Array {
  const { primaryAddress: from, vrid, interval, authentication, addresses } = router;
  const payload = encodeAdvertisement({ version: 2, vrid, priority, interval, authentication, addresses });
  return encodeIpv4({ from, to: VRRP_GROUP_V4, protocol: IPPROTO_VRRP, ttl: VRRP_TTL, tos: TOS_CS6, id, payload });
}

/** The first 8 bytes of the password as it stands in the file, UTF-8; RFC 2338 §5.3.10. */
function passwordBytes(password: string): string {
  return toByteString(new TextEncoder().encode(password).subarray(0, 8));
}
