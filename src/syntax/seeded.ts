/** At least 0 and less than 1, for `${_RANDOM}`: of one seed, 0..4294967295, always the same numbers (splitmix32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** What stands behind `random_seed`; undefined where it is no seed, which its row reports. */
export function seedOf(word: string | undefined): number | undefined {
  if (word === undefined || !/^\d+$/.test(word)) return undefined;
  const seed = Number(word);
  return seed < 2 ** 32 ? seed : undefined;
}
