/**
 * Pearson's goodness of fit: how likely chance alone is to depart from the weights at least as far as these counts do.
 * `counts` and `weights` are in the same order, at least two of them; weights are positive.
 */
export function chiSquare(
  counts: readonly number[],
  weights: readonly number[],
): { readonly statistic: number; readonly p: number } {
  if (counts.length !== weights.length || counts.length < 2) throw new Error("each count needs its weight");
  const total = sum(counts);
  const statistic = sum(
    counts.map((count, i) => {
      const expected = (total * (weights[i] ?? 0)) / sum(weights);
      return (count - expected) ** 2 / expected;
    }),
  );
  return { statistic, p: upperGamma((counts.length - 1) / 2, statistic / 2) };
}

/** Q(a, x) = Γ(a, x)/Γ(a) for a half or a whole a > 0: the recurrence of DLMF 8.8.6 from Q(1/2, x) or Q(1, x). */
function upperGamma(a: number, x: number): number {
  let at = Number.isInteger(a) ? 1 : 0.5;
  let q = at === 1 ? Math.exp(-x) : erfc(Math.sqrt(x));
  let term = at === 1 ? x * Math.exp(-x) : 2 * Math.sqrt(x / Math.PI) * Math.exp(-x); // x^a e^-x / Γ(a + 1)
  for (; at < a; at++) {
    q += term;
    term *= x / (at + 1);
  }
  return Math.min(1, q);
}

/** The complementary error function for x >= 0, from the series of DLMF 7.6.2; from 5 on it is below 2e-12, and 0 here. */
function erfc(x: number): number {
  if (x >= 5) return 0;
  let term = x;
  let total = 0;
  for (let n = 0; term > 1e-17; n++) {
    total += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
