/** A point on the monotonic clock, or a span of it, in integer microseconds. */
export type Micros = number;

/** Seconds, as configured; fractions are rounded to a microsecond. */
export const seconds = (n: number): Micros => Math.round(n * 1_000_000);

/** Milliseconds, as Node's own interfaces count. */
export const milliseconds = (n: number): Micros => Math.round(n * 1_000);

/** Centiseconds, as VRRPv3 counts on the wire. */
export const centiseconds = (n: number): Micros => n * 10_000;

/** The same span in seconds, for logs and metrics. */
export const toSeconds = (span: Micros): number => span / 1_000_000;
