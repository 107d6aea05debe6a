import { seconds } from "../base/time.ts";
import type { Config } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { LinkProbe } from "../io/link-probe.ts";
import type { Log } from "../observe/log.ts";
import { type Beat, type BeatMethod, beatOf, linkOfStatus, type Polled, polledInterfaces } from "../vrrp/link-beat.ts";
import { carrierOf } from "./carrier.ts";
import { dependedInterfaces } from "./depended-interfaces.ts";

/** What polling needs of the process. */
export interface LinkBeatHost {
  readonly clock: Pick<Clock, "now" | "wakeAt">;
  readonly network: HostNetwork;
  readonly log: Log;
  /** A link is up or down since it was last asked. */
  beatTurned(name: string): void;
}

/** Keepalived's too. */
const INTERVAL = seconds(1);

/** Asks the drivers of some interfaces each second whether their links are up. */
export class LinkBeat {
  readonly #host: LinkBeatHost;
  #polled: Polled = new Map();
  #beats: ReadonlyMap<string, Beat> = new Map();
  #probe: LinkProbe | undefined; // while any is polled
  #cancelWake = (): void => {};

  constructor(host: LinkBeatHost) {
    this.#host = host;
  }

  /** Follows a configuration, and asks at once. Throws KernelError. */
  configure(config: Pick<Config, "linkbeatInterfaces" | "pollLinks" | "vrrpInstances" | "syncGroups">): void {
    const own = config.vrrpInstances.filter(({ pollLink }) => pollLink).map(({ interface: name }) => name);
    const others = config.pollLinks ? dependedInterfaces(config) : own;
    this.#polled = polledInterfaces({ listed: config.linkbeatInterfaces, others });
    this.#cancelWake();
    if (this.#polled.size === 0) {
      this.close();
      return;
    }
    this.#probe ??= new LinkProbe();
    this.#beats = this.#ask(this.#probe);
    this.#wake(this.#probe);
  }

  /** Whether the link is up, by what its driver said last; undefined: it is not polled, or nobody answers for it. */
  verdict(name: string): boolean | undefined {
    return this.#beats.get(name)?.up;
  }

  close(): void {
    this.#cancelWake();
    this.#probe?.close();
    this.#probe = undefined;
    this.#beats = new Map();
  }

  /** From when the last answer came: where that is late there is nothing to make up for. */
  #wake(probe: LinkProbe): void {
    this.#cancelWake = this.#host.clock.wakeAt(this.#host.clock.now() + INTERVAL, () => this.#poll(probe));
  }

  #poll(probe: LinkProbe): void {
    const before = this.#beats;
    this.#beats = this.#ask(probe);
    this.#wake(probe);
    for (const name of this.#polled.keys())
      if (before.get(name)?.up !== this.#beats.get(name)?.up) this.#host.beatTurned(name);
  }

  #ask(probe: LinkProbe): ReadonlyMap<string, Beat> {
    const beats = new Map<string, Beat>();
    for (const [name, preferred] of this.#polled) {
      if (carrierOf(this.#host.network, name) !== undefined) continue; // one of ours is as its base is
      const beat = beatOf(preferred, (method) => ask(probe, name, method));
      if (beat === undefined) continue;
      beats.set(name, beat);
      if (this.#beats.get(name)?.method !== beat.method)
        this.#host.log.detail("Linkbeat of {intf} by {method}", { intf: name, method: beat.method.toUpperCase() });
    }
    return beats;
  }
}

function ask(probe: LinkProbe, name: string, method: BeatMethod): boolean | undefined {
  switch (method) {
    case "mii": {
      const status = probe.status(name);
      return status && linkOfStatus(...status);
    }
    case "ethtool":
      return probe.ethtool(name);
    case "ioctl":
      return probe.flags(name);
  }
}
