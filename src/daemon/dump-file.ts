import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, renameSync, unlinkSync, writeSync } from "node:fs";

/** Writes a dump for its owner alone. A link of that name is replaced, not followed; who reads it finds it whole. */
export function writeDump(path: string, text: string): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeSync(fd, text);
    renameSync(draft, path);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  } finally {
    closeSync(fd);
  }
}
