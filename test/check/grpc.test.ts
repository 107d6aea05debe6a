import { createSecureServer, createServer, type ServerHttp2Stream } from "node:http2";
import type { Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { type GrpcExpectation, grpcCheck } from "../../src/check/grpc.ts";
import { CERTIFICATE, KEY } from "./certificate.ts";
import { Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const PACE = { connectTimeout: milliseconds(5000), delayLoop: milliseconds(5000) };
const QUICK = { connectTimeout: milliseconds(500), delayLoop: milliseconds(500) }; // time for a handshake on a busy machine
const TLS = { serverName: undefined, verification: undefined };

type Headers = Readonly<Record<string, unknown>>;

/** What a server was asked. */
interface Asked {
  readonly headers: Headers;
  readonly body: string; // hexadecimal
}

/** An HTTP/2 server that answers whole requests. */
async function serve(answer: (stream: ServerHttp2Stream, asked: Asked) => void, tls = false): Promise<Target> {
  const server = tls ? createSecureServer({ key: KEY, cert: CERTIFICATE }) : createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const body: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => body.push(chunk));
    stream.on("end", () => {
      answer(stream, {
        headers: Object.fromEntries(Object.entries(headers)),
        body: Buffer.concat(body).toString("hex"),
      });
    });
  });
  server.on("session", (session) => session.on("error", () => {}));
  return await loopback.adopt(server as unknown as Server);
}

async function checked(target: Target, change: Partial<GrpcExpectation> = {}): Promise<Verdict> {
  const check = { ...target, ...PACE, service: "web", virtualHost: undefined, tls: undefined, ...change };
  return await grpcCheck(check, loopback.io, never());
}

/** A message in hexadecimal, and then the trailers; without a message these alone. */
function answer(
  stream: ServerHttp2Stream,
  trailers: Record<string, string>,
  message?: string,
  type = "application/grpc",
): void {
  const head = { ":status": 200, "content-type": type };
  if (message === undefined) {
    stream.respond({ ...head, ...trailers }, { endStream: true });
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(Buffer.from(message, "hex"));
}

const SERVING = "00000000020801";
const OK = { "grpc-status": "0" };

describe.each([false, true])("GRPC_CHECK (TLS: %s)", (over) => {
  const tls = over ? TLS : undefined;

  test("asks Health/Check for the service, as grpcio does, and is up where the answer is SERVING", async () => {
    const seen: Asked[] = [];
    const target = await serve((stream, asked) => {
      seen.push(asked);
      answer(stream, OK, SERVING);
    }, over);
    expect(await checked(target, { tls })).toEqual(UP);
    expect(await checked(target, { tls, service: "", virtualHost: "grpc.example" })).toEqual(UP);
    const headers = {
      ":method": "POST",
      ":scheme": over ? "https" : "http",
      ":path": "/grpc.health.v1.Health/Check",
      ":authority": `127.0.0.1:${target.port}`,
      te: "trailers",
      "content-type": "application/grpc",
      "grpc-timeout": "5000000u",
      "user-agent": "KeepAliveClient",
    };
    expect(seen).toEqual([
      { headers, body: "00000000050a03776562" },
      { headers: { ...headers, ":authority": "grpc.example" }, body: "0000000000" },
    ]);
  });

  test("that nobody answers, or not to the end, is down in time", async () => {
    expect(await checked(await serve(() => {}, over), { tls, ...QUICK })).toEqual(down("it does not answer"));
    const half = await serve((stream) => stream.respond({ ":status": 200, "content-type": "application/grpc" }), over);
    expect(await checked(half, { tls, ...QUICK })).toEqual(down("the answer does not end"));
  });
});

test.each<[string, (stream: ServerHttp2Stream) => void, string]>([
  ["NOT_SERVING", (stream) => answer(stream, OK, "00000000020802"), 'the service "web" is NOT_SERVING'],
  [
    "UNKNOWN",
    (stream) => answer(stream, OK, "0000000000"),
    'the service "web" is UNKNOWN: nobody has told the server whether it serves',
  ],
  [
    "SERVICE_UNKNOWN",
    (stream) => answer(stream, OK, "00000000020803"),
    'the service "web" is not known to the server (SERVICE_UNKNOWN)',
  ],
  [
    "a status to come",
    (stream) => answer(stream, OK, "00000000020804"),
    'the service "web" has a status of no known meaning: 4',
  ],
  [
    "NOT_FOUND",
    (stream) => answer(stream, { "grpc-status": "5", "grpc-message": "unknown%20service" }),
    'the service "web" is not known to the server (NOT_FOUND), it says "unknown service"',
  ],
  [
    "UNIMPLEMENTED",
    (stream) => answer(stream, { "grpc-status": "12" }),
    "the server does not have the service grpc.health.v1.Health (UNIMPLEMENTED)",
  ],
  [
    "another error, behind a message",
    (stream) => answer(stream, { "grpc-status": "14", "grpc-message": "up\tin%0Asmoke" }, SERVING),
    'gRPC status UNAVAILABLE, it says "up?in?smoke"',
  ],
  ["an error of no known number", (stream) => answer(stream, { "grpc-status": "77" }), 'gRPC status "77"'],
  ["OK without a message", (stream) => answer(stream, OK), "the answer is malformed: none"],
  ["a compressed message", (stream) => answer(stream, OK, "01000000020801"), "the answer is malformed: compressed"],
  ["no status", (stream) => answer(stream, {}, SERVING), "the answer ends without grpc-status"],
  ["a long message", (stream) => answer(stream, OK, "00".repeat(5000)), "the answer is longer than 4096 bytes"],
  [
    "a web page",
    (stream) => answer(stream, {}, SERVING, "text/html"),
    'it is no gRPC server: the content type is "text/html"',
  ],
  [
    "404",
    (stream) => stream.respond({ ":status": 404 }, { endStream: true }),
    "it is no gRPC server, or a proxy in front of it answers: HTTP status 404",
  ],
  ["a reset", (stream) => stream.close(7), "HTTP/2 error: Stream closed with error REFUSED_STREAM"],
])("a server that answers with %s is down, and it is said why", async (_, act, why) => {
  expect(await checked(await serve(act))).toEqual(down(why));
});

test("an error that a proxy says with its HTTP status counts by its gRPC status", async () => {
  const target = await serve((stream) => stream.respond({ ":status": 503, "grpc-status": "14" }, { endStream: true }));
  expect(await checked(target)).toEqual(down("gRPC status UNAVAILABLE"));
});

test("where nothing is asked for by name, the words are about the whole server", async () => {
  const target = await serve((stream) => answer(stream, { "grpc-status": "5" }));
  expect(await checked(target, { service: "" })).toEqual(
    down("the server as a whole is not known to the server (NOT_FOUND)"),
  );
});

test("no connection and no TLS are down with their reasons", async () => {
  expect(await checked(await loopback.closedPort())).toEqual(down("connect: ECONNREFUSED (Connection refused)"));
  const plain = await serve((stream) => answer(stream, OK, SERVING));
  expect(await checked(plain, { tls: TLS })).toMatchObject({ up: false, why: expect.stringMatching(/^TLS: ./) });
});
