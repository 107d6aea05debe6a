import type { IpAddress } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { Waker } from "../io/intake.ts";
import { type ReceivedPacket, type VrrpLink, VrrpSocket } from "../io/vrrp-socket.ts";
import type { Log } from "../observe/log.ts";
import type { OutgoingPacket } from "../vrrp/transmit.ts";
import { AH_HEADER, IPPROTO_AH } from "../wire/ah.ts";
import { advertisedVrid } from "../wire/vrrp.ts";
import { carrierOf, isUp } from "./carrier.ts";

const MULTICAST_FAILED = "({iname}): send advert error ({error})";
const UNICAST_FAILED = "({iname}) Cant send advert to {to} ({error})";

/** Where an instance speaks. Instances with the same share a socket, and are told apart by VRID. */
export interface Endpoint {
  readonly device: string | undefined; // interface or VRF; undefined: wherever the routes lead
  readonly local: IpAddress; // the multicast group, or our own address
  readonly protocol: number; // IPPROTO_VRRP, or IPPROTO_AH in front of it
  readonly receiveBuffer: number; // the share of the socket's that this instance asks for, bytes; 0: none
}

/** An instance, as the sockets know it. */
export interface Speaker {
  readonly config: Pick<VrrpInstanceConfig, "name" | "vrid" | "unicast">;
  packet(packet: ReceivedPacket): void;
}

interface Place {
  readonly endpoint: Endpoint;
  readonly speakers: Map<number, Speaker[]>; // by VRID
  readonly buffers: Map<Speaker, number>;
  ifindex: number | undefined; // that the socket is bound to
  socket: VrrpSocket | undefined; // undefined: the interface does not exist
}

/** What comes in when nobody is to hear it, and what is for nobody. */
export interface Reception {
  isListening(): boolean;
  /** Whether it wants to know of what is for nobody. */
  hearsAll(): boolean;
  unknown(vrid: number, device: string | undefined): void;
}

/** The sockets of all instances, opened when the first of a place comes and closed when the last has gone. */
export class VrrpSockets {
  readonly #waker: Waker;
  readonly #network: HostNetwork;
  readonly #log: Log;
  readonly #reception: Reception;
  readonly #places = new Map<string, Place>();
  readonly #joined = new Map<Speaker, Place>();
  readonly #unsifted = new Set<Place>(); // with a filter for other VRIDs than are there
  readonly #failing = new Set<string>(); // instance and peer that could not be sent to, as said

  constructor(waker: Waker, network: HostNetwork, log: Log, reception: Reception) {
    this.#waker = waker;
    this.#network = network;
    this.#log = log;
    this.#reception = reception;
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#places.size;
  }

  /** A speaker is heard there and nowhere else from now on; undefined: nowhere. */
  join(speaker: Speaker, endpoint: Endpoint | undefined): void {
    const key = endpoint === undefined ? "" : endpointKey(endpoint);
    const before = this.#joined.get(speaker);
    const here = before !== undefined && before === this.#places.get(key);
    if (here && before.buffers.get(speaker) === endpoint?.receiveBuffer) return;
    this.leave(speaker);
    if (endpoint === undefined) return;
    const place = this.#places.get(key) ?? this.#newPlace(key, endpoint);
    const { vrid } = speaker.config;
    place.speakers.set(vrid, [...(place.speakers.get(vrid) ?? []), speaker]);
    place.buffers.set(speaker, endpoint.receiveBuffer);
    this.#joined.set(speaker, place);
    this.#open(place);
    setBuffer(place);
    this.#sift(place);
  }

  /** A speaker is heard nowhere. */
  leave(speaker: Speaker): void {
    const place = this.#joined.get(speaker);
    if (place === undefined) return;
    this.#joined.delete(speaker);
    place.buffers.delete(speaker);
    const { vrid } = speaker.config;
    const rest = (place.speakers.get(vrid) ?? []).filter((other) => other !== speaker);
    if (rest.length > 0) place.speakers.set(vrid, rest);
    else place.speakers.delete(vrid);
    this.#sift(place);
    if (place.speakers.size > 0) return;
    this.#close(place);
    this.#places.delete(endpointKey(place.endpoint));
  }

  /** Hands over what waits where a speaker listens, before a deadline takes its silence for granted. */
  drain(speaker: Speaker): void {
    this.#joined.get(speaker)?.socket?.drain();
  }

