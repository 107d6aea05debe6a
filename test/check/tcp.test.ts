import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { tcpCheck } from "../../src/check/tcp.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

const connectTimeout = milliseconds(100);
let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

test("a server that accepts is up; nothing is sent to it, and the connection ends", async () => {
  const heard: string[] = [];
  const target = await loopback.listen((socket) => {
    socket.on("data", () => heard.push("data"));
    socket.on("end", () => {
      heard.push("end");
      socket.end();
    });
  });
  expect(await tcpCheck({ ...target, connectTimeout }, loopback.io, never())).toEqual({ up: true });
  await sleep(30);
  expect(heard).toEqual(["end"]);
  expect(loopback.connections).toBe(0);
});

test("a server that resets the connection right after it was made is up: the handshake was all that was asked", async () => {
  const target = await loopback.listen((socket) => socket.resetAndDestroy());
  expect(await tcpCheck({ ...target, connectTimeout }, loopback.io, never())).toEqual({ up: true });
});

test("a port where nobody listens is down", async () => {
  const target = await loopback.closedPort();
  expect(await tcpCheck({ ...target, connectTimeout }, loopback.io, never())).toEqual({
    up: false,
    why: "connect: ECONNREFUSED (Connection refused)",
    local: false,
  });
});

test("a server whose queue is full is down after connect_timeout", async () => {
  const server = createServer();
  const listen = server.listen.bind(server);
  server.listen = ((port: number, host: string) => listen({ port, host, backlog: 1 })) as typeof server.listen;
  const target = await loopback.adopt(server);
  const startedAt = loopback.io.now();
  // All in one turn of the loop, in which nobody accepts: two fill the queue, the kernel drops what the others send.
  const checks = [1, 2, 3, 4].map(() => tcpCheck({ ...target, connectTimeout }, loopback.io, never()));
  const verdicts = await Promise.all(checks);
  expect(verdicts.filter(({ up }) => !up)).toEqual(
    [3, 4].map(() => ({ up: false, why: "connect: ETIMEDOUT (Connection timed out)", local: false })),
  );
  expect(loopback.io.now() - startedAt).toBeGreaterThanOrEqual(connectTimeout);
  expect(loopback.io.now() - startedAt).toBeLessThan(connectTimeout + milliseconds(200));
});

test("a source address or an interface that we do not have says nothing about the server", async () => {
  const target = { ...(await loopback.listen(() => {})), connectTimeout };
  expect(await tcpCheck({ ...target, bindAddress: ip("192.0.2.1") }, loopback.io, never())).toEqual({
    up: false,
    why: "bind to 192.0.2.1 port 0: EADDRNOTAVAIL (Cannot assign requested address)",
    local: true,
  });
  expect(await tcpCheck({ ...target, bindInterface: "no-such-if" }, loopback.io, never())).toMatchObject({
    up: false,
    local: true,
  });
});

test("port 0 and an address of no unicast network are down or local trouble, never an exception", async () => {
  const target = { ...(await loopback.listen(() => {})), connectTimeout };
  for (const odd of [
    { port: 0 },
    { address: ip("255.255.255.255") },
    { address: ip("224.0.0.1") },
    { address: ip("::") },
  ])
    expect(await tcpCheck({ ...target, ...odd }, loopback.io, never())).toMatchObject({ up: false });
});

test("a handshake that was done while we were held up ourselves counts", async () => {
  const target = await loopback.listen(() => {});
  loopback.io.wakeAt(loopback.io.now() + 1, () => {}); // makes the timer ready before the socket is
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  const check = tcpCheck({ ...target, connectTimeout: milliseconds(10) }, loopback.io, never());
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  expect(await check).toEqual({ up: true });
});

test("a check that is stopped while it connects gives its descriptor back at once", async () => {
  const server = createServer();
  const listen = server.listen.bind(server);
  server.listen = ((port: number, host: string) => listen({ port, host, backlog: 1 })) as typeof server.listen;
  const target = await loopback.adopt(server);
  const before = descriptors();
  const stop = new AbortController();
  const patient = { ...target, connectTimeout: milliseconds(60_000) };
  const checks = [1, 2, 3, 4, 5].map(() => tcpCheck(patient, loopback.io, stop.signal));
  stop.abort();
  await Promise.all(checks);
  await sleep(30); // the server's ends of the two that were through
  expect(descriptors()).toBeLessThanOrEqual(before);
});

test("500 checks of all kinds leave no descriptor", async () => {
  const good = await loopback.listen((socket) => socket.end());
  const rude = await loopback.listen((socket) => socket.resetAndDestroy());
  const closed = await loopback.closedPort();
  const foreign = { ...good, bindAddress: ip("192.0.2.1") };
  const before = descriptors();
  for (let round = 0; round < 25; round++)
    await Promise.all(
      [good, rude, closed, foreign].flatMap((target) =>
        Array.from({ length: 5 }, () => tcpCheck({ ...target, connectTimeout }, loopback.io, never())),
      ),
    );
  await sleep(50);
  expect(descriptors()).toBeLessThanOrEqual(before);
});
