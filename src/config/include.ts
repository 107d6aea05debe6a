import { expandBraces } from "./braces.ts";
import { at } from "./lexer.ts";
import type { FileText, Source } from "./read.ts";
import type { Report } from "./report.ts";
import type { Span } from "./span.ts";

/** `include GLOB` and its stricter sisters, lexer rule of keepalived.conf(5). */
export interface Include {
  readonly variant: string; // "", r, m, w, b, a
  readonly pattern: string;
  readonly span: Span; // of the pattern
}

/** A file that an include leads to. */
export interface Included {
  readonly path: string;
  readonly text: string;
}

/** What a variant refuses; every other problem is only said. */
const CHECKS = {
  unreadable: "rmwba",
  missing: "mwa",
  wildcard: "wa",
  braces: "ba",
} as const;

/** The files of an include, in glob order, each read once. Relative patterns start in the folder of the file. */
export function included({ variant, pattern, span }: Include, source: Source, report: Report): readonly Included[] {
  const base = pattern.startsWith("/") ? "" : folder(span.file);
  const choices = expandBraces(pattern);
  const found = choices.map((choice) => ({ choice, paths: source.glob(base + choice) }));
  const empty = found.filter(({ paths }) => paths.length === 0);
  const strict = (check: keyof typeof CHECKS): boolean => variant !== "" && CHECKS[check].includes(variant);
  if (choices.length > 1 && empty.length > 0) {
    const missing = empty.map(({ choice }) => `\`${choice}\``).join(", ");
    say(strict("braces"), "include-braces", `no file for ${missing} of \`${pattern}\``);
    if (strict("braces")) return [];
  } else if (empty.length > 0) {
    const wild = /[*?[]/.test(pattern);
    const refused = strict(wild ? "wildcard" : "missing");
    if (!wild) say(refused, "include-missing", `no file \`${pattern}\``, `Config files missing '${pattern}'.`);
    else if (refused)
      say(true, "include-missing", `no file matches \`${pattern}\``, `No config files matched '${pattern}'.`);
  }
  return found.flatMap(({ paths }) =>
    paths.flatMap((path) => {
      const file = source.read(path);
      if (file.ok) return [{ path, text: file.text }];
      say(strict("unreadable"), "include-unreadable", `\`${path}\` ${cannot(file)}`, refusal(path, file));
      return [];
    }),
  );

  function say(refused: boolean, code: string, message: string, logged?: string): void {
    const details = logged === undefined ? {} : { keepalived: at(span) + logged };
    if (refused) report.error([code, message], span, { ...details, status: 6, fatal: true });
    else report.warning([code, message], span, details);
  }
}

/** The folder of a path, with its slash; empty for a bare name. */
export function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
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
      return `Unable to open '${path}' - skipping`;
  }
}
