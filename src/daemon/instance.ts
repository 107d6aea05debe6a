import { toByteString } from "../base/bytes.ts";
import { type IpAddress, ip, isLinkLocal } from "../base/ip.ts";
import type { ReceiveBuffers } from "../config/model/global.ts";
import type { Config, VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import type { ItemOption } from "../config/model/network.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { GapRules } from "../vrrp/lanes.ts";
import type { Standing } from "../vrrp/machine.ts";
import type { Announcement } from "../vrrp/pacing.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import {
  contribution,
  effectivePriority,
  type FaultReason,
  faultReasons,
  standing,
  type Tracked,
} from "../vrrp/tracking.ts";
import { addressRoom } from "../vrrp/transmit.ts";
import { IPPROTO_AH } from "../wire/ah.ts";
import { IPV4_HEADER } from "../wire/ipv4.ts";
import { IPV6_HEADER } from "../wire/ipv6.ts";
import { IPPROTO_VRRP, messageLength } from "../wire/vrrp.ts";
import { carrierOf } from "./carrier.ts";
import type { NetworkItems } from "./placement.ts";
import type { Trackers } from "./trackers.ts";
import type { Endpoint } from "./vrrp-sockets.ts";

/** What an instance's configuration means on this host, as its interfaces are now. */

export interface Surroundings {
  readonly network: HostNetwork;
  readonly trackers: Trackers;
  readonly receiveBuffers: ReceiveBuffers;
  /** Whether an address is a virtual one of any instance: such an address is never a source. */
  isVirtual(address: IpAddress): boolean;
  /** The interface that an instance speaks and listens on: the one that it made for itself, or that of `deviceOf`. */
  speaksOn(config: VrrpInstanceConfig): string | undefined;
}

/** Every virtual address of an instance, advertised or not. */
export function allAddresses({ addresses, excludedAddresses }: VrrpInstanceConfig): readonly VirtualAddress[] {
  return [...addresses, ...excludedAddresses];
}

/** What an instance asks of the kernel's tables. */
export function itemsOf(config: VrrpInstanceConfig): NetworkItems {
  return { addresses: allAddresses(config), routes: config.routes, rules: config.rules };
}

/** One gratuitous ARP for each virtual address. */
export function announcements(config: VrrpInstanceConfig): Announcement[] {
  return allAddresses(config).map(({ interface: name, address }) => ({
    instance: config.name,
    interface: name,
    address,
  }));
}

/** What `global_defs` and the `garp_group`s say of the gaps between announcements. */
export function gapRules({ global: { garpInterval, gnaInterval }, garpGroups }: Config): GapRules {
  return { garpInterval, gnaInterval, groups: garpGroups };
}

/** The configured source, or the first address of the interface that is not virtual; of IPv6 a link-local one. */
export function primaryAddress(config: VrrpInstanceConfig, around: Surroundings): IpAddress | undefined {
  if (config.sourceAddress !== undefined) return config.sourceAddress;
  const link = around.network.link(config.interface);
  if (link === undefined) return undefined;
  return around.network
    .addresses(link.ifindex)
    .find(
      (entry) =>
        entry.family === config.family &&
        (entry.family === 4 || isLinkLocal(entry.address)) &&
        !around.isVirtual(entry.address),
    )?.address;
}

/** The source of what cannot be sent yet. */
export const NO_SOURCE = { 4: ip("0.0.0.0"), 6: ip("::") };

/** What becomes of an instance by what it depends on. */
export interface Outlook {
  readonly reasons: readonly FaultReason[];
  readonly standing: Standing;
  readonly priority: number; // effective
}

/** What an instance depends on, as it stands, and what that makes of it. `lost`: items that cannot be put back. */
export function outlook(config: VrrpInstanceConfig, around: Surroundings, lost: readonly string[] = []): Outlook {
  const tracked = { ...trackedNow(config, around), lost };
  const reasons = faultReasons(tracked);
  const priority = effectivePriority(config.priority, tracked.trackers.map(contribution));
  return { reasons, standing: standing(reasons), priority };
}

/** The interfaces of items that are watched. */
export function itemInterfaces({ addresses, routes, rules }: NetworkItems): readonly string[] {
  return [
    ...addresses.filter(({ tracked }) => tracked).map((entry) => entry.interface),
    ...[...routes, ...rules].filter(({ tracked }) => tracked).flatMap(({ options }) => itemDevice(options) ?? []),
  ];
}

function itemDevice(options: readonly ItemOption[]): string | undefined {
  const device = options.findLast(([word]) => word === "dev" || word === "oif" || word === "iif")?.[1];
  return typeof device === "string" ? device : undefined;
}

