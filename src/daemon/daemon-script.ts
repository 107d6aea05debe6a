import type { TimedCommand } from "../config/model/global.ts";
import type { Clock } from "../io/clock.ts";
import { errnoText } from "../io/errno.ts";
import type { Poller } from "../io/poller.ts";
import { type RunningScript, runScript, type ScriptResult } from "../io/process.ts";
import { type ScriptRules, scriptPermission } from "../io/script-permission.ts";
import type { Log } from "../observe/log.ts";

/** What scripts of the daemon are run on. */
export interface DaemonScriptHost {
  readonly clock: Clock;
  readonly poller: Poller;
  readonly log: Log;
}

/** `startup_script` and `shutdown_script`: one at a time, waited for, whatever becomes of it. cli.md §7. */
export class DaemonScript {
  readonly #host: DaemonScriptHost;
  #running: RunningScript | undefined;

  constructor(host: DaemonScriptHost) {
    this.#host = host;
  }

  /** Resolves when it has ended, at its timeout at the latest; says how. Never rejects. */
  async run(which: "startup" | "shutdown", script: TimedCommand | undefined, rules: ScriptRules): Promise<void> {
    if (script === undefined) return;
    const { log, clock, poller } = this.#host;
    const permission = scriptPermission(script.command, rules);
    const fields = { which, script: script.command.argv.join(" ") };
    if (!permission.allowed) {
      log.error("{which} script {script} is not run: {why}", { ...fields, why: permission.why });
      return;
    }
    log.info("Running {which} script {script}", fields);
    this.#running = runScript(permission.argv, { ...permission.account, timeout: script.timeout }, clock, poller);
    const result = await this.#running.result;
    this.#running = undefined;
    const phrase = `{which} script ${howItEnded(result)}`;
    if ("exited" in result && result.exited === 0) log.info(phrase, fields);
    else log.warning(phrase, fields);
  }

  /** No more patience: what runs is ended. */
  kill(): void {
    this.#running?.kill();
  }
}

/** Keepalived's, but for the word `script`, which it says twice. */
function howItEnded(result: ScriptResult): string {
  if ("timedOut" in result) return "timed out";
  if ("signal" in result) return `failed due to signal ${result.signal}`;
  if ("failed" in result) return `cannot be run: ${errnoText(result.failed)}`;
  return result.exited === 0 ? "succeeded" : `failed, status ${result.exited}`;
}
