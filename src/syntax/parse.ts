import { at as atLine, type Token, type Word } from "./lexer.ts";
import type { Report } from "./report.ts";
import type { Span } from "./span.ts";
import type {
  Argument,
  BlockRow,
  Body,
  ItemsRow,
  Later,
  LineRow,
  Row,
  RowText,
  Setting,
  Settings,
  Table,
} from "./table.ts";
import { helpFor } from "./unknown.ts";

type Words = Extract<Token, { type: "words" }>;

/** Where the parser is: a block with its name as messages write it. */
interface Place {
  readonly keyword: string; // "" at the top
  readonly title: string; // `vrrp_instance VI_1`
  readonly name: string; // `VI_1`
  readonly global: boolean; // Keepalived reads it before it knows the file's name
  readonly later: boolean; // all of it is not implemented, which was said
}

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
  const settings = body(row.children, {
    keyword: "",
    title: "the file",
    name: "",
    global: false,
    later: false,
  });
  return { header: true, settings: settings as Settings<C>, end };

  function next(): Token | undefined {
    const token = found[position++];
    if (token !== undefined) end = token.type === "words" ? token.words[0].span : token.span;
    return token;
  }

  /** The statements of a block up to its closing brace. */
  function body(children: Table, place: Place): Record<string, Setting<unknown>[]> {
    const read = nothing(children);
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
    const name = rowName(children, keyword.text);
    const row = name === undefined ? undefined : children[name];
    if (name === undefined || row === undefined) {
      unknown(keyword, children, place);
      return;
    }
    const own = argumentOf(token, row, place);
    const argument = name === keyword.text ? own : { ...own, words: token.words };
    const mine = order++;
    const result = take(row, argument, place);
    if (result === undefined) return;
    const [first = keyword] = argument.words;
    const span = covering(first.span, argument.words.at(-1)?.span ?? first.span);
    const setting = { value: result.value, keyword: keyword.span, span, order: mine, at: argument.at };
    if (read[name] === NONE) read[name] = [setting];
    else read[name]?.push(setting);
  }

  function take(row: Row, argument: Argument, place: Place): { readonly value: unknown } | undefined {
    if (row.deprecated !== undefined) deprecated(row.deprecated, argument);
    if (row.later !== undefined && !place.later) notImplemented(argument, row.later, place);
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
    const later = place.later || row.later !== undefined;
    const settings = body(row.children, { ...inherits, global: keyword === "global_defs", later });
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
    const [keyword] = token.words;
    const words = token.words.slice(1);
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

  function notImplemented({ keyword }: Argument, { severity, effect }: Later, place: Place): void {
    const where = place.keyword === "" ? "" : ` in \`${place.title}\``;
    const message = `\`${keyword.text}\`${where} is accepted, but not implemented: ${effect}`;
    report[severity](["not-implemented", message], keyword.span, { status: 0 });
  }

  function unknown({ text, span }: Word, children: Table, place: Place): void {
    const skipped = found[position]?.type === "open";
    const where = place.keyword === "" ? "at the top level" : `in \`${place.title}\``;
    const suffix = skipped ? "; its block is skipped" : "";
    const help = helpFor(text, children, row.children);
    report.error(["unknown-keyword", `unknown keyword \`${text}\` ${where}${suffix}`], span, {
      ...(help === undefined ? {} : { help }),
      keepalived: `${prefix(place, span)}Unknown keyword '${text}'`,
    });
    if (skipped) {
      next();
      skip();
    }
  }
}

/** Stands for every keyword that is not given; never written to. */
const NONE: Setting<unknown>[] = [];
const templates = new WeakMap<Table, Record<string, Setting<unknown>[]>>();

/** A block in which nothing is said. A copy costs less than asking the table again for each of thousands of blocks. */
function nothing(children: Table): Record<string, Setting<unknown>[]> {
  let template = templates.get(children);
  if (template === undefined) {
    template = Object.fromEntries(Object.keys(children).map((keyword) => [keyword, NONE]));
    templates.set(children, template);
  }
  return { ...template };
}

/** The row that a word begins: its own, or that of a name in angle brackets, which any other word begins. */
function rowName(children: Table, word: string): string | undefined {
  if (Object.hasOwn(children, word) && !word.startsWith("<")) return word;
  return Object.keys(children).find((name) => name.startsWith("<"));
}

/** How Keepalived begins a message: `global_defs` and the top level are read before it writes file names. */
function prefix(place: Place, span: Span): string {
  return place.global || place.keyword === "" ? `(Line ${span.line}) ` : atLine(span);
}

function covering(first: Span, last: Span): Span {
  if (first.line !== last.line || first.file !== last.file) return first;
  return { ...first, length: last.column + last.length - first.column };
}
