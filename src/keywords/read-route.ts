import { type Family, family, type IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Argument } from "../syntax/argument.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { integer, mean, word } from "../syntax/types.ts";
import type { Word } from "../syntax/word.ts";
import { addressWord, type Prefix, type Refusal, readPrefix } from "./read-prefix.ts";

/** Where a route leads. */
export interface Destination {
  readonly address: IpAddress | undefined; // undefined: every address
  readonly prefixLength: number;
  readonly family: Family | undefined; // undefined: that of the other addresses
  readonly text: string; // as it was written
}

/** Words for every address. */
const EVERYTHING: ReadonlySet<string> = new Set(["default", "any", "all"]);

/** `ADDR[/PREFIX]`, `default` or `default6`. */
export function destination(usage: string, options?: Table): ArgumentType<Destination> {
  return {
    usage,
    ...(options === undefined ? {} : { options }),
    least: 1,
    most: 1,
    read(argument) {
      const given = word(argument);
      const { text } = given;
      if (EVERYTHING.has(text)) return { address: undefined, prefixLength: 0, family: undefined, text };
      if (text === "default6") return { address: undefined, prefixLength: 0, family: 6, text };
      const prefix = readPrefix(argument, given, noDestination);
      return prefix && { ...prefix, family: family(prefix.address), text };
    },
  };
}

function noDestination(text: string): Refusal {
  const near = nearest(text, ROUTE_WORDS);
  const message = `\`${text}\` is no destination${near === undefined ? "" : ", and no option of a route"}`;
  return { message, logged: "unknown route keyword %w", ...(near === undefined ? {} : { help: mean(near) }) };
}

/** What may stand in front of a destination. */
const ROUTE_WORDS = ["default", "default6", "unicast", "local", "broadcast", "multicast", "anycast", "prohibit"].concat(
  [...["unreachable", "blackhole", "throw", "inet", "inet6", "to", "any", "all"]],
);

/** `[inet|inet6] ADDR` or `[to] ADDR`: the address; `logged` is Keepalived's second line for a word that is none. */
export function gateway(usage: string, logged: string): ArgumentType<IpAddress> {
  const take = ([first]: readonly Word[]): number => (/^(inet6?|to)$/.test(first?.text ?? "") ? 2 : 1);
  const read = (argument: Argument): IpAddress | undefined => {
    const [first, second] = argument.words;
    const found = addressWord(argument, second ?? word(argument), logged);
    const other = found === undefined || first?.text !== (family(found) === 4 ? "inet6" : "inet");
    return other ? found : mixed(argument, second ?? word(argument));
  };
  return { usage, least: 1, most: 2, take, read };
}

/** Says that an address is of another family than the route. */
export function mixed({ at, report }: Argument, { text, span }: Word): undefined {
  const keepalived = `${at}Cannot mix IPv4 and IPv6 addresses for route`;
  report.error(["bad-address", `\`${text}\` is of the other family`], span, { keepalived });
  return undefined;
}

/** `lock` keeps the kernel from changing the metric. */
interface Lockable<T> {
  readonly lock: boolean;
  readonly value: T;
}

/** `[lock] VALUE`. */
export function lockable<T>(usage: string, type: ArgumentType<T>): ArgumentType<Lockable<T>> {
  const take = ([first]: readonly Word[]): number => (first?.text === "lock" ? 2 : 1);
  const read = (argument: Argument): Lockable<T> | undefined => {
    const lock = argument.words.length === 2;
    const value = type.read(argument.within(argument.words.slice(-1), argument.keyword, argument.row));
    return value === undefined ? undefined : { lock, value };
  };
  return { usage, least: 1, most: 2, take, read };
}

/** `lock` on its own: it belongs behind its metric. */
export const strayLock: ArgumentType<true> = {
  usage: "(word)",
  least: 0,
  most: 0,
  read({ keyword, at, report }) {
    const keepalived = `${at}VRRP parsed invalid IP lock. skipping IP...\n${at}unknown route keyword lock`;
    const help = "write it behind the metric: `mtu lock 1400`";
    report.error(["bad-place", "`lock` stands before a metric"], keyword.span, { keepalived, help });
    return undefined;
  },
};

