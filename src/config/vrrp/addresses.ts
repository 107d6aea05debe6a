import { type Family, family, fromBytes, type IpAddress, toBytes } from "../../base/ip.ts";
import type { AddressItem } from "../../keywords/read-address.ts";
import type { Report } from "../../syntax/report.ts";
import type { Setting } from "../../syntax/table.ts";
import type { VirtualAddress } from "../model/model.ts";

/** Whose addresses these are. */
export interface Owner {
  readonly name: string;
  readonly interface: string;
  readonly family: Family | undefined; // undefined: any
}

/** The addresses of an instance: gaps filled, addresses of the wrong family left out. */
export function resolveAddresses(
  items: readonly Setting<AddressItem>[],
  owner: Owner,
  report: Report,
): readonly VirtualAddress[] {
  const names = new Set<string>();
  const found: VirtualAddress[] = [];
  for (const item of items) {
    const { value } = item;
    const { address } = value;
    if (owner.family !== undefined && family(address) !== owner.family) {
      const keepalived = `${item.at}(${owner.name}): address family must match VRRP instance [${value.text}] - ignoring`;
      const message = `\`${address}\` is left out: an instance has addresses of one family`;
      const help = "put it into `virtual_ipaddress_excluded`";
      report.error(["bad-address", message], item.span, { keepalived, help });
      continue;
    }
    const virtual = virtualAddress(value, owner.interface);
    const name = `${address}/${virtual.prefixLength} ${virtual.interface}`;
    // Keepalived advertises it as often as it is listed, and a peer with the same file expects that.
    if (names.has(name))
      report.warning(["duplicate", `\`${address}\` is listed twice, and advertised twice`], item.span);
    names.add(name);
    found.push(virtual);
  }
  return found;
}

/** An address with its network, on its interface or the `standard` one. */
export function virtualAddress(item: AddressItem, standard: string): VirtualAddress {
  const { address, prefixLength, interface: device = standard, label, scope } = item;
  const { peer, preferredLifetime, flags, tracked, ownVmac } = item;
  return {
    address,
    prefixLength,
    interface: device,
    label,
    broadcast: broadcast(address, prefixLength, item.broadcast),
    scope,
    peer,
    preferredLifetime,
    flags,
    tracked,
    ownVmac,
  };
}

function broadcast(address: IpAddress, prefixLength: number, given: AddressItem["broadcast"]): IpAddress | undefined {
  if (given !== "+" && given !== "-") return given;
  const bytes = toBytes(address).map((byte, i) => {
    const host = 0xff >> Math.max(0, Math.min(8, prefixLength - 8 * i));
    return given === "+" ? byte | host : byte & ~host;
  });
  return fromBytes(bytes);
}
