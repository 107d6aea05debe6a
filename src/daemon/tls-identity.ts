import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecureContext } from "node:tls";
import type { SslConfig } from "../config/model/lvs.ts";
import { systemAuthorities } from "../io/authorities.ts";
import { errnoText } from "../io/errno.ts";
import { type ClientIdentity, clientContext } from "../io/tls-stream.ts";

/**
 * What checks over TLS show of us, and whom they trust: the `SSL` block, and the authorities of `tls_ca`. A context is
 * shared by all checks that it serves, and made when the first of them needs it.
 */
export class TlsIdentity {
  #identity: ClientIdentity = {}; // of the `SSL` block
  #context: SecureContext | undefined; // for checks that verify nothing
  #trusting = new Map<string, SecureContext>(); // for those that verify, by the path of their authorities

  get context(): SecureContext {
    this.#context ??= clientContext(this.#identity);
    return this.#context;
  }

  /** Reads the files of the `SSL` block, also when it is the same: a certificate is renewed in its place. Where its files will not do, what is in force stays, and the result says why. */
  configure(config: SslConfig | undefined): string | undefined {
    try {
      const identity = config === undefined ? {} : identityOf(config);
      this.#context = config === undefined ? undefined : contextOf(config, identity);
      this.#identity = identity;
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /**
   * Reads the authorities of these files anew, undefined: of the `SSL` block, else the system's. What is in force stays
   * where a file will not do; the result says why.
   */
  trust(files: ReadonlySet<string | undefined>): readonly string[] {
    const former = this.#trusting;
    this.#trusting = new Map();
    return [...files].flatMap((file) => {
      const context = this.trusting(file);
      if (typeof context !== "string") return [];
      const kept = former.get(file ?? "");
      if (kept !== undefined) this.#trusting.set(file ?? "", kept);
      return [context];
    });
  }

  /** The context for who trusts these authorities; or why there is none. */
  trusting(file: string | undefined): SecureContext | string {
    const known = this.#trusting.get(file ?? "");
    if (known !== undefined) return known;
    try {
      const authorities = file === undefined ? this.#identity.authorities : authoritiesIn(file);
      const trusted = { ...this.#identity, authorities: authorities ?? systemAuthorities(), verifies: true };
      const context = attempt("CA", file, () => clientContext(trusted));
      this.#trusting.set(file ?? "", context);
      return context;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** Which file of an `SSL` block `TlsIdentity` would refuse, and its words. */
export function unfitFile(config: SslConfig): { readonly keyword: Keyword; readonly why: string } | undefined {
  try {
    contextOf(config, identityOf(config));
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
function identityOf({ certificate, key, ca, password }: SslConfig): ClientIdentity {
  const authorities = ca === undefined ? undefined : authoritiesIn(ca);
  const chain = fileOf("certificate", certificate);
  const secret = fileOf("key", key);
  attempt("certificate", certificate, () => clientContext({ certificate: chain }));
  attempt("key", key, () => clientContext({ key: secret, password }));
  return { authorities, certificate: chain, key: secret, password };
}

/** With the key that belongs to the certificate, or it throws. */
function contextOf({ key }: SslConfig, identity: ClientIdentity): SecureContext {
  return attempt("key", key, () => clientContext(identity));
}

type What = "CA" | "certificate" | "key";
const KEYWORDS = { CA: "ca", certificate: "certificate", key: "key" } as const;
type Keyword = (typeof KEYWORDS)[What];

/** The first certificate is looked at: OpenSSL would say nothing of a file that has none. */
function authoritiesIn(path: string): Uint8Array {
  return attempt("CA", path, () => {
    const bytes = readFileSync(path);
    new X509Certificate(bytes);
    return bytes;
  });
}

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
