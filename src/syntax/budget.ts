/**
 * What definitions and sequences may make of a file. The largest example of keepalived.conf(5), 65,024 instances from
 * twenty lines, takes less: 1,040,648 lines, 2.3 million words.
 */
export interface Budget {
  lines: number; //      processed again, from a definition or a sequence
  words: number; //      on these lines
  characters: number; // on these lines and from values; a use counts as `USE` at least
}

/** A budget of which nothing is spent. */
export function newBudget(): Budget {
  return { lines: 1_100_000, words: 2_500_000, characters: 96_000_000 };
}

/** What the shortest use of a definition counts for, in characters. */
export const USE = 24;

/** Takes from a budget. False once it is overdrawn, and from then on. */
export function spend(budget: Budget, what: keyof Budget, amount: number): boolean {
  budget[what] -= amount;
  return !isSpent(budget);
}

/** Whether more was wanted than there is. */
export function isSpent({ lines, words, characters }: Budget): boolean {
  return lines < 0 || words < 0 || characters < 0;
}
