import type { Forwarding } from "../base/ipvs.ts";
import type { Argument } from "../syntax/argument.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, LineRow, Table } from "../syntax/table.ts";
import { integerWord, mean, oneOf } from "../syntax/types.ts";
import type { Word } from "../syntax/word.ts";

/** How connections reach a server. */
export interface Method {
  readonly forwarding: Forwarding;
  readonly tunnel: Tunnel | undefined; // where forwarding is `tun`
}

/** How packets are wrapped. */
export interface Tunnel {
  readonly type: "ipip" | "gue" | "gre";
  readonly port: number; // of GUE; 0 with the others
  readonly checksum: "none" | "full" | "remote";
}

const PLAIN_TUNNEL: Tunnel = { type: "ipip", port: 0, checksum: "none" };
const METHODS: Readonly<Record<"NAT" | "DR" | "TUN", Method>> = {
  NAT: { forwarding: "nat", tunnel: undefined },
  DR: { forwarding: "dr", tunnel: undefined },
  TUN: { forwarding: "tun", tunnel: PLAIN_TUNNEL },
};
const TYPES: ReadonlySet<string> = new Set(["ipip", "gue", "gre"] satisfies Tunnel["type"][]);
const CHECKSUMS: ReadonlyMap<string, Tunnel["checksum"]> = new Map([
  ["nocsum", "none"],
  ["csum", "full"],
  ["remcsum", "remote"],
]);

type Rows = Table & Readonly<Record<keyof typeof METHODS | "type", LineRow<unknown>>>;

/** `NAT|DR|TUN` with tunnel options. `owner`: whose method it is, as Keepalived says it. */
export function readForwarding(options: Rows, owner: "virtual" | "real" | "sorry"): ArgumentType<Method> {
  const { NAT, DR, TUN } = options;
  const method = oneOf({ NAT, DR, TUN });
  return {
    usage: "NAT|DR|TUN [type <T>] [port <N>] [nocsum|csum|remcsum]",
    options,
    least: 1,
    most: Number.POSITIVE_INFINITY,
    read(argument) {
      const name = method.read(argument);
      if (name === undefined) return undefined;
      if (argument.words.length === 1) return METHODS[name];
      const tunnel = readTunnel(argument, options, `${owner} server`);
      if (name === "TUN") return tunnel === undefined ? METHODS.TUN : { forwarding: "tun", tunnel };
      const [, first = argument.keyword] = argument.words;
      if (tunnel !== undefined)
        argument.report.warning(["no-effect", `only \`TUN\` has tunnel options, \`${name}\` has none`], first.span);
      return METHODS[name];
    },
  };
}

/** The options behind the method. Undefined, and reported, where they make no tunnel: then it is a plain one. */
function readTunnel(argument: Argument, options: Rows, owner: string): Tunnel | undefined {
  const { words } = argument;
  let type: Tunnel["type"] = "ipip";
  let port = 0;
  let checksum: Tunnel["checksum"] = "none";
  for (let i = 1; i < words.length; i++) {
    const option = words[i] ?? argument.keyword;
    const value = words[i + 1];
    const sum = CHECKSUMS.get(option.text);
    if (sum !== undefined) checksum = sum;
    else if (option.text === "type") {
      if (value === undefined)
        return refuse(argument, option, "`type` needs a value", `Missing tunnel type for ${owner}.`);
      if (!isType(value.text))
        return unknown(argument, value, [...TYPES], `Unknown tunnel type ${value.text} for ${owner}.`);
      type = value.text;
      i++;
    } else if (option.text === "port") {
      if (value === undefined)
        return refuse(argument, option, "`port` needs a value", `Missing port for ${owner} gue tunnel.`);
      const row = { ...argument.row, refusal: `Invalid gue tunnel port %w for ${owner}.` };
      const number = integerWord(
        argument.within(argument.words, argument.keyword, row),
        value,
        { min: 1, max: 65535 },
        "strict",
      );
      if (number === undefined) return undefined;
      port = number;
      i++;
    } else {
      const known = Object.keys(options).filter((name) => !(name in METHODS));
      return unknown(argument, option, known, `Invalid tunnel option ${option.text} for ${owner}.`);
    }
  }
  const tunnel = { type, port, checksum };
  const flaw = flawOf(tunnel);
  if (flaw === undefined) return tunnel;
  const [, first = argument.keyword] = words;
  return refuse(argument, first, ...flaw);
}

function isType(text: string): text is Tunnel["type"] {
  return TYPES.has(text);
}

/** What speaks against a tunnel, and how Keepalived says it. */
function flawOf({ type, port, checksum }: Tunnel): readonly [message: string, keepalived: string] | undefined {
  if ((type === "gue") !== port > 0) {
    const message = type === "gue" ? "a `gue` tunnel needs a `port`" : `a tunnel of type \`${type}\` has no \`port\``;
    return [message, "gue tunnels require port, otherwise cannot have port."];
  }
  if (type === "ipip" && checksum !== "none")
    return ["an `ipip` tunnel has no checksum", "ipip tunnels do not support checksum option."];
  if (type === "gre" && checksum === "remote")
    return ["a `gre` tunnel has no `remcsum`", "gre tunnels do not support remote checksum option."];
  return undefined;
}

function unknown(argument: Argument, given: Word, known: readonly string[], logged: string): undefined {
  const near = nearest(given.text, known);
  const help = near === undefined ? `one of ${known.map((name) => `\`${name}\``).join(", ")}` : mean(near);
  return refuse(argument, given, `unknown tunnel option \`${given.text}\``, logged, help);
}

function refuse({ report, at }: Argument, { span }: Word, message: string, logged: string, help?: string): undefined {
  const details = { keepalived: at + logged, ...(help === undefined ? {} : { help }) };
  report.error(["bad-value", `${message}; a plain IPIP tunnel is used`], span, details);
  return undefined;
}
