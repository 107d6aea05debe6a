import fc from "fast-check";
import { expect, test } from "vitest";
import { DNS_CHECK } from "../../src/keywords/checkers.ts";
import { decodeDnsReply, encodeDnsQuery, isDnsType } from "../../src/wire/dns.ts";
import { fromHex, golden } from "../golden.ts";

test.each([
  ["dns-query-a", 0x470a, { type: "A", name: "www.example.com" }],
  ["dns-query-aaaa", 0xbaf3, { type: "AAAA", name: "example.com." }],
  ["dns-query-root", 0xe6e3, { type: "SOA", name: "." }],
  ["dns-query-root", 0xe6e3, { type: "SOA", name: "" }],
] as const)("a query of keepalived 2.2.7 is written byte for byte: %s", (name, id, question) => {
  expect(encodeDnsQuery(id, question)).toEqual(golden(name));
});

test("a name has labels of 1 to 63 bytes and 255 bytes in all, as UTF-8 where it is not ASCII", () => {
  const most = `${"a".repeat(63)}.`.repeat(3) + "a".repeat(61);
  expect(encodeDnsQuery(0, { type: "A", name: most })).toHaveLength(12 + 255 + 4);
  expect(encodeDnsQuery(0, { type: "A", name: "ö." }).subarray(12)).toEqual(fromHex("02 c3 b6 00 0001 0001"));
  for (const name of [`${most}a`, "a".repeat(64), "ö".repeat(32), "a..b", ".a", ".."])
    expect(() => encodeDnsQuery(0, { type: "A", name })).toThrow(RangeError);
});

test("every type that a DNS_CHECK may ask for is known, and no other word", () => {
  expect(Object.keys(DNS_CHECK.type.type.options ?? {}).filter((name) => !isDnsType(name))).toEqual([]);
  for (const name of ["a", "ANY", "", "toString"]) expect(isDnsType(name)).toBe(false);
});

const query = golden("dns-query-a");
/** The reply that says nothing but yes. */
const reply = query.with(2, 0x81);

test("the reply to a query has its response code, whatever it answers", () => {
  expect(decodeDnsReply(query, reply)).toEqual({ ok: true, value: 0 });
  const truncated = reply.with(2, 0x87).with(3, 0x80).with(7, 9); // AA, TC, RA; says that 9 answers follow
  expect(decodeDnsReply(query, truncated)).toEqual({ ok: true, value: 0 });
  expect(decodeDnsReply(query, Uint8Array.of(...reply, ...new Array(600).fill(0xff)))).toEqual({ ok: true, value: 0 });
  for (const rcode of [1, 2, 3, 5, 15])
    expect(decodeDnsReply(query, reply.with(3, rcode))).toEqual({ ok: true, value: rcode });
});

test("RFC 4343: letters of the question may come back in another case", () => {
  expect(decodeDnsReply(query, reply.with(13, 0x57).with(18, 0x58))).toEqual({ ok: true, value: 0 });
});

test("a server that could not read the query may refuse it with a header alone, but not answer it", () => {
  const header = reply.subarray(0, 12).with(5, 0);
  expect(decodeDnsReply(query, header.with(3, 1))).toEqual({ ok: true, value: 1 });
  expect(decodeDnsReply(query, header)).toEqual({ ok: false, reason: "question" });
});

test.each<[string, string, Uint8Array]>([
  ["truncated", "11 bytes", reply.subarray(0, 11)],
  ["truncated", "nothing", new Uint8Array(0)],
  ["id", "another id", reply.with(1, 0x0b)],
  ["query", "our own query", query],
  ["opcode", "an answer to something else than a query", reply.with(2, 0xa1)],
  ["question", "another name", reply.with(13, 0x78)],
  ["question", "another type", reply.with(query.length - 3, 0x1c)],
  ["question", "another class", reply.with(query.length - 1, 3)],
  ["question", "a question that is cut", reply.subarray(0, query.length - 1)],
  ["question", "two questions", reply.with(5, 2)],
  ["question", "a pointer in place of the name", Uint8Array.of(...reply.subarray(0, 12), 0xc0, 12, 0, 1, 0, 1)],
])("%s: it is no reply to the query: %s", (reason, _, bytes) => {
  expect(decodeDnsReply(query, bytes)).toEqual({ ok: false, reason });
});

test("decoding never throws, and takes nothing that has not our id, the mark of a response and our question", () => {
  const bits = fc.array(fc.tuple(fc.nat(query.length - 1), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(bits, fc.nat(query.length), (changes, length) => {
      const bytes = changes.reduce((all, [at, byte]) => all.with(at, byte), reply).subarray(0, length);
      const read = decodeDnsReply(query, bytes);
      if (!read.ok) return;
      const lower = (all: Uint8Array): string => String.fromCharCode(...all).toLowerCase();
      expect([...bytes.subarray(0, 2)]).toEqual([...query.subarray(0, 2)]);
      expect((bytes[2] ?? 0) & 0x80).toBe(0x80);
      if (read.value === 0) expect(lower(bytes.subarray(12))).toBe(lower(query.subarray(12)));
    }),
    { numRuns: 1000 },
  );
});
