import type { Diagnostic } from "./diagnostic.ts";
import { cannot, refusal } from "./include.ts";
import { LANGUAGE } from "./keywords.ts";
import type { Token } from "./lexer.ts";
import type { Config } from "./model.ts";
import { parse } from "./parse.ts";
import { preprocess } from "./preprocess.ts";
import { newReport, type Report } from "./report.ts";
import { mergeGlobals, resolveDefaults, resolveGlobal } from "./resolve-global.ts";
import { resolveVirtualServers } from "./resolve-lvs.ts";
import { resolveScripts } from "./resolve-scripts.ts";
import { resolveInstances, type VrrpContext } from "./resolve-vrrp.ts";
import type { Span } from "./span.ts";

/** Where files come from, and what a configuration may ask about the host. */
export interface Source {
  /** The whole text of a file, decoded as UTF-8 with U+FFFD for what is none. */
  read(path: string): FileText;
  /** The files a pattern (`*`, `?`, `[]`, absolute) matches, sorted; a plain path matches itself where it exists. */
  glob(pattern: string): readonly string[];
  readonly hostName: string;
  readonly configId?: string; // -i; else the host name up to its first dot
}

/** A file, or why there is none: Keepalived reads no file with an execute bit. */
export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: "missing" | "directory" | "executable" | "unreadable" };

/** What a configuration says, as far as it can be understood, and everything there is to say about it. */
export interface Reading {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[]; // in the order they were opened
}

const HERE = { line: 0, column: 0, length: 0 };

/**
 * Reads a configuration: files to words, words to settings by the keyword tables, settings to a `Config` with every
 * default and correction that Keepalived makes. Never throws, and ends on any input.
 */
export function readConfig(path: string, source: Source): Reading {
  const texts = new Map<string, readonly string[]>();
  const report = newReport((file, number) => texts.get(file)?.[number - 1]?.replace(/\r$/, ""));
  const file = source.read(path);
  if (!file.ok) {
    const finding = ["unreadable", `the configuration file \`${path}\` ${cannot(file)}`] as const;
    const diagnostic = {
      severity: "error" as const,
      code: finding[0],
      message: finding[1],
      span: { file: path, ...HERE },
    };
    const diagnostics = [{ ...diagnostic, fatal: true as const, keepalived: refusal(path, file) }];
    return { config: resolve([], path, report, () => undefined), diagnostics, files: [] };
  }
  const opened = (name: string, lines: readonly string[]): void => void texts.set(name, lines);
  const tokens = preprocess(path, file.text, { source, report, opened });
  const config = resolve(tokens, path, report, (keyword, from, to) => findInComment(texts, keyword, from, to));
  const files = [...texts.keys()];
  return { config, diagnostics: report.finished(files), files };
}

function resolve(tokens: readonly Token[], path: string, report: Report, swallowed: VrrpContext["swallowed"]): Config {
  const { settings } = parse(tokens, LANGUAGE, report, { file: path, ...HERE });
  const globals = mergeGlobals(settings.global_defs.map(({ value }) => value.settings));
  const defaults = resolveDefaults(globals, report);
  const scripts = resolveScripts(settings.vrrp_script, defaults, report);
  return {
    global: resolveGlobal(globals, report),
    vrrpScripts: scripts.map(({ script }) => script),
    vrrpInstances: resolveInstances(settings.vrrp_instance, { defaults, scripts, report, swallowed }),
    virtualServers: resolveVirtualServers(settings.virtual_server, report),
  };
}

/** A keyword between two places of a file where no statement has it: it stands in a comment. */
function findInComment(
  texts: ReadonlyMap<string, readonly string[]>,
  keyword: string,
  from: Span,
  to: Span,
): Span | undefined {
  const lines = texts.get(from.file);
  for (let line = from.line; line <= to.line && from.file === to.file; line++) {
    const column = (lines?.[line - 1] ?? "").indexOf(keyword);
    if (column !== -1) return { file: from.file, line, column: column + 1, length: keyword.length };
  }
  return undefined;
}
