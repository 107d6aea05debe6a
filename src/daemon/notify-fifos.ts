import type { Notification } from "../base/notification.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import { FifoChannel } from "./fifo-channel.ts";
import type { ScriptsHost } from "./notify-scripts.ts";

/** The process that a notification comes from. */
export type Origin = "vrrp" | "checkers";

type Which = keyof GlobalConfig["fifos"];

/** `notify_fifo` hears of everything, `vrrp_notify_fifo` and `lvs_notify_fifo` each of one process. */
export class NotifyFifos {
  readonly #host: ScriptsHost;
  readonly #open = new Map<Which, FifoChannel>();
  #closing: Promise<void>[] = [];

  constructor(host: ScriptsHost) {
    this.#host = host;
  }

  /** Opens, closes, or leaves alone: who reads a FIFO that stays notices nothing. */
  configure(global: GlobalConfig): void {
    const { fifos } = global;
    for (const which of ["all", "vrrp", "checkers"] as const) {
      const wanted = fifos[which];
      // Its lines would come twice.
      const config = which !== "all" && wanted?.path === fifos.all?.path ? undefined : wanted;
      const before = this.#open.get(which);
      if (isSame(before?.config, config)) continue;
      if (before !== undefined) this.#closing.push(before.close());
      this.#open.delete(which);
      if (config !== undefined) this.#open.set(which, new FifoChannel(config, this.#host, global));
    }
  }

  write(origin: Origin, { line }: Notification): void {
    if (line === undefined) return;
    this.#open.get("all")?.write(line);
    this.#open.get(origin)?.write(line);
  }

  /** The last lines are read, as far as somebody reads. Resolves within 2 s. */
  async close(): Promise<void> {
    await Promise.all([
      ...this.#closing,
      ...[...this.#open.values()].map((channel) => channel.drained().then(() => channel.close())),
    ]);
    this.#open.clear();
  }

  /** Ends the readers at once. */
  kill(): void {
    for (const channel of this.#open.values()) channel.kill();
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
