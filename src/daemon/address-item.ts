import type { VirtualAddress } from "../config/model/model.ts";
import { type InterfaceAddress, virtualAddress } from "../netlink/address.ts";
import type { Place, Placed } from "./item-options.ts";

/** An address of the configuration as the kernel takes it, as its interface is now. */
export function placeAddress(item: VirtualAddress, place: Place): Placed<InterfaceAddress> {
  const { interface: name } = item;
  const ifindex = place.ifindex(name);
  if (ifindex === undefined) return { ok: false, why: `there is no interface ${name}`, absent: name };
  return { ok: true, entry: virtualAddress(item.address, { ...item, ifindex }) };
}
