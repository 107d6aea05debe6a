import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLIN } from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";

/**
 * Readiness of descriptors, level-triggered: one epoll descriptor for the process. While it is open, it keeps the
 * process running. Whoever adds a descriptor removes it before closing it. What a handler throws reaches
 * `uncaughtException`; the other descriptors get their turn all the same.
 */
export class Poller {
  readonly #handlers = new Map<number, (events: number) => void>();
  readonly #native = native.pollerNew((fd, events) => this.#handlers.get(fd)?.(events));

  /** Calls `handler` with EPOLL* bits while the descriptor is ready for `events`, broken or hung up. Throws KernelError. */
  add(fd: number, handler: (events: number) => void, events: number = EPOLLIN): void {
    check(native.pollerControl(this.#native, EPOLL_CTL_ADD, fd, events), `cannot watch descriptor ${fd}`);
    this.#handlers.set(fd, handler);
  }

  /** Waits for other events from now on. Throws KernelError. */
  change(fd: number, events: number): void {
    check(native.pollerControl(this.#native, EPOLL_CTL_MOD, fd, events), `cannot watch descriptor ${fd}`);
  }

  /** Its handler is not called any more. A descriptor that is not watched is left alone. */
  remove(fd: number): void {
    if (this.#handlers.delete(fd)) native.pollerControl(this.#native, EPOLL_CTL_DEL, fd, 0);
  }

  /** No handler is called any more. The descriptors stay with their owners. */
  close(): void {
    this.#handlers.clear();
    native.pollerClose(this.#native);
  }
}
