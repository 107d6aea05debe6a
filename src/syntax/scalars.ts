import { type Micros, seconds } from "../base/time.ts";

/**
 * A number as Keepalived's readers see it. `trailing`: a number that goes on with something else; the daemon warns and
 * uses the number (for a timer it takes it for microseconds, which is not copied), `-t` counts an error.
 */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly flaw?: "trailing" | "places" }
  | { readonly ok: false; readonly reason: "no-number" | "negative" | "range" };

/** Inclusive bounds. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const ZERO = 0x30;

/** The number that a few digits write, undefined for anything else: how nearly all numbers are written. */
function fewDigits(text: string): number | undefined {
  if (text.length === 0 || text.length > 9) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = 10 * value + digit;
  }
  return value;
}

/** A decimal integer with an optional sign; blanks may stand before it inside quotes. */
export function readInteger(text: string, { min, max }: Range): Reading<number> {
  const simple = fewDigits(text);
  if (simple !== undefined && simple >= min && simple <= max) return { ok: true, value: simple };
  const match = /^\s*([+-]?)(\d+)(.*)$/s.exec(text);
  if (match === null) return { ok: false, reason: "no-number" };
  const [, sign, digits, rest] = match;
  if (sign === "-" && min >= 0) return { ok: false, reason: "negative" };
  const value = sign === "-" ? 0 - Number(digits) : Number(digits);
  if (value < min || value > max) return { ok: false, reason: rest === "" ? "range" : "no-number" };
  return rest === "" ? { ok: true, value } : { ok: true, value, flaw: "trailing" };
}

/** A span of time in decimal seconds, with up to six places that count; more are rounded half up. */
export function readSeconds(text: string, { min, max }: Range): Reading<Micros> {
  const simple = seconds(fewDigits(text) ?? -1);
  if (simple >= 0 && simple >= min && simple <= max) return { ok: true, value: simple };
  const match = /^\s*\+?(\d*)(?:\.(\d*))?(.*)$/s.exec(text);
  const [, whole = "", places = "", rest = ""] = match ?? [];
  if (whole === "" && places === "") return { ok: false, reason: rest.startsWith("-") ? "negative" : "no-number" };
  const value = Number(whole) * 1_000_000 + Math.round(Number(`0.${places}`) * 1_000_000);
  if (value < min || value > max) return { ok: false, reason: "range" };
  if (rest !== "") return { ok: true, value, flaw: "trailing" };
  return places.length > 6 ? { ok: true, value, flaw: "places" } : { ok: true, value };
}

/** `on true yes off false no`, lower case only. */
export function readBoolean(text: string): boolean | undefined {
  if (text === "on" || text === "true" || text === "yes") return true;
  if (text === "off" || text === "false" || text === "no") return false;
  return undefined;
}
