import { family, type IpAddress, parseIp, toBytes } from "../base/ip.ts";
import type { Protocol } from "../base/ipvs.ts";
import { addressHelp } from "../syntax/address-help.ts";
import type { Argument } from "../syntax/argument.ts";
import { hostAddress } from "../syntax/host-address.ts";
import { readInteger } from "../syntax/scalars.ts";
import type { ArgumentType, LineRow } from "../syntax/table.ts";
import { integerWord, oneOf, refuse, word } from "../syntax/types.ts";

/** `ADDRESS [PORT]`; 0 and nothing both mean no port. */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number; // 0 = none given
}

/** An address and a port, as `sorry_server` takes them. */
export const readEndpoint: ArgumentType<Endpoint> = {
  usage: "<IPADDR> [<PORT>]",
  least: 1,
  most: 2,
  read: (argument) => endpoint(argument),
};

/** The header of `real_server`. */
export const readServerHeader: ArgumentType<Endpoint> = readEndpoint;

function endpoint(argument: Argument): Endpoint | undefined {
  const first = word(argument);
  const [, second] = argument.words;
  const address = hostAddress(argument, first);
  const name = argument.keyword.text;
  const logged = (): string =>
    name === "sorry_server" || second === undefined ? first.text : `${first.text}/${second.text}`;
  if (address === undefined) {
    const message = `\`${first.text}\` is no IP address; the ${name} is left out`;
    return refuse(argument, { text: logged(), span: first.span }, message, addressHelp(first.text, true));
  }
  if (second === undefined || /^0+$/.test(second.text)) return { address, port: 0 };
  const reading = readInteger(second.text, { min: 1, max: 65535 });
  if (reading.ok && reading.flaw === undefined) return { address, port: reading.value };
  const message = `\`${second.text}\` is no port; the ${name} is left out`;
  return refuse(argument, { text: logged(), span: second.span }, message, "write a port from 1 to 65535");
}

/** `TCP|UDP|SCTP` in any case, with these rows. */
export function readProtocol(options: Readonly<Record<"TCP" | "UDP" | "SCTP", LineRow<true>>>): ArgumentType<Protocol> {
  const protocols = oneOf(options);
  return {
    ...protocols,
    usage: `${protocols.usage} (case-insensitive)`,
    read(argument) {
      const lower = word(argument).text.toLowerCase();
      if (lower === "tcp" || lower === "udp" || lower === "sctp") return lower;
      protocols.read(argument);
      return undefined;
    },
  };
}

/** A netmask for IPv4 or a prefix length 1..128 for IPv6, as the kernel wants it: a prefix length. */
export interface Granularity {
  readonly family: 4 | 6;
  readonly prefixLength: number;
}

/** `persistence_granularity`. */
export const readGranularity: ArgumentType<Granularity> = {
  usage: "IPv4 netmask, or prefix length 1..128",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const mask = parseIp(given.text);
    if (mask === undefined) {
      const prefixLength = integerWord(argument, given, { min: 1, max: 128 }, "strict");
      return prefixLength === undefined ? undefined : { family: 6, prefixLength };
    }
    const prefixLength = prefixLengthOf(mask);
    if (prefixLength !== undefined) return { family: 4, prefixLength };
    return refuse(argument, given, `\`${given.text}\` is no netmask`, "write a netmask such as `255.255.255.0`");
  },
};

/** Ones at the front of an IPv4 netmask, undefined where others follow. */
export function prefixLengthOf(mask: IpAddress): number | undefined {
  if (family(mask) !== 4) return undefined;
  const bits = Array.from(toBytes(mask), (byte) => byte.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.replaceAll("0", "").length : undefined;
}
