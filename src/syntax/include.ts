import { expandBraces } from "./braces.ts";
import { at } from "./lexer.ts";
import { type Line, spanOf } from "./line.ts";
import type { Report } from "./report.ts";
import type { FileText, Source } from "./source.ts";
import type { Span } from "./span.ts";

/** What an include refuses; every other problem of it is only said. The words of `include_check`. */
export type IncludeCheck = "read" | "match" | "wildcard_match" | "brace_match";

/** `include PATTERN` and its stricter sisters, lexer rule of keepalived.conf(5). */
export interface Include {
  readonly pattern: string;
  readonly span: Span; // of the pattern
  readonly refuses: ReadonlySet<IncludeCheck>;
}

const CHECKS: readonly IncludeCheck[] = ["read", "match", "wildcard_match", "brace_match"];

const VARIANTS: Readonly<Record<string, readonly IncludeCheck[]>> = {
  r: ["read"],
  m: ["read", "match"],
  w: ["read", "match", "wildcard_match"],
  b: ["read", "brace_match"],
  a: CHECKS,
};

/** Reads an include line, undefined where it is none. `floor` is what `include_check` demands of each. */
export function include(line: Line, floor: ReadonlySet<IncludeCheck>): Include | undefined {
  if (!line.text.startsWith("include")) return undefined;
  const match = /^include([rmwba]?)[ \t]\s*/.exec(line.text);
  if (match === null) return undefined;
  const [{ length }, variant = ""] = match;
  const refuses = new Set([...floor, ...(VARIANTS[variant] ?? [])]);
  return { pattern: line.text.slice(length), span: spanOf(line, length, line.text.length), refuses };
}

/**
 * What `include_check WORDS` makes of the checks before it: all where there is no word; a word without sign begins
 * anew and brings `read`, `+` adds, `-` takes away (measured on keepalived 2.2.7, which takes only the first word
 * without sign). Other words are the parser's to report.
 */
export function includeChecks(words: readonly string[], before: ReadonlySet<IncludeCheck>): ReadonlySet<IncludeCheck> {
  if (words.length === 0) return new Set(CHECKS);
  const unsigned = CHECKS.filter((check) => words.includes(check));
  const checks = new Set<IncludeCheck>(unsigned.length === 0 ? before : ["read", ...unsigned]);
  for (const word of words) {
    const check = CHECKS.find((name) => name === word.slice(1));
    if (check !== undefined && word.startsWith("+")) checks.add(check);
    if (check !== undefined && word.startsWith("-")) checks.delete(check);
  }
  return checks;
}

/** The paths an include leads to, in glob order. Relative patterns start in `base`, a folder with its slash. */
export function includedPaths(include: Include, base: string, source: Source, report: Report): readonly string[] {
  const { pattern, refuses } = include;
  const choices = expandBraces(pattern);
  const found = choices.map((choice) => ({
    choice,
    paths: source.glob(choice.startsWith("/") ? choice : base + choice),
  }));
  const empty = found.filter(({ paths }) => paths.length === 0);
  if (choices.length > 1 && empty.length > 0) {
    const shown = empty.slice(0, 3).map(({ choice }) => `\`${choice}\``);
    const missing = shown.join(", ") + (empty.length > 3 ? ` and ${empty.length - 3} more` : "");
    say(include, report, refuses.has("brace_match"))("include-braces", `no file for ${missing} of \`${pattern}\``);
    if (refuses.has("brace_match")) return [];
  } else if (empty.length > 0) {
    const wild = /[*?[]/.test(pattern);
    const refused = refuses.has(wild ? "wildcard_match" : "match");
    const tell = say(include, report, refused);
    if (!wild) tell("include-missing", `no file \`${pattern}\``, `Config files missing '${pattern}'.`);
    else if (refused)
      tell("include-missing", `no file matches \`${pattern}\``, `No config files matched '${pattern}'.`);
  }
  return found.flatMap(({ paths }) => paths);
}

/** The text of an included file, undefined where it is not read, which is then reported. */
export function readIncluded(path: string, include: Include, source: Source, report: Report): string | undefined {
  const file = source.read(path);
  if (file.ok) {
    report.included(path, include.span);
    return file.text;
  }
  const tell = say(include, report, include.refuses.has("read"));
  tell("include-unreadable", `\`${path}\` ${cannot(file)}`, refusal(path, file));
  return undefined;
}

function say({ span }: Include, report: Report, refused: boolean) {
  return (code: string, message: string, logged?: string): void => {
    const details = logged === undefined ? {} : { keepalived: at(span) + logged };
    if (refused) report.error([code, message], span, { ...details, status: 6, fatal: true });
    else report.warning([code, message], span, details);
  };
}

/** The folder of a path, with its slash; empty for a bare name. */
export function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** Whether two paths name one file, as far as can be seen from them. */
export function samePath(a: string, b: string): boolean {
  return a === b || plainPath(a) === plainPath(b);
}

/** Without `.`, `..` and doubled slashes. */
function plainPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  return (path.startsWith("/") ? "/" : "") + kept.join("/");
}

/** Why a file is not read. */
export function cannot(file: FileText & { readonly ok: false }): string {
  switch (file.reason) {
    case "missing":
      return "does not exist";
    case "directory":
      return "is a directory";
    case "executable":
      return "is executable or no regular file";
    case "unreadable":
      return "cannot be read";
  }
}

/** The same in Keepalived's words. */
export function refusal(path: string, file: FileText & { readonly ok: false }): string {
  switch (file.reason) {
    case "missing":
      return `Config files missing '${path}'.`;
    case "directory":
      return `Configuration file '${path}/' is a directory - skipping`;
    case "executable":
      return `Configuration file '${path}' is not a regular non-executable file - skipping`;
    case "unreadable":
      return `Configuration file '${path}' open problem (Permission denied) - skipping`;
  }
}
