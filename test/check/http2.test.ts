import { createHash } from "node:crypto";
import { createServer as createHttp1Server } from "node:http";
import { createSecureServer, createServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttps1Server } from "node:https";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Micros, milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { type HttpExpectation, httpCheck, type SslUrl, sslCheck } from "../../src/check/http.ts";
import type { RegexExpectation } from "../../src/check/http-verdict.ts";
import { CERTIFICATE, KEY } from "./certificate.ts";
import { data, END_HEADERS, field, frame, head, onRequest, SETTINGS, STATUS_200 } from "./frames.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const URL: SslUrl = {
  ...{ path: "/", statusCodes: [[200, 299]], digest: undefined, virtualHost: undefined },
  ...{ serverName: undefined, tlsCompliant: false },
};
const QUICK = { connectTimeout: milliseconds(80), delayLoop: milliseconds(150) };
/** Time for a handshake on a busy machine. */
const CALM = { connectTimeout: milliseconds(600), delayLoop: milliseconds(700) };
const PATIENT = { connectTimeout: milliseconds(5000), delayLoop: milliseconds(5000) };
const NO_HTTP2 = "SSL handshake/communication error connecting to: the server does not choose HTTP/2 (ALPN h2)";

function expectation(target: Target, change: Partial<HttpExpectation> = {}): HttpExpectation {
  return { ...target, ...PATIENT, protocol: "2", virtualHost: undefined, ...change };
}

/** One check, and how long it took. */
async function checked(
  target: Target,
  {
    url = {},
    over = "tcp",
    ...change
  }: Partial<HttpExpectation> & { url?: Partial<SslUrl>; over?: "tcp" | "tls" } = {},
): Promise<{ readonly verdict: Verdict; readonly took: Micros }> {
  const startedAt = loopback.io.now();
  const check = over === "tls" ? sslCheck : httpCheck;
  const verdict = await check(expectation(target, change), { ...URL, ...url }, loopback.io, never());
  return { verdict, took: loopback.io.now() - startedAt };
}

/** Node's server: plain, or over TLS with ALPN. */
async function serve(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
  over = "tcp",
): Promise<Target> {
  const server = over === "tls" ? createSecureServer({ key: KEY, cert: CERTIFICATE }) : createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  server.on("sessionError", () => {});
  server.on("session", (session) => session.on("error", () => {}));
  return await loopback.adopt(server as unknown as Server);
}

const hello = (stream: ServerHttp2Stream): void => {
  stream.respond({ ":status": 200 });
  stream.end("hello");
};

