import { diff } from "../base/diff.ts";
import { type Family, family, type IpAddress } from "../base/ip.ts";
import { seconds } from "../base/time.ts";
import type { BfdPath } from "../bfd/select.ts";
import type { Waker } from "../io/intake.ts";
import { type Datagram, UdpListener } from "../io/udp-socket.ts";
import type { Log } from "../observe/log.ts";
import { BFD_MULTIHOP_PORT, BFD_PORT } from "../wire/bfd.ts";

/** A socket that sessions hear their neighbours by. */
export interface ListeningPlace {
  readonly family: Family;
  readonly address: IpAddress | undefined; // undefined: all addresses
  readonly port: number;
}

/** How long to wait where a port was taken. */
const RETRY = seconds(10);

/**
 * Where to listen for sessions: at their sources, or at all addresses of a family where one session has no source. Each
 * place once.
 */
export function listeningPlaces(paths: readonly BfdPath[]): readonly ListeningPlace[] {
  const places = paths.map(({ neighbor, source, multihop }): ListeningPlace => {
    return { family: family(neighbor), address: source, port: multihop ? BFD_MULTIHOP_PORT : BFD_PORT };
  });
  const everywhere = new Set(places.filter(({ address }) => address === undefined).map(group));
  const widened = places.map((place) => (everywhere.has(group(place)) ? { ...place, address: undefined } : place));
  return [...new Map(widened.map((place) => [key(place), place])).values()];
}

function group({ family: of, port }: ListeningPlace): string {
  return `IPv${of} ${port}`;
}

function key(place: ListeningPlace): string {
  return `${group(place)} ${place.address ?? "*"}`;
}

/** What the listening sockets need of the process they live in. */
export interface ListenersHost extends Waker {
  readonly log: Log;
  received(datagram: Datagram, multihop: boolean): void;
}

/** The sockets that listen, as sessions need them. */
export class BfdListeners {
  readonly #host: ListenersHost;
  readonly #open = new Map<string, { readonly place: ListeningPlace; readonly listener: UdpListener }>();
  readonly #failing = new Set<string>(); // places that were refused; said once
  #cancelRetry = (): void => {};

  constructor(host: ListenersHost) {
    this.#host = host;
  }

  /** Listens for these sessions and no others. A port that is taken is tried again. */
  apply(paths: readonly BfdPath[]): void {
    const have = [...this.#open.values()].map(({ place }) => place);
    const { added, removed } = diff(have, listeningPlaces(paths), { key, same: () => true });
    for (const place of removed) this.#close(place);
    this.#cancelRetry();
    const refused = added.filter((place) => !this.#listen(place));
    if (refused.length === 0) return;
    const { clock } = this.#host;
    this.#cancelRetry = clock.wakeAt(clock.now() + RETRY, () => this.apply(paths));
  }

  drain(): void {
    for (const { listener } of this.#open.values()) listener.drain();
  }

  close(): void {
    this.#cancelRetry();
    for (const { place } of [...this.#open.values()]) this.#close(place);
  }

  #listen(place: ListeningPlace): boolean {
    const { log, received } = this.#host;
    try {
      const multihop = place.port === BFD_MULTIHOP_PORT;
      const listener = new UdpListener(this.#host, place, (datagram) => received(datagram, multihop));
      this.#open.set(key(place), { place, listener });
      this.#failing.delete(key(place));
      return true;
    } catch (error) {
      if (!this.#failing.has(key(place))) log.error("BFD: {error}; trying again", { error: String(error) });
      this.#failing.add(key(place));
      return false;
    }
  }

  #close(place: ListeningPlace): void {
    this.#open.get(key(place))?.listener.close();
    this.#open.delete(key(place));
  }
}
