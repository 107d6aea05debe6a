import type { Token } from "../../src/syntax/lexer.ts";
import type { Row, Table } from "../../src/syntax/table.ts";
import type { Word } from "../../src/syntax/word.ts";

/** A keyword, option word or value that a file has, named as in keywords.csv, with the line it begins on. */
export interface Use {
  readonly block: string;
  readonly keyword: string;
  readonly file: string;
  readonly line: number;
}

/** A block that is open. */
interface Frame {
  readonly path: string; // `virtual_server.real_server`; `(top)` outside of all
  readonly inner: Table; // its keywords, or the option words of its items
  readonly kind: "block" | "items";
}

/** Everything that tokens use of a table, whether or not the reader likes its value. What is no keyword is passed over. */
export function* usedIn(tokens: readonly Token[], top: Table): Generator<Use> {
  const frames: Frame[] = [{ path: "(top)", inner: top, kind: "block" }];
  let next: Frame | undefined;
  for (const token of tokens) {
    const frame = frames.at(-1);
    if (token.type === "open") frames.push(next ?? { path: "", inner: {}, kind: "block" });
    else if (token.type === "close") frames.pop();
    else if (frame !== undefined) {
      const [first, ...words] = token.words;
      const { file, line } = first.span;
      const row = frame.kind === "block" ? ownRow(frame.inner, first.text) : undefined;
      next = row === undefined ? undefined : below(frame, first.text, row);
      const items = frame.kind === "items" ? token.words : [first];
      const found = row === undefined ? options(frame, items) : uses(frame, first.text, row, words);
      for (const use of found) yield { ...use, file, line };
    }
    if (token.type !== "words") next = undefined;
  }
}

function ownRow(inner: Table, word: string): Row | undefined {
  return Object.hasOwn(inner, word) ? inner[word] : undefined;
}

type Name = Pick<Use, "block" | "keyword">;

function below({ path }: Frame, keyword: string, row: Row): Frame | undefined {
  const inside = path === "(top)" ? keyword : `${path}.${keyword}`;
  if (row.kind === "block") return { path: inside, inner: row.children, kind: "block" };
  return row.kind === "items" ? { path: inside, inner: row.item.options ?? {}, kind: "items" } : undefined;
}

/** A keyword with what stands behind it. */
function* uses({ path, ...frame }: Frame, keyword: string, row: Row, words: readonly Word[]): Generator<Name> {
  yield { block: path, keyword };
  const inside = path === "(top)" ? keyword : `${path}.${keyword}`;
  if (row.kind === "block")
    yield* options({ ...frame, path: `${inside}.(header)`, inner: row.header.options ?? {} }, words);
  if (row.kind !== "line") return;
  yield* options({ ...frame, path: inside, inner: row.type.options ?? {} }, words);
  if (row.type.usage.includes("<BOOL>")) yield* words.map(({ text }) => ({ block: "(BOOL)", keyword: text }));
  if (row.type.usage.startsWith("<SCRIPT>")) {
    const parts = ["<COMMAND> [<ARG>...]", "<USER>", "<GROUP>"].slice(0, words.length);
    yield* parts.map((part) => ({ block: "(script)", keyword: part }));
  }
}

/** Words that mean something by themselves, and places that any word can take. */
function* options({ path, inner, kind }: Frame, words: readonly Word[]): Generator<Name> {
  for (const [i, { text }] of words.entries()) {
    for (const [keyword, row] of Object.entries(inner)) {
      if (!(keyword.startsWith("<") ? takes(keyword, text, inner) : isSame(keyword, text, row))) continue;
      const type = row.note === "first word before the destination";
      yield { block: type ? `${path}.type` : path, keyword };
      const deeper = row.kind === "line" ? row.type.options : undefined;
      if (deeper === undefined) continue;
      const at = keyword.startsWith("<DEST>") ? `${path}.(destination)` : `${path}.${keyword}`;
      yield* options({ path: at, inner: deeper, kind }, words.slice(keyword.startsWith("<") ? i : i + 1));
    }
  }
}

function isSame(keyword: string, word: string, row: Row): boolean {
  const folds = row.kind === "line" && row.type.usage.includes("case-insensitive");
  return folds ? keyword.toLowerCase() === word.toLowerCase() : keyword === word;
}

/** What a word looks like that takes a place with a name in angle brackets; else it is any that is no option word. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  "<IPADDR> [<PORT>]": /^[\da-f.:]+$/i,
  "<IPADDR>-<END> [<PORT>]": /^[\da-f.:]+-[\da-f.:]+$/i,
  "<IPADDR>/<PREFIX> [<PORT>]": /^[\da-f.:]+\/\d+$/i,
  "<ADDR>[/<PREFIX>]": /^[\da-f.:]+(\/\d+)?$/i,
  "<integer>": /^-?\d+$/,
};

function takes(place: string, word: string, options: Table): boolean {
  return SHAPES[place]?.test(word) ?? !Object.hasOwn(options, word);
}
