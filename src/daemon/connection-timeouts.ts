import type { IpvsTimeouts } from "../base/ipvs.ts";
import type { IpvsKernel } from "../io/ipvs-kernel.ts";
import { KernelError } from "../io/kernel-error.ts";
import { areSet, type HeldTimeouts, restoredTimeouts, sameTimeouts, wantedTimeouts } from "../lvs/timeouts.ts";
import type { Log } from "../observe/log.ts";

/** What it needs of the kernel. */
export type TimeoutKernel = Pick<IpvsKernel, "timeouts" | "change" | "close">;

/** Keeps the kernel's timeouts of connections as `lvs_timeouts` wants them, and puts back what was there before. */
export class ConnectionTimeouts {
  readonly #log: Log;
  readonly #open: () => TimeoutKernel;
  #held: HeldTimeouts | undefined;

  /** `held`: what a process of ours before this one has set. `open` throws KernelError. */
  constructor(log: Log, held: HeldTimeouts | undefined, open: () => TimeoutKernel) {
    this.#log = log;
    this.#held = held;
    this.#open = open;
  }

  /** Ours, while they are in force: to be handed to the process after this one. */
  get held(): HeldTimeouts | undefined {
    return this.#held;
  }

  /** Makes them so, in seconds; 0 is the kernel's own. What is so already is not asked for. */
  want(configured: IpvsTimeouts): void {
    if (!areSet(configured)) {
      this.restore();
      return;
    }
    this.#talk((kernel) => {
      const have = kernel.timeouts();
      const originals = this.#held?.originals ?? have;
      const set = wantedTimeouts(originals, configured);
      const isNew = this.#held === undefined || !sameTimeouts(this.#held.set, set);
      if (isNew && !sameTimeouts(have, set)) setTo(kernel, set);
      this.#held = { originals, set };
    });
  }

  /** Puts back what was there before ours. */
  restore(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#talk((kernel) => {
      const have = kernel.timeouts();
      const back = restoredTimeouts(held, have);
      if (!sameTimeouts(have, back)) setTo(kernel, back);
      this.#held = undefined;
    });
  }

  /** A refusal is said, and tried again with the next configuration. */
  #talk(about: (kernel: TimeoutKernel) => void): void {
    let kernel: TimeoutKernel | undefined;
    try {
      kernel = this.#open();
      about(kernel);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.error("IPVS timeouts: {error}", { error: error.message });
    } finally {
      kernel?.close();
    }
  }
}

function setTo(kernel: TimeoutKernel, timeouts: IpvsTimeouts): void {
  const [error] = kernel.change([(to) => to.writeTimeouts(timeouts)]);
  if (error !== undefined) throw error;
}