function trackedNow(config: VrrpInstanceConfig, around: Surroundings): Tracked {
  const others = itemInterfaces(itemsOf(config)).filter((name) => name !== config.interface);
  const device = deviceOf(config);
  const own = around.speaksOn(config);
  const made = own === undefined || own === device ? [] : [own];
  const names = new Set([...(config.trackPrimary && device !== undefined ? [device] : []), ...made, ...others]);
  return {
    interfaces: [...names].map((name) => ({
      name,
      up: around.trackers.isUp(name) || isMadeOn(around.network, name, config.interface),
    })),
    primary: {
      interface: config.interface,
      family: config.family,
      hasAddress: primaryAddress(config, around) !== undefined,
      lostSource: !holdsSource(config, around) ? config.sourceAddress : undefined,
      hasPeers: config.unicast !== undefined || !config.faultWithoutPeers,
    },
    trackers: around.trackers.now(config),
  };
}

/** One that we made on the instance's own interface: what becomes of that one is tracked there, or not. */
function isMadeOn(network: HostNetwork, name: string, carrier: string): boolean {
  return network.link(name)?.up === true && carrierOf(network, name) === carrier;
}

/**
 * Whether the configured source is an address of this host, where that matters: for unicast and of an ipvlan always,
 * since nobody could answer; for multicast with `track_src_ip`. (Keepalived differs, 2.2.7: `track_src_ip` has no effect.)
 */
function holdsSource(config: VrrpInstanceConfig, { network }: Surroundings): boolean {
  const { sourceAddress, trackSourceAddress, unicast, virtualInterface: own } = config;
  const matters = unicast !== undefined || trackSourceAddress || own?.type === "ipvlan";
  if (sourceAddress === undefined || !matters) return true;
  return network.holds(sourceAddress);
}

/** Where an instance speaks; undefined while it has no address to speak from. */
export function endpoint(config: VrrpInstanceConfig, around: Surroundings): Endpoint | undefined {
  const { unicast, multicastGroup } = config;
  const local = unicast === undefined ? multicastGroup : primaryAddress(config, around);
  const receiveBuffer = receiveShare(config, around.receiveBuffers, mtuOf(config, around.network));
  const protocol = config.authentication.type === "ah" ? IPPROTO_AH : IPPROTO_VRRP;
  return local && { device: around.speaksOn(config), local, protocol, receiveBuffer };
}

/** The interface that an instance speaks on, or its VRF; undefined: wherever the routes lead. */
export function deviceOf({ interface: name, vrf }: VrrpInstanceConfig): string | undefined {
  return name === "" ? vrf : name;
}

/** The part of its socket's receive buffer that an instance asks for, bytes; 0: the kernel's choice. */
export function receiveShare(config: VrrpInstanceConfig, buffers: ReceiveBuffers, mtu: number): number {
  const { policy, multiplier } = buffers;
  if (config.receiveBuffer !== undefined) return config.receiveBuffer;
  if (policy === "system") return 0;
  if (typeof policy === "number") return policy;
  const { version, family, addresses } = config;
  return multiplier * (policy === "mtu" ? mtu : IP_HEADER[family] + messageLength(version, family, addresses.length));
}
const IP_HEADER = { 4: IPV4_HEADER, 6: IPV6_HEADER };

/** The addresses that are advertised: as many as a packet of the interface has room for. */
export function advertisedAddresses(config: VrrpInstanceConfig, network: HostNetwork): readonly IpAddress[] {
  const room = addressRoom(config.version, config.family, mtuOf(config, network));
  return config.addresses.slice(0, room).map(({ address }) => address);
}

/** Of the interface that an instance speaks on; that of Ethernet while there is none. */
export function mtuOf(config: VrrpInstanceConfig, network: HostNetwork): number {
  const device = deviceOf(config);
  const { mtu = 0 } = (device === undefined ? undefined : network.link(device)) ?? {};
  return mtu === 0 ? 1500 : mtu;
}
/** The machine's parameters, with the effective priority and the source of our advertisements. */
export function vrrpParameters(
  config: VrrpInstanceConfig,
  priority: number,
  source: IpAddress,
  network: HostNetwork,
): VrrpParameters {
  return {
    ...config,
    priority,
    basePriority: config.priority,
    interval: config.advertInterval,
    primaryAddress: source,
    announcesSource: config.unicast !== undefined,
    wantsMaster: config.wantedState === "master",
    addresses: advertisedAddresses(config, network),
    authentication:
      config.authentication.type === "pass"
        ? { type: "pass", password: passwordBytes(config.authentication.password) }
        : { type: config.authentication.type },
  };
}

/** The first 8 bytes of the password as it stands in the file, UTF-8; RFC 2338 §5.3.10. */
function passwordBytes(password: string): string {
  return toByteString(new TextEncoder().encode(password).subarray(0, 8));
}