describe.each(["tcp", "tls"] as const)("http_protocol 2 over %s", (over) => {
  test("asks for the path, names the host, and says who asks", async () => {
    const seen: Record<string, unknown>[] = [];
    const target = await serve((stream, headers) => {
      seen.push(Object.fromEntries(Object.entries(headers)));
      hello(stream);
    }, over);
    for (const [url, virtualHost] of [
      [{ path: "/é?a=b" }, undefined],
      [{}, "check.example"],
      [{ virtualHost: "url.example:8080" }, "check.example"],
    ] as const)
      expect((await checked(target, { url, virtualHost, over })).verdict).toEqual(UP);
    const common = { ":method": "GET", ":scheme": over === "tls" ? "https" : "http", "user-agent": "KeepAliveClient" };
    expect(seen).toEqual([
      { ...common, ":path": Buffer.from("/é?a=b").toString("latin1"), ":authority": `127.0.0.1:${target.port}` },
      { ...common, ":path": "/", ":authority": "check.example" },
      { ...common, ":path": "/", ":authority": "url.example:8080" },
    ]);
  });

  test("asks as it is told: method, headers, each of them, body and login", async () => {
    const seen: unknown[] = [];
    const target = await serve((stream, headers) => {
      let body = "";
      stream.on("data", (chunk: Buffer) => {
        body += String(chunk);
      });
      stream.on("end", () => {
        seen.push([Object.fromEntries(Object.entries(headers)), body]);
        hello(stream);
      });
    }, over);
    const headers = [
      ["X-One", "1"],
      ["x-one", "é"],
      ["User-Agent", "probe"],
    ] as const;
    const credentials = { text: "user:secret" };
    const request = { method: "POST", headers, body: { text: "ping" }, credentials };
    expect((await checked(target, { url: { request }, over })).verdict).toEqual(UP);
    const expected = {
      ...{ ":method": "POST", ":path": "/", "user-agent": "probe", authorization: "Basic dXNlcjpzZWNyZXQ=" },
      ...{ "x-one": `1, ${Buffer.from("é").toString("latin1")}`, "content-length": "4" },
    };
    expect(seen).toEqual([[expect.objectContaining(expected), "ping"]]);
  });

  test("a HEAD is answered without a body", async () => {
    const target = await serve(
      (stream) => stream.respond({ ":status": 200, "content-length": 9 }, { endStream: true }),
      over,
    );
    const request = { method: "HEAD", headers: [], body: undefined, credentials: undefined };
    expect((await checked(target, { url: { request }, over })).verdict).toEqual(UP);
  });

  test("judges status, digest and regex as with HTTP/1.1", async () => {
    const target = await serve(hello, over);
    const digest = createHash("md5").update("hello").digest("hex");
    const regex = (pattern: string, expected = true): RegexExpectation => ({
      ...{ pattern, expected, options: [], minOffset: 0, maxOffset: undefined, stack: undefined },
    });
    const verdict = async (url: Partial<SslUrl>): Promise<Verdict> => (await checked(target, { url, over })).verdict;
    expect(await verdict({ statusCodes: [[404, 404]] })).toEqual(down("HTTP status code error to: 200"));
    expect(await verdict({ digest })).toEqual(UP);
    expect(await verdict({ digest: "0".repeat(32) })).toEqual(down(`MD5 digest error to: ${digest}`));
    expect(await verdict({ regex: regex("^hel+o$") })).toEqual(UP);
    expect(await verdict({ regex: regex("^ello") })).toEqual(down("Regex match failed: no match"));
    expect(await verdict({ regex: regex("ell", false) })).toEqual(down("Regex match failed: it matches"));
  });

  test("reads a body of several windows to its end, and one without any", async () => {
    const body = Buffer.alloc(3_000_000, "keepalived");
    const digest = createHash("md5").update(body).digest("hex");
    const large = await serve((stream) => {
      stream.respond({ ":status": 200 });
      stream.end(body);
    }, over);
    expect((await checked(large, { url: { digest }, over })).verdict).toEqual(UP);
    const empty = await serve((stream) => stream.respond({ ":status": 204 }, { endStream: true }), over);
    expect((await checked(empty, { over })).verdict).toEqual(UP);
  });

  test("of 503 is down without waiting for its body", async () => {
    const target = await serve((stream) => stream.respond({ ":status": 503 }), over);
    const { verdict, took } = await checked(target, { over });
    expect(verdict).toEqual(down("HTTP status code error to: 503"));
    expect(took).toBeLessThan(PATIENT.connectTimeout);
  });

  test("takes interim responses and trailers", async () => {
    const target = await serve((stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</a>" });
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ checked: "yes" }));
      stream.end("hello");
    }, over);
    expect((await checked(target, { over })).verdict).toEqual(UP);
  });

  test("that never answers, or goes on for ever, is down in time", async () => {
    const pace = over === "tls" ? CALM : QUICK;
    const words = over === "tls" ? "Timeout SSL read" : "Timeout WEB read";
    const silent = await checked(await serve(() => {}, over), { ...pace, over });
    expect(silent.verdict).toEqual(down(words));
    expect(silent.took).toBeGreaterThanOrEqual(pace.connectTimeout);
    const endless = await serve((stream) => {
      stream.respond({ ":status": 200 });
      const timer = setInterval(() => stream.write("x"), 20);
      stream.on("close", () => clearInterval(timer));
    }, over);
    const { verdict, took } = await checked(endless, { ...pace, over });
    expect(verdict).toEqual(down(words.replace("WEB", "HTTP")));
    expect(took).toBeLessThan(2 * pace.connectTimeout + pace.delayLoop + milliseconds(300));
  });
});

describe("a server without HTTP/2", () => {
  const answer = createHttp1Server((_, response) => response.end("hello"));
  test("over TCP is down, and it is said that it answers in HTTP/1", async () => {
    const target = await loopback.adopt(answer);
    expect((await checked(target)).verdict).toEqual(
      down("HTTP/2 error with: it answers in HTTP/1: it does not speak HTTP/2"),
    );
  });

  test("over TLS with ALPN for HTTP/1.1 alone is down with the reason", async () => {
    const server = createHttps1Server({ key: KEY, cert: CERTIFICATE }, (_, response) => response.end("hello"));
    server.on("tlsClientError", () => {});
    expect((await checked(await loopback.adopt(server), { over: "tls" })).verdict).toEqual(down(NO_HTTP2));
  });

  test("over TLS without ALPN is down with the reason", async () => {
    const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => void socket.on("error", () => {}));
    expect((await checked(await loopback.adopt(server), { over: "tls" })).verdict).toEqual(down(NO_HTTP2));
    await expect.poll(() => loopback.connections).toBe(0);
  });
});

