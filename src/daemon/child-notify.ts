import type { Notification } from "../base/notification.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import type { Log } from "../observe/log.ts";
import type { Notifier } from "./notifier.ts";
import type { Origin } from "./notify-fifos.ts";

/** How notifications leave a child: by the supervisor; by itself where the supervisor's death is what stops it. */
export class ChildNotify {
  readonly #origin: Origin;
  readonly #send: (notification: Notification, taken: () => void) => void;
  readonly #parent = process.ppid;
  readonly #onTheWay = new Set<string>(); // of what repeats, what the supervisor has not taken yet
  readonly #ending: Notification[] = []; // told since the stop began
  #global: GlobalConfig | undefined;
  #log: Log | undefined;
  #stopping = false;
  #taken: Promise<void> = Promise.resolve(); // the last one has left

  constructor(origin: Origin, send: (notification: Notification, taken: () => void) => void) {
    this.#origin = origin;
    this.#send = send;
  }

  configure(global: GlobalConfig, log: Log): void {
    this.#global = global;
    this.#log = log;
  }

  /** Never waits. */
  tell(notification: Notification): void {
    const { about, repeats } = notification;
    if (!isHeard(notification, this.#global) || (repeats && this.#onTheWay.has(about))) return;
    if (this.#stopping) this.#ending.push(notification);
    if (!process.connected) return;
    if (repeats) this.#onTheWay.add(about);
    this.#taken = new Promise((resolve) => {
      this.#send(notification, () => {
        if (repeats) this.#onTheWay.delete(about);
        resolve();
      });
    });
  }

  /** What comes from now on is about the stop. */
  stop(): void {
    this.#stopping = true;
  }

  /** Resolves when everything is taken by the supervisor, or told without it. */
  async close(): Promise<void> {
    await this.#taken;
    if (this.#ending.length === 0 || !(await this.#isOrphan())) return;
    const notifier = await this.#alone();
    for (const notification of this.#ending) notifier?.tell(this.#origin, notification);
    await notifier?.close();
  }

  /** We hear of the supervisor's death before the channel does: a message still seems to be taken. */
  async #isOrphan(): Promise<boolean> {
    for (let i = 0; i < 10; i++) {
      if (!process.connected || process.ppid !== this.#parent) return true;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return false;
  }

  /** What it needs is loaded only then. */
  async #alone(): Promise<Notifier | undefined> {
    if (this.#global === undefined || this.#log === undefined) return undefined;
    const { Notifier: Opened } = await import("./notifier.ts");
    const notifier = new Opened(this.#log);
    // Their readers end with the supervisor that started them; others read on.
    const { fifos, ...global } = this.#global;
    const unread = Object.entries(fifos).map(([which, fifo]) => [which, fifo && { ...fifo, script: undefined }]);
    notifier.configure({ ...global, fifos: Object.fromEntries(unread) });
    return notifier;
  }
}

/** Whether anybody is told of it. */
function isHeard({ scripts, traps = [], alert, change }: Notification, global: GlobalConfig | undefined): boolean {
  const { fifos = {}, smtpServer, snmp, dbus } = global ?? {};
  if (snmp?.traps && traps.length > 0) return true;
  if (change !== undefined && dbus !== undefined) return true;
  const written = Object.values(fifos).some((fifo) => fifo !== undefined);
  return scripts.length > 0 || written || (alert !== undefined && smtpServer !== undefined);
}
