import { family } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Clock } from "../io/clock.ts";
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

interface Queue {
  state: PacingState;
  cancelWake: () => void;
}

/** Sends gratuitous ARPs, with at least `garp_interval` between two of one interface. */
export class Announcer {
  readonly #clock: Clock;
  readonly #network: HostNetwork;
  readonly #log: Log;
  readonly #socket = new PacketSocket();
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
    const ipv4 = announcements.filter(({ address }) => family(address) === 4);
    try {
      this.#socket.send(
        link.ifindex,
        ipv4.map(({ address }) => encodeArp(gratuitousArp(mac, address))),
      );
    } catch (error) {
      this.#log.warning("cannot announce on {intf}: {error}", { intf: name, error: String(error) });
      return;
    }
    for (const { address } of ipv4)
      this.#log.detail("Sending gratuitous ARP on {intf} for {address}", { intf: name, address });
  }
}