describe("an awkward HTTP/2 server", () => {
  /** Answers the request with these bytes, and then as `more` says. */
  const answering = (bytes: Buffer, more: (socket: Socket) => void = () => {}): Promise<Target> =>
    loopback.listen((socket) => {
      socket.on("end", () => socket.end());
      socket.write(SETTINGS);
      onRequest(socket, () => {
        socket.write(bytes);
        more(socket);
      });
    });

  test("that is none but good frames by hand is up", async () => {
    const bytes = Buffer.concat([head(), data("hel"), data(""), data("lo", true)]);
    expect((await checked(await answering(bytes))).verdict).toEqual(UP);
  });

  const goaway = (code: number, last: number): Buffer => frame("goaway", 0, 0, [0, 0, 0, last, 0, 0, 0, code]);
  test.each<[string, Buffer, RegExp]>([
    ["resets the request", frame("rstStream", 0, 1, [0, 0, 0, 7]), /REFUSED_STREAM/],
    [
      "breaks it off with a reset",
      Buffer.concat([head(), data("hel"), frame("rstStream", 0, 1, [0, 0, 0, 8])]),
      /CANCEL/,
    ],
    ["goes away with an error", goaway(11, 0), /ENHANCE_YOUR_CALM/],
    ["goes away before the request", goaway(0, 0), /./],
    ["sends a frame of 16 MB", Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]), /./],
    ["sends a header block that is none", head(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff])), /./],
    ["sends no status", head(field("x", "y")), /./],
    ["sends a body without headers", data("hello", true), /./],
    [
      "sends more than Content-Length",
      Buffer.concat([head(Buffer.concat([STATUS_200, field("content-length", "3")])), data("hello", true)]),
      /./,
    ],
    [
      "sends interim responses of few bytes, as many as it likes",
      Buffer.concat(new Array<Buffer>(20).fill(head(field(":status", "103")))),
      /more than 16 interim/,
    ],
    ["speaks another protocol", Buffer.from("220 smtp.example ESMTP\r\n"), /./],
  ])("that %s is down at once", async (_, bytes, why) => {
    const { verdict, took } = await checked(await answering(bytes));
    expect(verdict).toMatchObject({ up: false, local: false, why: expect.stringMatching(/^HTTP\/2 error with: .+/) });
    expect(verdict).toMatchObject({ why: expect.stringMatching(why) });
    expect(took).toBeLessThan(PATIENT.connectTimeout);
    await expect.poll(() => loopback.connections).toBe(0);
  });

  test.each<[string, (socket: Socket) => void]>([
    ["closes before the settings", (socket) => socket.once("data", () => socket.end())],
    [
      "answers without settings",
      (socket) => onRequest(socket, () => socket.write(head())).on("end", () => socket.end()),
    ],
    ["closes behind them", (socket) => socket.write(SETTINGS) && socket.once("data", () => socket.end())],
    [
      "closes within the body",
      (socket) => onRequest(socket, () => socket.end(Buffer.concat([SETTINGS, head(), data("hel")]))),
    ],
    ["resets the connection", (socket) => onRequest(socket, () => socket.resetAndDestroy())],
    [
      "resets it within the body",
      (socket) =>
        onRequest(socket, () => {
          socket.write(Buffer.concat([SETTINGS, head(), data("hel")]));
          setTimeout(() => socket.resetAndDestroy(), 20);
        }),
    ],
  ])("that %s is down at once", async (_, act) => {
    const { verdict, took } = await checked(await loopback.listen(act));
    expect(verdict).toMatchObject({ up: false, local: false, why: expect.stringMatching(/^HTTP\/2 error with: .+/) });
    expect(took).toBeLessThan(PATIENT.connectTimeout);
    await expect.poll(() => loopback.connections).toBe(0);
  });

  test("that goes away behind the answer is up: it wants no further request", async () => {
    const bytes = Buffer.concat([goaway(0, 1), head(), data("hello", true)]);
    expect((await checked(await answering(bytes))).verdict).toEqual(UP);
  });
});

