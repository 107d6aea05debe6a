import type { Notification } from "../base/notification.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import type { Log } from "../observe/log.ts";
import { NotifyScripts } from "./notify-scripts.ts";

/** The process that a notification comes from. */
export type Origin = "vrrp" | "checkers";

/**
 * Tells the operators, for both processes. It lives in the supervisor: there a script that is started does not hold up
 * an advertisement (the thread stands still until execve, 0.2 ms for each script, 0.1 s when 255 instances fail over),
 * what is about one thing stays in order when a process dies and another takes its place, and FIFOs that both processes
 * write to have one owner.
 */
export class Notifier {
  readonly #poller = new Poller();
  readonly #clock = new Clock(this.#poller);
  readonly #scripts: NotifyScripts;

  constructor(log: Log) {
    this.#scripts = new NotifyScripts({ clock: this.#clock, poller: this.#poller, log });
  }

  /** Goes on with another configuration. */
  configure(global: GlobalConfig): void {
    this.#scripts.security = global.enableScriptSecurity;
  }

  /** In Keepalived's order: the script of the state, the one of all states, the FIFOs, mail. Never throws. */
  tell(_origin: Origin, notification: Notification): void {
    this.#scripts.run(notification);
  }

  /** Lets what was told be heard, for 2 s at most. */
  async close(): Promise<void> {
    await this.#scripts.close();
    this.#clock.close();
    this.#poller.close();
  }

  /** No more patience: `close` resolves soon. */
  hurry(): void {
    this.#scripts.kill();
  }
}
