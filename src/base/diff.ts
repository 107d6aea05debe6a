/** What must happen to turn one table into another. */
export interface Difference<T> {
  readonly added: readonly T[];
  readonly changed: readonly { readonly from: T; readonly to: T }[];
  readonly removed: readonly T[];
}

/** How two tables are compared: `key` names the entry, `same` says whether two entries of one key are equal. */
export interface Comparison<T> {
  readonly key: (entry: T) => string;
  readonly same: (a: T, b: T) => boolean;
}

/**
 * The difference between the table there is and the table there should be. Added and changed entries come in the
 * order of `want`, removed ones in the order of `have`. Linear in both.
 */
export function diff<T>(have: readonly T[], want: readonly T[], { key, same }: Comparison<T>): Difference<T> {
  const before = new Map(have.map((entry) => [key(entry), entry]));
  const added: T[] = [];
  const changed: { from: T; to: T }[] = [];
  const wanted = new Set<string>();
  for (const to of want) {
    const name = key(to);
    if (wanted.has(name)) continue;
    wanted.add(name);
    const from = before.get(name);
    if (from === undefined) added.push(to);
    else if (!same(from, to)) changed.push({ from, to });
  }
  return { added, changed, removed: have.filter((entry) => !wanted.has(key(entry))) };
}