describe("a server that sends without end", () => {
  /** Writes until the checker is gone; how much it got rid of, bytes. */
  async function flood(begin: Buffer, more: Buffer): Promise<{ readonly verdict: Verdict; readonly sent: number }> {
    let sent = 0;
    const target = await loopback.listen((socket) => {
      socket.write(SETTINGS);
      onRequest(socket, () => {
        const pour = (): void => {
          while (!socket.destroyed && socket.writable) {
            sent += more.length;
            if (!socket.write(more)) break;
          }
        };
        socket.write(begin);
        socket.on("drain", pour);
        pour();
      });
    });
    const { verdict } = await checked(target);
    await expect.poll(() => loopback.connections).toBe(0);
    return { verdict, sent };
  }

  const many = (bytes: Buffer): Buffer => Buffer.concat(new Array<Buffer>(1000).fill(bytes));
  const nothing = Buffer.alloc(0);
  const unended = frame("headers", 0, 1, STATUS_200);
  const padding = field("x", "y".repeat(100));
  test.each<[string, Buffer, Buffer]>([
    ["pings", nothing, many(frame("ping", 0, 0, Buffer.alloc(8)))],
    ["settings", nothing, many(frame("settings", 0, 0, [0, 4, 0, 0, 255, 255]))],
    ["settings beside the body", head(), many(SETTINGS)],
    ["window updates", nothing, many(frame("windowUpdate", 0, 1, [0, 0, 0, 1]))],
    ["priorities", nothing, many(frame(2, 0, 1, [0, 0, 0, 3, 16]))],
    ["frames of no known type", nothing, many(frame(77, 0, 0, Buffer.alloc(10)))],
    ["headers that do not end", unended, many(frame("continuation", 0, 1, padding))],
    ["headers that do not end and say nothing", unended, many(frame("continuation", 0, 1))],
    ["interim responses", nothing, many(head(Buffer.concat([field(":status", "103"), padding])))],
    ["pushed streams", nothing, many(frame("pushPromise", END_HEADERS, 1, [0, 0, 0, 2, 0x82, 0x84, 0x87]))],
    ["empty frames of the body", head(), many(data(""))],
    ["padding instead of a body", head(), many(frame("data", 8, 1, [200, ...new Array<number>(200).fill(0)]))],
  ])("%s is down at once: little of it is read, the rest waits in the kernel", async (_, begin, more) => {
    const { verdict, sent } = await flood(begin, more);
    expect(verdict).toMatchObject({ up: false, local: false, why: expect.stringMatching(/^HTTP\/2 error with: ./) });
    expect(sent).toBeLessThan(20_000_000);
  });

  test("headers of more than 64 KiB is down", async () => {
    const block = Buffer.concat([STATUS_200, ...new Array<Buffer>(700).fill(padding)]).subarray(0, 16_000);
    const target = await loopback.listen((socket) => {
      socket.write(SETTINGS);
      onRequest(socket, () => {
        socket.write(frame("headers", 0, 1, Buffer.concat([STATUS_200, ...new Array<Buffer>(140).fill(padding)])));
        for (let i = 0; i < 5; i++)
          socket.write(frame("continuation", 0, 1, Buffer.concat(new Array<Buffer>(140).fill(padding))));
        socket.write(frame("continuation", END_HEADERS, 1, block.subarray(0, 0)));
        socket.write(data("hello", true));
      });
    });
    expect((await checked(target)).verdict).toMatchObject({ up: false, local: false });
  });
});

test("leaves no descriptor behind after 150 checks of all kinds, and none when they are stopped", async () => {
  const good = await serve(hello);
  const secure = await serve(hello, "tls");
  const mute = await loopback.listen((socket) => socket.on("end", () => socket.end()).resume());
  const http1 = await loopback.adopt(createHttp1Server((_, response) => response.end("hello")));
  await checked(good); // what is made once
  await checked(secure, { over: "tls" });
  await expect.poll(() => loopback.connections).toBe(0);
  const before = descriptors();
  for (let round = 0; round < 10; round++) {
    const stopped = new AbortController();
    const runs = [good, mute, http1].map((target) => checked(target, QUICK));
    const early = [good, mute].map((target) => httpCheck(expectation(target), URL, loopback.io, stopped.signal));
    runs.push(checked(secure, { ...PATIENT, over: "tls" }));
    setTimeout(() => stopped.abort(), 5);
    await Promise.all([...runs, ...early]);
  }
  await expect.poll(() => descriptors()).toBeLessThanOrEqual(before);
});
