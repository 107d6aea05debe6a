import { fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import type { Finding, LintInput } from "./lint.ts";

/** Addresses, first and last, that clients use, and where they are written. */
export interface Served {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly span: Finding["span"];
}

/** Those of services, and of the groups that services name, each group once. A mark may be put on any packet. */
export function* served({ tree, services }: LintInput): Iterable<Served> {
  const groups = new Set<string>();
  for (const { service, body } of services) {
    if ("address" in service) yield { from: service.address, to: service.address, span: body.span };
    else if ("group" in service) groups.add(service.group);
  }
  for (const { value } of tree.virtual_server_group) {
    if (!groups.delete(value.header)) continue; // the first of a name counts
    for (const { value: range, span } of value.settings["<IPADDR> [<PORT>]"])
      yield { from: range.from, to: range.to, span };
  }
}

/** The first address of a range that is not among these. In the time of how many are. */
export function firstWithout(held: ReadonlySet<IpAddress>, from: IpAddress, to: IpAddress): IpAddress | undefined {
  let address = from;
  for (; held.has(address); address = following(address)) if (address === to) return undefined;
  return address;
}

function following(address: IpAddress): IpAddress {
  const bytes = toBytes(address).slice();
  let i = bytes.length - 1;
  while (i > 0 && bytes[i] === 255) bytes[i--] = 0;
  bytes[i] = ((bytes[i] ?? 0) + 1) & 255;
  return fromBytes(bytes);
}
