import type { Reading } from "../config/read.ts";
import type { Log } from "../observe/log.ts";
import { fixedWhileRunning, objections } from "../plan/objections.ts";
import { planReload } from "../plan/plan.ts";
import { summaryOf } from "../plan/text.ts";

/** What of a reading is kept: the configuration in force, and what is wrong with it. */
export type InForce = Pick<Reading, "config" | "diagnostics">;

/** Whether a reading may take the place of what is in force, and why not, or what it changes. Says so in the log. */
export function mayReload(running: InForce, next: InForce, log: Log): boolean {
  const added = objections(running.diagnostics, next.diagnostics);
  const fixed = fixedWhileRunning(running.config, next.config);
  for (const what of fixed) log.error("Cannot change {what} at a reload - please restart", { what });
  const errors = added.length + fixed.length;
  if (errors > 0) {
    log.error("Reload refused: {errors} new errors; the configuration in force stays", { errors });
    return false;
  }
  log.info("Reload plan: {summary}", { summary: summaryOf(planReload(running.config, next.config)) });
  return true;
}
