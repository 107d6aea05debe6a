import { codeProblem } from "../lint/codes.ts";
import { readArguments } from "./arguments.ts";

/** A file to check, and whose it is. */
export interface File {
  readonly path: string;
  readonly id: string | undefined; // for `@ID` lines; undefined: the host name up to its first dot
}

/** What `check` is asked for. */
export interface CheckOptions {
  readonly files: readonly [File, ...File[]];
  readonly strict: boolean;
  readonly format: Format;
  readonly off: ReadonlySet<string>; // codes and names that are not wanted
  readonly peerVersion: string | undefined;
  readonly host: boolean | undefined; // whether the files are this host's; undefined: the daemon's own file is
}

type Format = (typeof FORMATS)[number];
const FORMATS = ["text", "json", "github"] as const;

/** The file that the daemon reads where none is named. */
export const CONFIG_FILE = "/etc/keepalived/keepalived.conf";

const OPTIONS = {
  "config-id": { type: "string", short: "i" },
  format: { type: "string" },
  host: { type: "boolean" },
  "no-host": { type: "boolean" },
  off: { type: "string" },
  "peer-version": { type: "string" },
  strict: { type: "boolean" },
} as const;

/**
 * Reads the arguments of `check`: options and files in any order, `--` ends the options. An id belongs to the files
 * behind it, and the first one also to those before it. Else what is wrong with them.
 */
export function parseCheckArguments(args: readonly string[]): CheckOptions | string {
  const read = readArguments(args, OPTIONS);
  if (typeof read === "string") return read;
  const files: File[] = [];
  const ids: string[] = [];
  const off = new Set<string>();
  let options: Omit<CheckOptions, "files" | "off"> = {
    strict: false,
    format: "text",
    peerVersion: undefined,
    host: undefined,
  };
  for (const { option: name, value } of read) {
    if (name === undefined) {
      files.push({ path: value === "-" ? CONFIG_FILE : value, id: ids.at(-1) });
      continue;
    }
    const wrong = problem(name, value);
    if (wrong !== undefined) return wrong;
    if (name === "config-id") ids.push(value);
    else if (name === "off") for (const code of codesOf(value)) off.add(code);
    else if (name === "peer-version") options = { ...options, peerVersion: value.replace(/^\d+:/, "") };
    else if (name === "format") options = { ...options, format: FORMATS.find((each) => each === value) ?? "text" };
    else if (name === "strict") options = { ...options, strict: true };
    else options = { ...options, host: name === "host" };
  }
  const [first = { path: CONFIG_FILE, id: undefined }, ...more] = files;
  if (options.host === true && more.length > 0)
    return "`--host` looks at this host, which is one director: name one file";
  const owned = (file: File): File => ({ ...file, id: file.id ?? ids[0] });
  return { ...options, off, files: [owned(first), ...more.map(owned)] };
}

/** Why a value cannot be meant. */
function problem(name: string, value: string): string | undefined {
  if (name === "off")
    return codesOf(value)
      .map(codeProblem)
      .find((each) => each !== undefined);
  if (name === "format" && !FORMATS.some((each) => each === value))
    return `\`--format\` is text, json or github, not \`${value}\``;
  if (name === "peer-version" && !/^(\d+:)?v?\d+(\.\d+)+([-+~].*)?$/.test(value))
    return `\`--peer-version\` is a version such as 2.2.7, not \`${value}\``;
  return undefined;
}

function codesOf(value: string): readonly string[] {
  return value.split(",").filter((code) => code !== "");
}
