import type { At, ItemOf, KeysOf } from "./shape.ts";

/** In what two records differ. What is not named is the same in both. */
export interface Difference<T> {
  readonly fields: readonly FieldChange[];
  readonly groups: { readonly [K in KeysOf<T>]?: Difference<NonNullable<At<T, K>>> };
  readonly lists: { readonly [K in KeysOf<T>]?: ListDifference<ItemOf<NonNullable<At<T, K>>>> };
}

/** A value that is another. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** In what two lists differ: every item of both. */
export interface ListDifference<I> {
  readonly entries: readonly Entry<I>[]; // in the order of the new list, then those that are gone
  readonly reordered: boolean; // of a list whose order counts
}

/** What becomes of an item. `key` names it within its list, alike in both lists. */
export type Entry<I> = Kept<I> | Changed<I> | Added<I> | Removed<I> | Replaced<I>;

/** The same as before. */
interface Kept<I> {
  readonly type: "kept";
  readonly key: string;
  readonly from: I;
  readonly to: I;
}

/** The same item with other settings. */
export interface Changed<I> {
  readonly type: "changed";
  readonly key: string;
  readonly from: I;
  readonly to: I;
  readonly difference: Difference<I>;
}

/** One that was not there. */
export interface Added<I> {
  readonly type: "added";
  readonly key: string;
  readonly to: I;
}

/** One that is there no more. */
export interface Removed<I> {
  readonly type: "removed";
  readonly key: string;
  readonly from: I;
}

/** One that goes, and another one that comes for it. */
export interface Replaced<I> {
  readonly type: "replaced";
  readonly key: string; // of the one that comes
  readonly formerKey: string; // of the one that goes
  readonly from: I;
  readonly to: I;
  readonly difference: Difference<I>;
}

/** The items that go. */
export function going<I>(list: ListDifference<I> | undefined): readonly { readonly key: string; readonly from: I }[] {
  return (list?.entries ?? []).flatMap((entry) => {
    if (entry.type === "replaced") return [{ key: entry.formerKey, from: entry.from }];
    return entry.type === "removed" ? [entry] : [];
  });
}

/** The items that stay with other settings. */
export function changed<I>(list: ListDifference<I> | undefined): readonly Changed<I>[] {
  return (list?.entries ?? []).flatMap((entry) => (entry.type === "changed" ? [entry] : []));
}
