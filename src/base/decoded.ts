/** What a decoder returns: malformed input is ordinary input, so it gets a reason and never an exception. */
export type Decoded<T, Reason extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Reason };

/** The input was good. */
export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The input was not; `reason` is also the metric label. */
export function drop<Reason extends string>(reason: Reason): { readonly ok: false; readonly reason: Reason } {
  return { ok: false, reason };
}
