/** How the number in a file counts for a real server. Compatible with config/model/check.ts `FileCheckConfig`. */
export interface FileWeight {
  readonly weight: number; // -2147483647..2147483647, multiplies the number
  readonly reverse: boolean;
}

/** What a FILE_CHECK says of its server. */
export interface FileVerdict {
  readonly up: boolean;
  readonly delta: number; // for the server's weight; i32, 0 while down
}

/**
 * What a number, an i32, means. Without weight any number but 0 is a fault, with `reverse` 0 is; else the product is
 * for the weight, and the smallest i32 and all below are a fault. Pure: a number always means the same, at the start too,
 * where Keepalived 2.2.7 gets weight 0 with `reverse` wrong. keepalived.conf(5), FILE_CHECK.
 */
export function fileVerdict({ weight, reverse }: FileWeight, number: number): FileVerdict {
  if (number === 0) return { up: weight !== 0 || !reverse, delta: 0 };
  if (weight === 0) return { up: reverse, delta: 0 };
  const product = number * (reverse ? -weight : weight);
  return product <= -MOST - 1 ? { up: false, delta: 0 } : { up: true, delta: Math.min(product, MOST) };
}

/** The kernel's weight of a server whose checkers say so: below 0 there is none, and the server stays. */
export function weightWith(weight: number, deltas: readonly number[]): number {
  return Math.max(
    0,
    Math.min(
      MOST,
      deltas.reduce((sum, delta) => sum + delta, weight),
    ),
  );
}

const MOST = 2 ** 31 - 1;
