import fc from "fast-check";
import { expect, test } from "vitest";
import { ECHO_DATA } from "../../src/check/ping.ts";
import { decodeEchoReply, encodeEchoRequest } from "../../src/wire/icmp-echo.ts";
import { golden } from "../golden.ts";

test.each([
  ["icmp-echo-request", 4, 0],
  ["icmpv6-echo-request", 6, 0x0500],
] as const)(
  "%s of keepalived 2.2.7 is written byte for byte, but for what the kernel fills in",
  (name, family, sequence) => {
    expect(encodeEchoRequest(family, { sequence, data: ECHO_DATA })).toEqual(golden(name).fill(0, 2, 6));
  },
);

test.each([
  ["icmp-echo-reply", 4, 0],
  ["icmpv6-echo-reply", 6, 0x0500],
] as const)("%s of the kernel is read", (name, family, sequence) => {
  expect(decodeEchoReply(family, golden(name))).toEqual({ ok: true, value: { sequence, data: ECHO_DATA } });
});

test("a reply may be as short as its header", () => {
  const bytes = Uint8Array.of(0, 0, 0, 0, 0, 1, 0xff, 0xfe);
  expect(decodeEchoReply(4, bytes)).toEqual({ ok: true, value: { sequence: 0xfffe, data: new Uint8Array(0) } });
});

test.each([
  ["truncated", 4, golden("icmp-echo-reply").subarray(0, 7)],
  ["truncated", 6, new Uint8Array(0)],
  ["type", 4, golden("icmp-echo-request")],
  ["type", 4, golden("icmp-echo-reply").with(1, 1)],
  ["type", 4, golden("icmpv6-echo-reply")],
  ["type", 6, golden("icmp-echo-reply")],
] as const)("%s: it is no reply", (reason, family, bytes) => {
  expect(decodeEchoReply(family, bytes)).toEqual({ ok: false, reason });
});

test("decoding never throws", () => {
  fc.assert(
    fc.property(fc.constantFrom(4 as const, 6 as const), fc.uint8Array({ maxLength: 40 }), (family, bytes) => {
      decodeEchoReply(family, bytes);
    }),
  );
});
