import type { StopSignal } from "../base/stopping.ts";
import { seconds } from "../base/time.ts";
import type { MiscCheckConfig } from "../config/model/check.ts";
import type { Clock } from "../io/clock.ts";
import { EAGAIN, EMFILE, ENFILE, ENOMEM } from "../io/constants.ts";
import { errnoName, errnoText } from "../io/errno.ts";
import type { Poller } from "../io/poller.ts";
import { type RunningScript, runScript, type ScriptResult } from "../io/process.ts";
import { endMarked, processMark } from "../io/process-mark.ts";
import { type ScriptRules, scriptPermission } from "../io/script-permission.ts";
import type { ScriptEnd } from "../lvs/script-check.ts";

export interface CheckScriptsHost {
  readonly clock: Clock;
  readonly poller: Poller;
  /** The scripts of a process before this one, which died, are to be ended. */
  readonly respawned: boolean;
}

/** In the environment of every script of a check and of what it starts: the daemon that wants to know. */
const MARK = "KEEPALIVED_TS_CHECKS";

/** For scripts, from SIGTERM to SIGKILL when the daemon stops; Keepalived's too. */
const GRACE = seconds(1);

/** Runs the scripts of the MISC_CHECKs; none outlives the process that has started it. */
export class CheckScripts {
  readonly #host: CheckScriptsHost;
  readonly #mark: string; // of the supervisor: the next checkers process has the same
  readonly #running = new Set<RunningScript>();
  #rules: ScriptRules;

  constructor(rules: ScriptRules, host: CheckScriptsHost) {
    this.#host = host;
    this.#rules = rules;
    this.#mark = processMark(process.ppid);
    if (host.respawned) endMarked(MARK, this.#mark);
  }

  /** What `global_defs` says from now on. */
  configure(rules: ScriptRules): void {
    this.#rules = rules;
  }

  /** Runs a script to its end, or as long as it may; ends it as soon as `signal` fires. Never rejects. */
  async run(
    { command, timeout }: Pick<MiscCheckConfig, "command" | "timeout">,
    signal: StopSignal,
  ): Promise<ScriptEnd> {
    const permission = scriptPermission(command, this.#rules, "ourselves");
    if (!permission.allowed) return { notRun: permission.why, local: false };
    const environment = { [MARK]: this.#mark };
    const options = { ...permission.account, timeout, environment };
    const running = runScript(permission.argv, options, this.#host.clock, this.#host.poller);
    const end = (): void => running.kill();
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
    this.#running.add(running);
    const result = await running.result;
    this.#running.delete(running);
    signal.removeEventListener("abort", end);
    return meaning(result);
  }

  /** To be called when every check was told to end: resolves when their scripts have, after a second by force. */
  async close(): Promise<void> {
    const { clock } = this.#host;
    const running = [...this.#running];
    if (running.length === 0) return;
    const ended = Promise.all(running.map(({ result }) => result));
    await Promise.race([ended, new Promise<void>((resolve) => clock.wakeAt(clock.now() + GRACE, resolve))]);
    for (const script of this.#running) script.kill();
  }
}

function meaning(result: ScriptResult): ScriptEnd {
  if (!("failed" in result)) return result;
  const { failed } = result;
  return { notRun: `${errnoName(failed)} (${errnoText(failed)})`, local: OURS.has(failed) };
}

/** What says nothing of the script. */
const OURS: ReadonlySet<number> = new Set([EAGAIN, ENOMEM, EMFILE, ENFILE]);
