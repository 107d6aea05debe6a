import type { Attempt } from "./connections.ts";

/** What came of each case, by its name (`caseName`). Answers are in the order of the sources. */
export interface TrafficRecord {
  readonly ways: Record<string, readonly string[]>;
  readonly dealings: Record<string, readonly string[]>;
  readonly again: Record<string, readonly string[]>; // the first of the same sources, asked once more
  readonly keepings: Record<string, readonly (readonly [source: number, answer: string])[]>;
  readonly changes: Record<string, ChangeRecord>;
  readonly took: Record<string, number>; // seconds
  readonly log: readonly string[]; //       the director's
  readonly error: string; //                what ended it early
}

/** What a client saw of a change, whose stages are marked when the kernel's table shows them. */
export interface ChangeRecord {
  readonly held: readonly string[]; //    those that were established before
  readonly during: readonly string[]; //  the same, asked while it lasts
  readonly after: readonly string[]; //   and when it is over
  readonly flow: readonly Attempt[];
  readonly outAt: number; //              wall clock: the servers are out
  readonly backAt: number; //             they are to come back
  readonly inAt: number; //               they are back
}
