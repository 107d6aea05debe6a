import { TIMED_OUT } from "./check-words.ts";
import type { CheckResult } from "./health.ts";

/** How a call of a check's module ended. What the module says is not to be trusted: `jsAnswer` reads it. */
export type JsEnd =
  | { readonly up: boolean; readonly why: string | undefined; readonly weight: number | undefined } // what it returned
  | { readonly strange: string } //   it returned something else, such as `undefined`
  | { readonly threw: string }
  | { readonly timedOut: true }
  | { readonly died: string } //      its thread ended, twice with this call
  | { readonly notRun: string }; //   there is no such module, or it may not be loaded

/** The weights that a module may ask for. */
const MOST = 2 ** 31 - 1;

/** What a call says of its server. With `dynamic` a weight beside `up` counts; else it means nothing. */
export function jsVerdict({ dynamic }: { readonly dynamic: boolean }, end: JsEnd): CheckResult {
  if ("timedOut" in end) return failed(TIMED_OUT);
  if ("notRun" in end) return failed(`its module cannot be run: ${end.notRun}`);
  if ("died" in end) return failed(`its module's thread ended: ${end.died}`);
  if ("threw" in end) return failed(`threw ${end.threw}`);
  if ("strange" in end) return failed(`returned ${end.strange} instead of true, false or { up, why, weight }`);
  const { up, why, weight } = end;
  if (!up) return failed(why ?? "returned false");
  if (!dynamic || weight === undefined) return { up: true };
  if (Number.isInteger(weight) && weight >= 0 && weight <= MOST) return { up: true, weight };
  return failed(`returned the weight ${weight}, not one of 0 to ${MOST}`);
}

/** Reads what the thread of a module says of a call; undefined: nothing that we know. */
export function jsAnswer(said: unknown): JsEnd | undefined {
  if (typeof said !== "object" || said === null) return undefined;
  const { up, why, weight, strange, threw } = said as Readonly<Record<string, unknown>>;
  if (typeof threw === "string") return { threw: plainWords(threw) };
  if (typeof strange === "string") return { strange: plainWords(strange) };
  if (typeof up !== "boolean") return undefined;
  return {
    up,
    why: typeof why === "string" && why !== "" ? plainWords(why) : undefined,
    weight: typeof weight === "number" ? weight : undefined,
  };
}

/** Words that others chose, for a log: one line, without control characters, and not long. */
export function plainWords(text: string): string {
  const line = text
    .slice(0, 4 * LONGEST)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
const LONGEST = 200;

function failed(why: string): CheckResult {
  return { up: false, why, local: false };
}
