import type { Micros } from "../../../src/base/time.ts";
import type { Implementation } from "../daemon.ts";

const NAMES: readonly (readonly [Implementation, string])[] = [
  ["ours", "ours"],
  ["keepalived", "keepalived 2.2.7"],
];

/** Ours, then keepalived: each measured alone. */
export async function bothNamed(
  measured: (implementation: Implementation, name: string) => Promise<void>,
): Promise<void> {
  for (const [implementation, name] of NAMES) await measured(implementation, name);
}

/** Milliseconds, least / median / most; `never` for what was not reached; a dash for nothing. */
export function spread(times: readonly Micros[]): string {
  if (times.length === 0) return "-";
  const sorted = [...times].sort((a, b) => a - b);
  return [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)]
    .map((time = Number.NaN) => (time === Number.POSITIVE_INFINITY ? "never" : (time / 1000).toFixed(1)))
    .join(" / ");
}

/** The value that the given share of a sorted list does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
