import { chmodSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

import { claimPidFile, type PidFile } from "../io/pid-file.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceFiles } from "./service-files.ts";

const PARENT = "/run"; // that is not ours

/** Makes this the one daemon of its pid file; or the exit status: 0 where there is one already, 1 where it cannot be. */
export function claimService({ pidFile: path, folder }: ServiceFiles, log: Log): PidFile | number {
  try {
    if (folder !== undefined) makePidFolder(folder);
    const claimed = claimPidFile(path);
    if (claimed !== "in use")
      return {
        release: () => {
          claimed.release();
          if (folder !== undefined) removePidFolder(folder);
        },
      };
    log.info("daemon is already running", { path });
    return 0;
  } catch (error) {
    log.error("cannot write pid file {path}: {error}", { path, error: String(error) });
    return 1;
  }
}

/** Makes the folder of pid files, which anybody may read whatever the umask. Throws Node's error. */
function makePidFolder(folder: string): void {
  if (folder === PARENT || statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  makePidFolder(dirname(folder));
  mkdirSync(folder);
  chmodSync(folder, 0o755);
}

/** Removes the folder, with what is above it, as far as nobody else has a file there. */
function removePidFolder(folder: string): void {
  try {
    for (let path = folder; path !== PARENT && path.startsWith(`${PARENT}/`); path = dirname(path)) rmdirSync(path);
  } catch {
    // another daemon's files
  }
}
