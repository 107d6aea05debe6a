import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import type { TrackFileConfig } from "../config/model/track.ts";
import { type Entry, entriesOf, type FolderWatch } from "../io/folder-watch.ts";
import type { Log } from "../observe/log.ts";
import { FILE_NUMBER_BYTES, fileNumber } from "../vrrp/file-number.ts";

export interface FileHost {
  readonly folders: FolderWatch;
  readonly log: Log;
  /** The number is another than before. */
  turned(file: string): void;
}

/** Knows the number in one `track_file`, and hears when it is another. */
export class FileTracker {
  readonly config: TrackFileConfig;
  readonly #host: FileHost;
  #value = 0;
  #watched = "";
  #ends: readonly (() => void)[] = [];

  /** Writes the first number where `init_file` says so: over another one only if `first`, when the daemon starts. */
  constructor(config: TrackFileConfig, first: boolean, host: FileHost) {
    this.config = config;
    this.#host = host;
    if (config.initial !== undefined) this.#initialise(config.initial, first);
    this.#watch();
    this.#value = this.#read() ?? 0;
  }

  /** 0 where there is no file, or no number in it. */
  get value(): number {
    return this.#value;
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  #changed(): void {
    this.#watch();
    const value = this.#read();
    if (value === undefined || value === this.#value) return;
    this.#value = value;
    this.#host.turned(this.config.name);
  }

  /** What leads to the file may change while it is looked at, so it is looked at once more from behind the watches. */
  #watch(): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const entries = this.#entries();
      const watched = JSON.stringify(entries);
      if (watched === this.#watched) return;
      this.close();
      this.#watched = watched;
      this.#ends = entries.flatMap((entry) => this.#watchEntry(entry));
    }
  }

  #entries(): readonly Entry[] {
    try {
      return entriesOf(this.config.path);
    } catch (error) {
      this.#refused("cannot find", error);
      return [];
    }
  }

  #watchEntry(entry: Entry): (() => void)[] {
    try {
      return [this.#host.folders.watch(entry, () => this.#changed())];
    } catch (error) {
      this.#refused("cannot watch", error);
      return [];
    }
  }

  /** undefined: no number of 32 bits, so the last one stays. What is no ordinary file is never waited for. */
  #read(): number | undefined {
    const text = firstBytes(this.config.path);
    const value = fileNumber(text);
    if (value === undefined)
      this.#host.log.info("Invalid number {number} read from {path} - ignoring", {
        number: text.trim(),
        path: this.config.path,
      });
    return value;
  }

  #initialise({ value, overwrite }: NonNullable<TrackFileConfig["initial"]>, first: boolean): void {
    const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
    try {
      const mode = overwrite && first ? O_TRUNC : O_EXCL;
      const fd = openSync(this.config.path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | mode, 0o644);
      try {
        writeSync(fd, `${value}\n`);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
        this.#refused("cannot initialise", error);
    }
  }

  #refused(what: string, error: unknown): void {
    this.#host.log.warning("track file {name}: {what} {path}: {error}", {
      name: this.config.name,
      what,
      path: this.config.path,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}

const ATTEMPTS = 5;

function firstBytes(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return ""; // it is not there
  }
  try {
    if (!fstatSync(fd).isFile()) return "";
    const bytes = new Uint8Array(FILE_NUMBER_BYTES);
    return new TextDecoder("latin1").decode(bytes.subarray(0, readSync(fd, bytes)));
  } catch {
    return "";
  } finally {
    closeSync(fd);
  }
}
