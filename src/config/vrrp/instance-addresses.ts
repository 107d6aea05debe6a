import type { Family } from "../../base/ip.ts";
import type { AddressItem } from "../../keywords/read-address.ts";
import type { Report } from "../../syntax/report.ts";
import type { Setting } from "../../syntax/table.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "../model/model.ts";
import { resolveAddresses } from "./addresses.ts";
import type { Instance, InstanceBody } from "./instance-context.ts";

/** The addresses of an instance; more than an advertisement can carry are held without being advertised. */
export function ownAddresses(
  instance: Instance,
  carrier: string,
  of: Family,
  { strict, version }: Pick<VrrpInstanceConfig, "strict" | "version">,
): Pick<VrrpInstanceConfig, "addresses" | "excludedAddresses"> {
  const { name, given, body, report } = instance;
  const owner = { name, interface: carrier };
  const items = given.virtual_ipaddress.flatMap(({ value }) => value);
  const addresses = resolveAddresses(items, { ...owner, family: of }, report);
  if (strict) linkLocalFirst(instance, items, of);
  if (addresses.length === 0 && given.no_virtual_ipaddress.length === 0)
    noAddress(body, strict || version === 3, report);
  const excluded = given.virtual_ipaddress_excluded.flatMap(({ value }) => value);
  const excludedAddresses = resolveAddresses(excluded, { ...owner, family: undefined }, report);
  if (addresses.length <= MOST_ADDRESSES) return { addresses, excludedAddresses };
  tooMany(name, items, addresses, report);
  const rest = addresses.slice(MOST_ADDRESSES);
  return { addresses: addresses.slice(0, MOST_ADDRESSES), excludedAddresses: [...rest, ...excludedAddresses] };
}

function linkLocalFirst({ name, report }: Instance, [first]: readonly Setting<AddressItem>[], of: Family): void {
  if (of === 4 || first === undefined || first.value.address.startsWith("fe80:")) return;
  const keepalived = `(${name}) the first IPv6 VIP address must be link local`;
  const message = "in strict mode the first IPv6 address must be link-local (RFC 9568 §5.2.9)";
  report.error(["strict", message], first.span, { keepalived, help: "put an address of fe80::/10 before it" });
}

const MOST_ADDRESSES = 255; // the count of an advertisement has 8 bits: RFC 9568 §5.2.5

function tooMany(
  name: string,
  items: readonly Setting<AddressItem>[],
  { length }: readonly VirtualAddress[],
  report: Report,
): void {
  const keepalived = `(${name}) Number of VIPs (${length}) exceeds maximum/space available in packet (max ${MOST_ADDRESSES} addresses) - excess moved to eVIPs`;
  const message = `an advertisement carries ${MOST_ADDRESSES} addresses; ${length - MOST_ADDRESSES} are held without being advertised`;
  const place = items[MOST_ADDRESSES]?.span;
  if (place === undefined) return;
  const help = "put them into `virtual_ipaddress_excluded`, or into a second vrrp_instance";
  report.warning(["too-many-addresses", message], place, { status: 5, keepalived, help });
}

function noAddress(body: InstanceBody, needed: boolean, report: Report): void {
  const name = body.value.header;
  const message = `vrrp_instance \`${name}\` has no \`virtual_ipaddress\``;
  const keepalived = `(${name}) No VIP specified; at least one is ${needed ? "required" : "sensible"}`;
  if (needed) report.error(["missing-keyword", message], body.span, { fatal: true, keepalived });
  else report.warning(["missing-keyword", message], body.span, { status: 5, keepalived });
}
