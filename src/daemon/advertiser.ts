import type { IpAddress } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { Log } from "../observe/log.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import type { Opened, VrrpPacket } from "../vrrp/receive.ts";
import { heardChecksum, type OldPeers, outgoingPackets } from "../vrrp/transmit.ts";
import type { ChecksumForm } from "../wire/vrrp.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import { Proof } from "./proof.ts";
import type { Speaker, VrrpSockets } from "./vrrp-sockets.ts";

/** What sending needs of the process. */
export interface AdvertiserHost {
  readonly clock: Clock;
  readonly sockets: VrrpSockets;
  readonly log: Log;
}

type AdvertiserReport = Pick<VrrpInstanceReport, "lastAdvertAt" | "oldPeers" | "proof">;

/** Sends the advertisements of a router, and remembers how its peers want them. */
export class Advertiser {
  readonly #speaker: Speaker & { readonly config: VrrpInstanceConfig };
  readonly #proof: Proof;
  readonly #host: AdvertiserHost;
  #packetId = 0;
  #oldPeers: OldPeers = new Set();
  #sentAt = 0; // 0 = none has

  constructor(speaker: Speaker & { readonly config: VrrpInstanceConfig }, host: AdvertiserHost) {
    this.#speaker = speaker;
    this.#host = host;
    this.#proof = new Proof(host.log);
    this.configure();
  }

  /** Follows the instance's configuration. */
  configure(): void {
    this.#proof.configure(this.#speaker.config);
  }

  /** Goes on where the last process was. */
  adopt({ lastAdvertAt, oldPeers, proof }: AdvertiserReport): void {
    this.#proof.adopt(proof);
    this.#sentAt = lastAdvertAt;
    this.#oldPeers = new Set(oldPeers);
  }

  /** What the next process must know. */
  report(): AdvertiserReport {
    return { lastAdvertAt: this.#sentAt, oldPeers: [...this.#oldPeers], proof: this.#proof.state };
  }

  /** Whether any packet of it went out. */
  send(router: VrrpParameters, priority: number): boolean {
    this.#packetId = (this.#packetId % 0xffff) + 1;
    const seal = this.#proof.seal(router, priority);
    const packets = outgoingPackets(router, priority, this.#packetId, this.#oldPeers, seal);
    if (!this.#host.sockets.send(this.#speaker, packets)) return false;
    this.#sentAt = this.#host.clock.now();
    return true;
  }

  /** Takes off a packet what proves it. */
  open(packet: VrrpPacket): Opened {
    return this.#proof.open(packet, this.#speaker.config.unicast !== undefined);
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
