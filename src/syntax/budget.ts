/**
 * What definitions and sequences may make of a file. The largest example of keepalived.conf(5), 65,024 instances from
 * twenty lines, is about what there is: 1,040,648 lines. Some 2 s of processor time where nothing comes of them.
 */
export interface Budget {
  lines: number; //      processed again, from a definition or a sequence
  words: number; //      on these lines
  uses: number; //       of definitions
  characters: number; // of these lines and of values, at each use
}

/** A budget of which nothing is spent. */
export function newBudget(): Budget {
  return { lines: 1_050_000, words: 1_350_000, uses: 1_550_000, characters: 26_000_000 };
}

/** Takes from a budget. False once it is overdrawn, and from then on. */
export function spend(budget: Budget, what: keyof Budget, amount: number): boolean {
  budget[what] -= amount;
  return !isSpent(budget);
}

/** Whether more was wanted than there is. */
export function isSpent({ lines, words, uses, characters }: Budget): boolean {
  return lines < 0 || words < 0 || uses < 0 || characters < 0;
}
