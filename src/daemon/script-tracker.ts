import type { VrrpScriptConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import { errnoName, errnoText } from "../io/errno.ts";
import type { Poller } from "../io/poller.ts";
import { type RunningScript, runScript, type ScriptResult } from "../io/process.ts";
import { type ScriptRules, scriptPermission } from "../io/script-permission.ts";
import type { ScriptReport } from "../observe/report.ts";
import {
  adoptScript,
  type ScriptEffect,
  type ScriptEvent,
  type ScriptNote,
  type ScriptOutcome,
  type ScriptState,
  scriptDeadline,
  scriptStep,
  startScript,
} from "../vrrp/script.ts";
import type { Verdict } from "../vrrp/tracking.ts";

export interface ScriptHost {
  readonly clock: Clock;
  readonly poller: Poller;
  rules(): ScriptRules;
  note(script: string, note: ScriptNote): void;
  /** The verdict is another than before. */
  turned(script: string): void;
}

/** Runs one `vrrp_script` as its machine says. */
export class ScriptTracker {
  readonly config: VrrpScriptConfig;
  readonly #host: ScriptHost;
  #state: ScriptState;
  #running: RunningScript | undefined;
  #cancelWake = (): void => {};
  #closed = false;

  /** `adopted`: what the same script said in a process before this one, or before a reload. */
  constructor(config: VrrpScriptConfig, adopted: ScriptReport | undefined, host: ScriptHost) {
    this.config = config;
    this.#host = host;
    const now = host.clock.now();
    this.#state =
      adopted === undefined ? startScript(now, config.initFail ? "down" : "pending") : adoptScript(adopted, now);
    this.#rearm();
  }

  get verdict(): Verdict {
    return this.#state.verdict;
  }

  report(): ScriptReport {
    const { verdict, opposed, status } = this.#state;
    return { name: this.config.name, argv: this.config.argv, verdict, opposed, status };
  }

  /** No further run; the one under way is told to end, and by force when called again. Resolves when it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelWake();
    this.#running?.kill();
    await this.#running?.result;
  }

  #feed(event: ScriptEvent): void {
    if (this.#closed) return;
    const before = this.#state.verdict;
    const { state, effects } = scriptStep(this.config, this.#state, event, this.#host.clock.now());
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#rearm();
    if (state.verdict !== before) this.#host.turned(this.config.name);
  }

  #perform(effect: ScriptEffect): void {
    switch (effect.type) {
      case "run":
        this.#run();
        break;
      case "terminate":
      case "kill":
        this.#running?.kill();
        break;
      case "note":
        this.#host.note(this.config.name, effect.note);
        break;
    }
  }

  #run(): void {
    const { argv, user, group } = this.config;
    const permission = scriptPermission({ argv, user, group }, this.#host.rules(), "ourselves");
    if (!permission.allowed) {
      const { why } = permission;
      // Not at once: an event is answered before the next one comes.
      queueMicrotask(() => this.#feed({ type: "ended", outcome: { type: "not-run", why } }));
      return;
    }
    this.#running = runScript(permission.argv, permission.account, this.#host.clock, this.#host.poller);
    this.#running.result.then((result) => {
      this.#running = undefined;
      this.#feed({ type: "ended", outcome: outcome(result) });
    });
  }

  #rearm(): void {
    this.#cancelWake();
    this.#cancelWake = this.#host.clock.wakeAt(scriptDeadline(this.#state), () => this.#feed({ type: "timer" }));
  }
}

function outcome(result: ScriptResult): ScriptOutcome {
  if ("exited" in result) return { type: "exited", status: result.exited };
  if ("signal" in result) return { type: "signalled", signal: result.signal };
  if ("failed" in result) return { type: "not-run", why: `${errnoName(result.failed)} (${errnoText(result.failed)})` };
  return { type: "not-run", why: "it did not end when it was told to" };
}
