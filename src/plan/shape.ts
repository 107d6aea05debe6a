/**
 * How a record of the configuration is compared and spoken of: a row for each field that has something to be said. Every
 * list of the model has a row, which TypeScript demands: it says what makes an item the same item.
 */
export type Shape<T> = { readonly [K in KeysOf<T> as Obliges<At<T, K>> extends true ? K : never]: Row<At<T, K>> } & {
  readonly [K in KeysOf<T>]?: Row<At<T, K>>;
};

/** The row of a field. Where there is none, its name in words and its value as it is must do. */
export type Row<V> = ValueRow<V> | ListOf<V> | GroupOf<V>;

/** A value that is compared as a whole. */
export interface ValueRow<V> {
  readonly kind: "value";
  readonly words: string; // the keyword; empty: nothing is said of it
  readonly unit?: string; // of what `show` gives
  /** Whether two values are the same; else they are if they are alike in everything. */
  same?(from: V, to: V): boolean;
  /** The value as it is shown; secrets are not. */
  show?(value: NonNullable<V>): Shown;
  /** What the change means for traffic. */
  effect?(from: V, to: V): string | undefined;
}

/** A list whose items have an identity. */
export interface ListRow<I> {
  readonly kind: "list";
  readonly words: string; // the keyword of an item
  readonly plural?: string; // for summaries: `virtual servers`; else the field's name in words
  readonly ordered?: true; // another order is a change too
  /** What makes it the same item; items of one list that share it are told apart by their number. */
  key(item: I): string;
  /** What makes another item the successor of one that goes. */
  successor?(item: I): string;
  /** How it is called. */
  title(item: I): string;
  readonly shape: Shape<I>;
  /** What it means for traffic that an item comes, goes, is another or is replaced. */
  added?(item: I): string | undefined;
  removed?(item: I): string | undefined;
  changed?(fields: ReadonlySet<string>, item: I): string | undefined;
  replaced?(item: I): string | undefined;
}

/** A record within a record. */
export interface GroupRow<T> {
  readonly kind: "group";
  readonly words: string; // stands before the names of its fields; empty: nothing does
  readonly shape: Shape<T>;
  readonly whole?: ValueRow<T | undefined>; // where there is none on one side
}

/** What a value is shown as. */
export type Shown = string | number | boolean;

/** Keys of a record, of all members of a union; of anything else never. */
export type KeysOf<T> = T extends readonly unknown[] ? never : T extends object ? keyof T & string : never;

/** What a record has at a key; of a union, what those members have that have it. */
export type At<T, K extends string> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;

/** The items of a list; never for a tuple, which is a value. */
export type ItemOf<V> = V extends readonly (infer I)[] ? (number extends V["length"] ? I : never) : never;

type ListOf<V> = [ItemOf<V>] extends [never] ? never : ListRow<ItemOf<V>>;
type RecordOf<V> = V extends readonly unknown[] ? never : V extends object ? V : never;
type GroupOf<V> = [RecordOf<V>] extends [never] ? never : GroupRow<RecordOf<V>>;

/** Whether a value is a list, or a record that has one: true, false, or for a union both. */
type Obliges<V> = true extends HasList<V> ? true : false;
type HasList<V> = V extends readonly unknown[]
  ? number extends V["length"]
    ? true
    : false
  : V extends object
    ? { [K in keyof V]-?: HasList<V[K]> }[keyof V]
    : false;

/** A row for a value. */
export function value<V>(words: string, more: Omit<ValueRow<V>, "kind" | "words"> = {}): ValueRow<V> {
  return { kind: "value", words, ...more };
}

/** A row for a list. */
export function list<I>(row: Omit<ListRow<I>, "kind">): ListRow<I> {
  return { kind: "list", ...row };
}

/** A row for a record. */
export function group<T>(words: string, shape: Shape<T>, more: Pick<GroupRow<T>, "whole"> = {}): GroupRow<T> {
  return { kind: "group", words, shape, ...more };
}
