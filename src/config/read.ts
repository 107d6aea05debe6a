import { LANGUAGE, type TOP } from "../keywords/language.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { cannot, refusal } from "../syntax/include.ts";
import type { Token } from "../syntax/lexer.ts";
import { parse } from "../syntax/parse.ts";
import { preprocess } from "../syntax/preprocess.ts";
import { newReport, type Report } from "../syntax/report.ts";
import type { Source } from "../syntax/source.ts";
import type { Span } from "../syntax/span.ts";
import type { Settings } from "../syntax/table.ts";
import type { Config } from "./model.ts";
import { mergeGlobals, resolveDefaults, resolveGlobal } from "./resolve-global.ts";
import { resolveVirtualServers } from "./resolve-lvs.ts";
import { resolveScripts } from "./resolve-scripts.ts";
import { resolveInstances, type VrrpContext } from "./resolve-vrrp.ts";

/** What a configuration says, as far as it can be understood, and everything there is to say about it. */
export interface Reading {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[]; // in the order they were opened
  readonly tree: Settings<typeof TOP>; // as it was written, with the place of every word
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
    return { ...resolve([], path, report, () => undefined), diagnostics, files: [] };
  }
  const opened = (name: string, lines: readonly string[]): void => void texts.set(name, lines);
  const tokens = preprocess(path, file.text, { source, report, opened });
  const resolved = resolve(tokens, path, report, (keyword, from, to) => findInComment(texts, keyword, from, to));
  const files = [...texts.keys()];
  return { ...resolved, diagnostics: report.finished(files), files };
}

function resolve(
  tokens: readonly Token[],
  path: string,
  report: Report,
  swallowed: VrrpContext["swallowed"],
): Pick<Reading, "config" | "tree"> {
  const { settings: tree } = parse(tokens, LANGUAGE, report, { file: path, ...HERE });
  const globals = mergeGlobals(tree.global_defs.map(({ value }) => value.settings));
  const defaults = resolveDefaults(globals, report);
  const scripts = resolveScripts(tree.vrrp_script, defaults, report);
  const config = {
    global: resolveGlobal(globals, report),
    vrrpScripts: scripts.map(({ script }) => script),
    vrrpInstances: resolveInstances(tree.vrrp_instance, { defaults, scripts, report, swallowed }),
    virtualServers: resolveVirtualServers(tree.virtual_server, report),
  };
  return { config, tree };
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
