import { AF_UNIX, SOCK_DGRAM } from "./constants.ts";
import { native } from "./native.ts";
import { sockaddrUn } from "./sockaddr.ts";
import { NOTHING, openSocket } from "./socket.ts";

/** Sends datagrams to a unix socket, for /dev/log and sd_notify(3). Never blocks; a peer that is missing loses them. */
export class UnixDatagram {
  readonly #address: Uint8Array;
  readonly #fd: number;

  /** `path` as in NOTIFY_SOCKET: a leading `@` is the abstract namespace. Throws KernelError, RangeError (too long). */
  constructor(path: string) {
    this.#address = sockaddrUn(path);
    this.#fd = openSocket([AF_UNIX, SOCK_DGRAM, 0], "cannot open a unix socket", () => {});
  }

  /** Whether the peer has it. The address is looked up each time, so a peer that comes back is found. */
  send(message: string | Uint8Array): boolean {
    const bytes = typeof message === "string" ? new TextEncoder().encode(message) : message;
    return native.sendmsg(this.#fd, bytes, this.#address, NOTHING, 0) >= 0;
  }

  close(): void {
    native.close(this.#fd);
  }
}