  /** An interface came, went, or is another of the same name: its sockets are opened anew. */
  linkChanged(name: string): void {
    for (const place of this.#places.values()) if (place.endpoint.device === name) this.#open(place);
  }

  /** Whether `hearsAll` may have changed. */
  reconfigure(): void {
    for (const place of this.#places.values()) this.#sift(place);
  }

  /** Sends what a speaker has to say; whether any of it went out. Why not is said once, until it works again. */
  send(speaker: Speaker, packets: readonly OutgoingPacket[]): boolean {
    const place = this.#joined.get(speaker);
    if (place?.socket === undefined) return false;
    let sent = false;
    for (const { bytes, to } of packets) {
      const failure = `${speaker.config.name} ${to}`;
      try {
        place.socket.send(bytes, to);
        sent = true;
        if (this.#failing.size > 0) this.#failing.delete(failure);
      } catch (error) {
        // On an interface that is down nothing can be sent; that it is down has been said.
        if (this.#failing.has(failure) || isDown(this.#network, place.endpoint.device)) continue;
        this.#failing.add(failure);
        const said = speaker.config.unicast === undefined ? MULTICAST_FAILED : UNICAST_FAILED;
        this.#log.info(said, { iname: speaker.config.name, to, error: String(error) });
      }
    }
    return sent;
  }

  close(): void {
    for (const place of this.#places.values()) this.#close(place);
    this.#places.clear();
    this.#joined.clear();
  }

  #newPlace(key: string, endpoint: Endpoint): Place {
    const place: Place = { endpoint, speakers: new Map(), buffers: new Map(), ifindex: undefined, socket: undefined };
    this.#places.set(key, place);
    return place;
  }

  #open(place: Place): void {
    const { device, local, protocol } = place.endpoint;
    const link: VrrpLink | undefined = device === undefined ? undefined : this.#network.link(device);
    if (place.socket !== undefined && place.ifindex === link?.ifindex) return;
    this.#close(place);
    if (device !== undefined && link === undefined) return;
    try {
      const below = device === undefined ? undefined : carrierOf(this.#network, device);
      const carrier = below === undefined ? undefined : this.#network.link(below)?.ifindex;
      const where = { link, local, protocol, carrier };
      place.socket = new VrrpSocket(this.#waker, where, (packet) => this.#received(place, packet));
      place.ifindex = link?.ifindex;
      setBuffer(place);
      this.#sift(place);
    } catch (error) {
      this.#log.error("{error}", { error: String(error), intf: device ?? "" });
    }
  }

  /** The kernel is told at the end of the turn: at a start, of all instances of a place at once. */
  #sift(place: Place): void {
    if (this.#unsifted.size === 0)
      queueMicrotask(() => {
        for (const { socket, speakers } of this.#unsifted)
          if (socket !== undefined) socket.vrids = this.#reception.hearsAll() ? undefined : speakers.keys();
        this.#unsifted.clear();
      });
    this.#unsifted.add(place);
  }

  #close(place: Place): void {
    place.socket?.close();
    place.socket = undefined;
  }

  #received(place: Place, packet: ReceivedPacket): void {
    const { payload } = packet;
    const vrid = advertisedVrid(place.endpoint.protocol === IPPROTO_AH ? payload.subarray(AH_HEADER) : payload);
    if (vrid === undefined || !this.#reception.isListening()) return;
    const speakers = place.speakers.get(vrid);
    if (speakers === undefined) this.#reception.unknown(vrid, place.endpoint.device);
    else if (speakers.length === 1) speakers[0]?.packet(packet);
    else (speakers.find((one) => hasPeer(one, packet.from)) ?? speakers[0])?.packet(packet);
  }
}

function isDown(network: HostNetwork, device: string | undefined): boolean {
  return device !== undefined && !isUp(network, device);
}

/** Whether it speaks with that peer: instances of one VRID with the same source have each their own. */
function hasPeer({ config }: Speaker, address: IpAddress): boolean {
  return config.unicast?.peers.some((peer) => peer.address === address) ?? true;
}

function endpointKey({ device, local, protocol }: Endpoint): string {
  return `${device ?? ""} ${local} ${protocol}`;
}

/** The shares of all its instances together. */
function setBuffer({ socket, buffers }: Place): void {
  let size = 0;
  for (const share of buffers.values()) size += share;
  if (socket !== undefined && size > 0) socket.receiveBuffer = size;
}
