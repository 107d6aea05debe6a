import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecureContext } from "node:tls";
import type { SslConfig } from "../config/model/lvs.ts";
import { errnoText } from "../io/errno.ts";
import { clientContext } from "../io/tls-stream.ts";

/** What SSL_GET shows of us: the `SSL` block. One context for all checks, made when the first one needs it. */
export class TlsIdentity {
  #context: SecureContext | undefined;

  get context(): SecureContext {
    this.#context ??= clientContext({});
    return this.#context;
  }

  /** Reads the files of the `SSL` block, also when it is the same: a certificate is renewed in its place. Where its files will not do, what is in force stays, and the result says why. */
  configure(config: SslConfig | undefined): string | undefined {
    try {
      this.#context = config === undefined ? undefined : contextOf(config);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** Which file of an `SSL` block `TlsIdentity` would refuse, and its words. */
export function unfitFile(config: SslConfig): { readonly keyword: Keyword; readonly why: string } | undefined {
  try {
    contextOf(config);
    return undefined;
  } catch (error) {
    if (error instanceof UnfitFileError) return { keyword: error.keyword, why: error.message };
    throw error;
  }
}

class UnfitFileError extends Error {
  readonly keyword: Keyword;

  constructor(keyword: Keyword, message: string) {
    super(message);
    this.keyword = keyword;
  }
}

/** Throws in Keepalived's words, with the file and the reason. Each file is tried alone, so that the words name it. */
function contextOf({ certificate, key, ca, password }: SslConfig): SecureContext {
  const authorities = fileOf("CA", ca);
  const chain = fileOf("certificate", certificate);
  const secret = fileOf("key", key);
  attempt("CA", ca, () => authorities === undefined || new X509Certificate(authorities)); // OpenSSL would say nothing
  attempt("certificate", certificate, () => clientContext({ certificate: chain }));
  attempt("key", key, () => clientContext({ key: secret, password }));
  return attempt("key", key, () => clientContext({ authorities, certificate: chain, key: secret, password }));
}

type What = "CA" | "certificate" | "key";
const KEYWORDS = { CA: "ca", certificate: "certificate", key: "key" } as const;
type Keyword = (typeof KEYWORDS)[What];

function fileOf(what: What, path: string | undefined): Uint8Array | undefined {
  return path === undefined ? undefined : attempt(what, path, () => readFileSync(path));
}

function attempt<T>(what: What, path: string | undefined, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { errno, reason } = error as NodeJS.ErrnoException & { readonly reason?: string };
    const why = errno === undefined ? (reason ?? error.message) : errnoText(-errno);
    throw new UnfitFileError(KEYWORDS[what], `SSL error : Cant load ${what} file ${path ?? ""}: ${why}`);
  }
}
