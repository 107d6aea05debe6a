import type { Diagnostic } from "./diagnostic.ts";
import type { Config } from "./model.ts";

/** Where files come from, and what a configuration may ask about the host. */
export interface Source {
  /** The whole text of a file, decoded as UTF-8 with U+FFFD for what is none. */
  read(path: string): FileText;
  /** The files a pattern (`*`, `?`, `[]`, absolute) matches, sorted; a plain path matches itself where it exists. */
  glob(pattern: string): readonly string[];
  readonly hostName: string;
  readonly configId?: string; // -i; else the host name up to its first dot
}

/** A file, or why there is none: Keepalived reads no file with an execute bit. */
export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: "missing" | "directory" | "executable" | "unreadable" };

/** What a configuration says, as far as it can be understood, and everything there is to say about it. */
export interface Reading {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[]; // in the order they were opened
}
