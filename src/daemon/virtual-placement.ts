import type { Network } from "../base/host.ts";
import { family } from "../base/ip.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import type { IpvlanConfig } from "../config/model/vrrp.ts";
import { virtualMac, type WantedInterface } from "../vrrp/virtual-interface.ts";
import { allAddresses } from "./instance.ts";

/** An interface that an instance makes, and what belongs on it. */
export interface PlacedInterface {
  readonly key: string; // `placeKey`
  readonly wanted: WantedInterface;
  readonly group: number | string | undefined; // link group; undefined: that of the base
  readonly notifyBase: boolean; // netlink_notify_msg
  readonly ipv6: boolean; // an address of it is one
  readonly address: Network | undefined; // of its own: the one of `use_ipvlan`
}

type Prefixes = Pick<GlobalConfig, "vmacPrefix" | "vmacAddressPrefix">;

/** The interface that an instance has, or would have, on a base. */
export function placeKey(instance: Pick<VrrpInstanceConfig, "name">, base: string): string {
  return `${instance.name} ${base}`;
}

/**
 * The interfaces that an instance makes: its own, and with `use_vmac_addr` (or `use_vmac` at an address) one on each
 * further interface that has an address of it.
 */
export function placedInterfaces(instance: VrrpInstanceConfig, prefixes: Prefixes): readonly PlacedInterface[] {
  const { name, interface: carrier, family: of, vrid, virtualInterface: own } = instance;
  const placed = allAddresses(instance).filter((address) => isPlaced(instance, address));
  const bases = new Set([...(own === undefined ? [] : [carrier]), ...placed.map((address) => address.interface)]);
  if (!canMake(instance)) bases.delete(carrier);
  return [...bases].map((base): PlacedInterface => {
    const here = placed.filter((address) => address.interface === base);
    const first = base === carrier ? own : undefined;
    const six = first === undefined ? here.every(({ address }) => family(address) === 6) : of === 6;
    const given = own?.type === "vmac" ? own.mac : undefined;
    return {
      key: placeKey(instance, base),
      wanted: {
        instance: name,
        base,
        spec:
          first?.type === "ipvlan"
            ? { kind: "ipvlan", mode: first.mode, address: first.address }
            : { kind: "macvlan", mac: virtualMac(six ? 6 : 4, vrid, given) },
        name: {
          given: first?.name,
          prefix: first === undefined ? prefixes.vmacAddressPrefix : prefixes.vmacPrefix,
          family: six ? 6 : 4,
          vrid,
        },
      },
      group: own?.group,
      notifyBase: own?.type === "vmac" && own.notifyBase,
      address: first?.type === "ipvlan" ? ipvlanAddress(first) : undefined,
      ipv6: of === 6 || here.some(({ address }) => family(address) === 6),
    };
  });
}

/**
 * The instance with its addresses on the interfaces that it makes; `nameOf` knows them by `placeKey`, and has a name for
 * one that could not be made. An ipvlan's own address is the source of the advertisements.
 */
export function placed(instance: VrrpInstanceConfig, nameOf: (key: string) => string): VrrpInstanceConfig {
  const move = (address: VirtualAddress): VirtualAddress =>
    isPlaced(instance, address) ? { ...address, interface: nameOf(placeKey(instance, address.interface)) } : address;
  const own = instance.virtualInterface;
  return {
    ...instance,
    addresses: instance.addresses.map(move),
    excludedAddresses: instance.excludedAddresses.map(move),
    sourceAddress: (own?.type === "ipvlan" ? own.address : undefined) ?? instance.sourceAddress,
  };
}

/** One with the MAC address of its base needs none of what a further MAC address on a LAN does. */
export function hasVirtualMac({ wanted }: PlacedInterface): boolean {
  return wanted.spec.kind === "macvlan";
}

/**
 * Whether an instance speaks on the interface that it makes. A unicast one does only where its address is there: what is
 * sent to one of the base is not heard on an ipvlan.
 */
export function speaksOnOwn({ virtualInterface: own, family: of, unicast }: VrrpInstanceConfig): boolean {
  if (own?.type === "ipvlan") return of === 4 || own.address !== undefined || unicast === undefined;
  return own?.transmitOnBase === false;
}

/** Whether two readings of the same instance have their addresses on the same interfaces. */
export function isPlacedAlike(a: VrrpInstanceConfig, b: VrrpInstanceConfig): boolean {
  const [on, other] = [allAddresses(a), allAddresses(b)];
  return on.length === other.length && on.every((address, i) => address.interface === other[i]?.interface);
}

/** An ipvlan of IPv4 without an address could not send: there is none, and the instance stays in fault. */
function canMake({ virtualInterface: own, family: of }: VrrpInstanceConfig): boolean {
  return own?.type !== "ipvlan" || own.address !== undefined || of === 6;
}

/**
 * Measured on keepalived 2.2.7: `dev` with the instance's own interface is no different from none; an ipvlan carries the
 * advertisements and no virtual address.
 */
function isPlaced(instance: VrrpInstanceConfig, { interface: on, address, ownVmac }: VirtualAddress): boolean {
  const { interface: carrier, family: of, virtualInterface: own } = instance;
  if (own?.type === "ipvlan" && on === carrier) return false;
  const everywhere = ownVmac || (own?.type === "vmac" && own.otherInterfaces);
  return everywhere || (on === carrier && own !== undefined && family(address) === of);
}

function ipvlanAddress({ address, prefixLength }: IpvlanConfig): Network | undefined {
  if (address === undefined) return undefined;
  return { address, prefixLength: prefixLength ?? (family(address) === 4 ? 32 : 128) };
}
