import { type Reading, readConfig } from "../config/read.ts";
import { compareDirectors } from "../lint/compare.ts";
import { diagnose } from "../lint/diagnose.ts";
import { enumeration } from "../lint/disagreement.ts";
import { scriptPaths } from "../lint/scripts.ts";
import { counts, type Diagnostic, inOrder, renderWithCode } from "../syntax/diagnostic.ts";
import { renderGithub } from "../syntax/render-github.ts";
import { renderJson } from "../syntax/render-json.ts";
import type { Source } from "../syntax/source.ts";
import { refuse } from "./arguments.ts";
import { type CheckOptions, CONFIG_FILE, type File, parseCheckArguments } from "./check-arguments.ts";
import type { Command, CommandHost } from "./command.ts";
import { remembering } from "./remembering.ts";

/** Exit status where there is an error, as that of `-t` for a configuration with errors. */
const ERRORS = 5;

const HELP = `\
Usage: keepalived-ts check [OPTION]... [FILE]...
Says what is wrong with configuration files, where, and what to do. Two files or more are the directors of one
cluster: what they do not agree on is said too. Without FILE, or with -, it is ${CONFIG_FILE}.

  -i, --config-id=ID      who we are for @ID lines of the files behind it; else the host name
      --host              the file is this host's: look at its interfaces, addresses and scripts, too; so it is done
                          with ${CONFIG_FILE} unless there is an ID of another host
      --no-host           the file is another host's
      --strict            warnings are errors
      --format=FORMAT     text, json (an array of findings) or github (workflow commands)
      --off=CODE,...      leave out findings of these codes; what stops a start stays
      --peer-version=V    hint at keywords newer than the Keepalived on the other director: 2.2.7
  -h, --help              print this text

Exit status: 0 no errors (warnings and hints at most), 1 wrong arguments, 5 errors.
`;

/**
 * `check`: all there is to say about configuration files, on standard output. Exit status 0 without errors, 5 with errors
 * (what `-t` ends with for them; `-t` keeps Keepalived's finer statuses), 1 for wrong arguments.
 */
export const check: Command = {
  name: "check",
  usage: "[OPTION]... [FILE]...",
  meaning: "say what is wrong with files, and where directors of a cluster do not agree",
  help: HELP,
  run(args, host) {
    const asked = parseCheckArguments(args);
    return typeof asked === "string" ? refuse(check, asked, host) : checkFiles(asked, host);
  },
};

function checkFiles(options: CheckOptions, host: CommandHost): number {
  const { source, sourceLine } = remembering(host.source);
  const directors = options.files.map((file) => ({ name: nameOf(file, options), file, reading: read(file, source) }));
  const { off, peerVersion } = options;
  const lints = { off, sourceLine, ...(peerVersion === undefined ? {} : { peerVersion }) };
  const own = directors.map(({ name, file, reading }) => {
    const ofHost = isOfHost(file, options.host, source);
    const facts = ofHost ? { host: host.facts(scriptPaths(reading)) } : {};
    const { pattern, identity } = host.trial ?? {};
    const trial = { ...(pattern && { pattern }), ...(ofHost && identity && { identity }) };
    return { name, files: reading.files, found: diagnose(reading, { ...lints, ...facts, trial }) };
  });
  const between = compareDirectors(directors, sourceLine);
  const files = directors.flatMap(({ name, reading }) => (reading.files.length > 0 ? reading.files : [name]));
  const all = inOrder([...saidOnce(own), ...between], files);
  const wanted = all.filter(({ code, fatal }) => fatal === true || !off.has(code));
  const found = options.strict ? wanted.map(strict) : wanted;
  host.out(FORMATS[options.format](found));
  return found.some(({ severity }) => severity === "error") ? ERRORS : 0;
}

const FORMATS = {
  text: (found: readonly Diagnostic[]) =>
    `${[...found.map((it) => `${renderWithCode(it)}\n`), counts(found)].join("\n")}\n`,
  json: (found: readonly Diagnostic[]) => `${renderJson(found)}\n`,
  github: (found: readonly Diagnostic[]) => `${[...found.map(renderGithub), counts(found)].join("\n")}\n`,
} as const;

function strict(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === "warning" ? { ...diagnostic, severity: "error" } : diagnostic;
}

/** Whether a file is what the daemon of this host reads, where nothing is said. */
function isOfHost({ path, id }: File, said: boolean | undefined, { hostName }: Source): boolean {
  return said ?? (path === CONFIG_FILE && (id === undefined || id === hostName.replace(/\..*/s, "")));
}

/** The path; with the id, where several directors have one file. */
function nameOf({ path, id }: File, { files }: CheckOptions): string {
  const shared = files.filter((other) => other.path === path).length > 1;
  return shared && id !== undefined ? `${path} (${id})` : path;
}

function read({ path, id }: File, source: Source): Reading {
  return readConfig(path, id === undefined ? source : { ...source, configId: id });
}

/** What is found in the files of one director. */
interface Found {
  readonly name: string;
  readonly files: readonly string[];
  readonly found: readonly Diagnostic[];
}

/** What is said of a file that several directors have is said once; and of which of them, where it is not all. */
function saidOnce(own: readonly Found[]): readonly Diagnostic[] {
  const readers = new Map<string, number>();
  for (const file of own.flatMap(({ files }) => files)) readers.set(file, (readers.get(file) ?? 0) + 1);
  const known = new Map<string, { readonly diagnostic: Diagnostic; readonly names: string[] }>();
  for (const { name, found } of own) {
    for (const diagnostic of found) {
      const { code, message, span } = diagnostic;
      const key = JSON.stringify([code, message, span.file, span.line, span.column, span.length]);
      const { names } = known.get(key) ?? { names: [] as string[] };
      if (names.length === 0) known.set(key, { diagnostic, names });
      if (names.at(-1) !== name) names.push(name);
    }
  }
  return [...known.values()].map(({ diagnostic, names }) => {
    if (names.length >= (readers.get(diagnostic.span.file) ?? 0)) return diagnostic;
    const directors = enumeration(names.map((name) => `\`${name}\``));
    return { ...diagnostic, message: `${diagnostic.message} (in ${directors})` };
  });
}
