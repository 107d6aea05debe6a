import { type Micros, milliseconds, seconds } from "../base/time.ts";

/** How often what others removed was put back lately. */
export interface Restoring {
  readonly times: number; //   in a row, without a quiet while between them
  readonly lastAt: Micros;
}

/** Nobody removed anything lately. */
export const UNDISTURBED: Restoring = { times: 0, lastAt: 0 };

/** So often at once: who flushes an interface, or two programs that meet once, are not a fight. */
const AT_ONCE = 20;
const SHORTEST: Micros = milliseconds(100);
const LONGEST: Micros = seconds(10);
/** After so long without a removal what was is forgotten. */
const QUIET: Micros = seconds(60);

/**
 * When the next removal may be undone. Another program that removes it each time is not outrun: each round then waits
 * twice as long as the one before, up to 10 s.
 */
export function restoreAt({ times, lastAt }: Restoring, now: Micros): Micros {
  if (times < AT_ONCE || now >= lastAt + QUIET) return now;
  return Math.max(now, lastAt + Math.min(LONGEST, SHORTEST * 2 ** Math.min(times - AT_ONCE, 10)));
}

/** After a restoration. */
export function restored({ times, lastAt }: Restoring, now: Micros): Restoring {
  return { times: now >= lastAt + QUIET ? 1 : times + 1, lastAt: now };
}

/** Whether this restoration is the one to say that somebody fights, and that it will be slower; later ones go without saying. */
export function wordsOf({ times }: Restoring): "restored" | "fight" | "nothing" {
  if (times < AT_ONCE) return "restored";
  return times === AT_ONCE ? "fight" : "nothing";
}
