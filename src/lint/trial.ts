import type { RegexConfig } from "../config/model/check.ts";
import type { SslConfig } from "../config/model/lvs.ts";

/** What can be tried out before the daemon does; a part that is not here nobody could try. */
export interface Trial {
  /** Why PCRE2 does not compile a pattern; undefined: it does, or that cannot be said here. */
  readonly pattern?: (regex: Pick<RegexConfig, "pattern" | "options" | "stack">) => string | undefined;
  /** Which file of the `SSL` block cannot be used. */
  readonly identity?: (ssl: SslConfig) => UnfitFile | undefined;
}

/** A file that OpenSSL does not take, with the daemon's words. */
export interface UnfitFile {
  readonly keyword: "ca" | "certificate" | "key";
  readonly why: string;
}
