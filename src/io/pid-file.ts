import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { EAGAIN, LOCK_EX, LOCK_NB } from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";

/** A pid file that is ours: its lock is held until `release`, or until this process ends. */
export interface PidFile {
  /** Removes the file and gives the lock back. */
  release(): void;
}

/**
 * Writes this process's id into `path`, or says that a running process holds it. A file left behind by a dead process is
 * taken over. Links are not followed; mode 0644 whatever the umask. Throws Node's error where it cannot be opened.
 */
export function claimPidFile(path: string): PidFile | "in use" {
  for (;;) {
    const fd = openSync(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      0o644,
    );
    try {
      const locked = native.flock(fd, LOCK_EX | LOCK_NB);
      if (locked !== -EAGAIN) check(locked, `cannot lock ${path}`);
      if (locked === -EAGAIN) {
        closeSync(fd);
        return "in use";
      }
      // Its holder may have removed it between our open and our lock: then we hold a file that nobody can find.
      if (!isStillAt(path, fd)) {
        closeSync(fd);
        continue;
      }
      ftruncateSync(fd, 0);
      writeSync(fd, `${process.pid}\n`);
      fchmodSync(fd, 0o644);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return { release: () => release(path, fd) };
  }
}

function release(path: string, fd: number): void {
  if (isStillAt(path, fd)) unlinkSync(path);
  closeSync(fd);
}

function isStillAt(path: string, fd: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  const held = fstatSync(fd);
  return found !== undefined && found.ino === held.ino && found.dev === held.dev;
}
