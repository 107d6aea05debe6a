import { randomInt } from "node:crypto";
import { family } from "../base/ip.ts";
import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { decodeEchoReply, encodeEchoRequest } from "../wire/icmp-echo.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "./checker.ts";

/** 128 bytes that a reply brings back, as Keepalived sends them. */
export const ECHO_DATA: Uint8Array = new TextEncoder().encode("keepalived check - ".repeat(7)).subarray(0, 128);

/**
 * Sends an ICMP echo request. Up means: the reply to it came within `connectTimeout`; what is no reply to it is not looked
 * at. The port plays no part; `bindPort` is the identifier. `signal` ends the check early; its verdict then says nothing.
 * (Keepalived differs: a late reply to the request before is a failure, and `fwmark` has no effect.)
 */
export async function pingCheck(
  check: Target & { readonly connectTimeout: Micros },
  io: CheckIo,
  signal: StopSignal,
): Promise<Verdict> {
  const to = family(check.address);
  const sequence = randomInt(0x10000);
  const request = encodeEchoRequest(to, { sequence, data: ECHO_DATA });
  const question = { ...check, protocol: "ping", request, deadline: io.now() + check.connectTimeout } as const;
  const isReply = (bytes: Uint8Array): true | undefined => {
    const reply = decodeEchoReply(to, bytes);
    return (reply.ok && reply.value.sequence === sequence) || undefined;
  };
  const result = await io.exchange(question, isReply, signal);
  switch (result.type) {
    case "answer":
      return UP;
    case "silence":
      return down("timeout");
    case "unreachable":
    case "refused":
      return down(result.error.message);
    case "local":
      return { up: false, why: result.error.message, local: true };
  }
}
