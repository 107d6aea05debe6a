/** A file to check, and whose it is. */
export interface File {
  readonly path: string;
  readonly id: string | undefined; // for `@ID` lines; undefined: the host name up to its first dot
}

/** What `check` is asked for. */
export interface CheckOptions {
  readonly files: readonly [File, ...File[]];
  readonly strict: boolean;
  readonly format: "text" | "json" | "github";
  readonly off: ReadonlySet<string>; // codes that are not wanted
  readonly peerVersion: string | undefined;
}

/** The arguments, read. */
export type CheckArguments =
  | ({ readonly action: "check" } & CheckOptions)
  | { readonly action: "refuse"; readonly message: string };

/** The file that the daemon reads where none is named. */
export const CONFIG_FILE = "/etc/keepalived/keepalived.conf";

/** Long names of the options that take a value. */
const VALUED = ["config-id", "format", "off", "peer-version"];

/**
 * Reads the arguments of `check`: options and files in any order, `--` ends the options. An id belongs to the files
 * behind it, and the first one also to those before it.
 */
export function parseCheckArguments(args: readonly string[]): CheckArguments {
  const files: { path: string; id: string | undefined }[] = [];
  const ids: string[] = [];
  const off = new Set<string>();
  let options: Pick<CheckOptions, "strict" | "format" | "peerVersion"> = {
    strict: false,
    format: "text",
    peerVersion: undefined,
  };
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "-" || !word.startsWith("-")) {
      files.push({ path: word === "-" ? CONFIG_FILE : word, id: ids.at(-1) });
      continue;
    }
    if (word === "--") {
      for (const path of queue.splice(0)) files.push({ path, id: ids.at(-1) });
      continue;
    }
    if (word === "--strict") {
      options = { ...options, strict: true };
      continue;
    }
    const [name, attached] = split(word);
    if (!VALUED.includes(name)) return { action: "refuse", message: `unknown option ${word}` };
    const value = attached ?? queue.shift() ?? "";
    if (value === "") return { action: "refuse", message: `option --${name} needs a value` };
    if (name === "config-id") ids.push(value);
    else if (name === "off") for (const code of value.split(",")) off.add(code);
    else if (name === "peer-version") options = { ...options, peerVersion: value };
    else if (value === "text" || value === "json" || value === "github") options = { ...options, format: value };
    else return { action: "refuse", message: `--format is text, json or github, not ${value}` };
  }
  const [first = { path: CONFIG_FILE, id: undefined }, ...more] = files;
  const owned = (file: File): File => ({ ...file, id: file.id ?? ids[0] });
  return { action: "check", ...options, off, files: [owned(first), ...more.map(owned)] };
}

/** `--name=value`, `--name`, `-iVALUE` or `-i`: the long name, and the value where it is attached. */
function split(word: string): readonly [name: string, value: string | undefined] {
  if (word.startsWith("-i")) return ["config-id", word.length > 2 ? word.slice(2) : undefined];
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return [name, value];
}
