import { concat, equalBytes, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";

/** What is asked for, of class IN. */
export interface DnsQuestion {
  readonly name: string; // labels and dots; `.` or "" is the root, a dot at the end may be left out
  readonly type: DnsType;
}

/** Types of records by their numbers. RFC 1035 §3.2.2, RFC 3596, RFC 4034. */
const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28, RRSIG: 46, DNSKEY: 48 } as const;
export type DnsType = keyof typeof TYPES;

/** Why a datagram is no reply to our query. */
export type DnsDrop = "truncated" | "id" | "query" | "opcode" | "question";

const HEADER = 12;
const IN = 1;
const RECURSION_DESIRED = 0x0100;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const RCODE = 0x000f;

/** Whether it is the name of a type of record, in upper case. */
export function isDnsType(name: string): name is DnsType {
  return Object.hasOwn(TYPES, name);
}

/**
 * A standard query for one question, recursion desired. RFC 1035 §4.1. A name whose labels or length the format cannot
 * hold is the configuration's to refuse, and throws RangeError here.
 *
 *     | id | flags | questions 1 | answers 0 | authorities 0 | additionals 0 | name, type, class |      u16 each
 */
export function encodeDnsQuery(id: number, question: DnsQuestion): Uint8Array {
  const header = new Uint8Array(HEADER);
  const view = viewOf(header);
  view.setUint16(0, id);
  view.setUint16(2, RECURSION_DESIRED);
  view.setUint16(4, 1);
  return concat(header, encodeQuestion(question));
}

function encodeQuestion({ name, type }: DnsQuestion): Uint8Array {
  const labels = name.replace(/\.$/, "").split(".");
  const encoder = new TextEncoder();
  const parts = (labels.join("") === "" && labels.length === 1 ? [] : labels).map((label) => {
    const bytes = encoder.encode(label);
    if (bytes.length < 1 || bytes.length > 63) throw new RangeError(`a label has 1 to 63 bytes: ${label}`);
    return concat(Uint8Array.of(bytes.length), bytes);
  });
  const whole = concat(...parts, Uint8Array.of(0));
  if (whole.length > 255) throw new RangeError(`a name has 255 bytes at most: ${name}`);
  return concat(whole, Uint8Array.of(0, TYPES[type], 0, IN));
}

/**
 * The response code (0 to 15, 0: no error) of the reply to a query of `encodeDnsQuery`. It must repeat our question, letters in
 * any case (RFC 4343); one that refuses may be a header alone, as of a server that could not read the query. What it
 * answers is not looked at. Never throws. RFC 1035 §4.1.1.
 */
export function decodeDnsReply(query: Uint8Array, bytes: Uint8Array): Decoded<number, DnsDrop> {
  if (bytes.length < HEADER) return drop("truncated");
  const asked = viewOf(query);
  const view = viewOf(bytes);
  if (view.getUint16(0) !== asked.getUint16(0)) return drop("id");
  const flags = view.getUint16(2);
  if ((flags & RESPONSE) === 0) return drop("query");
  if ((flags & OPCODE) !== 0) return drop("opcode");
  const rcode = flags & RCODE;
  const questions = view.getUint16(4);
  if (questions === 0 && rcode !== 0) return accept(rcode);
  if (
    questions !== 1 ||
    !equalBytes(lowerCase(bytes.subarray(HEADER, query.length)), lowerCase(query.subarray(HEADER)))
  )
    return drop("question");
  return accept(rcode);
}

/** ASCII letters in lower case; lengths of labels are no letters. */
function lowerCase(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));
}
