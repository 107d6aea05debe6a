import { ETH_P_ARP } from "../wire/arp.ts";
import { AF_PACKET, PACKET_IGNORE_OUTGOING, SOCK_RAW, SOL_PACKET } from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { sockaddrLl } from "./sockaddr.ts";
import { openSocket, takeError } from "./socket.ts";

/** Shared by all sockets. An ARP frame of ethernet is 42 bytes, or 60 with its padding. */
const frame = new Uint8Array(64);
/** Frames that are taken in one turn, so that a flood does not keep others waiting. */
const BATCH = 16;

/** Hears the ARP frames that others send on one interface. Needs CAP_NET_RAW. */
export class ArpSocket {
  readonly #poller: Poller;
  readonly #fd: number;

  /** `onFrame` gets each frame, ethernet header included, cut at 64 bytes; valid until it returns. Throws KernelError. */
  constructor(
    poller: Poller,
    { name, ifindex }: { readonly name: string; readonly ifindex: number },
    onFrame: (frame: Uint8Array) => void,
  ) {
    const what = `cannot listen to ARP on ${name}`;
    this.#poller = poller;
    // Protocol 0 until it is bound: so nothing of other interfaces is received before.
    this.#fd = openSocket([AF_PACKET, SOCK_RAW, 0], what, (fd) => {
      native.setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1); // since Linux 4.20; what is ours is recognised anyway
      check(native.bind(fd, sockaddrLl(ifindex, ETH_P_ARP)), what);
    });
    poller.add(this.#fd, () => this.#receive(onFrame));
  }

  close(): void {
    this.#poller.remove(this.#fd);
    native.close(this.#fd);
  }

  /** By read(2): a packet socket refuses the MSG_CMSG_CLOEXEC of our recvmmsg with EINVAL. */
  #receive(onFrame: (frame: Uint8Array) => void): void {
    for (let left = BATCH; left > 0; left--) {
      const length = native.read(this.#fd, frame);
      if (length < 0) {
        takeError(this.#fd); // ENETDOWN: the interface went down
        return;
      }
      onFrame(frame.subarray(0, length));
    }
  }
}
