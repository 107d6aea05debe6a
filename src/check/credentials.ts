import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Verdict } from "./checker.ts";

/** Who a check says that we are. */
export interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly passwordFile: string | undefined; // counts before `password`
}

/** Text that may be missing, or the verdict where it cannot be known. */
export type Password =
  | { readonly ok: true; readonly value: string | undefined }
  | { readonly ok: false; readonly verdict: Verdict };

/** The password, undefined where there is none. That its file cannot be read is trouble of our own. */
export function passwordOf({ password, passwordFile }: Credentials): Password {
  if (passwordFile === undefined) return { ok: true, value: password };
  try {
    return { ok: true, value: firstLine(passwordFile) };
  } catch (error) {
    const why = `password_file: ${error instanceof Error ? error.message : error}`;
    return { ok: false, verdict: { up: false, why, local: true } };
  }
}

const LONGEST = 4096; // bytes of a file that are looked at

/** Without what ends it. Throws Node's error, or its own where there is no line; never waits, whatever lies there. */
function firstLine(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is no file`);
    const bytes = Buffer.alloc(LONGEST);
    const [line = ""] = bytes.toString("utf8", 0, readSync(fd, bytes)).split(/\r?\n/, 1);
    if (line === "") throw new Error(`the first line of ${path} is empty`);
    return line;
  } finally {
    closeSync(fd);
  }
}