/** The span of time that a bare number counts in, and the most there may be: of it, and of milliseconds. */
interface TimeUnit {
  readonly bare: Micros;
  readonly max: number;
}

/** A number, of seconds with `s`, of milliseconds with `ms`. Exponents are refused, as by Keepalived. */
export function routeTime({ bare, max }: TimeUnit): ArgumentType<Micros> {
  const read = (argument: Argument): Micros | undefined => {
    const given = word(argument);
    const [, digits = "", unit = ""] = /^(.*?)(ms|s\w*)?$/is.exec(given.text) ?? [];
    const inSeconds = /^s/i.test(unit);
    const most = inSeconds ? max / 1000 : max;
    const bounds = inSeconds ? `[0.000, ${most}.000]` : `[0., ${most}.]`;
    const [, places = ""] = /^\+?(?=\.?\d)\d*\.?(\d*)$/.exec(digits) ?? [];
    const shown = inSeconds ? `${most} seconds` : `${most}`;
    if (!/^\+?(?=\.?\d)\d*\.?\d*$/.test(digits)) {
      const number = /^\d+e\d+$/i.test(digits) ? undefined : digits.startsWith("-") ? "negative" : "invalid";
      return refuseTime(argument, `\`${given.text}\` is no time`, number && `${number} number '${digits}'`);
    }
    if (Number(digits) > most)
      return refuseTime(
        argument,
        `\`${given.text}\` is not in the range 0 to ${shown}`,
        `number '${digits}' outside range ${bounds}`,
      );
    if (places.length > (inSeconds ? 3 : 0)) {
      const keepalived = `${argument.at}number '${digits}' has too many decimal places`;
      const finding = ["bad-number", `\`${given.text}\` has too many decimal places`] as const;
      argument.report.error(finding, given.span, { keepalived });
    }
    return Math.round(Number(digits) * (inSeconds ? 1_000_000 : unit === "" ? bare : 1000));
  };
  return { usage: "<number>[s|ms]", least: 1, most: 1, read };
}

function refuseTime(argument: Argument, message: string, number: string | undefined): undefined {
  const given = word(argument);
  const { at, row, report } = argument;
  const second = row.refusal === undefined ? [] : [at + row.refusal.replace("%w", () => given.text)];
  const keepalived = [...(number === undefined ? [] : [at + number]), ...second].join("\n");
  report.error(["bad-number", message], given.span, {
    keepalived,
    help: "write seconds as `5s`, milliseconds as `5ms`",
  });
  return undefined;
}

/** What Keepalived knows and does not do: reported, and the item stays. */
export function unsupported<T>(type: ArgumentType<T>, logged: string): ArgumentType<true> {
  return {
    ...type,
    read({ keyword: { text, span }, at, report }) {
      report.error(["no-effect", `\`${text}\` has no effect`], span, { keepalived: at + logged });
      return true;
    },
  };
}

/** `from`: a source of IPv6. */
export const routePrefix: ArgumentType<Prefix> = {
  usage: "<IPv6>[/<PREFIX>]",
  least: 1,
  most: 1,
  read(argument) {
    return readPrefix(argument, word(argument), (text) => {
      return { message: `\`${text}\` is no IPv6 prefix`, logged: "invalid route from address %w" };
    });
  },
};

/** ICMPV6_ROUTER_PREF_* of linux/icmpv6.h. */
const PREFERENCES: ReadonlyMap<string, number> = new Map([
  ["low", 3],
  ["medium", 0],
  ["high", 1],
]);

/** `pref`: low, medium, high, or a number. */
export function preference(options: Table): ArgumentType<number> {
  const number = integer(0, 255, "strict");
  const read = (argument: Argument): number | undefined =>
    PREFERENCES.get(word(argument).text) ?? number.read(argument);
  return { usage: "low|medium|high|<integer 0..255>", options, least: 1, most: 1, read };
}
