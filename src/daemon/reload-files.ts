import { appendFileSync, closeSync, constants, mkdirSync, openSync, statSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { GlobalConfig } from "../config/model/global.ts";
import type { Reading } from "../config/read.ts";
import type { Log } from "../observe/log.ts";
import { type Diagnostic, render } from "../syntax/diagnostic.ts";

/** The files that go with a reading of the configuration: the marker, the log of its check, what is kept for debugging. */
export class ReloadFiles {
  readonly #log: Log;
  readonly #ownMarker: string; // of `reload_file` without a name
  #count = 0; // configurations that were put in force

  constructor(log: Log, ownMarker: string) {
    this.#log = log;
    this.#ownMarker = ownMarker;
  }

  /**
   * Reads with the marker of `reload_file` in place: emptied if it is there already, gone when all files are read. What
   * it is called stands in the configuration in force.
   */
  marked(global: Pick<GlobalConfig, "reload"> | undefined, read: () => Reading): Reading {
    const { markerFile = false } = global?.reload ?? {};
    if (markerFile === false) return read();
    const path = markerFile === true ? this.#ownMarker : markerFile;
    this.#try(`cannot write ${path}`, () => closeSync(openSync(path, CREATE | constants.O_TRUNC, 0o644)));
    try {
      return read();
    } finally {
      this.#try(`cannot remove ${path}`, () => unlinkSync(path));
    }
  }

  /** `reload_check_config LOG`: what is wrong with the configuration that was read, as `-t` says it. */
  checked(global: Pick<GlobalConfig, "reload">, diagnostics: readonly Diagnostic[]): void {
    const { checkLog } = global.reload;
    if (checkLog === undefined || diagnostics.length === 0) return;
    const text = diagnostics.map((one) => `${render(one)}\n`).join("");
    this.#try(`cannot write ${checkLog}`, () => appendFileSync(checkLog, text, { mode: 0o600 }));
  }

  /** `config_save_dir`: another configuration is in force. `keepalived.conf.PID.N`. */
  keepConfig({ daemon }: Pick<GlobalConfig, "daemon">, text: string): void {
    this.#keep(daemon.configSaveDirectory, `keepalived.conf.${process.pid}.${this.#count++}`, text);
  }

  /** `config_save_dir`: a process before or after the last reload. `keepalived_vrrp.PID.N.pre`. */
  keepState({ daemon }: Pick<GlobalConfig, "daemon">, { process: name, pid, when, text }: KeptState): void {
    if (pid !== undefined)
      this.#keep(
        daemon.configSaveDirectory,
        `keepalived_${name}.${pid}.${when === "pre" ? this.#count : this.#count - 1}.${when}`,
        text,
      );
  }

  #keep(folder: string | undefined, name: string, text: string): void {
    if (folder === undefined) return;
    this.#try(`cannot save ${join(folder, name)}`, () => {
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(folder, 0o700);
      const fd = openSync(join(folder, name), CREATE | constants.O_EXCL, 0o600);
      writeSync(fd, text);
      closeSync(fd);
    });
  }

  #try(failed: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#log.warning("{failed}: {error}", { failed, error: String(error) });
    }
  }
}

/** What a process was around a reload. */
export interface KeptState {
  readonly process: "vrrp" | "checkers" | "bfd";
  readonly pid: number | undefined;
  readonly when: "pre" | "post";
  readonly text: string;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
