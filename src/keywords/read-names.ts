import type { Argument } from "../syntax/argument.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { mean, refuse, shown, UINT, word } from "../syntax/types.ts";

/** A number of the kernel; or a name that only the host knows, from a file of iproute2. */
export type Named = number | string;

/** RT_SCOPE_* of linux/rtnetlink.h, by the names of iproute2. */
const SCOPES = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };

/** RT_TABLE_* of linux/rtnetlink.h. */
const TABLES = { unspec: 0, default: 253, main: 254, local: 255 };

/** RTPROT_* of linux/rtnetlink.h, and `none` as Keepalived calls 0. */
const PROTOCOLS = {
  ...{ none: 0, unspec: 0, redirect: 1, kernel: 2, boot: 3, static: 4, gated: 8, ra: 9, mrt: 10, zebra: 11, bird: 12 },
  ...{ dnrouted: 13, xorp: 14, ntk: 15, dhcp: 16, keepalived: 18, babel: 42, openr: 99 },
  ...{ bgp: 186, isis: 187, ospf: 188, rip: 189, eigrp: 192 },
};

/** Differentiated services by the names of RFC 2474, 2597 and 3246, as the whole octet. */
const SERVICES: Readonly<Record<string, number>> = {
  ...{ default: 0, EF: 0xb8, CS1: 0x20, CS2: 0x40, CS3: 0x60, CS4: 0x80, CS5: 0xa0, CS6: 0xc0, CS7: 0xe0 },
  ...{ AF11: 0x28, AF12: 0x30, AF13: 0x38, AF21: 0x48, AF22: 0x50, AF23: 0x58 },
  ...{ AF31: 0x68, AF32: 0x70, AF33: 0x78, AF41: 0x88, AF42: 0x90, AF43: 0x98 },
};

interface Register {
  readonly what: string; // `routing table`
  readonly file?: string; // of iproute2, where a host has further names
  readonly names: Readonly<Record<string, number>>;
  readonly max: number;
}

const SCOPE: Register = { what: "scope", names: SCOPES, max: 255 };
const TABLE: Register = { what: "routing table", file: "rt_tables", names: TABLES, max: UINT };
const PROTOCOL: Register = { what: "routing protocol", file: "rt_protos", names: PROTOCOLS, max: 255 };
const SERVICE: Register = { what: "type of service", file: "rt_dsfield", names: SERVICES, max: 255 };
const GROUP: Register = { what: "interface group", file: "group", names: { default: 0 }, max: 2_147_483_647 };
const REALM: Register = { what: "realm", file: "rt_realms", names: { cosmos: 0 }, max: 255 };

/** A scope of an address or a route. */
export function scope(usage: string, options: Table): ArgumentType<number> {
  const read = (argument: Argument): number | undefined => {
    const found = registered(argument, SCOPE);
    return typeof found === "string" ? undefined : found; // never a string: no file has further names
  };
  return { usage, options, least: 1, most: 1, read };
}
/** A routing table. */
export const table = (options: Table): ArgumentType<Named> => register("<name|number>", TABLE, options);
/** A routing table that is one: 0 is none. */
export const someTable = (options?: Table): ArgumentType<Named> => ({
  ...register("<name|number, not 0>", TABLE, options),
  read(argument) {
    const found = registered(argument, TABLE);
    if (found !== 0) return found;
    const row = { ...argument.row, refusal: "Table 0 is not valid" };
    return refuse(argument.within(argument.words, argument.keyword, row), word(argument), "table 0 is no table");
  },
});
/** Who made a route. */
export const protocol = (options: Table): ArgumentType<Named> => register("<name|number>", PROTOCOL, options);
/** The type of service octet. */
export const service = (usage: string): ArgumentType<Named> => register(usage, SERVICE);
/** A group of interfaces. */
export const interfaceGroup = (usage: string): ArgumentType<Named> => register(usage, GROUP);

function register(usage: string, from: Register, options?: Table): ArgumentType<Named> {
  const read = (argument: Argument): Named | undefined => registered(argument, from);
  return shown(usage, { usage, least: 1, most: 1, read }, options);
}

function registered(argument: Argument, from: Register): Named | undefined {
  return entry(argument, word(argument).text, from);
}

/** A number in C notation, a name that is well known, or one that the host may know. */
function entry(argument: Argument, given: string, from: Register): Named | undefined {
  const { what, file, names, max } = from;
  const known = Object.hasOwn(names, given) ? names[given] : undefined;
  const number = known ?? readCNumber(given);
  if (number !== undefined && number <= max) return number;
  const place = word(argument);
  const near = nearest(given, Object.keys(names));
  if (number === undefined && file !== undefined && /^[A-Za-z_]/.test(given)) {
    const finding = ["host-name", `\`${given}\` is no well-known ${what}`] as const;
    const help = near === undefined ? `\`/etc/iproute2/${file}\` must have it; otherwise write a number` : mean(near);
    argument.report.warning(finding, place.span, { help });
    return given;
  }
  const message = number === undefined ? `\`${given}\` is no ${what}` : `\`${given}\` is not in the range 0 to ${max}`;
  return refuse(
    argument,
    place,
    message,
    near === undefined ? `write a name, or a number from 0 to ${max}` : mean(near),
  );
}

/** A number as C writes it: decimal, `0x` hexadecimal, `0` octal. Undefined for other text. */
export function readCNumber(text: string): number | undefined {
  if (/^\+?(0x[\da-f]+|[1-9]\d*|0)$/i.test(text)) return Number(text.replace("+", ""));
  return /^\+?0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** `[SRC/]DST`. */
export interface Realms {
  readonly source: Named | undefined;
  readonly destination: Named;
}

/** Routing realms, each 0..255 or a name. */
export const realms: ArgumentType<Realms> = {
  usage: "[<SRC>/]<DST>",
  least: 1,
  most: 1,
  read(argument) {
    const [first = "", second, third] = word(argument).text.split("/");
    if (third !== undefined) return refuse(argument, word(argument), `\`${word(argument).text}\` is no pair of realms`);
    const from = entry(argument, first, REALM);
    if (second === undefined) return from === undefined ? undefined : { source: undefined, destination: from };
    const to = from === undefined ? undefined : entry(argument, second, REALM);
    return from === undefined || to === undefined ? undefined : { source: from, destination: to };
  },
};
