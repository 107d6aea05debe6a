import { type IpAddress, parseIp } from "../base/ip.ts";
import { addressHelp } from "./address-help.ts";
import type { Argument } from "./argument.ts";
import type { ArgumentType } from "./table.ts";
import { refuse, word } from "./types.ts";
import type { Word } from "./word.ts";

/**
 * The address of a host, with what Keepalived (2.2.7) passes over in silence: it reads up to a `-`, or else up to a `/`,
 * wherever an address stands that is neither virtual nor part of a route. Undefined where that is none.
 */
export function hostAddress(argument: Argument, given: Word): IpAddress | undefined {
  const whole = parseIp(given.text);
  if (whole !== undefined) return whole;
  const end = given.text.indexOf(given.text.includes("-") ? "-" : "/");
  const address = end === -1 ? undefined : parseIp(given.text.slice(0, end));
  if (address === undefined) return undefined;
  const message = `\`${given.text.slice(end)}\` has no effect behind \`${given.text.slice(0, end)}\``;
  argument.report.warning(["no-effect", message], given.span, { help: `write \`${address}\`: it is one host` });
  return address;
}

/** An IPv4 or IPv6 address of a host. */
export const host: ArgumentType<IpAddress> = {
  usage: "<IPADDR>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const address = hostAddress(argument, given);
    if (address !== undefined) return address;
    return refuse(argument, given, `\`${given.text}\` is no IP address`, addressHelp(given.text, false));
  },
};
