import { family } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Clock } from "../io/clock.ts";
import { Ipv6Forwarding } from "../io/forwarding.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { PacketSocket } from "../io/packet-socket.ts";
import { IFF_NOARP } from "../netlink/constants.ts";
import type { Log } from "../observe/log.ts";
import {
  type Announcement,
  type PacingEvent,
  type PacingState,
  paceDeadline,
  paceStep,
  UNPACED,
} from "../vrrp/pacing.ts";
import { encodeArp, gratuitousArp } from "../wire/arp.ts";
import { encodeUnsolicitedAdvertisement } from "../wire/ndp.ts";

interface Queue {
  state: PacingState;
  cancelWake: () => void;
}

const SENDING = {
  4: "Sending gratuitous ARP on {intf} for {address}",
  6: "Sending unsolicited Neighbour Advert on {intf} for {address}",
};

/** Sends gratuitous ARPs and, of IPv6, unsolicited neighbour advertisements, with at least `garp_interval` between two of one interface. */
export class Announcer {
  readonly #clock: Clock;
  readonly #network: HostNetwork;
  readonly #log: Log;
  readonly #socket = new PacketSocket();
  readonly #forwarding = new Ipv6Forwarding();
  readonly #queues = new Map<string, Queue>();
  /** Least gap between two messages of an interface; 0 = none. */
  gap: Micros;

  constructor(clock: Clock, network: HostNetwork, log: Log, gap: Micros) {
    this.#clock = clock;
    this.#network = network;
    this.#log = log;
    this.gap = gap;
  }

  /** Queues announcements; what the gap allows leaves before this returns. */
  announce(announcements: readonly Announcement[]): void {
    const byInterface = new Map<string, Announcement[]>();
    for (const item of announcements) {
      const list = byInterface.get(item.interface) ?? [];
      list.push(item);
      byInterface.set(item.interface, list);
    }
    for (const [name, list] of byInterface) this.#feed(name, { type: "queue", announcements: list });
  }

  /** Forgets what waits for an instance that is master no more. */
  drop(instance: string): void {
    for (const name of this.#queues.keys()) this.#feed(name, { type: "drop", instance });
  }

  close(): void {
    for (const { cancelWake } of this.#queues.values()) cancelWake();
    this.#socket.close();
  }

  #feed(name: string, event: PacingEvent): void {
    const queue = this.#queues.get(name) ?? { state: UNPACED, cancelWake: () => {} };
    const { state, send } = paceStep(this.gap, queue.state, event, this.#clock.now());
    queue.cancelWake();
    const at = paceDeadline(state);
    const cancelWake = at === undefined ? () => {} : this.#clock.wakeAt(at, () => this.#feed(name, { type: "timer" }));
    this.#queues.set(name, { state, cancelWake });
    this.#send(name, send);
  }

  #send(name: string, announcements: readonly Announcement[]): void {
    const link = this.#network.link(name);
    if (announcements.length === 0 || link?.mac === undefined || link.flags & IFF_NOARP) return;
    const { mac } = link;
    const isRouter = announcements.some(({ address }) => family(address) === 6) && this.#forwarding.of(name);
    const frames = announcements.map(({ address }) =>
      family(address) === 4
        ? encodeArp(gratuitousArp(mac, address))
        : encodeUnsolicitedAdvertisement({ mac, address, isRouter }),
    );
    try {
      this.#socket.send(link.ifindex, frames);
    } catch (error) {
      this.#log.warning("cannot announce on {intf}: {error}", { intf: name, error: String(error) });
      return;
    }
    for (const { address } of announcements) this.#log.detail(SENDING[family(address)], { intf: name, address });
  }
}
