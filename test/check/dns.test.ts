import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { type DnsExpectation, dnsCheck } from "../../src/check/dns.ts";
import { golden } from "../golden.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const PATIENT = milliseconds(2000);
const HURRIED = milliseconds(60);
const TIMEOUT = down("read timeout from socket");

function expectation(target: Target, connectTimeout: Micros): DnsExpectation {
  return { ...target, connectTimeout, queryType: "A", name: "www.example.com" };
}

/** The reply that says yes. */
const yes = (query: Uint8Array): Uint8Array => query.with(2, 0x81);

/** One check of a server that answers as `answers` says. */
async function checked(
  answers: (query: Uint8Array) => readonly Uint8Array[],
  connectTimeout = HURRIED,
): Promise<Verdict> {
  const target = await loopback.answer(answers);
  return await dnsCheck(expectation(target, connectTimeout), loopback.io, never());
}

describe("a reply", () => {
  test("to our question without an error is up, whether or not it has answers", async () => {
    expect(await checked((query) => [yes(query)], PATIENT)).toEqual(UP);
  });

  test("with an error code is down at once, with the code", async () => {
    for (const rcode of [2, 3, 5])
      expect(await checked((query) => [yes(query).with(3, rcode)], PATIENT)).toEqual(
        down(`read error occurred. (rcode = ${rcode})`),
      );
  });

  test("of another id, of no response, of another question or cut short is none: the check waits for one", async () => {
    const none = (query: Uint8Array): Uint8Array[] => [
      yes(query).with(1, (query[1] ?? 0) ^ 1),
      query,
      yes(query).with(13, 0x78),
      yes(query).subarray(0, 11),
      yes(query).subarray(0, 12),
      new Uint8Array(0),
      new Uint8Array(4000).fill(0xff),
    ];
    expect(await checked(none)).toEqual(TIMEOUT);
    expect(await checked((query) => [...none(query), yes(query)], PATIENT)).toEqual(UP);
    expect(await checked((query) => [...none(query), yes(query).with(3, 2)], PATIENT)).toMatchObject({ up: false });
  });

  test("of somebody else is none", async () => {
    let heard: readonly [Uint8Array, number] | undefined;
    const target = await loopback.answer((query, port) => {
      heard = [query, port];
      return [];
    });
    const check = dnsCheck(expectation(target, milliseconds(300)), loopback.io, never());
    while (heard === undefined) await new Promise(setImmediate);
    const [query, port] = heard;
    const forger = await loopback.answer(() => []);
    const { exchange, now } = loopback.io;
    const forged = { ...forger, protocol: "udp", request: yes(query), deadline: now() + milliseconds(30) } as const;
    await exchange({ ...forged, address: ip("127.0.0.1"), port }, () => undefined, never());
    expect(await check).toEqual(TIMEOUT);
  });
});

test("silence is down after connect_timeout", async () => {
  const startedAt = loopback.io.now();
  expect(await checked(() => [])).toEqual(TIMEOUT);
  expect(loopback.io.now() - startedAt).toBeGreaterThanOrEqual(HURRIED);
});

test("a port where nobody listens is down at once", async () => {
  const target = await loopback.closedUdpPort();
  expect(await dnsCheck(expectation(target, PATIENT), loopback.io, never())).toEqual(
    down("failed to read socket; errno 111 (Connection refused)"),
  );
});

test("the query is keepalived's byte for byte, with an id of its own each time", async () => {
  const queries: Uint8Array[] = [];
  const target = await loopback.answer((query) => {
    queries.push(Uint8Array.from(query));
    return [yes(query)];
  });
  for (let i = 0; i < 40; i++) await dnsCheck(expectation(target, PATIENT), loopback.io, never());
  const ids = new Set(queries.map((query) => String(query.subarray(0, 2))));
  expect(ids.size).toBeGreaterThan(30);
  expect(new Set(queries.map((query) => String(query.subarray(2))))).toEqual(
    new Set([String(golden("dns-query-a").subarray(2))]),
  );
});

test("a source address or an interface that we do not have says nothing about the server", async () => {
  const target = expectation(await loopback.answer((query) => [yes(query)]), PATIENT);
  expect(await dnsCheck({ ...target, bindAddress: ip("192.0.2.1") }, loopback.io, never())).toEqual({
    up: false,
    why: "bind to 192.0.2.1 port 0: EADDRNOTAVAIL (Cannot assign requested address)",
    local: true,
  });
  expect(await dnsCheck({ ...target, bindInterface: "no-such-if" }, loopback.io, never())).toMatchObject({
    up: false,
    local: true,
  });
});

test("a check that is stopped gives its descriptor back at once; 300 checks of all kinds leave none", async () => {
  const good = await loopback.answer((query) => [yes(query)]);
  const silent = await loopback.answer(() => []);
  const closed = await loopback.closedUdpPort();
  const before = descriptors();
  const stop = new AbortController();
  const checks = [1, 2, 3].map(() => dnsCheck(expectation(silent, milliseconds(60_000)), loopback.io, stop.signal));
  stop.abort();
  await Promise.all(checks);
  expect(descriptors()).toBeLessThanOrEqual(before);
  await dnsCheck(expectation(silent, PATIENT), loopback.io, stop.signal);
  for (let round = 0; round < 20; round++)
    await Promise.all(
      [good, closed, { ...good, bindAddress: ip("192.0.2.1") }].flatMap((target) =>
        Array.from({ length: 5 }, () => dnsCheck(expectation(target, PATIENT), loopback.io, never())),
      ),
    );
  expect(descriptors()).toBeLessThanOrEqual(before);
});

test("an answer that came while we were held up ourselves counts", async () => {
  const { port } = await loopback.closedUdpPort();
  const address = ip("127.0.0.1");
  const { exchange, now, wakeAt } = loopback.io;
  const itself = { ...(await loopback.answer(() => [])), address, port, bindAddress: address, bindPort: port };
  wakeAt(now() + 1, () => {}); // makes the timer ready before the socket is
  Atomics.wait(nothing, 0, 0, 5);
  const question = { ...itself, protocol: "udp", request: golden("dns-query-a"), deadline: now() + 10_000 } as const;
  const heard = exchange(question, (bytes) => bytes.length, never());
  Atomics.wait(nothing, 0, 0, 100);
  expect(await heard).toEqual({ type: "answer", answer: golden("dns-query-a").length });
});

/** Waiting for this holds up the whole process. */
const nothing = new Int32Array(new SharedArrayBuffer(4));

test("a flood of datagrams that are no reply neither ends the check nor outlasts it", async () => {
  const startedAt = loopback.io.now();
  const target = await loopback.answer((query) => new Array<Uint8Array>(500).fill(query));
  expect(await dnsCheck(expectation(target, HURRIED), loopback.io, never())).toEqual(TIMEOUT);
  expect(loopback.io.now() - startedAt).toBeLessThan(milliseconds(5000));
});
