import type { Certificate } from "../base/certificate.ts";
import type { DatagramQuestion, DatagramResult } from "../base/datagram.ts";
import type { IpAddress } from "../base/ip.ts";
import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import type { ProxyManner } from "../wire/proxy-header.ts";
import type { Verification } from "./certificate.ts";

/**
 * What one run of a check found. `local` marks trouble of our own (no socket, no such interface): it says nothing
 * about the server, so it is neither success nor failure (checked again after delay_loop, as Keepalived does).
 */
export type Verdict = { readonly up: true } | { readonly up: false; readonly why: string; readonly local: boolean };

/** Where a check connects to, and from where. Zero and undefined mean: the kernel's choice. */
export interface Target {
  readonly address: IpAddress;
  readonly port: number;
  readonly bindAddress: IpAddress | undefined;
  readonly bindPort: number;
  readonly bindInterface: string | undefined;
  readonly fwmark: number;
  readonly proxyProtocol?: ProxyManner | undefined; // of a TCP connection; undefined: it is not announced
}

/** How TLS is spoken with a server. */
export interface TlsManner {
  readonly serverName: string | undefined; // SNI; undefined: none is sent
  readonly closeNotify: boolean; // said before the connection is closed
  readonly http2?: boolean | undefined; // to be agreed upon (ALPN `h2`), or the handshake fails
  readonly patience: Micros; // for the handshake, from the connection on
  readonly verification?: Verification | undefined; // undefined: any certificate will do
  readonly expiryWarning?: number | undefined; // days before a certificate expires; undefined: nobody is warned
}

/** An established connection. `onData` is called with each chunk, then once with "end" or an error; not after `close`. */
export interface Connection {
  write(bytes: Uint8Array): void;
  onData(handler: (chunk: Uint8Array | "end" | Error) => void): void;
  close(): void;
}

/** A regular expression as it is configured; config/model/check.ts `RegexConfig`. */
export interface PatternText {
  readonly pattern: string; // PCRE2
  readonly options: readonly string[]; // PCRE2's names in lower case, such as `caseless`
  readonly minOffset: number; // where a match may start, bytes
  readonly maxOffset: number | undefined; // undefined: anywhere behind
  readonly stack: readonly [start: number, max: number] | undefined; // of PCRE2's compiler, bytes
}

/** A compiled regular expression: a search for each body. */
export interface Pattern {
  search(): Search;
}

/** A search in a body that comes in pieces. */
export interface Search {
  take(piece: Uint8Array): void; // not kept
  end(): boolean | string; // whether it was found, or why that cannot be said
}

/** `certificates`: what a server showed, its own first, where it was asked for a warning or verified. */
export type Connected =
  | { readonly ok: true; readonly connection: Connection; readonly certificates?: readonly Certificate[] }
  | {
      readonly ok: false;
      readonly why: string;
      readonly local: boolean;
      readonly during?: "connecting" | "waiting" | "handshake" | "certificate"; // with what the server failed; waiting: it did not answer
      readonly certificates?: readonly Certificate[];
    };

/** What a checker needs of the world. */
export interface CheckIo {
  /** What is searched for, compiled once; or why that is not possible. */
  pattern(regex: PatternText): Pattern | string;
  /** What is in a file that a check sends, read once; or why that cannot be said. */
  file(path: string): Uint8Array | string;
  now(): Micros;
  /** Calls `wake` at `at`; returns what cancels it. */
  wakeAt(at: Micros, wake: () => void): () => void;
  /**
   * Connects, announces the connection where there is a `proxyProtocol`, and shakes hands where there is a `tls`; or says why not by `deadline` (and the patience for the handshake)
   * and as soon as `signal` fires. Never rejects.
   */
  connect(
    target: Target & { readonly tls?: TlsManner | undefined },
    deadline: Micros,
    signal: StopSignal,
  ): Promise<Connected>;
  /**
   * Sends a datagram and hands what comes back to `read` until that makes an answer of one; bytes are valid until it
   * returns. Silence at the deadline, and as soon as `signal` fires. Never rejects.
   */
  exchange<Answer>(
    question: DatagramQuestion,
    read: (datagram: Uint8Array) => Answer | undefined,
    signal: StopSignal,
  ): Promise<DatagramResult<Answer>>;
}

export const UP: Verdict = { up: true };

/** The server's fault. */
export const down = (why: string): Verdict => ({ up: false, why, local: false });
