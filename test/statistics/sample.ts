/** `count` different numbers of 0..below-1 in an order of chance; `random` is one of `src/syntax/seeded.ts`. */
export function sample(count: number, below: number, random: () => number): number[] {
  const all = Array.from({ length: below }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (below - i));
    [all[i], all[j]] = [all[j] ?? 0, all[i] ?? 0];
  }
  return all.slice(0, count);
}
