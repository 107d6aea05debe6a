import { readSmallFile } from "../io/small-file.ts";

const MOST = 1 << 20; // bytes

/** Files whose bytes the checks send: bodies, and secrets that are not in the configuration. Read once, until a reload. */
export class SentFiles {
  readonly #files = new Map<string, Uint8Array>();

  /** What is in a file; or why that cannot be said, which the next check finds out anew. */
  of(path: string): Uint8Array | string {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const bytes = readSmallFile(path, MOST);
    if (typeof bytes === "string") return `cannot read ${path}: ${bytes}`;
    this.#files.set(path, bytes);
    return bytes;
  }

  /** Each is read anew when it is needed. */
  forget(): void {
    this.#files.clear();
  }
}
