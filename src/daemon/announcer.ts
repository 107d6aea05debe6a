import { type Family, family, type IpAddress } from "../base/ip.ts";
import type { MacAddress } from "../base/mac.ts";
import type { Clock } from "../io/clock.ts";
import { Ipv6Forwarding } from "../io/forwarding.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { PacketSocket } from "../io/packet-socket.ts";
import { IFF_NOARP } from "../netlink/constants.ts";
import type { Log } from "../observe/log.ts";
import { type GapRules, type Lane, laneFinder } from "../vrrp/lanes.ts";
import {
  type Announcement,
  type AnnouncementBlock,
  type PacingEvent,
  type PacingState,
  paceDeadline,
  paceStep,
  UNPACED,
} from "../vrrp/pacing.ts";
import { gratuitousArps } from "../wire/arp.ts";
import { encodeUnsolicitedAdvertisement } from "../wire/ndp.ts";
import { carrierOf } from "./carrier.ts";

interface Queue {
  lane: Lane;
  state: PacingState;
  cancelWake: () => void;
}

const SENDING = {
  4: "Sending gratuitous ARP on {intf} for {address}",
  6: "Sending unsolicited Neighbour Advert on {intf} for {address}",
};

/** Frames that a rehearsal makes. */
const REHEARSED = 16;

/** Sends gratuitous ARPs and, of IPv6, unsolicited neighbour advertisements, with at least the gap of its lane (an interface, or a `garp_group`) between two. */
export class Announcer {
  readonly #clock: Clock;
  readonly #network: HostNetwork;
  readonly #log: Log;
  readonly #socket = new PacketSocket();
  readonly #forwarding = new Ipv6Forwarding();
  readonly #queues = new Map<string, Queue>(); // by name of the lane
  #laneOf: (on: string, of: Family) => Lane;

  constructor(clock: Clock, network: HostNetwork, log: Log, rules: GapRules) {
    this.#clock = clock;
    this.#network = network;
    this.#log = log;
    this.#laneOf = laneFinder(rules);
  }

  /** Other gaps from now on; what waits in a lane that is no more leaves with the old gap. */
  pace(rules: GapRules): void {
    this.#laneOf = laneFinder(rules);
  }

  /** Queues announcements; what the gap allows leaves before this returns. */
  announce(blocks: readonly AnnouncementBlock[]): void {
    const byLane = new Map<string, { readonly lane: Lane; readonly blocks: AnnouncementBlock[] }>();
    for (const block of blocks) {
      const [address] = block.addresses;
      if (address === undefined) continue;
      // A virtual MAC interface sends on the wire of the one that it lies on.
      const lane = this.#laneOf(carrierOf(this.#network, block.interface) ?? block.interface, family(address));
      const list = byLane.get(lane.name) ?? { lane, blocks: [] };
      list.blocks.push(block);
      byLane.set(lane.name, list);
    }
    for (const { lane, blocks } of byLane.values()) this.#feed(lane, { type: "queue", blocks });
  }

  /** Goes through what `announce` does of the first of them, but for the sending. */
  rehearse([block]: readonly AnnouncementBlock[]): void {
    const [address] = block?.addresses ?? [];
    if (block === undefined || address === undefined) return;
    const lane = this.#laneOf(carrierOf(this.#network, block.interface) ?? block.interface, family(address));
    const { send } = paceStep(lane.gap, UNPACED, { type: "queue", blocks: [block] }, this.#clock.now());
    const mac = this.#network.link(block.interface)?.mac;
    if (mac !== undefined) this.#frames(mac, block.interface, send.slice(0, REHEARSED));
  }

  /** Forgets what waits for an instance that is master no more. */
  drop(instance: string): void {
    for (const { lane } of [...this.#queues.values()]) this.#feed(lane, { type: "drop", instance });
  }

  close(): void {
    for (const { cancelWake } of this.#queues.values()) cancelWake();
    this.#socket.close();
  }

  /** A lane is kept for its gap too: what comes next must not follow at once. */
  #feed(lane: Lane, event: PacingEvent): void {
    const queue = this.#queues.get(lane.name);
    queue?.cancelWake();
    const { state, send } = paceStep(lane.gap, queue?.state ?? UNPACED, event, this.#clock.now());
    const at = paceDeadline(state);
    const cancelWake = at === undefined ? () => {} : this.#clock.wakeAt(at, () => this.#feed(lane, { type: "timer" }));
    this.#queues.set(lane.name, { lane, state, cancelWake });
    for (let from = 0; from < send.length; ) {
      const name = send[from]?.interface ?? "";
      let to = from + 1;
      while (send[to]?.interface === name) to++;
      this.#send(name, from === 0 && to === send.length ? send : send.slice(from, to));
      from = to;
    }
  }

  #send(name: string, announcements: readonly Announcement[]): void {
    const link = this.#network.link(name);
    if (announcements.length === 0 || link?.mac === undefined || link.flags & IFF_NOARP) return;
    try {
      this.#socket.send(link.ifindex, this.#frames(link.mac, name, announcements));
    } catch (error) {
      this.#log.warning("cannot announce on {intf}: {error}", { intf: name, error: String(error) });
      return;
    }
    for (const { address } of announcements) this.#log.detail(SENDING[family(address)], { intf: name, address });
  }

  #frames(mac: MacAddress, name: string, announcements: readonly Announcement[]): Uint8Array[] {
    const isRouter = announcements.some(({ address }) => family(address) === 6) && this.#forwarding.of(name);
    const arp = gratuitousArps(mac);
    const frame = (address: IpAddress): Uint8Array =>
      family(address) === 4 ? arp(address) : encodeUnsolicitedAdvertisement({ mac, address, isRouter });
    return announcements.map(({ address }) => frame(address));
  }
}
