import { type Family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { type Attributes, readBytes, readU16 } from "./attributes.ts";
import { AF_INET, AF_INET6 } from "./constants.ts";

/** The number of a family, linux/socket.h. */
export function addressFamily(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}

/** union nf_inet_addr: 16 bytes, an IPv4 address in the first four. */
export function inetAddress(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(toBytes(address));
  return bytes;
}

/** The family that an attribute names; undefined where it is missing or another one. */
export function readFamily(attributes: Attributes, type: number): Family | undefined {
  const number = readU16(attributes, type);
  return number === AF_INET ? 4 : number === AF_INET6 ? 6 : undefined;
}

/** An address of that family; undefined where the attribute is missing or too short. */
export function readIp(attributes: Attributes, type: number, family: Family): IpAddress | undefined {
  const bytes = readBytes(attributes, type, family === 4 ? 4 : 16);
  return bytes && fromBytes(bytes);
}
