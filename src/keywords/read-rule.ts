import type { Argument } from "../syntax/argument.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { integer, mean, refuse, UINT, word } from "../syntax/types.ts";
import { type Named, readCNumber } from "./read-names.ts";
import { type Prefix, readPrefix } from "./read-prefix.ts";

/** Words for every address. */
const EVERYTHING: ReadonlySet<string> = new Set(["default", "any", "all"]);

/** What a rule selects by address. */
type Selector = Prefix | "all";

/** `from` and `to`; `direction` as Keepalived names it. */
export function selector(direction: string, options: Table): ArgumentType<Selector> {
  const read = (argument: Argument): Selector | undefined => {
    const given = word(argument);
    if (EVERYTHING.has(given.text)) return "all";
    return readPrefix(argument, given, (text) => {
      return { message: `\`${text}\` is no address`, logged: `Invalid rule ${direction} address %w` };
    });
  };
  return { usage: "<ADDR>[/<PREFIX>]|all", options, least: 1, most: 1, read };
}

const unsigned = integer(0, UINT, "strict");

/** A rule's preference: a number as C writes it, 0..4294967295. */
export const rulePreference: ArgumentType<number> = {
  ...unsigned,
  usage: "<integer 0..4294967295> (0x and 0 prefixes allowed)",
  read(argument) {
    const { text, span } = word(argument);
    const number = readCNumber(text);
    if (number !== undefined && number <= UINT) return number;
    if (number !== undefined || !/^\d+$/.test(text)) return unsigned.read(argument);
    const { at, row, report } = argument;
    const keepalived = `${at}invalid number '${text}'\n${at}${row.refusal ?? ""}`;
    const help = "a number with a `0` in front is octal";
    report.error(["bad-number", `\`${text}\` is no number`], span, { keepalived, help });
    return undefined;
  },
};

/** `N/MASK`. */
export interface Mark {
  readonly mark: number;
  readonly mask: number; // all ones where nothing is said
}

/** `fwmark`. */
export const mark: ArgumentType<Mark> = {
  usage: "<N>[/<MASK>]",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const [first = "", second, third] = given.text.split("/");
    const value = readCNumber(first);
    const mask = second === undefined ? UINT : readCNumber(second);
    const right = value !== undefined && mask !== undefined && third === undefined && value <= UINT && mask <= UINT;
    if (right) return { mark: value, mask };
    return refuse(argument, given, `\`${given.text}\` is no mark`, "write a number up to 4294967295, or NUMBER/MASK");
  },
};

/** A range of numbers, both ends inside. */
interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** `N-M` within 0..`max`. Keepalived (2.2.7) takes an end below its start, which the kernel then refuses. */
export function numberRange(what: string, max: number): ArgumentType<NumberRange> {
  return {
    usage: "<N>-<M>",
    least: 1,
    most: 1,
    read(argument) {
      const given = word(argument);
      const match = /^(\d+)-(\d+)$/.exec(given.text);
      const [from, to] = [Number(match?.[1]), Number(match?.[2])];
      if (from <= to && to <= max) return { from, to };
      const help = `write two numbers from 0 to ${max}: \`5-9\`, or \`5-5\` for one`;
      return refuse(argument, given, `\`${given.text}\` is no range of ${what}`, help);
    },
  };
}

/** IPPROTO_* of linux/in.h by the names of /etc/protocols; other names are the host's. */
const PROTOCOLS = {
  ...{ ip: 0, icmp: 1, igmp: 2, ipencap: 4, tcp: 6, udp: 17, dccp: 33, ipv6: 41, rsvp: 46, gre: 47, esp: 50, ah: 51 },
  ...{ "ipv6-icmp": 58, ospf: 89, ipip: 94, pim: 103, vrrp: 112, l2tp: 115, sctp: 132, udplite: 136 },
};

/** `ipproto`: a number, or a name in any case. */
export const ipProtocol: ArgumentType<Named> = {
  usage: "<name|number>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const name = given.text.toLowerCase();
    if (Object.hasOwn(PROTOCOLS, name)) return PROTOCOLS[name as keyof typeof PROTOCOLS];
    const number = readCNumber(name);
    if (number !== undefined && number <= 255) return number;
    const near = nearest(name, Object.keys(PROTOCOLS));
    const help = near === undefined ? "write a name such as `tcp`, or a number from 0 to 255" : mean(near);
    if (number !== undefined || !/^[a-z]/.test(name))
      return refuse(argument, given, `\`${given.text}\` is no IP protocol`, help);
    argument.report.warning(["host-name", `\`${given.text}\` is no well-known IP protocol`], given.span, { help });
    return given.text;
  },
};

/** Words that may stand behind `type`. */
const ACTIONS: ReadonlySet<string> = new Set(["goto", "nop", "blackhole", "unreachable", "prohibit"]);

/** `type` in front of an action, which is then read as if it stood alone. */
export const actionFollows: ArgumentType<true> = {
  usage: "<action>",
  least: 1,
  most: 1,
  take: ([first]) => (first !== undefined && ACTIONS.has(first.text) ? 0 : 1),
  read(argument) {
    const [wrong] = argument.words;
    if (wrong === undefined) return true;
    const near = nearest(wrong.text, ACTIONS);
    const help = near === undefined ? `one of ${[...ACTIONS].map((name) => `\`${name}\``).join(", ")}` : mean(near);
    return refuse(argument, wrong, `\`${wrong.text}\` is no action of a rule`, help);
  },
};
