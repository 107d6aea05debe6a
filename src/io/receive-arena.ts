import { LITTLE_ENDIAN } from "../netlink/message.ts";
import { native } from "./native.ts";

const NAME = 128;
const CONTROL = 256;

/** Memory that datagrams are received into, many by one system call. What it returns is valid until the next `receive`. */
export class ReceiveArena {
  readonly #slots: number;
  readonly #slotSize: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #lengths: Int32Array;

  /** Room for `slots` (1 to 64) datagrams of at most `size` bytes. */
  constructor(slots: number, size: number) {
    this.#slots = slots;
    this.#slotSize = NAME + CONTROL + size;
    this.#bytes = new Uint8Array(slots * this.#slotSize);
    this.#view = new DataView(this.#bytes.buffer);
    this.#lengths = new Int32Array(4 * slots);
  }

  /** The number of datagrams received into slots 0, 1, 2 …, or -errno: -EAGAIN when there are none. */
  receive(fd: number): number {
    return native.recvBatch(fd, this.#bytes, this.#slots, this.#slotSize, this.#lengths);
  }

  /** The datagram; cut where it was longer than the slot (see `flags`). */
  data(slot: number): Uint8Array {
    const start = slot * this.#slotSize + NAME + CONTROL;
    return this.#bytes.subarray(start, start + (this.#lengths[4 * slot] ?? 0));
  }

  /** The sender's socket address, as the kernel wrote it. */
  sender(slot: number): Uint8Array {
    const start = slot * this.#slotSize;
    return this.#bytes.subarray(start, start + (this.#lengths[4 * slot + 1] ?? 0));
  }

  /** The control data that came with the datagram: a row of `struct cmsghdr`. */
  control(slot: number): Uint8Array {
    const start = slot * this.#slotSize + NAME;
    return this.#bytes.subarray(start, start + (this.#lengths[4 * slot + 2] ?? 0));
  }

  /** The MSG_* bits of the datagram. */
  flags(slot: number): number {
    return this.#lengths[4 * slot + 3] ?? 0;
  }

  /** `nl_pid` of a netlink sender; 0 is the kernel. */
  netlinkSender(slot: number): number {
    return this.#view.getUint32(slot * this.#slotSize + 4, LITTLE_ENDIAN);
  }
}
