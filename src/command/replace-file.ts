import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Gives a file another text in one step: whoever opens it sees the old one or the new one, also after a power cut. Mode
 * and owner stay, and where the name is a symbolic link, the file behind it is replaced. Undefined, or why it was not
 * possible: then the file is as it was.
 */
export function replaceFile(path: string, text: string): string | undefined {
  let beside: string | undefined;
  try {
    const target = realpathSync(path);
    const { mode, uid, gid } = statSync(target);
    // The dot hides it from `include *.conf`.
    const name = join(dirname(target), `.${basename(target)}.${process.pid}.new`);
    const file = openSync(name, "wx", 0o600);
    beside = name;
    try {
      writeFileSync(file, text);
      fchownSync(file, uid, gid);
      fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(name, target);
    return undefined;
  } catch (error) {
    if (beside !== undefined) rmSync(beside, { force: true });
    return error instanceof Error ? error.message : String(error);
  }
}
