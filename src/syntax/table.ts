import type { Argument } from "./argument.ts";
import type { Span } from "./span.ts";
import type { Word } from "./word.ts";

/** What a row says beside its type. The parser, the documentation and the keyword-coverage test read the same row. */
export interface RowText {
  readonly meaning: string;
  readonly default?: string; // as documentation writes it
  readonly unit?: string;
  readonly note?: string; // other names of the same, and what surprises
  readonly since?: string; // version of Keepalived
  readonly ours?: true; // Keepalived has no such keyword
  readonly build?: string; // Keepalived has it only where it was built with this
  readonly usage?: string; // where the type does not say it
  readonly repeats?: true; // given again it adds; else the last one counts
  readonly later?: Later; // accepted, not implemented yet
  readonly deprecated?: string; // the keyword that replaces it
  readonly refusal?: string; // Keepalived's line for a value it does not take: %w the word, %b the block's name
  readonly missing?: string; // Keepalived's line where the argument is missing: %b the block's name; empty: it says nothing; without it, it reads no further (status 2)
}

/** What it means for the user that a feature does not exist yet. No row has it now: test/keywords/later.test.ts proves it. */
export interface Later {
  readonly severity: "warning" | "error";
  readonly effect: string; // `it has no effect`
}

/** A keyword with its arguments on the same line. */
export interface LineRow<T> extends RowText {
  readonly kind: "line";
  readonly type: ArgumentType<T>;
}

/** A keyword that opens a block of keywords. */
export interface BlockRow<H, C extends Table> extends RowText {
  readonly kind: "block";
  readonly header: ArgumentType<H>;
  readonly children: C;
}

/** A keyword that opens a list, one item a line (or several, for plain words). */
export interface ItemsRow<T> extends RowText {
  readonly kind: "items";
  readonly item: ArgumentType<T>;
  readonly several: boolean; // items stand side by side
}

export type Row = LineRow<unknown> | BlockRow<unknown, Table> | ItemsRow<unknown>;

/** The keywords of a block. */
export interface Table {
  readonly [keyword: string]: Row;
}

/** How arguments are read. */
export interface ArgumentType<T> {
  readonly usage: string; // for documentation: `<integer 1..255>`
  readonly least: number; // words that must be there
  readonly most: number; // words that mean something
  readonly options?: Table; // words with a meaning of their own, among the arguments
  readonly take?: (words: readonly Word[]) => number; // of several, how many it reads; `most` where it is not said
  /** Undefined where the arguments mean nothing, which it has then reported. */
  readonly read: (argument: Argument) => T | undefined;
}

/** A keyword that was given, with its value. */
export interface Setting<T> {
  readonly value: T;
  readonly keyword: Span;
  readonly span: Span; // of the arguments; of the keyword where there are none
  readonly order: number; // ascending in the order of reading, unique
  readonly at: string; // `(FILE: Line 14) `
}

/** A block as it was read. */
export interface Body<H, C extends Table> {
  readonly header: H;
  readonly settings: Settings<C>;
  readonly end: Span; // its closing brace, or the last thing read
}

type ValueOf<R> =
  R extends BlockRow<infer H, infer C>
    ? Body<H, C>
    : R extends ItemsRow<infer T>
      ? readonly Setting<T>[]
      : R extends LineRow<infer T>
        ? T
        : never;

/** Everything a block says, by keyword, in the order of reading. */
export type Settings<C extends Table> = { readonly [K in keyof C]: readonly Setting<ValueOf<C[K]>>[] };

/** The setting that counts where a keyword, or one of several synonyms, may be given again: the last one. */
export function last<T>(...synonyms: readonly (readonly Setting<T>[])[]): Setting<T> | undefined {
  let latest: Setting<T> | undefined;
  for (const settings of synonyms) {
    const given = settings.at(-1); // the others were read before it
    if (given !== undefined && (latest === undefined || given.order > latest.order)) latest = given;
  }
  return latest;
}

/** A row with its arguments on one line. */
export function line<T>(type: ArgumentType<T>, text: RowText): LineRow<T> {
  return { kind: "line", type, ...text };
}

/** A row that opens a block of keywords. */
export function block<H, C extends Table>(header: ArgumentType<H>, children: C, text: RowText): BlockRow<H, C> {
  return { kind: "block", header, children, ...text };
}

/** A row that opens a list with one item a line. */
export function items<T>(item: ArgumentType<T>, text: RowText): ItemsRow<T> {
  return { kind: "items", item, several: false, ...text };
}

/** A row that opens a list of plain words, side by side or below each other. */
export function wordItems<T>(item: ArgumentType<T>, text: RowText): ItemsRow<T> {
  return { kind: "items", item, several: true, ...text };
}

/** A word that stands for itself, such as a choice of a keyword. */
export function choice(meaning: string, text: Omit<RowText, "meaning"> = {}, usage: string = "(word)"): LineRow<true> {
  const type: ArgumentType<true> = { usage, least: 0, most: 0, read: () => true };
  return { kind: "line", type, meaning, ...text };
}
