import { type Family, family, type IpAddress, parseIp } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { readInteger } from "../syntax/scalars.ts";
import { type ArgumentType, last, type Setting } from "../syntax/table.ts";
import { word } from "../syntax/types.ts";
import type { Word } from "../syntax/word.ts";
import { prefixLengthOf } from "./read-server.ts";

/** `ADDR[/PREFIX]`. */
export interface Prefix {
  readonly address: IpAddress;
  readonly prefixLength: number; // 32, or 128, where none is written
  readonly written: boolean; // whether one is
}

/** What a reader of addresses says of a word that is none. */
export interface Refusal {
  readonly message: string;
  readonly logged?: string; // Keepalived's second line
  readonly help?: string;
}

/** An address with an optional prefix length; a wrong length is reported and left out, as Keepalived does. */
export function readPrefix(argument: Argument, given: Word, refusal: (text: string) => Refusal): Prefix | undefined {
  const slash = given.text.indexOf("/");
  const address = parseIp(slash === -1 ? given.text : given.text.slice(0, slash));
  if (address === undefined) return noAddress(argument, given, refusal(given.text));
  const prefixLength = lengthOf(address);
  if (slash === -1) return { address, prefixLength, written: false };
  const length = readInteger(given.text.slice(slash + 1), { min: 0, max: prefixLength });
  if (length.ok && length.flaw === undefined) return { address, prefixLength: length.value, written: true };
  badLength(argument, given, address);
  return { address, prefixLength, written: true };
}

/** The prefix length of one address: 32 or 128. */
export function lengthOf(address: IpAddress): number {
  return family(address) === 4 ? 32 : 128;
}

function badLength({ at, report }: Argument, { text, span }: Word, address: IpAddress): void {
  const length = text.slice(text.indexOf("/") + 1);
  const max = lengthOf(address);
  const reading = readInteger(length, { min: 0, max });
  const number = {
    "no-number": `invalid number '${length}'`,
    negative: `negative number '${length}'`,
    range: `number '${length}' outside range [0, ${max}]`,
  }[reading.ok ? "no-number" : reading.reason];
  const mask = parseIp(length);
  const bits = mask === undefined ? undefined : prefixLengthOf(mask);
  const help = bits === undefined ? `write a length from 0 to ${max}` : `write \`${address}/${bits}\``;
  const logged = `${at}${number}\n${at}Invalid address prefix len ${length} for address ${text} - using ${max}`;
  // Keepalived (2.2.7) takes an empty length for 0, and says nothing.
  const keepalived = length === "" ? {} : { keepalived: logged };
  report.error(["bad-address", `\`${length}\` is no prefix length; ${max} is used`], span, { ...keepalived, help });
}

/** Says that a word is no address. */
export function noAddress({ at, report }: Argument, { text, span }: Word, refusal: Refusal): undefined {
  const first = `${at}VRRP parsed invalid IP ${text}. skipping IP...`;
  const { message, logged, help } = refusal;
  const keepalived = logged === undefined ? first : `${first}\n${at}${logged.replace("%w", () => text)}`;
  report.error(["bad-address", message], span, { keepalived, ...(help === undefined ? {} : { help }) });
  return undefined;
}

/** An address without prefix length, of either family or of one; `logged` is Keepalived's second line. */
export function plainAddress(usage: string, logged: string, of?: Family): ArgumentType<IpAddress> {
  const read = (argument: Argument): IpAddress | undefined => addressWord(argument, word(argument), logged, of);
  return { usage, least: 1, most: 1, read };
}

/** Reads one word as such an address. */
export function addressWord(argument: Argument, given: Word, logged: string, of?: Family): IpAddress | undefined {
  const found = parseIp(given.text);
  if (found !== undefined && (of === undefined || family(found) === of)) return found;
  const what = of === undefined ? "IP" : `IPv${of}`;
  const help = given.text.includes("/") ? { help: "write the address without prefix length" } : {};
  return noAddress(argument, given, { message: `\`${given.text}\` is no ${what} address`, logged, ...help });
}

/** The family that `inet` or `inet6` asks for; the last one counts. */
export function askedFamily({ inet, inet6 }: FamilyOptions): Family | undefined {
  const asked = last<true>(inet, inet6);
  if (asked === undefined) return undefined;
  return inet.includes(asked) ? 4 : 6;
}

interface FamilyOptions {
  readonly inet: readonly Setting<true>[];
  readonly inet6: readonly Setting<true>[];
}
