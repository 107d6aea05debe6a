import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { isExpected, type ReplyExpectation, type UdpExpectation, udpCheck } from "../../src/check/udp.ts";
import { Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const PATIENT = milliseconds(2000);
const HURRIED = milliseconds(60);
const BLIND = { requireReply: false, reply: undefined, minReplyLength: 0, maxReplyLength: 255 };
const ANY = { ...BLIND, requireReply: true };
const ABCD = { ...ANY, reply: "abcd" };

function expectation(target: Target, change: Partial<UdpExpectation>): UdpExpectation {
  return { ...target, connectTimeout: PATIENT, payload: "00ff", ...BLIND, ...change };
}

/** One check of a server that answers each datagram with these, in order. */
async function answered(change: Partial<UdpExpectation>, ...replies: readonly Uint8Array[]): Promise<Verdict> {
  const target = await loopback.answer(() => replies);
  return await udpCheck(expectation(target, change), loopback.io, never());
}

const MISMATCH = down("reply data mismatch");

test("without require_reply silence is up, after connect_timeout; whatever is answered, too, and at once", async () => {
  const startedAt = loopback.io.now();
  expect(await answered({ connectTimeout: HURRIED })).toEqual(UP);
  expect(loopback.io.now() - startedAt).toBeGreaterThanOrEqual(HURRIED);
  expect(await answered({ minReplyLength: 9 }, Uint8Array.of(1))).toEqual(UP);
  expect(loopback.io.now() - startedAt).toBeLessThan(HURRIED + PATIENT);
});

test("a port where nobody listens is down at once, with and without require_reply", async () => {
  const target = await loopback.closedUdpPort();
  for (const change of [BLIND, ANY])
    expect(await udpCheck(expectation(target, change), loopback.io, never())).toEqual(
      down("receive: ECONNREFUSED (Connection refused)"),
    );
});

test("with require_reply silence is down, and any reply up, also an empty one", async () => {
  expect(await answered({ ...ANY, connectTimeout: HURRIED })).toEqual(down("no reply"));
  expect(await answered(ANY, new Uint8Array(0))).toEqual(UP);
  expect(await answered({ ...ANY, maxReplyLength: 65535 }, new Uint8Array(60_000))).toEqual(UP);
});

test("the first reply decides", async () => {
  const [good, bad] = [Uint8Array.of(0xab, 0xcd), Uint8Array.of(0xab, 0xce)];
  expect(await answered(ABCD, good, bad)).toEqual(UP);
  expect(await answered(ABCD, bad, good)).toEqual(MISMATCH);
});

test.each<[string, Partial<ReplyExpectation>, number[], boolean]>([
  ["begins with it", { reply: "abcd" }, [0xab, 0xcd, 0xef], true],
  ["ends within it", { reply: "abcd" }, [0xab], false],
  ["is empty", { reply: "abcd" }, [], false],
  ["is otherwise in one digit", { reply: "abcd" }, [0xab, 0xdd], false],
  ["is otherwise in the last digit", { reply: "abcd" }, [0xab, 0xce], false],
  ["is otherwise where any digit is good", { reply: "axxd" }, [0xa0, 0x0d], true],
  ["ends where any byte is good", { reply: "abxx" }, [0xab], false],
  ["has less than min_reply_length", { minReplyLength: 3 }, [1, 2], false],
  ["has min_reply_length", { minReplyLength: 3 }, [1, 2, 3], true],
  ["has more than max_reply_length", { maxReplyLength: 3 }, [1, 2, 3, 4], false],
  ["has max_reply_length", { maxReplyLength: 3 }, [1, 2, 3], true],
  ["begins with the pattern and is too long", { reply: "ab", maxReplyLength: 1 }, [0xab, 0], false],
])("a reply that %s: %j", async (_, change, bytes, good) => {
  expect(isExpected(Uint8Array.from(bytes), { ...ABCD, reply: undefined, ...change })).toBe(good);
});

test("a pattern of bytes matches exactly what begins with them", () => {
  const bytes = fc.uint8Array({ maxLength: 6 });
  const hex = (all: Uint8Array): string => Array.from(all, (byte) => byte.toString(16).padStart(2, "0")).join("");
  fc.assert(
    fc.property(bytes, bytes, (pattern, reply) => {
      const good = isExpected(reply, { ...ANY, reply: hex(pattern) });
      expect(good).toBe(hex(reply).startsWith(hex(pattern)));
    }),
  );
});

test("the payload is sent as it is", async () => {
  let heard = "";
  const target = await loopback.answer((datagram) => {
    heard = String(datagram);
    return [datagram];
  });
  const change = { ...ANY, payload: "6b6565700a00ff", reply: "6b6565700a00ff" };
  expect(await udpCheck(expectation(target, change), loopback.io, never())).toEqual(UP);
  expect(heard).toBe(String(Buffer.from("6b6565700a00ff", "hex")));
});

test("trouble of our own says nothing about the server", async () => {
  const target = expectation(await loopback.answer((datagram) => [datagram]), ANY);
  for (const own of [
    { bindAddress: ip("192.0.2.1") },
    { bindInterface: "no-such-if" },
    { payload: "00".repeat(70_000) },
  ])
    expect(await udpCheck({ ...target, ...own }, loopback.io, never())).toMatchObject({ up: false, local: true });
});

test("checks of two servers may have one source port, also without a source address", async () => {
  const heard: number[] = [];
  const echo = (datagram: Uint8Array, port: number): readonly Uint8Array[] => {
    heard.push(port);
    return [datagram];
  };
  const spare = await loopback.closedUdpPort();
  const targets = [await loopback.answer(echo), await loopback.answer(echo)];
  const checks = targets.map((target) =>
    udpCheck(expectation({ ...target, bindPort: spare.port }, ANY), loopback.io, never()),
  );
  expect(await Promise.all(checks)).toEqual([UP, UP]);
  expect(heard).toEqual([spare.port, spare.port]);
});
