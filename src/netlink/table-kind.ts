import type { Request } from "./conversation.ts";

/** One of the kernel's tables: how its entries are told apart, made and removed. */
export interface TableKind<T> {
  readonly what: string; //                address, route, rule: for words
  /** What no two entries share. */
  key(entry: T): string;
  /** Whether the kernel's `have` is what was asked for as `want`; both have one key. */
  same(have: T, want: T): boolean;
  add(entry: T): Request;
  remove(entry: T): Request;
  /** As it is called in words. */
  title(entry: T): string;
  readonly there: readonly number[]; // errnos of adding what is there
  readonly gone: readonly number[]; //  errnos of removing what is not there
}
