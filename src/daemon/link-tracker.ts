import type { Micros } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import type { InterfaceDelays } from "../config/model/network.ts";
import type { Clock } from "../io/clock.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { Log } from "../observe/log.ts";
import { type Debounced, type Delays, expire, longestDelay, observe } from "../vrrp/debounce.ts";
import { isUp } from "./carrier.ts";
import { LinkBeat } from "./link-beat.ts";

export interface LinkHost {
  readonly clock: Clock;
  readonly network: HostNetwork;
  readonly log: Log;
  /** A delay is over: the interface counts as up or down from now on. */
  linkTurned(name: string): void;
}

/**
 * Which interfaces count as up: at once, or after the delays of `interface_up_down_delays`; by what the kernel says of
 * them, or by what their drivers say when they are polled.
 */
export class LinkTracker {
  readonly #host: LinkHost;
  readonly #beat: LinkBeat;
  #delays: ReadonlyMap<string, Delays> = new Map();
  readonly #states = new Map<string, Debounced>();
  readonly #wakes = new Map<string, () => void>();

  constructor(host: LinkHost) {
    this.#host = host;
    this.#beat = new LinkBeat({ ...host, beatTurned: (name) => this.#beatTurned(name) });
  }

  configure(config: Config): void {
    const { interfaceDelays: delays, vrrpInstances: instances } = config;
    this.#beat.configure(config);
    this.#delays = new Map(delays.map((each) => [each.interface, boundedDelays(each, instances)]));
    for (const name of this.#states.keys()) if (!this.#delays.has(name)) this.#set(name, undefined);
    for (const name of this.#delays.keys())
      if (this.#states.has(name))
        this.changed(name); // it may be polled now, or no more
      else this.#set(name, { up: this.#isUpNow(name), turnAt: undefined });
  }

  isUp(name: string): boolean {
    return this.#states.get(name)?.up ?? this.#isUpNow(name);
  }

  /** Whether the driver is asked, and answers. */
  isPolled(name: string): boolean {
    return this.#beat.verdict(name) !== undefined;
  }

  /** The kernel has told of an interface. */
  changed(name: string): void {
    const [delays, state] = [this.#delays.get(name), this.#states.get(name)];
    if (delays === undefined || state === undefined) return;
    this.#set(name, observe(delays, state, this.#isUpNow(name), this.#host.clock.now()));
  }

  close(): void {
    this.#beat.close();
    for (const name of this.#states.keys()) this.#set(name, undefined);
  }

  #beatTurned(name: string): void {
    this.changed(name);
    this.#host.linkTurned(name);
  }

  /** Who was told to be down is down at once: that is no driver's business. */
  #isUpNow(name: string): boolean {
    const beat = this.#beat.verdict(name);
    if (beat !== undefined) return beat && this.#host.network.link(name)?.up === true;
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
