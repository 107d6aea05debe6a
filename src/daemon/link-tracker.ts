import type { Micros } from "../base/time.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { InterfaceDelays } from "../config/model/network.ts";
import type { Clock } from "../io/clock.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { type Debounced, type Delays, expire, longestDelay, observe } from "../vrrp/debounce.ts";
import { isUp } from "./carrier.ts";

export interface LinkHost {
  readonly clock: Clock;
  readonly network: HostNetwork;
  /** A delay is over: the interface counts as up or down from now on. */
  linkTurned(name: string): void;
}

/** Which interfaces count as up: at once, or after the delays of `interface_up_down_delays`. */
export class LinkTracker {
  readonly #host: LinkHost;
  #delays: ReadonlyMap<string, Delays> = new Map();
  readonly #states = new Map<string, Debounced>();
  readonly #wakes = new Map<string, () => void>();

  constructor(host: LinkHost) {
    this.#host = host;
  }

  configure(delays: readonly InterfaceDelays[], instances: readonly VrrpInstanceConfig[]): void {
    this.#delays = new Map(delays.map((each) => [each.interface, boundedDelays(each, instances)]));
    for (const name of this.#states.keys()) if (!this.#delays.has(name)) this.#set(name, undefined);
    for (const name of this.#delays.keys())
      if (!this.#states.has(name)) this.#set(name, { up: this.#isUpNow(name), turnAt: undefined });
  }

  isUp(name: string): boolean {
    return this.#states.get(name)?.up ?? this.#isUpNow(name);
  }

  /** The kernel has told of an interface. */
  changed(name: string): void {
    const [delays, state] = [this.#delays.get(name), this.#states.get(name)];
    if (delays === undefined || state === undefined) return;
    this.#set(name, observe(delays, state, this.#isUpNow(name), this.#host.clock.now()));
  }

  close(): void {
    for (const name of this.#states.keys()) this.#set(name, undefined);
  }

  #isUpNow(name: string): boolean {
    return isUp(this.#host.network, name, (carrier) => this.isUp(carrier));
  }

  #set(name: string, state: Debounced | undefined): void {
    this.#wakes.get(name)?.();
    this.#wakes.delete(name);
    if (state === undefined) this.#states.delete(name);
    else this.#states.set(name, state);
    if (state?.turnAt !== undefined)
      this.#wakes.set(
        name,
        this.#host.clock.wakeAt(state.turnAt, () => this.#expired(name, state)),
      );
  }

  #expired(name: string, state: Debounced): void {
    this.#set(name, expire(state, this.#host.clock.now()));
    this.#host.linkTurned(name);
  }
}

/** No longer than the instances on the interface can bear. */
function boundedDelays(
  { interface: name, down, up }: InterfaceDelays,
  instances: readonly VrrpInstanceConfig[],
): Delays {
  const most = instances
    .filter((instance) => instance.interface === name)
    .map(({ advertInterval: interval, downTimerAdverts }) => longestDelay({ interval, downTimerAdverts }));
  const bounded = (delay: Micros): Micros => Math.min(delay, ...most);
  return { down: bounded(down), up: bounded(up) };
}
