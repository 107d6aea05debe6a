import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { viewOf } from "../base/bytes.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import {
  IN_CLOSE_WRITE,
  IN_CREATE,
  IN_DELETE,
  IN_DELETE_SELF,
  IN_IGNORED,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
  IN_ONLYDIR,
  IN_Q_OVERFLOW,
} from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";

/** What says that an entry is another, and complete: a file that is still being written is not. */
const CHANGES = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
const HEADER = 16; // struct inotify_event: wd i32, mask u32, cookie u32, len u32, name

/** An entry of a folder. */
export interface Entry {
  readonly folder: string; // that exists
  readonly name: string;
}

/** Hears when entries of folders are written, come or go. inotify(7), one descriptor for all. */
export class FolderWatch {
  readonly #poller: Poller;
  readonly #fd = check(native.inotifyInit(), "cannot watch files");
  readonly #watches = new Map<number, Set<Listener>>(); // by watch descriptor; paths of one folder share one
  readonly #buffer = new Uint8Array(16 * 1024);

  /** Throws KernelError. */
  constructor(poller: Poller) {
    this.#poller = poller;
    poller.add(this.#fd, () => this.#read());
  }

  /** Calls `changed` when an entry may be another one, or its folder is gone. Returns what ends it. Throws KernelError. */
  watch({ folder, name }: Entry, changed: () => void): () => void {
    const path = new TextEncoder().encode(`${folder}\0`);
    const watch = check(native.inotifyAdd(this.#fd, path, CHANGES | IN_ONLYDIR), `cannot watch ${folder}`);
    const listeners = this.#watches.get(watch) ?? new Set();
    const listener = { name, changed };
    listeners.add(listener);
    this.#watches.set(watch, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#watches.get(watch) !== listeners) return;
      this.#watches.delete(watch);
      native.inotifyRemove(this.#fd, watch);
    };
  }

  close(): void {
    this.#poller.remove(this.#fd);
    native.close(this.#fd);
  }

  /** A listener is called once for all that was read, however much happened. */
  #read(): void {
    const called = new Set<Listener>();
    const length = native.read(this.#fd, this.#buffer);
    const view = viewOf(this.#buffer);
    for (let at = 0; at + HEADER <= length; at += HEADER + view.getUint32(at + 12, LITTLE_ENDIAN)) {
      const watch = view.getInt32(at, LITTLE_ENDIAN);
      const mask = view.getUint32(at + 4, LITTLE_ENDIAN);
      const name = text(this.#buffer.subarray(at + HEADER, at + HEADER + view.getUint32(at + 12, LITTLE_ENDIAN)));
      for (const listener of this.#concerned(watch, mask, name)) called.add(listener);
      if (mask & IN_IGNORED) this.#watches.delete(watch);
    }
    for (const { changed } of called) changed();
  }

  #concerned(watch: number, mask: number, name: string): readonly Listener[] {
    if (mask & IN_Q_OVERFLOW) return [...this.#watches.values()].flatMap((some) => [...some]);
    return [...(this.#watches.get(watch) ?? [])].filter((listener) => name === "" || name === listener.name);
  }
}

interface Listener {
  readonly name: string;
  readonly changed: () => void;
}

/**
 * What must be watched to know of every change of what an absolute path leads to: each symbolic link on the way, and the
 * file; or the first part that is missing.
 */
export function entriesOf(path: string): readonly Entry[] {
  const found: Entry[] = [];
  let folder = "/";
  const names = path.split("/");
  for (let links = 0; names.length > 0 && links < MOST_LINKS; ) {
    const name = names.shift() ?? "";
    if (name === "" || name === ".") continue;
    const at = join(folder, name);
    const entry = lstatSync(at, { throwIfNoEntry: false });
    if (entry?.isDirectory()) {
      folder = at;
      continue;
    }
    found.push({ folder, name });
    if (entry === undefined || !entry.isSymbolicLink()) break;
    links++;
    const target = readlinkSync(at);
    names.unshift(...target.split("/"));
    if (target.startsWith("/")) folder = "/";
  }
  return found;
}

const MOST_LINKS = 40; // as for the kernel, path_resolution(7)

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
