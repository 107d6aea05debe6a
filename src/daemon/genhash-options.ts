import { type IpAddress, parseIp } from "../base/ip.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { HttpRequest } from "../wire/http.ts";

/** What genhash is asked for. */
export interface GenhashOptions {
  readonly server: IpAddress;
  readonly port: number;
  readonly path: string;
  readonly tls: boolean;
  readonly sni: boolean; // the virtual host is the name
  readonly virtualHost: string | undefined;
  readonly verbose: boolean;
  readonly fwmark: number;
  readonly protocol: HttpRequest["protocol"];
  readonly timeout: Micros;
}

/** Options, or the exit status and what is said on standard error instead. genhash(1). */
export type GenhashLine = GenhashOptions | { readonly status: 0 | 1; readonly text: string };

/** The arguments behind the program's name where it is called `genhash`, or behind `--genhash`; undefined: another task. */
export function genhashArguments(
  program: string,
  args: readonly string[],
): { readonly args: readonly string[]; readonly warning: string } | undefined {
  if (/(^|\/)genhash$/.test(program)) return { args, warning: "" };
  const at = args.findIndex((word) => word === "-T" || word === "--genhash");
  const isCommand = args[0]?.startsWith("-") === false;
  if (at === -1 || isCommand || args.slice(0, at).includes("--")) return undefined;
  const name = args[at] === "-T" ? "-T" : "genhash";
  const warning = at === 0 ? "" : `Warning -- \`${name}\` not used as first option, previous options ignored\n`;
  return { args: args.slice(at + 1), warning };
}

/** Reads them as getopt_long(3) does. The first mistake ends it. */
export function parseGenhash(args: readonly string[]): GenhashLine {
  const given = new Map<Letter, string>();
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--" || !/^-./.test(word)) {
      const operands = [...(word === "--" ? [] : [word]), ...queue.splice(0)];
      if (operands.length > 0) return refused(`Unexpected argument(s): ${operands.join(" ")}`);
      break;
    }
    const mistake = word.startsWith("--") ? long(word, queue, given) : short(word, queue, given);
    if (mistake !== undefined) return refused(mistake);
  }
  return given.has("h") ? { status: 0, text: usage() } : checked(given);
}

function checked(given: ReadonlyMap<Letter, string>): GenhashLine {
  const [address, port, path] = [given.get("s"), given.get("p"), given.get("u")];
  const server = address === undefined ? undefined : parseIp(address);
  if (address !== undefined && server === undefined) return refused(`server should be an IP, not ${address}`);
  if (port !== undefined && !isWithin(port, 1, 65535)) return refused(`invalid port number '${port}'`);
  const fwmark = given.get("m") ?? "0";
  if (!isWithin(fwmark, 0, 2 ** 32 - 1)) return refused(`invalid fwmark '${fwmark}'`);
  const protocol = given.get("P")?.toLowerCase() ?? "1.0";
  if (protocol !== "1.0" && protocol !== "1.0c" && protocol !== "1.1")
    return refused(`invalid HTTP protocol version '${given.get("P")}'`);
  const timeout = given.get("t") ?? "4294";
  if (!/^\d+(\.\d+)?$/.test(timeout) || Number(timeout) === 0) return refused(`invalid timeout '${timeout}'`);
  if (server === undefined || port === undefined || path === undefined)
    return refused("server, port and url are needed");
  return {
    ...{ server, port: Number(port), path, protocol, fwmark: Number(fwmark), timeout: seconds(Number(timeout)) },
    ...{ tls: given.has("S"), sni: given.has("I"), verbose: given.has("v"), virtualHost: given.get("V") },
  };
}

function isWithin(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}

type Letter = (typeof ROWS)[number][0];

const ROWS = [
  ["s", "server", "ADDRESS", "address of the server"],
  ["p", "port", "PORT", "its port"],
  ["u", "url", "PATH", "what is asked for"],
  ["S", "use-ssl", "", "over TLS"],
  ["I", "use-sni", "", "name the server to TLS as -V says"],
  ["V", "use-virtualhost", "NAME", "host of the request"],
  ["v", "verbose", "", "show what came"],
  ["m", "fwmark", "MARK", "mark the packets"],
  ["P", "protocol", "VERSION", "HTTP 1.0, 1.0c (with Connection: close) or 1.1"],
  ["t", "timeout", "SECONDS", "for the connection, and for each wait for data"],
  ["h", "help", "", "print this text"],
] as const;

function long(word: string, queue: string[], given: Map<Letter, string>): string | undefined {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const fits = ROWS.filter(([, each]) => each.startsWith(name));
  const row = fits.find(([, each]) => each === name) ?? (fits.length === 1 ? fits[0] : undefined);
  if (row === undefined || (row[2] === "" && value !== undefined)) return `Unknown option ${word}`;
  return take(row, value, queue, given);
}

function short(word: string, queue: string[], given: Map<Letter, string>): string | undefined {
  for (let at = 1; at < word.length; at++) {
    const row = ROWS.find(([letter]) => letter === word.charAt(at));
    if (row === undefined) return `Unknown option -${word.charAt(at)}`;
    const rest = row[2] === "" ? undefined : word.slice(at + 1) || undefined;
    const mistake = take(row, rest, queue, given);
    if (mistake !== undefined || row[2] !== "") return mistake;
  }
  return undefined;
}

function take(
  [letter, name, argument]: (typeof ROWS)[number],
  attached: string | undefined,
  queue: string[],
  given: Map<Letter, string>,
): string | undefined {
  const value = argument === "" ? "" : (attached ?? queue.shift());
  if (value === undefined) return `Missing parameter for option --${name}`;
  given.set(letter, value);
  return undefined;
}

function refused(why: string): GenhashLine {
  return { status: 1, text: `${why}\n${usage()}` };
}

function usage(): string {
  const lines = ROWS.map(([letter, name, argument, meaning]) => {
    const option = `-${letter}, --${name}${argument === "" ? "" : `=${argument}`}`;
    return `  ${option.padEnd(29)} ${meaning}\n`;
  });
  return `Usage: genhash [OPTION]... -s ADDRESS -p PORT -u PATH\n\nPrints the MD5 of a page, for \`digest\`.\n\n${lines.join("")}`;
}
