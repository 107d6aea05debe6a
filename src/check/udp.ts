import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "./checker.ts";

/** What a UDP_CHECK sends and expects; config/model/check.ts `UdpCheckConfig`. */
export interface UdpExpectation extends Target, ReplyExpectation {
  readonly connectTimeout: Micros;
  readonly payload: string; // hexadecimal
  readonly requireReply: boolean;
}

/** Which replies are good. */
export interface ReplyExpectation {
  readonly reply: string | undefined; // what it begins with: hexadecimal in lower case, `x` for any digit
  readonly minReplyLength: number; // bytes, inclusive
  readonly maxReplyLength: number;
}

/**
 * Sends a datagram. Where a reply is required, up means that the first one is as expected; else that nobody says the port
 * is closed within `connectTimeout`. `signal` ends the check early; its verdict then says nothing.
 * (Keepalived differs: trouble of our own is a failure.)
 */
export async function udpCheck(check: UdpExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { connectTimeout, payload, requireReply } = check;
  const request = Uint8Array.from(payload.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const question = { ...check, protocol: "udp", request, deadline: io.now() + connectTimeout } as const;
  const result = await io.exchange(question, (bytes) => ({ good: !requireReply || isExpected(bytes, check) }), signal);
  switch (result.type) {
    case "answer":
      return result.answer.good ? UP : down("reply data mismatch");
    case "silence":
      return requireReply ? down("no reply") : UP;
    case "unreachable":
    case "refused":
      return down(result.error.message);
    case "local":
      return { up: false, why: result.error.message, local: true };
  }
}

/**
 * Whether a reply has a length in between, and begins with the pattern.
 * (Keepalived differs: without a pattern the lengths do not count, and a reply that ends within the pattern matches.)
 */
export function isExpected(bytes: Uint8Array, { reply, minReplyLength, maxReplyLength }: ReplyExpectation): boolean {
  if (bytes.length < minReplyLength || bytes.length > maxReplyLength) return false;
  const pattern = reply ?? "";
  if (2 * bytes.length < pattern.length) return false;
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern.charAt(i);
    const byte = bytes[i >> 1] ?? 0;
    const digit = i % 2 === 0 ? byte >> 4 : byte & 15;
    if (wanted !== "x" && Number.parseInt(wanted, 16) !== digit) return false;
  }
  return true;
}
