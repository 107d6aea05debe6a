import type { IpvsSyncDaemon } from "../base/ipvs.ts";
import { type Micros, seconds } from "../base/time.ts";
import { ESRCH } from "../io/constants.ts";
import { IpvsKernel } from "../io/ipvs-kernel.ts";
import { KernelError } from "../io/kernel-error.ts";
import { planSyncDaemons, syncDaemonWords } from "../lvs/sync-daemon.ts";
import type { Log } from "../observe/log.ts";

/** What it needs of its process. */
interface SyncDaemonsHost {
  readonly log: Log;
  readonly clock: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void };
}

/** What it needs of the kernel. */
export type SyncDaemonKernel = Pick<IpvsKernel, "syncDaemons" | "change" | "close">;

/** After a refusal, such as of an interface that is not there yet. */
const RETRY = seconds(10);

/** Keeps the kernel's IPVS sync daemons as wanted, whatever is found there, once they have been wanted at all. */
export class SyncDaemons {
  readonly #host: SyncDaemonsHost;
  readonly #open: () => SyncDaemonKernel;
  #kernel: SyncDaemonKernel | undefined;
  #want: readonly IpvsSyncDaemon[] = [];
  #owned = false; // we have been told to have them
  #complained = false;
  #cancel = (): void => {};

  constructor(host: SyncDaemonsHost, open: () => SyncDaemonKernel = () => new IpvsKernel()) {
    this.#host = host;
    this.#open = open;
  }

  /**
   * Makes them so, when the work at hand is done: the kernel waits for its threads. Undefined: they are not our affair
   * (any more), but somebody else's, and are left as they are.
   */
  want(daemons: readonly IpvsSyncDaemon[] | undefined): void {
    if (daemons === undefined) {
      this.#owned = false;
      this.#cancel();
      return;
    }
    if (!this.#owned && daemons.length === 0) return;
    if (this.#owned && JSON.stringify(daemons) === JSON.stringify(this.#want)) return;
    this.#owned = true;
    this.#want = daemons;
    const { clock } = this.#host;
    this.#cancel();
    this.#cancel = clock.wakeAt(clock.now(), () => this.#apply());
  }

  /** The last call. `stop`: they end, too. */
  close({ stop }: { readonly stop: boolean }): void {
    this.#cancel();
    if (stop && this.#owned) {
      this.#want = [];
      this.#apply();
      this.#cancel();
    }
    this.#kernel?.close();
    this.#kernel = undefined;
  }

  #apply(): void {
    const { log } = this.#host;
    try {
      this.#kernel ??= this.#open();
      const changes = planSyncDaemons(this.#kernel.syncDaemons(), this.#want);
      for (const { type, daemon } of changes)
        log.detail("IPVS: {change} sync daemon", { change: `${type} ${syncDaemonWords(daemon)}` });
      const requests = changes.map(
        ({ type, daemon }): Parameters<SyncDaemonKernel["change"]>[0][number] =>
          (to) =>
            type === "start" ? to.newDaemon(daemon) : to.deleteDaemon(daemon),
      );
      const refused = requests.length === 0 ? [] : this.#kernel.change(requests);
      const error = refused.find((one) => one !== undefined && one.errno !== ESRCH); // it is gone already
      if (error !== undefined) throw error;
      this.#complained = false;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (!this.#complained) log.error("IPVS sync daemon: {error}", { error: error.message });
      this.#complained = true;
      const { clock } = this.#host;
      this.#cancel = clock.wakeAt(clock.now() + RETRY, () => this.#apply());
    }
  }
}
