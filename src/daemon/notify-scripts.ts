import type { Command, Notification } from "../base/notification.ts";
import type { Clock } from "../io/clock.ts";
import { errnoText } from "../io/errno.ts";
import type { Poller } from "../io/poller.ts";
import { type RunningScript, runScript } from "../io/process.ts";
import { type ScriptRules, scriptPermission } from "../io/script-permission.ts";
import {
  IDLE,
  isIdle,
  type QueueEffect,
  type QueueEvent,
  queueDeadline,
  queueStep,
  type ScriptQueue,
} from "../notify/script-queue.ts";
import type { Log } from "../observe/log.ts";

export interface ScriptsHost {
  readonly clock: Clock;
  readonly poller: Poller;
  readonly log: Log;
}

/** The scripts about one thing, under way. */
interface Lane {
  queue: ScriptQueue;
  running: RunningScript[];
  cancelWake: () => void;
}

/** Runs the scripts of notifications: what is about one thing one after another, different things side by side. */
export class NotifyScripts {
  readonly #host: ScriptsHost;
  readonly #lanes = new Map<string, Lane>();
  #idle: (() => void)[] = [];
  /** Those that `global_defs` gives: set before anything is run. */
  rules: ScriptRules = { enableScriptSecurity: true, supplementaryGroups: false, resolveSymlinks: true };

  constructor(host: ScriptsHost) {
    this.#host = host;
  }

  run({ about, scripts, final }: Notification): void {
    if (scripts.length === 0) return;
    const lane = this.#lanes.get(about) ?? { queue: IDLE, running: [], cancelWake: () => {} };
    this.#lanes.set(about, lane);
    this.#feed(about, lane, { type: "add", round: { scripts, final } });
  }

  /** Lets what runs come to its end, for a second or so, and the last words be said. Resolves when nothing runs. */
  async close(): Promise<void> {
    for (const [about, lane] of [...this.#lanes]) this.#feed(about, lane, { type: "stop" });
    if (this.#lanes.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Ends everything at once. */
  kill(): void {
    for (const { running } of this.#lanes.values()) killAll(running);
  }

  #feed(about: string, lane: Lane, event: QueueEvent): void {
    const { queue, effects } = queueStep(lane.queue, event, this.#host.clock.now());
    lane.queue = queue;
    for (const effect of effects) this.#perform(about, lane, effect);
    lane.cancelWake();
    const at = queueDeadline(lane.queue);
    lane.cancelWake =
      at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.#feed(about, lane, { type: "timer" }));
    if (!isIdle(lane.queue)) return;
    this.#lanes.delete(about);
    if (this.#lanes.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #perform(about: string, lane: Lane, effect: QueueEffect): void {
    const { log } = this.#host;
    switch (effect.type) {
      case "start":
        for (const script of effect.scripts) this.#start(about, lane, script);
        break;
      case "terminate":
        for (const script of lane.running) script.kill();
        break;
      case "kill":
        killAll(lane.running);
        break;
      case "note":
        if (effect.note === "too-slow") log.warning("{about}: notify script does not end, killing it", { about });
        else log.warning("{about}: too many notify scripts are waiting, the oldest is not run", { about });
        break;
    }
  }

  #start(about: string, lane: Lane, script: Command): void {
    const { log } = this.#host;
    const refuse = (why: string): RunningScript => {
      log.error("{about}: notify script {path} is not run: {why}", { about, path: script.argv[0], why });
      return NOT_RUN;
    };
    const running = this.#launch(script, refuse);
    lane.running.push(running);
    running.result.then((result) => {
      lane.running = lane.running.filter((each) => each !== running);
      if ("failed" in result) refuse(errnoText(result.failed));
      this.#feed(about, lane, { type: "ended" });
    });
  }

  /** Never throws: the supervisor must outlive a host that has run out of descriptors. */
  #launch(script: Command, refuse: (why: string) => RunningScript): RunningScript {
    try {
      const permission = scriptPermission(script, this.rules);
      if (!permission.allowed) return refuse(permission.why);
      return runScript(permission.argv, permission.account, this.#host.clock, this.#host.poller);
    } catch (error) {
      return refuse(String(error));
    }
  }
}

const NOT_RUN: RunningScript = { result: Promise.resolve({ exited: 0 }), kill: () => {} };

/** The first call asks, the second one does not. */
function killAll(scripts: readonly RunningScript[]): void {
  for (const script of scripts) {
    script.kill();
    script.kill();
  }
}
