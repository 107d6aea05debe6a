import { ETH_P_ARP } from "../wire/arp.ts";
import { AF_PACKET, PACKET_IGNORE_OUTGOING, SO_RCVBUF, SOCK_RAW, SOL_PACKET, SOL_SOCKET } from "./constants.ts";
import { Intake, type Waker } from "./intake.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { sockaddrLl } from "./sockaddr.ts";
import { openSocket, takeError } from "./socket.ts";

/** Shared by all sockets. An ARP frame of ethernet is 42 bytes, or 60 with its padding. */
const FRAME = 64;
const frame = new Uint8Array(FRAME);
/** Frames that are taken in one turn, so that a flood does not keep others waiting. */
const BATCH = 16;

/** Room for what comes in one turn; with nobody listening a queue of this size costs nothing. */
const QUEUE = 16 << 10;

/**
 * Hears the ARP frames that others send on one interface, from `resume` to `pause`. Closing it takes the kernel an RCU
 * grace period, tens of milliseconds in which nothing else is done, so it stays open. Needs CAP_NET_RAW.
 */
export class ArpSocket {
  readonly #waker: Waker;
  readonly #fd: number;
  readonly #onFrame: (frame: Uint8Array) => void;
  #intake: Intake | undefined; // undefined: paused

  /** `onFrame` gets each frame, ethernet header included, cut at 64 bytes; valid until it returns. Throws KernelError. */
  constructor(
    waker: Waker,
    { name, ifindex }: { readonly name: string; readonly ifindex: number },
    onFrame: (frame: Uint8Array) => void,
  ) {
    const what = `cannot listen to ARP on ${name}`;
    this.#waker = waker;
    this.#onFrame = onFrame;
    // Protocol 0 until it is bound: so nothing of other interfaces is received before.
    this.#fd = openSocket([AF_PACKET, SOCK_RAW, 0], what, (fd) => {
      native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, QUEUE);
      native.setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1); // since Linux 4.20; what is ours is recognised anyway
      check(native.bind(fd, sockaddrLl(ifindex, ETH_P_ARP)), what);
    });
  }

  /** Hears what comes from now on. */
  resume(): void {
    for (let left = QUEUE / FRAME; left > 0 && native.read(this.#fd, frame) > 0; left--); // what came before is old
    this.#intake = new Intake(this.#waker, this.#fd, () => this.#receive());
  }

  /** Hears nothing until `resume`, and does not wake up. */
  pause(): void {
    this.#intake?.close();
    this.#intake = undefined;
  }

  close(): void {
    this.pause();
    native.close(this.#fd);
  }

  /** Whether more waits. By read(2): a packet socket refuses the MSG_CMSG_CLOEXEC of our recvmmsg with EINVAL. */
  #receive(): boolean {
    for (let left = BATCH; left > 0; left--) {
      const length = native.read(this.#fd, frame);
      if (length < 0) {
        takeError(this.#fd); // ENETDOWN: the interface went down
        return false;
      }
      this.#onFrame(frame.subarray(0, length));
    }
    return true;
  }
}
