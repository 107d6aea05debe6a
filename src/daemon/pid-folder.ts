import { chmodSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

const PARENT = "/run"; // that is not ours

/** Makes the folder of pid files, which anybody may read whatever the umask. Throws Node's error. */
export function makePidFolder(folder: string): void {
  if (folder === PARENT || statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  makePidFolder(dirname(folder));
  mkdirSync(folder);
  chmodSync(folder, 0o755);
}

/** Removes it, with what is above it, as far as nobody else has a file there. */
export function removePidFolder(folder: string): void {
  try {
    for (let path = folder; path !== PARENT && path.startsWith(`${PARENT}/`); path = dirname(path)) rmdirSync(path);
  } catch {
    // another daemon's files
  }
}
