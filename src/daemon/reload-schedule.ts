import { closeSync, constants, openSync, readSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { ReloadConfig } from "../config/model/global.ts";
import { FolderWatch } from "../io/folder-watch.ts";
import type { Poller } from "../io/poller.ts";
import type { Log } from "../observe/log.ts";
import { reloadTime, timeWords } from "./reload-time.ts";

const LONGEST_LINE = 32; // bytes; a date and a time have 20
const LOOK_AGAIN = 60_000; // milliseconds: the wall clock may be set meanwhile

/** `reload_time_file`: a reload at the time that stands in a file. keepalived.conf(5). */
export class ReloadSchedule {
  readonly #poller: Poller;
  readonly #log: Log;
  readonly #due: () => void;
  #file: string | undefined;
  #repeats = false;
  #at: Date | undefined;
  #timer: NodeJS.Timeout | undefined;
  #folders: FolderWatch | undefined;

  /** `due`: reload now. */
  constructor(poller: Poller, log: Log, due: () => void) {
    this.#poller = poller;
    this.#log = log;
    this.#due = due;
  }

  /** At the start and after each reload: a folder that was not there may be there now. */
  configure({ timeFile, repeat }: Pick<ReloadConfig, "timeFile" | "repeat">): void {
    this.#folders?.close();
    this.#folders = undefined;
    this.#file = timeFile;
    this.#repeats = repeat;
    if (timeFile !== undefined) this.#watch(timeFile);
    this.#read();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#folders?.close();
    this.#folders = undefined;
  }

  #watch(path: string): void {
    const folders = new FolderWatch(this.#poller);
    try {
      folders.watch({ folder: dirname(path), name: basename(path) }, () => this.#read());
      this.#folders = folders;
    } catch (error) {
      folders.close();
      this.#log.warning("Unable to monitor reload timer file directory {folder} - ignoring: {error}", {
        folder: dirname(path),
        error: String(error),
      });
    }
  }

  #read(): void {
    const line = this.#file === undefined ? undefined : firstLine(this.#file);
    if (line === undefined) {
      this.#set(undefined);
      return;
    }
    const found = reloadTime(line, new Date());
    if (typeof found === "object") {
      this.#set(found.at);
      return;
    }
    if (found === "past") this.#log.info("Reload time {time} is in the past - ignoring", { time: line });
    else this.#log.warning("Invalid reload time '{time}' specified - ignoring", { time: line });
    this.#set(undefined);
  }

  #set(at: Date | undefined): void {
    const before = this.#at;
    if (at?.getTime() === before?.getTime()) return;
    this.#at = at;
    const times = { from: before && timeWords(before), to: at && timeWords(at) };
    if (before === undefined) this.#log.info("Scheduling reload for {to}", times);
    else if (at === undefined) this.#log.info("Cancelling reload scheduled for {from}", times);
    else this.#log.info("Reload time updated from {from} to {to}", times);
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const at = this.#at?.getTime();
    if (at === undefined) return;
    const left = at - Date.now();
    if (left > 0) this.#timer = setTimeout(() => this.#arm(), Math.min(left, LOOK_AGAIN));
    else this.#reload();
  }

  #reload(): void {
    this.#at = undefined;
    if (!this.#repeats && this.#file !== undefined) remove(this.#file);
    else this.#read();
    this.#due();
  }
}

/** Of a plain file that is not waited for; undefined: there is none, or it is still being written. */
function firstLine(path: string): string | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(LONGEST_LINE);
      const [line = ""] = bytes.toString("latin1", 0, readSync(fd, bytes)).split("\n");
      return line === "" ? undefined : line;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it is gone
  }
}
