import { constants, fchownSync, fstatSync, openSync, statSync, unlinkSync } from "node:fs";
import { lookUp, type UserAndGroup } from "./account.ts";
import { EAGAIN, EEXIST, EPOLLOUT } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";

/**
 * The writing end of a named pipe, fifo(7). Lines never block, whether or not somebody reads; of those that do not fit
 * into the pipe (64 KiB) the newest `MOST_WAITING` wait here.
 */
export class Fifo {
  readonly path: string;
  readonly #fd: number;
  readonly #made: boolean; // it was not there before
  readonly #poller: Poller;
  readonly #onLoss: (lost: "first" | number) => void;
  #waiting: Uint8Array[] = [];
  #lost = 0; // lines, since the pipe was last empty enough
  #open = true;

  /**
   * Makes the pipe if it is not there, mode 0644 less the umask, its owner `account`; one that is there is left as it
   * is. `onLoss` hears of the first line that is lost, and how many they were when the reader has caught up. Throws
   * Node's error or KernelError: not allowed, something else lies there, no such account.
   */
  constructor(path: string, account: UserAndGroup, poller: Poller, onLoss: (lost: "first" | number) => void) {
    this.path = path;
    this.#poller = poller;
    this.#onLoss = onLoss;
    const made = native.mkfifo(path, MODE);
    if (made < 0 && made !== -EEXIST) throw new KernelError(`cannot make ${path}`, -made);
    this.#made = made === 0;
    // For reading too: else there would have to be a reader, and its end would be the end of the pipe.
    this.#fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (!fstatSync(this.#fd).isFIFO()) throw new Error(`${path} is there, and is no FIFO`);
      if (this.#made) chown(this.#fd, account);
    } catch (error) {
      this.#remove();
      native.close(this.#fd);
      throw error;
    }
  }

  /** One line; its end is added. */
  write(line: string): void {
    if (!this.#open) return;
    const bytes = new TextEncoder().encode(`${line}\n`);
    if (this.#waiting.length === 0 && this.#put(bytes)) return;
    if (this.#waiting.length === 0) this.#poller.add(this.#fd, () => this.#flush(), EPOLLOUT);
    this.#waiting.push(bytes);
    if (this.#waiting.length <= MOST_WAITING) return;
    this.#waiting.shift();
    if (this.#lost++ === 0) this.#onLoss("first");
  }

  /** Whether lines wait for the reader. */
  get isBehind(): boolean {
    return this.#waiting.length > 0;
  }

  /** Closes the pipe: its reader finds the end behind what is in it. Removes it if it was made here. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#poller.remove(this.#fd);
    this.#remove();
    native.close(this.#fd);
  }

  #flush(): void {
    let sent = 0;
    for (const line of this.#waiting) {
      if (!this.#put(line)) break;
      sent++;
    }
    this.#waiting.splice(0, sent);
    if (this.#waiting.length > 0) return;
    this.#poller.remove(this.#fd);
    if (this.#lost > 0) this.#onLoss(this.#lost);
    this.#lost = 0;
  }

  /** A line of at most PIPE_BUF (4096) bytes goes in whole or not at all; of a longer one the rest would be lost. */
  #put(line: Uint8Array): boolean {
    return native.write(this.#fd, line) !== -EAGAIN;
  }

  #remove(): void {
    if (!this.#made) return;
    const [there, ours] = [statSync(this.path, { throwIfNoEntry: false }), fstatSync(this.#fd)];
    if (there?.ino === ours.ino && there.dev === ours.dev) unlinkSync(this.path);
  }
}

/** Lines that wait for a slow reader, beyond what the pipe holds. */
export const MOST_WAITING = 1000;
const MODE = 0o644;

function chown(fd: number, account: UserAndGroup): void {
  const ids = lookUp(account);
  if (ids === undefined) throw new Error(`there is no user ${account.user} or group ${account.group}`);
  if (ids.uid === -1 && ids.gid === -1) return;
  const { uid, gid } = fstatSync(fd);
  fchownSync(fd, ids.uid === -1 ? uid : ids.uid, ids.gid === -1 ? gid : ids.gid);
}
