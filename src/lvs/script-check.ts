import { TIMED_OUT } from "./check-words.ts";
import type { CheckResult } from "./health.ts";

/** How a run of a check's script ended. `local`: it could not be started for want of memory or descriptors. */
export type ScriptEnd =
  | { readonly exited: number } // 0..255
  | { readonly signal: number }
  | { readonly timedOut: true }
  | { readonly notRun: string; readonly local: boolean };

/**
 * What the end of a script says of its server. With `dynamicWeight` the statuses 2..255 are successes too, and ask for
 * the weights 0..253; 0 is for the configured one. A script that cannot be run is a failure: Keepalived (2.2.7) leaves the
 * check out where it finds that at its start, and takes it for status 0 where the script goes later, so that the server
 * stays up unchecked. keepalived.conf(5), MISC_CHECK.
 */
export function scriptVerdict({ dynamicWeight }: { readonly dynamicWeight: boolean }, end: ScriptEnd): CheckResult {
  if ("timedOut" in end) return failed(TIMED_OUT);
  if ("signal" in end) return failed(`due to signal ${end.signal}`);
  if ("notRun" in end)
    return end.local ? { up: false, why: end.notRun, local: true } : failed(`it cannot be run: ${end.notRun}`);
  const { exited } = end;
  if (exited === 0) return { up: true };
  return dynamicWeight && exited > 1 ? { up: true, weight: exited - 2 } : failed(`exited with status ${exited}`);
}

function failed(why: string): CheckResult {
  return { up: false, why, local: false };
}
