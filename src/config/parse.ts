import { LATER_CHECKERS } from "./keywords-check.ts";
import { KNOWN_KEYWORDS } from "./known-keywords.ts";
import { at as atLine, type Token, type Word } from "./lexer.ts";
import type { Report } from "./report.ts";
import type { Span } from "./span.ts";
import { nearest } from "./suggest.ts";
import type { Argument, BlockRow, Body, ItemsRow, LineRow, Row, RowText, Setting, Settings, Table } from "./table.ts";
import { mean } from "./types.ts";

type Words = Extract<Token, { type: "words" }>;

/** Where the parser is: a block with its name as messages write it. */
interface Place {
  readonly keyword: string; // "" at the top
  readonly title: string; // `vrrp_instance VI_1`
  readonly name: string; // `VI_1`
  readonly global: boolean; // Keepalived reads it before it knows the file's name
}

/** Help for words that stand in many files and are no keywords. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ["nat_mask", "`nat_mask` no longer exists: NAT needs no mask; delete the line"],
  ["nb_get_retry", "this checker has no `nb_get_retry`: write `retry`; until then its default of 1 holds"],
]);

/** Reads tokens by a table. Never throws; what cannot be understood is reported, and the rest goes on. */
export function parse<C extends Table>(
  found: readonly Token[],
  row: BlockRow<true, C>,
  report: Report,
  start: Span,
): Body<true, C> {
  let position = 0;
  let order = 0;
  let end = start;
  const settings = body(row.children, { keyword: "", title: "the file", name: "", global: false });
  return { header: true, settings: settings as Settings<C>, end };

  function next(): Token | undefined {
    const token = found[position++];
    if (token !== undefined) end = token.type === "words" ? token.words[0].span : token.span;
    return token;
  }

  /** The statements of a block up to its closing brace. */
  function body(children: Table, place: Place): Record<string, Setting<unknown>[]> {
    const read: Record<string, Setting<unknown>[]> = {};
    for (const keyword of Object.keys(children)) read[keyword] = [];
    for (;;) {
      const token = next();
      if (token === undefined) {
        if (place.keyword !== "") unclosed(place);
        return read;
      }
      if (token.type === "close") {
        if (place.keyword !== "") return read;
        const logged = `Extra '}' found\n${prefix(place, token.span)}Unknown keyword '}'`;
        report.error(["extra-brace", "`}` closes nothing"], token.span, {
          keepalived: prefix(place, token.span) + logged,
        });
      } else if (token.type === "open") stray(token.span, place);
      else statement(token, children, place, read);
    }
  }

  function statement(token: Words, children: Table, place: Place, read: Record<string, Setting<unknown>[]>): void {
    const [keyword] = token.words;
    const row = Object.hasOwn(children, keyword.text) ? children[keyword.text] : undefined;
    if (row === undefined) {
      unknown(keyword, children, place);
      return;
    }
    const argument = argumentOf(token, row, place);
    const mine = order++;
    const result = take(row, argument, place);
    if (result === undefined) return;
    const [first, ...more] = argument.words;
    const span = first === undefined ? keyword.span : covering(first.span, more.at(-1)?.span ?? first.span);
    read[keyword.text]?.push({ value: result.value, keyword: keyword.span, span, order: mine, at: argument.at });
  }

  function take(row: Row, argument: Argument, place: Place): { readonly value: unknown } | undefined {
    if (row.deprecated !== undefined) deprecated(row.deprecated, argument);
    switch (row.kind) {
      case "line":
        return single(row, argument);
      case "block":
        return nested(row, argument, place);
      case "items":
        return list(row, argument, place);
    }
  }

  function single(row: LineRow<unknown>, argument: Argument): { readonly value: unknown } | undefined {
    if (argument.words.length < row.type.least) return missing(argument);
    unused(argument, row.type.most);
    const value = row.type.read(argument);
    if (found[position]?.type === "open") {
      next();
      const message = `\`${argument.keyword.text}\` takes no block`;
      report.error(["unexpected-brace", message], end, { keepalived: `${argument.at}Unexpected '{' - ignoring` });
      skip();
    }
    return value === undefined ? undefined : { value };
  }

  function nested(
    row: BlockRow<unknown, Table>,
    argument: Argument,
    place: Place,
  ): { readonly value: unknown } | undefined {
    const [first] = argument.words;
    const enough = argument.words.length >= row.header.least;
    if (!enough) missing(argument);
    if (enough) unused(argument, row.header.most);
    const header = enough ? row.header.read(argument) : undefined;
    opening(argument);
    const keyword = argument.keyword.text;
    const name = first?.text ?? place.name;
    const inner = { keyword, name, title: [keyword, ...argument.words.slice(0, 2).map((w) => w.text)].join(" ") };
    const inherits = keyword === "authentication" ? { ...inner, name: place.name } : inner;
    const settings = body(row.children, { ...inherits, global: keyword === "global_defs" });
    return header === undefined ? undefined : { value: { header, settings, end } };
  }

  function list(row: ItemsRow<unknown>, argument: Argument, place: Place): { readonly value: unknown } | undefined {
    const [first, ...rest] = argument.words;
    if (first !== undefined) {
      const keepalived = `${argument.at}Block ${argument.keyword.text} has extra parameters ${first.text} ...`;
      const span = covering(first.span, rest.at(-1)?.span ?? first.span);
      report.error(["unused-words", `words before the \`{\` of \`${argument.keyword.text}\` mean nothing`], span, {
        keepalived,
      });
    }
    opening(argument);
    const value: Setting<unknown>[] = [];
    let depth = 0;
    for (;;) {
      const token = next();
      if (token === undefined) {
        unclosed({ ...place, keyword: argument.keyword.text, title: argument.keyword.text });
        return { value };
      }
      if (token.type === "open") depth++;
      else if (token.type === "close") {
        if (depth-- === 0) return { value };
      } else value.push(...listed(row, token, argument, place));
    }
  }

  function listed(row: ItemsRow<unknown>, token: Words, owner: Argument, place: Place): readonly Setting<unknown>[] {
    const groups: readonly (readonly Word[])[] = row.several ? token.words.map((w) => [w]) : [token.words];
    return groups.flatMap((words) => {
      const [first = owner.keyword] = words;
      const argument = { ...argumentOf(token, row, place), words, keyword: owner.keyword };
      unused(argument, row.item.most);
      const item = row.item.read(argument);
      const span = covering(first.span, words.at(-1)?.span ?? first.span);
      return item === undefined ? [] : [{ value: item, keyword: first.span, span, order: order++, at: argument.at }];
    });
  }

  function argumentOf(token: Words, row: RowText, place: Place): Argument {
    const [keyword, ...words] = token.words;
    const at = place.global ? prefix(place, keyword.span) : atLine(keyword.span);
    return { words, keyword, line: token.line, block: place.title, blockName: place.name, at, row, report };
  }

  function missing({ keyword, row, at }: Argument): undefined {
    const { text } = keyword;
    if (row.missing !== undefined) {
      const details = row.missing === "" ? {} : { keepalived: at + row.missing };
      report.error(["missing-argument", `\`${text}\` needs a value`], keyword.span, details);
      return undefined;
    }
    const logged = `*** Configuration line starting \`${text}\` is missing a parameter after keyword \`${text}\` at word position 2`;
    report.error(["missing-argument", `\`${text}\` needs a value`], keyword.span, {
      status: 2,
      fatal: true,
      keepalived: at + logged,
    });
    return undefined;
  }

  function unused({ words, keyword }: Argument, most: number): void {
    const first = words[most];
    if (first === undefined) return;
    const span = covering(first.span, words.at(-1)?.span ?? first.span);
    const also = words.length - most === 1 ? `\`${first.text}\` has` : `\`${first.text}\` and what follows have`;
    report.warning(["unused-words", `${also} no effect behind \`${keyword.text}\``], span, {
      help: "one keyword stands on one line; values with blanks need double quotes",
    });
  }

  function deprecated(instead: string, { keyword, at }: Argument): void {
    const keepalived = `${at}${keyword.text} is deprecated - please use '${instead}'`;
    const finding = ["deprecated", `\`${keyword.text}\` is the old name of \`${instead}\``] as const;
    report.warning(finding, keyword.span, { status: 5, help: `write \`${instead}\``, keepalived });
  }

  function opening({ keyword, at }: Argument): void {
    if (found[position]?.type === "open") {
      next();
      return;
    }
    const keepalived = `${at}Missing '{' at beginning of configuration block`;
    report.error(["missing-brace", `\`${keyword.text}\` needs a \`{\``], keyword.span, {
      help: "what follows up to the next `}` is read as its block",
      keepalived,
    });
  }

  function stray(span: Span, place: Place): void {
    const keepalived = `${prefix(place, span)}Unexpected '{' - ignoring`;
    report.error(["unexpected-brace", "`{` opens nothing; what it holds is skipped"], span, { keepalived });
    skip();
  }

  /** To behind the brace that closes the one just read. */
  function skip(): void {
    for (let depth = 1; depth > 0; ) {
      const token = next();
      if (token === undefined) return;
      if (token.type === "open") depth++;
      else if (token.type === "close") depth--;
    }
  }

  function unclosed(place: Place): void {
    const message = `\`${place.title}\` is not closed: a \`}\` is missing at the end`;
    report.error(["missing-brace", message], end, { keepalived: "There are 1 missing '}'s or extra '{'s" });
  }

  function unknown({ text, span }: Word, children: Table, place: Place): void {
    const skipped = found[position]?.type === "open";
    const where = place.keyword === "" ? "at the top level" : `in \`${place.title}\``;
    const suffix = skipped ? "; its block is skipped" : "";
    if (place.keyword === "real_server" && LATER_CHECKERS.has(text)) {
      const message = `\`${text}\` is not supported yet: it does not check \`${place.title}\``;
      report.error(["not-supported-yet", message], span);
    } else if (KNOWN_KEYWORDS[place.keyword]?.has(text)) {
      report.warning(["not-supported-yet", `\`${text}\` ${where} is not supported yet and has no effect`], span);
    } else {
      const near = nearest(text, [...Object.keys(children), ...(KNOWN_KEYWORDS[place.keyword] ?? [])]);
      const help = RETIRED.get(text) ?? (near === undefined ? elsewhere(text) : mean(near));
      report.error(["unknown-keyword", `unknown keyword \`${text}\` ${where}${suffix}`], span, {
        ...(help === undefined ? {} : { help }),
        keepalived: `${prefix(place, span)}Unknown keyword '${text}'`,
      });
    }
    if (skipped) {
      next();
      skip();
    }
  }
}

/** Where a keyword belongs that stands in the wrong block. */
function elsewhere(text: string): string | undefined {
  const owner = Object.entries(KNOWN_KEYWORDS).find(([, names]) => names.has(text))?.[0];
  if (owner === undefined) return undefined;
  return owner === "" ? `\`${text}\` belongs at the top level` : `\`${text}\` belongs in \`${owner}\``;
}

/** How Keepalived begins a message: `global_defs` and the top level are read before it writes file names. */
function prefix(place: Place, span: Span): string {
  return place.global || place.keyword === "" ? `(Line ${span.line}) ` : atLine(span);
}

function covering(first: Span, last: Span): Span {
  if (first.line !== last.line || first.file !== last.file) return first;
  return { ...first, length: last.column + last.length - first.column };
}
