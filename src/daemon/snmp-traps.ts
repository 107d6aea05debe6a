import type { Notification } from "../base/notification.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { Trap, TrapRouter } from "../base/trap.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { HostNetwork } from "../io/host-network.ts";

/** What is asked for it. */
export interface SnmpTrapsHost {
  readonly clock: Clock;
  readonly network: HostNetwork;
  readonly sendsTraps: boolean; // enable_traps
}

/** Of one kind about one instance, one in this time: others can make them happen at will. */
const GAP = seconds(1);

/** Hands the supervisor the traps of virtual routers which are no changes of a state. */
export class SnmpTraps {
  readonly #host: SnmpTrapsHost;
  readonly #notify: (notification: Notification) => void;
  readonly #last = new Map<string, Micros>(); // when one of a kind was told

  constructor(host: SnmpTrapsHost, notify: (notification: Notification) => void) {
    this.#host = host;
    this.#notify = notify;
  }

  /** `told` is asked only while traps are sent. */
  tell(config: VrrpInstanceConfig, told: (router: TrapRouter) => readonly Trap[]): void {
    if (!this.#host.sendsTraps) return;
    const { name, vrid, version, family } = config;
    const ifindex = this.#host.network.link(config.interface)?.ifindex ?? 0;
    for (const trap of told({ ifindex, vrid, version, family })) {
      const about = `INSTANCE "${name}" ${trap.type}`;
      const repeats = trap.type !== "new-master";
      if (repeats && this.#isRepeated(about)) continue;
      this.#notify({ about, scripts: [], line: undefined, traps: [trap], alert: undefined, repeats, final: false });
    }
  }

  #isRepeated(about: string): boolean {
    const now = this.#host.clock.now();
    if (now < (this.#last.get(about) ?? Number.NEGATIVE_INFINITY) + GAP) return true;
    this.#last.set(about, now);
    return false;
  }
}
