import { concat } from "../base/bytes.ts";
import { AF_PACKET, SOCK_RAW } from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { sockaddrLl } from "./sockaddr.ts";
import { growSendBuffer, openSocket } from "./socket.ts";

/** Room for some thousand frames that wait for the interface. */
const SEND_BUFFER = 8 << 20;

/** Sends complete ethernet frames, on any interface; receives nothing. Needs CAP_NET_RAW. */
export class PacketSocket {
  /** Protocol 0: no packet is ever queued for reading. */
  readonly #fd = openSocket([AF_PACKET, SOCK_RAW, 0], "cannot open a packet socket", (fd) =>
    growSendBuffer(fd, SEND_BUFFER),
  );

  /**
   * Sends the frames in their order, neighbours of one length by one system call. Throws KernelError at the first
   * refusal (ENETDOWN, ENXIO, or ENOBUFS and EAGAIN from a full queue); the frames before it are on their way.
   */
  send(ifindex: number, frames: readonly Uint8Array[]): void {
    const address = sockaddrLl(ifindex);
    for (let from = 0; from < frames.length; ) {
      const size = frames[from]?.length ?? 0;
      let to = from + 1;
      while (frames[to]?.length === size) to++;
      this.#sendAlike(concat(...frames.slice(from, to)), size, address);
      from = to;
    }
  }

  close(): void {
    native.close(this.#fd);
  }

  #sendAlike(bytes: Uint8Array, size: number, address: Uint8Array): void {
    for (let rest = bytes; rest.length > 0; ) {
      const sent = native.sendBatch(this.#fd, rest, size, rest.length / size, address);
      rest = rest.subarray(check(sent, "cannot send ethernet frames") * size);
    }
  }
}
