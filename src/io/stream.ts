import { EAGAIN, EPOLLIN, EPOLLOUT } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { NOTHING } from "./socket.ts";

/** What a stream brings: bytes (valid until the handler returns), then once "end" or the error that ended it. */
export type StreamHandler = (chunk: Uint8Array | "end" | KernelError) => void;

/** Shared by all streams: a handler sees its chunk before anything else is read. */
const buffer = new Uint8Array(64 * 1024);
/** Reads a turn, so that one fast sender does not hold up the others. */
const READS = 16;

/** An established TCP connection over a descriptor that it owns. No timers: whoever waits, closes. */
export class Stream {
  readonly #fd: number;
  readonly #poller: Poller;
  #handler: StreamHandler = () => {};
  #unsent: Uint8Array = NOTHING;
  #reading = false; // a handler is set and the end has not come
  #watched = 0; // EPOLL* bits that the poller has
  #open = true;

  constructor(fd: number, poller: Poller) {
    this.#fd = fd;
    this.#poller = poller;
  }

  /** Bytes that wait for the socket to have room. */
  get unsent(): number {
    return this.#unsent.length;
  }

  /** Sends bytes, later where the socket is full. An error comes to the handler by the reading side. */
  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    const waiting = new Uint8Array(this.#unsent.length + bytes.length);
    waiting.set(this.#unsent);
    waiting.set(bytes, this.#unsent.length);
    this.#unsent = waiting;
    this.#flush();
  }

  /** Reads from now on. To be set once; never called from within this call. */
  onData(handler: StreamHandler): void {
    this.#handler = handler;
    this.#reading = this.#open;
    this.#watch();
  }

  /** Closes at once: nothing is read or written any more, the handler is not called again. Any number of times. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#poller.remove(this.#fd);
    native.close(this.#fd);
  }

  #flush(): void {
    const sent = native.sendmsg(this.#fd, this.#unsent, NOTHING, NOTHING, 0);
    // A refusal other than "full" means that the connection is gone, which reading tells.
    this.#unsent = sent < 0 ? (sent === -EAGAIN ? this.#unsent : NOTHING) : this.#unsent.subarray(sent);
    this.#watch();
  }

  #ready(events: number): void {
    if (events & EPOLLOUT && this.#unsent.length > 0) this.#flush();
    if (this.#reading && events & ~EPOLLOUT) this.#read();
  }

  #read(): void {
    for (let i = 0; i < READS && this.#open; i++) {
      const length = native.read(this.#fd, buffer);
      if (length === -EAGAIN) return;
      if (length > 0) this.#handler(buffer.subarray(0, length));
      else {
        this.#finish(length === 0 ? "end" : new KernelError("cannot read", -length));
        return;
      }
    }
  }

  #finish(last: "end" | KernelError): void {
    this.#reading = false;
    this.#watch();
    this.#handler(last);
  }

  /** Tells the poller what we wait for, if it changed. Waiting for nothing, a hang-up would wake us for ever. */
  #watch(): void {
    const wanted = this.#open ? (this.#reading ? EPOLLIN : 0) | (this.#unsent.length > 0 ? EPOLLOUT : 0) : 0;
    if (wanted === this.#watched) return;
    if (wanted === 0) this.#poller.remove(this.#fd);
    else if (this.#watched === 0) this.#poller.add(this.#fd, (events) => this.#ready(events), wanted);
    else this.#poller.change(this.#fd, wanted);
    this.#watched = wanted;
  }
}
