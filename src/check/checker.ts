import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { DatagramQuestion, DatagramResult } from "./datagram.ts";

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
}

/** An established connection. `onData` is called with each chunk, then once with "end" or an error; not after `close`. */
export interface Connection {
  write(bytes: Uint8Array): void;
  onData(handler: (chunk: Uint8Array | "end" | Error) => void): void;
  close(): void;
}

export type Connected =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly why: string; readonly local: boolean };

/** What a checker needs of the world. */
export interface CheckIo {
  now(): Micros;
  /** Calls `wake` at `at`; returns what cancels it. */
  wakeAt(at: Micros, wake: () => void): () => void;
  /** Connects, or says why not by `deadline` and as soon as `signal` fires. Never rejects. */
  connect(target: Target, deadline: Micros, signal: AbortSignal): Promise<Connected>;
  /**
   * Sends a datagram and hands what comes back to `read` until that makes an answer of one; bytes are valid until it
   * returns. Silence at the deadline, and as soon as `signal` fires. Never rejects.
   */
  exchange<Answer>(
    question: DatagramQuestion,
    read: (datagram: Uint8Array) => Answer | undefined,
    signal: AbortSignal,
  ): Promise<DatagramResult<Answer>>;
}

export const UP: Verdict = { up: true };

/** The server's fault. */
export const down = (why: string): Verdict => ({ up: false, why, local: false });
