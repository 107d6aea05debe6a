import { compareIp, type Family, family, fromBytes, type IpAddress, parseIp, toBytes } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { readInteger } from "../syntax/scalars.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { choice } from "../syntax/table.ts";
import { integerWord, oneOf, UINT, word } from "../syntax/types.ts";

/** Addresses of a `virtual_server_group`, inclusive. */
export interface AddressRange {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly port: number; // 0 = every port
}

/** A mark of a `virtual_server_group`. */
export interface GroupMark {
  readonly fwmark: number; // 1..4294967295
  readonly family: Family | undefined;
}

/** `ADDRESS [PORT]`, `ADDRESS-END [PORT]`, `ADDRESS/PREFIX [PORT]`: every word of the line, the first one too. */
export const readAddressRange: ArgumentType<AddressRange> = {
  usage: "single address",
  least: 1,
  most: 2,
  read(argument) {
    const range = readRange(argument);
    if (range === undefined) return undefined;
    const [first, second] = argument.words;
    if (second === undefined || /^0+$/.test(second.text)) return { ...range, port: 0 };
    const row = {
      ...argument.row,
      refusal: `Invalid virtual server group IP address ${first?.text ?? ""} /port/%w - skipping`,
    };
    const port = integerWord(
      argument.within(argument.words, argument.keyword, row),
      second,
      { min: 1, max: 65535 },
      "strict",
    );
    return port === undefined ? undefined : { ...range, port };
  },
};

type Range = Pick<AddressRange, "from" | "to">;

function readRange(argument: Argument): Range | undefined {
  const { text } = word(argument);
  const [, base = text, sign = "", end = ""] = /^(.*?)([-/])(.*)$/s.exec(text) ?? [];
  const from = parseIp(base);
  if (from === undefined || (sign === "/" && end.includes("-")))
    return refuse(argument, `\`${text}\` is no address`, `Invalid virtual server group IP address ${text}  - skipping`);
  if (sign === "") return { from, to: from };
  return sign === "/" ? readPrefix(argument, from, end) : readEnd(argument, from, end);
}

/** `ADDRESS/PREFIX`: every address of the network, the first and the last one too. */
function readPrefix(argument: Argument, from: IpAddress, end: string): Range | undefined {
  const { text } = word(argument);
  const most = family(from) === 4 ? 32 : 128;
  const reading = readInteger(end, { min: 1, max: most });
  if (!reading.ok || reading.flaw !== undefined)
    return refuse(argument, `\`${end}\` is no prefix length from 1 to ${most}`, `Invalid netmask - ${text} - skipping`);
  const hosts = toBytes(from).map((_, i) => 0xff >> Math.max(0, Math.min(8, reading.value - 8 * i)));
  const bytes = toBytes(from);
  if (bytes.some((byte, i) => (byte & (hosts[i] ?? 0)) !== 0)) {
    const network = fromBytes(bytes.map((byte, i) => byte & ~(hosts[i] ?? 0)));
    const logged = `Address mask bits not empty - ${text} - skipping`;
    return refuse(argument, `\`${from}\` is no network of /${end}`, logged, `write \`${network}/${end}\``);
  }
  return { from, to: fromBytes(bytes.map((byte, i) => byte | (hosts[i] ?? 0))) };
}

/** `ADDRESS-END`: the last octet in decimal, the last group in hexadecimal, or a whole address. */
function readEnd(argument: Argument, from: IpAddress, end: string): Range | undefined {
  const { text } = word(argument);
  const four = family(from) === 4;
  if (end.includes(four ? "." : ":")) {
    const to = parseIp(end);
    if (to === undefined || family(to) !== family(from))
      return refuse(argument, `\`${end}\` is no address`, `Address mask bits not empty - ${text} - skipping`);
    if (compareIp(from, to) <= 0) return { from, to };
    const logged = `Address range end is less than address range start - ${text} - skipping`;
    return refuse(argument, `the range ends at \`${to}\`, below its start`, logged, `write \`${end}-${from}\``);
  }
  const [, digits = "", rest = ""] = (four ? /^\+?(\d*)(.*)$/s : /^\+?([\da-fA-F]*)(.*)$/s).exec(end) ?? [];
  const shown = `Virtual server group range '${text}'`;
  if (digits === "" || rest !== "") {
    const what = four ? "a number from 0 to 255" : "hexadecimal digits up to `ffff`";
    return refuse(
      argument,
      `\`${end}\` is no end of a range`,
      `${shown} has extra characters at end '${rest}'`,
      `write ${what}, or a whole address`,
    );
  }
  const value = Number.parseInt(digits, four ? 10 : 16);
  const most = four ? 0xff : 0xffff;
  if (value > most)
    return refuse(argument, `\`${end}\` is above ${four ? "255" : "`ffff`"}`, `${shown} end '${end}' too large`);
  const bytes = toBytes(from);
  const to = Uint8Array.from(bytes);
  to[bytes.length - 1] = value & 0xff;
  if (!four) to[bytes.length - 2] = value >> 8;
  if (compareIp(from, fromBytes(to)) < 0) return { from, to: fromBytes(to) };
  const logged = `Address range end is not greater than address range start - ${text} - skipping`;
  return refuse(argument, `the range ends at \`${fromBytes(to)}\`, not above its start`, logged);
}

function refuse({ report, at, words, keyword }: Argument, message: string, logged: string, help?: string): undefined {
  const { span } = words[0] ?? keyword;
  const details = { keepalived: at + logged, ...(help === undefined ? {} : { help }) };
  report.error(["bad-address", `${message}; the entry is left out`], span, details);
  return undefined;
}

const FAMILIES = oneOf({ inet: choice("IPv4"), inet6: choice("IPv6") });

/** `fwmark N [inet|inet6]`. */
export const readGroupMark: ArgumentType<GroupMark> = {
  usage: "<integer 0..4294967295> [inet|inet6]",
  least: 1,
  most: 2,
  read(argument) {
    const [given = argument.keyword, kind] = argument.words;
    const name = `(${argument.blockName}): fwmark`;
    const row = { ...argument.row, refusal: `${name} '%w' must be in [0, ${UINT}] - ignoring` };
    const fwmark = integerWord(
      argument.within(argument.words, argument.keyword, row),
      given,
      { min: 0, max: UINT },
      "strict",
    );
    if (fwmark === undefined) return undefined;
    if (fwmark === 0) {
      const message = "mark 0 is that of packets without a mark; the entry is left out";
      argument.report.error(["bad-number", message], given.span, { status: 0, help: `write a mark from 1 to ${UINT}` });
      return undefined;
    }
    if (kind === undefined) return { fwmark, family: undefined };
    const unknown = { ...argument.row, refusal: `${name} '${given.text}' family %w unknown - ignoring` };
    const named = FAMILIES.read(argument.within([kind], argument.keyword, unknown));
    return named === undefined ? undefined : { fwmark, family: named === "inet" ? 4 : 6 };
  },
};
