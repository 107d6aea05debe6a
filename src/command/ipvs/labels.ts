import { type Family, family, type IpAddress, toBytes } from "../../base/ip.ts";
import type { RowProtocol } from "../../base/ipvs-row.ts";

/** How addresses and ports are shown. */
export interface Labels {
  /** A host's name; undefined: its address is shown. */
  host(address: IpAddress): string | undefined;
  /** A port's name by /etc/services; undefined: its number is shown. */
  service(port: number, protocol: RowProtocol): string | undefined;
}

/** All in numbers, `-n`. */
export const NUMERIC: Labels = { host: () => undefined, service: () => undefined };

/** `10.9.0.1:80`, `[2001:db8::1]:http`; the ports of a mark have no protocol and no name. */
export function place(address: IpAddress, port: number, protocol: RowProtocol, labels: Labels): string {
  const host = labels.host(address) ?? addressText(address);
  const service = protocol === "ip" ? undefined : labels.service(port, protocol);
  return `${family(address) === 6 ? `[${host}]` : host}:${service ?? port}`;
}

/** The address as inet_ntop(3) writes it: an IPv4 address in IPv6 stays dotted, unlike in RFC 5952 here. */
export function addressText(address: IpAddress): string {
  if (family(address) === 4) return address;
  const bytes = toBytes(address);
  const quad = bytes.subarray(12).join(".");
  if (bytes.subarray(0, 12).every((byte) => byte === 0) && (bytes[12] !== 0 || bytes[13] !== 0)) return `::${quad}`;
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? `::ffff:${quad}` : address;
}

/** A mask of an IPv4 service, or the prefix length of an IPv6 one, as `-M` takes it; undefined: each host counts. */
export function maskText(of: Family, netmask: number): string | undefined {
  if (of === 6) return netmask === 128 ? undefined : String(netmask);
  if (netmask === 0xffff_ffff) return undefined;
  return [24, 16, 8, 0].map((shift) => (netmask >>> shift) & 255).join(".");
}
