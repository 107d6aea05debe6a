import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { Clock } from "../../src/io/clock.ts";
import type { KernelError } from "../../src/io/kernel-error.ts";
import { native } from "../../src/io/native.ts";
import { Poller } from "../../src/io/poller.ts";
import { Stream } from "../../src/io/stream.ts";
import { connect, type TcpResult } from "../../src/io/tcp-connector.ts";

let poller: Poller;
let clock: Clock;
let server: Server;
let port: number;
const loopback = ip("127.0.0.1");

beforeEach(async () => {
  poller = new Poller();
  clock = new Clock(poller);
  server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.close();
  clock.close();
  poller.close();
});

function descriptor(result: TcpResult): number {
  if (!result.ok) throw new Error(result.why);
  return result.fd;
}

/** A connection from both ends. */
async function pair(): Promise<{ stream: Stream; peer: Socket }> {
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const fd = descriptor(await connect({ address: loopback, port }, clock, poller));
  const [peer] = await accepted;
  peer.on("error", () => {}); // what we close before its end is a reset to it
  return { stream: new Stream(fd, poller), peer };
}

/** All that comes until the end. */
function readAll(stream: Stream): Promise<{ text: string; last: "end" | KernelError }> {
  let text = "";
  return new Promise((resolve) =>
    stream.onData((chunk) => {
      if (chunk instanceof Uint8Array) text += new TextDecoder().decode(chunk);
      else resolve({ text, last: chunk });
    }),
  );
}

test("a server that listens is connected to", async () => {
  const result = await connect({ address: loopback, port }, clock, poller);
  native.close(descriptor(result));
});

test("a port where nobody listens refuses", async () => {
  server.close();
  expect(await connect({ address: loopback, port }, clock, poller)).toEqual({
    ok: false,
    kind: "refused",
    why: "connect: ECONNREFUSED (Connection refused)",
  });
});

test("an address without a route is unreachable", async () => {
  const result = await connect({ address: ip("240.0.0.1"), port: 1, bindAddress: loopback }, clock, poller);
  expect(result).toMatchObject({ ok: false });
});

test("a source address that is not ours, or an interface that is missing, is local trouble", async () => {
  expect(await connect({ address: loopback, port, bindAddress: ip("192.0.2.1") }, clock, poller)).toEqual({
    ok: false,
    kind: "local",
    why: "bind to 192.0.2.1 port 0: EADDRNOTAVAIL (Cannot assign requested address)",
  });
  expect(await connect({ address: loopback, port, bindInterface: "no-such-if" }, clock, poller)).toMatchObject({
    kind: "local",
    why: expect.stringContaining("bind to no-such-if: "),
  });
});

test("the source address and port are those asked for, also right after the connection before", async () => {
  for (let round = 0; round < 2; round++) {
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const source = { bindAddress: ip("127.0.0.2"), bindPort: 40_000 + (process.pid % 10_000) };
    const result = await connect({ address: loopback, port, ...source }, clock, poller);
    if (round === 1 && !result.ok) return; // the same four-tuple may rest in TIME_WAIT: connect says so, bind does not
    native.close(descriptor(result));
    const [peer] = await accepted;
    expect([peer.remoteAddress, peer.remotePort]).toEqual([source.bindAddress, source.bindPort]);
    peer.destroy();
  }
});

test("a server that does not answer times out at the deadline, or when the signal fires", async () => {
  const busy = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 });
  await once(busy, "listening");
  const target = { address: loopback, port: (busy.address() as AddressInfo).port };
  // All in one turn of the loop, in which nobody accepts: two fill the queue, the kernel drops what the others send.
  const abort = new AbortController();
  const deadline = clock.now() + milliseconds(30);
  const connecting = [deadline, deadline, deadline, undefined].map((at) =>
    connect({ ...target, deadline: at }, clock, poller, abort.signal),
  );
  clock.wakeAt(clock.now() + milliseconds(60), () => abort.abort());
  const [first, second, ...others] = await Promise.all(connecting);
  for (const result of [first, second]) if (result !== undefined) native.close(descriptor(result));
  const timeout = { ok: false, kind: "timeout", why: "connect: ETIMEDOUT (Connection timed out)" };
  expect(others).toEqual([timeout, timeout]);
  expect(clock.now()).toBeGreaterThanOrEqual(deadline + milliseconds(30));
  expect(await connect(target, clock, poller, abort.signal)).toEqual(timeout);
  busy.close();
});

test("what was asked for comes back, then the end", async () => {
  const { stream, peer } = await pair();
  peer.once("data", (request) => peer.end(`answer to ${request}`));
  stream.write(new TextEncoder().encode("hello"));
  expect(await readAll(stream)).toEqual({ text: "answer to hello", last: "end" });
  stream.close();
  stream.close();
});

test("more than the socket holds is written as the peer reads", async () => {
  const { stream, peer } = await pair();
  let received = 0;
  peer.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received === 20 << 20) peer.end("all");
  });
  for (let i = 0; i < 20; i++) stream.write(new Uint8Array(1 << 20));
  expect((await readAll(stream)).text).toBe("all");
  stream.close();
});

test("a reset is an error, given once", async () => {
  const { stream, peer } = await pair();
  const all = readAll(stream);
  peer.resetAndDestroy();
  expect((await all).last).toMatchObject({ code: "ECONNRESET" });
  stream.close();
});

test("nothing is heard after close, and writing then does nothing", async () => {
  const { stream, peer } = await pair();
  let heard = 0;
  stream.onData(() => {
    heard++;
    stream.close();
  });
  peer.write("a".repeat(200_000));
  await new Promise((resolve) => void clock.wakeAt(clock.now() + milliseconds(20), () => resolve(undefined)));
  expect(heard).toBe(1);
  stream.write(Uint8Array.of(1));
  peer.destroy();
});
