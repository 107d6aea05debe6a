import type { IpAddress } from "../base/ip.ts";
import type { Clock } from "../io/clock.ts";
import type { Log } from "../observe/log.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import { heardChecksum, type OldPeers, outgoingPackets } from "../vrrp/transmit.ts";
import type { ChecksumForm } from "../wire/vrrp.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import type { Speaker, VrrpSockets } from "./vrrp-sockets.ts";

/** What sending needs of the process. */
export interface AdvertiserHost {
  readonly clock: Clock;
  readonly sockets: VrrpSockets;
  readonly log: Log;
}

type AdvertiserReport = Pick<VrrpInstanceReport, "lastAdvertAt" | "oldPeers">;

/** Sends the advertisements of a router, and remembers how its peers want them. */
export class Advertiser {
  readonly #speaker: Speaker;
  readonly #host: AdvertiserHost;
  #packetId = 0;
  #oldPeers: OldPeers = new Set();
  #sentAt = 0; // 0 = none has

  constructor(speaker: Speaker, host: AdvertiserHost) {
    this.#speaker = speaker;
    this.#host = host;
  }

  /** Goes on where the last process was. */
  adopt({ lastAdvertAt, oldPeers }: AdvertiserReport): void {
    this.#sentAt = lastAdvertAt;
    this.#oldPeers = new Set(oldPeers);
  }

  /** What the next process must know. */
  report(): AdvertiserReport {
    return { lastAdvertAt: this.#sentAt, oldPeers: [...this.#oldPeers] };
  }

  /** Whether any packet of it went out. */
  send(router: VrrpParameters, priority: number): boolean {
    this.#packetId = (this.#packetId % 0xffff) + 1;
    const packets = outgoingPackets(router, priority, this.#packetId, this.#oldPeers);
    if (!this.#host.sockets.send(this.#speaker, packets)) return false;
    this.#sentAt = this.#host.clock.now();
    return true;
  }

  /** A peer's advertisement was accepted, with that checksum. */
  heard(from: IpAddress, form: ChecksumForm): void {
    const before = this.#oldPeers;
    this.#oldPeers = heardChecksum(before, from, form);
    if (this.#oldPeers.size <= before.size) return;
    const iname = this.#speaker.config.name;
    this.#host.log.info("({iname}) Setting unicast VRRPv3 checksum to old version", { iname });
  }
}
