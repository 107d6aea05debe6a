import { LANGUAGE, type TOP } from "../keywords/language.ts";
import { cutValues } from "../syntax/cut-value.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { cannot, refusal } from "../syntax/include.ts";
import type { Token } from "../syntax/lexer.ts";
import { newParser } from "../syntax/parse.ts";
import { preprocess } from "../syntax/preprocess.ts";
import { type Includes, newReport, type Report } from "../syntax/report.ts";
import type { Source } from "../syntax/source.ts";
import type { Span } from "../syntax/span.ts";
import { commentStart } from "../syntax/statement.ts";
import type { Settings } from "../syntax/table.ts";
import { Texts } from "../syntax/texts.ts";
import { typographicQuotes } from "../syntax/typographic-quote.ts";
import { resolveDefaults } from "./global/defaults.ts";
import { mergeGlobals, resolveGlobal } from "./global/global.ts";
import { resolveLvs } from "./lvs/lvs.ts";
import type { Config } from "./model/model.ts";
import { resolveVrrp } from "./vrrp/vrrp.ts";

/** What a configuration says, as far as it can be understood, and everything there is to say about it. */
export interface Reading {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[]; // in the order they were opened
  readonly includes: Includes; // of the files but the first
  readonly tree: Tree; // as it was written, with the place of every word
}

type Tree = Settings<typeof TOP>;

const HERE = { line: 0, column: 0, length: 0 };

/**
 * Reads a configuration: files to words, words to settings by the keyword tables, settings to a `Config` with every
 * default and correction that Keepalived makes. Never throws, and ends on any input. `heard` is told of
 * the words and braces that the files come to.
 */
export function readConfig(path: string, source: Source, heard?: (token: Token) => void): Reading {
  const texts = new Texts();
  const report = newReport((file, number) => texts.line(file, number));
  const start = { file: path, ...HERE };
  const file = source.read(path);
  if (!file.ok) {
    const finding = ["unreadable", `the configuration file \`${path}\` ${cannot(file)}`] as const;
    const diagnostic = {
      severity: "error" as const,
      code: finding[0],
      message: finding[1],
      span: start,
    };
    const logged =
      file.reason === "unreadable"
        ? { keepalived: `Unable to read configuration file ${path}`, status: 4 as const }
        : { keepalived: refusal(path, file) };
    const diagnostics = [{ ...diagnostic, fatal: true as const, ...logged }];
    const tree = newParser(LANGUAGE, report, start).finished().settings;
    return { ...resolve(tree, report, texts), diagnostics, files: [], includes: report.includes };
  }
  const parser = newParser(LANGUAGE, report, start);
  const opened = (name: string, text: string): void => texts.add(name, text);
  const emit = (token: Token): void => {
    parser.feed(token);
    heard?.(token);
  };
  preprocess(path, file.text, { source, report, opened, emit });
  for (const [name, text] of texts.all) {
    cutValues(name, text, report);
    typographicQuotes(name, text, report);
  }
  const resolved = resolve(parser.finished().settings, report, texts);
  const { files } = texts;
  return { ...resolved, diagnostics: report.finished(files), files, includes: report.includes };
}

function resolve(tree: Tree, report: Report, texts: Texts): Pick<Reading, "config" | "tree"> {
  const globals = mergeGlobals(tree.global_defs.map(({ value }) => value.settings));
  const defaults = resolveDefaults(globals, report);
  const config = {
    global: resolveGlobal(tree, globals, report),
    ...resolveVrrp(tree, globals, defaults, report, (keyword, from, to) => findInComment(texts, keyword, from, to)),
    ...resolveLvs(tree, globals, report),
  };
  return { config, tree };
}

/** A keyword between two places of a file where no statement has it: it stands in a comment. */
function findInComment(texts: Texts, keyword: string, from: Span, to: Span): Span | undefined {
  for (let line = from.line; line <= to.line && from.file === to.file; line++) {
    const text = texts.line(from.file, line) ?? "";
    const column = text.indexOf(keyword, commentStart(text));
    if (column !== -1) return { file: from.file, line, column: column + 1, length: keyword.length };
  }
  return undefined;
}
