/** Where files come from, and what a configuration may ask about the host. */
export interface Source {
  /** The whole text of a file, decoded as `decodeUtf8` does: a byte 0xHH that is no UTF-8 is the lone surrogate U+DCHH. */
  read(path: string): FileText;
  /** The files a pattern (`*`, `?`, `[]`, absolute) matches, sorted; a plain path matches itself where it exists. */
  glob(pattern: string): readonly string[];
  /** At least 0 and less than 1, another one each time; for `${_RANDOM}`. */
  random(): number;
  /** The value of an environment variable, undefined where it is not set; for `${_ENV NAME}`. */
  environment(name: string): string | undefined;
  readonly hostName: string;
  readonly configId?: string; // -i; else the host name up to its first dot
}

/** A file, or why there is none: Keepalived reads no file with an execute bit. */
export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: "missing" | "directory" | "executable" | "unreadable" };
