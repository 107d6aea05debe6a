import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { errnoText } from "./errno.ts";

/** What is in a file of `most` bytes at most, or why that cannot be had; FIFOs and devices are no files. */
export function readSmallFile(path: string, most: number): Uint8Array | string {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const status = fstatSync(fd);
    if (!status.isFile()) return "it is no file";
    if (status.size > most) return `it has more than ${most} bytes`;
    const bytes = readFileSync(fd);
    return bytes.length > most ? `it has more than ${most} bytes` : bytes;
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    return errno === undefined ? String(error) : errnoText(-errno);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
