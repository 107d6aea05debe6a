import { randomInt } from "node:crypto";
import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { decodeDnsReply, encodeDnsQuery, isDnsType } from "../wire/dns.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "./checker.ts";

/** What a DNS_CHECK asks for; config/model/check.ts `DnsCheckConfig`. */
export interface DnsExpectation extends Target {
  readonly connectTimeout: Micros;
  readonly queryType: string; // of wire/dns.ts
  readonly name: string;
}

/**
 * Asks for a record over UDP. Up means: a reply to this very question, without an error code, within `connectTimeout`;
 * what it answers does not matter. What is no reply to it is not looked at. `signal` ends the check early; its verdict then
 * says nothing.
 * (Keepalived differs: its ids follow from the time of day; a reply to another question is up, as are 11 bytes.)
 */
export async function dnsCheck(check: DnsExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { address, port, connectTimeout, queryType, name } = check;
  if (!isDnsType(queryType)) return down(`unknown query type ${queryType}`);
  const request = encodeDnsQuery(randomInt(0x10000), { name, type: queryType });
  const question = { ...check, protocol: "udp", request, deadline: io.now() + connectTimeout } as const;
  const result = await io.exchange(question, (bytes) => rcodeOf(request, bytes), signal);
  switch (result.type) {
    case "answer":
      return result.answer === 0 ? UP : down(`read error occurred. (rcode = ${result.answer})`);
    case "silence":
      return down("read timeout from socket");
    case "unreachable":
      return down(`network unreachable for [${address}]:${port}`);
    case "refused":
      return down(`failed to read socket; errno ${result.error.errno} (${result.error.text})`);
    case "local":
      return { up: false, why: result.error.message, local: true };
  }
}

function rcodeOf(query: Uint8Array, bytes: Uint8Array): number | undefined {
  const reply = decodeDnsReply(query, bytes);
  return reply.ok ? reply.value : undefined;
}
