import { type Family, family, fromBytes, type IpAddress, parseIp } from "../../base/ip.ts";
import type { RowProtocol } from "../../base/ipvs-row.ts";

/** What names on a command line stand for. */
export interface Names {
  /** IPv4 addresses of hosts that were asked for; undefined: there is none. */
  readonly hosts: ReadonlyMap<string, IpAddress | undefined>;
  /** The port of `http`, by /etc/services. */
  port(name: string, protocol: RowProtocol): number | undefined;
}

/** An address with its port, where one is written; the name of a host that must be found first; or neither. */
export type Place =
  | { readonly type: "place"; readonly family: Family; readonly address: IpAddress; readonly port: number | undefined }
  | { readonly type: "resolve"; readonly host: string }
  | { readonly type: "illegal" };

const ILLEGAL: Place = { type: "illegal" };

/**
 * `host[:port]` as ipvsadm(8) reads it: an IPv4 address in any of inet_aton(3)'s forms or a host's name; an IPv6 address bare
 * (without port) or in brackets (with one). In brackets, an IPv4 host loses its port.
 */
export function readPlace(text: string, protocol: RowProtocol, names: Names): Place {
  const [, inside, behind] = /^\[([^\]]*)\](.*)$/s.exec(text) ?? [];
  if (inside !== undefined && behind !== undefined) {
    const address = parseV6(inside);
    if (address === undefined) return located(inside, undefined, names);
    const port = behind.startsWith(":") ? readPort(behind.slice(1), protocol, names) : undefined;
    return port === undefined ? ILLEGAL : { type: "place", family: 6, address, port };
  }
  const bare = parseV6(text);
  if (bare !== undefined) return { type: "place", family: 6, address: bare, port: undefined };
  const [host = "", written, ...more] = text.split(":");
  if (more.length > 0) return ILLEGAL;
  const port = written === undefined ? undefined : readPort(written, protocol, names);
  return written !== undefined && port === undefined ? ILLEGAL : located(host, port, names);
}

function located(host: string, port: number | undefined, names: Names): Place {
  if (host === "" || /[\s/[\]]/.test(host)) return ILLEGAL;
  const address = inetAton(host) ?? names.hosts.get(host);
  if (address !== undefined) return { type: "place", family: 4, address, port };
  return names.hosts.has(host) ? ILLEGAL : { type: "resolve", host };
}

function parseV6(text: string): IpAddress | undefined {
  const address = parseIp(text);
  return address !== undefined && family(address) === 6 ? address : undefined;
}

function readPort(text: string, protocol: RowProtocol, names: Names): number | undefined {
  return readNumber(text, 0, 65535) ?? names.port(text, protocol);
}

/** A decimal number within bounds, as strtol(3) reads it: blanks and a sign before it, nothing behind it. */
export function readNumber(text: string, least: number, most: number): number | undefined {
  const number = /^\s*[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number + 0 : undefined;
}

/** inet_aton(3): one to four numbers, decimal, octal or hexadecimal; the last one fills what is left. */
export function inetAton(text: string): IpAddress | undefined {
  const parts = text.trimEnd().split(".");
  if (parts.length > 4 || /^\s/.test(text)) return undefined;
  let value = 0;
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    const most = last ? 256 ** (5 - parts.length) - 1 : 255;
    const number = readPart(part);
    if (number === undefined || number > most) return undefined;
    value += last ? number : number * 256 ** (3 - i);
  }
  return fromBytes(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}

function readPart(part: string): number | undefined {
  if (/^0[xX][\da-fA-F]+$/.test(part)) return Number(part);
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8);
  return /^[1-9]\d*$/.test(part) ? Number(part) : undefined;
}
