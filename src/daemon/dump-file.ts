import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** Writes a dump for its owner alone into $TMPDIR or /tmp. A link of that name is replaced, not followed. */
export function writeDump(name: string, text: string): void {
  const path = join(dumpFolder(), name);
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

function dumpFolder(): string {
  const folder = process.env["TMPDIR"] ?? "";
  return isAbsolute(folder) && statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : "/tmp";
}
