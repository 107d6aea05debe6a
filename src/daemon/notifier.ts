import type { Notification } from "../base/notification.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import type { Log } from "../observe/log.ts";
import { NotifyFifos, type Origin } from "./notify-fifos.ts";
import { MAIL_PATIENCE, NotifyMail } from "./notify-mail.ts";
import { NotifyScripts } from "./notify-scripts.ts";

/**
 * Tells the operators, for both processes. It lives in the supervisor: there a script that is started does not hold up
 * an advertisement (the thread stands still until execve, 0.2 ms for each script, 0.1 s when 255 instances fail over),
 * what is about one thing stays in order when a process dies and another takes its place, and FIFOs that both processes
 * write to have one owner.
 */
export class Notifier {
  readonly #poller = new Poller();
  readonly #clock = new Clock(this.#poller);
  readonly #log: Log;
  readonly #scripts: NotifyScripts;
  readonly #fifos: NotifyFifos;
  readonly #mail: NotifyMail;

  constructor(log: Log) {
    this.#log = log;
    const host = { clock: this.#clock, poller: this.#poller, log };
    this.#scripts = new NotifyScripts(host);
    this.#fifos = new NotifyFifos(host);
    this.#mail = new NotifyMail(host);
  }

  /** Goes on with another configuration. */
  configure(global: GlobalConfig): void {
    this.#scripts.rules = global;
    this.#fifos.configure(global);
    this.#mail.configure(global);
  }

  /** In Keepalived's order: the script of the state, the one of all states, the FIFOs, mail. Never throws. */
  tell(origin: Origin, notification: Notification): void {
    try {
      this.#scripts.run(notification);
      this.#fifos.write(origin, notification);
      this.#mail.send(notification);
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.error("{about} is not told: {why}", { about: notification.about, why });
    }
  }

  /** Lets what was told be heard, for 2 s at most. */
  async close(): Promise<void> {
    await Promise.all([this.#scripts.close(), this.#fifos.close(), this.#mail.close(MAIL_PATIENCE)]);
    this.#clock.close();
    this.#poller.close();
  }

  /** No more patience: `close` resolves soon. */
  hurry(): void {
    this.#scripts.kill();
    this.#fifos.kill();
    this.#mail.kill();
  }
}
