import { createHash } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { type HttpExpectation, httpCheck } from "../../src/check/http.ts";
import type { HttpUrl, RegexExpectation } from "../../src/check/http-verdict.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const URL: HttpUrl = { path: "/", statusCodes: [[200, 299]], digest: undefined, virtualHost: undefined };
const QUICK = { connectTimeout: milliseconds(60), delayLoop: milliseconds(150) };
const PATIENT = { connectTimeout: milliseconds(2000), delayLoop: milliseconds(2000) };

function expectation(target: Target, change: Partial<HttpExpectation> = {}): HttpExpectation {
  return { ...target, ...PATIENT, protocol: "1.0", virtualHost: undefined, ...change };
}

/** The same in a hurry. */
const hurried = (serve: (socket: Socket) => void): ReturnType<typeof checked> => checked(serve, {}, QUICK);

/** One check of a server that answers a whole request as `serve` says, and how long it took. */
async function checked(
  serve: (socket: Socket) => void,
  url: Partial<HttpUrl> = {},
  pace = PATIENT,
): Promise<{ verdict: Verdict; took: Micros }> {
  const target = await loopback.listen((socket) => {
    let request = "";
    socket.on("data", (chunk: Buffer) => {
      request += String(chunk);
      if (request.endsWith("\r\n\r\n")) serve(socket);
    });
  });
  const startedAt = loopback.io.now();
  const verdict = await httpCheck(expectation(target, pace), { ...URL, ...url }, loopback.io, never());
  return { verdict, took: loopback.io.now() - startedAt };
}

const says = async (answer: string, url: Partial<HttpUrl> = {}): Promise<Verdict> =>
  (await checked((socket) => socket.end(answer, "latin1"), url)).verdict;
/** The same, and the server does not close. */
const saysAndStays = async (answer: string, url: Partial<HttpUrl> = {}): Promise<Verdict> =>
  (await checked((socket) => socket.write(answer, "latin1"), url)).verdict;

/** Waiting for this holds up the whole process. */
const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Repeats until the other side is gone. */
function every(interval: number, socket: Socket, act: () => void): void {
  const timer = setInterval(act, interval);
  socket.on("close", () => clearInterval(timer));
}

const redirection = (length: number): string => `HTTP/1.1 302 Found\r\nLocation: /${"x".repeat(length)}\r\n\r\n`;

describe("a response", () => {
  test.each([
    ["to the end of the connection", "HTTP/1.0 200 OK\r\n\r\nhello"],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["of a version that nobody speaks", "HTTP/9.7 200 OK\r\n\r\n"],
    ["without reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"],
    ["with lower-case headers", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"],
    ["with more than Content-Length says", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world!"],
    ["with less than Content-Length says", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello"],
    ["with 10 KB of headers", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(10_000)}\r\n\r\n`],
    ["after an interim one", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
  ])("%s is up", async (_, answer) => {
    expect(await says(answer)).toEqual(UP);
  });

  test.each([
    ["Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
    ["Content-Length: 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["its last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    ["its status, which has no body", "HTTP/1.1 204 No Content\r\n\r\n"],
  ])("ends at %s, also where the server keeps the connection open", async (_, answer) => {
    expect(await saysAndStays(answer)).toEqual(UP);
  });

  test.each([
    ["another status", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP status code error to: 404"],
    ["a redirection of 60 KB", redirection(60_000), "HTTP status code error to: 302"],
    ["a redirection of 70 KB", redirection(70_000), "Read, no data received from: the headers are longer than 64 KiB"],
    ["HTTP/0.9", "<html>hello</html>\r\n\r\n", "HTTP status code error to: the status line is malformed"],
    [
      "the first frame of HTTP/2",
      "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\r\n\r\n",
      "HTTP status code error to: the status line is malformed",
    ],
    ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP status code error to: the status line is malformed"],
    [
      "half its headers",
      "HTTP/1.1 200 OK\r\nContent-",
      "Read, no data received from: the response ends within its headers",
    ],
    ["nothing", "", "Read, no data received from"],
    [
      "a length in words",
      "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
      "Read error with: Content-Length is malformed",
    ],
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "Read error with: Content-Length is malformed",
    ],
    [
      "broken chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "Read error with: the chunked body is malformed",
    ],
  ])("with %s is down", async (_, answer, why) => {
    expect(await says(answer)).toEqual(down(why));
  });

  test("of 503 is down without waiting for its body", async () => {
    const { verdict, took } = await checked((socket) => socket.write("HTTP/1.1 503 Busy\r\n\r\nplease wa"));
    expect(verdict).toEqual(down("HTTP status code error to: 503"));
    expect(took).toBeLessThan(PATIENT.connectTimeout);
  });

  test("is up for each of the status codes and ranges that are configured, and for no other", async () => {
    const statusCodes = [
      [200, 201],
      [404, 404],
    ] as const;
    for (const [status, up] of [
      [200, true],
      [201, true],
      [202, false],
      [404, true],
      [500, false],
    ] as const)
      expect(await says(`HTTP/1.1 ${status} X\r\n\r\n`, { statusCodes })).toMatchObject({ up });
  });
});

describe("a digest", () => {
  const md5 = (body: string): string => createHash("md5").update(body).digest("hex");
  const LENGTH_5 = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

  test("is over the chunked body as it is on the wire (measured on keepalived 2.2.7)", async () => {
    const answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nhello world\n\r\n0\r\n\r\n";
    expect(await says(answer, { digest: "05f37e0246afe558ca5391a506fd8fa8" })).toEqual(UP);
    expect(await saysAndStays(answer, { digest: "05f37e0246afe558ca5391a506fd8fa8" })).toEqual(UP);
  });

  test("of the chunked body without its framing will do as well, however it is cut", async () => {
    for (const chunks of ["5\r\nhello\r\n6\r\n world\r\n", "b\r\nhello world\r\n"]) {
      const answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
      expect(await says(answer, { digest: md5("hello world") })).toEqual(UP);
      expect(await says(answer, { digest: md5("hello_world") })).toMatchObject({ up: false });
    }
  });

  test("is over no more than Content-Length says (measured on keepalived 2.2.7)", async () => {
    expect(await says(`${LENGTH_5}hello world!`, { digest: "5d41402abc4b2a76b9719d911017c592" })).toEqual(UP);
  });

  test("of another body is down, with the digest that was found", async () => {
    const expected = down(`MD5 digest error to: ${md5("world")}`);
    expect(await says(`${LENGTH_5}world`, { digest: "5d41402abc4b2a76b9719d911017c592" })).toEqual(expected);
  });

  test("of nothing at all is the digest of an empty body", async () => {
    expect(await says("HTTP/1.1 200 OK\r\n\r\n", { digest: md5("") })).toEqual(UP);
  });

  test("does not matter where the status is wrong", async () => {
    expect(await says("HTTP/1.1 404 X\r\n\r\nhello", { digest: md5("hello") })).toEqual(
      down("HTTP status code error to: 404"),
    );
  });

  test("is over a body of 1 MB, however it comes", async () => {
    const body = "0123456789abcdef".repeat(65_536);
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
    expect(await says(head + body, { digest: md5(body) })).toEqual(UP);
  });

  test("is taken once: what a server sends behind its response is not read", async () => {
    const flood = "x".repeat(2 << 20); // more than one read holds
    for (let i = 0; i < 5; i++) expect(await says(`${LENGTH_5}hello${flood}`, { digest: md5("hello") })).toEqual(UP);
  });
});

describe("a regex", () => {
  const regex = (pattern: string, change: Partial<RegexExpectation> = {}): Partial<HttpUrl> => ({
    regex: {
      ...{ pattern, options: [], expected: true, minOffset: 0, maxOffset: undefined, stack: undefined },
      ...change,
    },
  });
  const OK = "HTTP/1.1 200 OK\r\nX-Health: good\r\nContent-Length: 5\r\n\r\nhello";

  test.each<[string, Partial<HttpUrl>, string | undefined]>([
    ["^hello$", regex("^hello$"), undefined],
    ["^HELLO with caseless", regex("^HELLO", { options: ["caseless"] }), undefined],
    ["world", regex("world"), "no match"],
    ["a header, as Keepalived finds it where it comes with the body", regex("X-Health: good"), undefined],
    ["hello from an offset that counts the headers", regex("hello", { minOffset: 30 }), undefined],
    ["no world", regex("world", { expected: false }), undefined],
    ["no hello", regex("hello", { expected: false }), "it matches"],
    ["nothing of a header", regex("X-Health", { expected: false }), undefined],
    ["what takes for ever", regex("^(h|he|e|l|ll|lo|o)*x", { minOffset: 0 }), "no match"],
  ])("that wants %s", async (_, url, why) => {
    expect(await says(OK, url)).toEqual(why === undefined ? UP : down(`Regex match failed: ${why}`));
  });

  test("does not see the framing of a chunked body", async () => {
    const answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    expect(await says(answer, regex("^hello$"))).toEqual(UP);
  });

  test("is looked for after status and digest", async () => {
    expect(await says("HTTP/1.1 404 X\r\n\r\nhello", regex("x"))).toEqual(down("HTTP status code error to: 404"));
    expect(await says(OK, { ...regex("x"), digest: "0".repeat(32) })).toMatchObject({
      why: expect.stringMatching(/^MD5 digest error/),
    });
  });

  test("that PCRE2 refuses says nothing about the server", async () => {
    const why = "Invalid regex: '(' at offset 1: missing closing parenthesis";
    expect(await says(OK, regex("("))).toEqual({ up: false, why, local: true });
  });

  test("finds what stands at the end of 3 MB, and ends where a body does not", async () => {
    const head = "HTTP/1.0 200 OK\r\n\r\n";
    expect(await says(`${head}${"x".repeat(3 << 20)}needle`, regex("needle$"))).toEqual(UP);
    const { verdict } = await checked(
      (socket) => {
        socket.write(head);
        every(5, socket, () => void socket.write("x".repeat(10_000)));
      },
      regex("needle"),
      QUICK,
    );
    expect(verdict).toEqual(down("Timeout HTTP read"));
  });
});

describe("an awkward server", () => {
  const TIMEOUT = down("Timeout HTTP read");

  test("that accepts and never answers is down after connect_timeout", async () => {
    const { verdict, took } = await hurried(() => {});
    expect(verdict).toEqual(down("Timeout WEB read"));
    expect(took).toBeGreaterThanOrEqual(QUICK.connectTimeout);
    expect(took).toBeLessThan(QUICK.connectTimeout + milliseconds(150));
  });

  test("that resets before or within its answer is down", async () => {
    const reset = down("Read error with: cannot read: ECONNRESET (Connection reset by peer)");
    expect((await checked((socket) => socket.resetAndDestroy())).verdict).toEqual(reset);
    const halfway = await checked((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect(halfway.verdict).toEqual(reset);
  });

  test("that resets as soon as it accepts is down", async () => {
    const target = await loopback.listen((socket) => socket.resetAndDestroy());
    const verdict = await httpCheck(expectation(target), URL, loopback.io, never());
    expect(verdict).toMatchObject({ up: false, local: false });
  });

  test("that closes as soon as it accepts is down", async () => {
    const target = await loopback.listen((socket) => socket.end());
    const verdict = await httpCheck(expectation(target), URL, loopback.io, never());
    expect(verdict).toMatchObject({ up: false, local: false });
  });

  test("that sends a byte now and then is down when the next check would be due", async () => {
    const { verdict, took } = await hurried((socket) => {
      const answer = `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1000)}`;
      let at = 0;
      every(20, socket, () => void socket.write(answer[at++] ?? "x"));
    });
    expect(verdict).toEqual(TIMEOUT);
    expect(took).toBeGreaterThanOrEqual(QUICK.connectTimeout + QUICK.delayLoop);
    expect(took).toBeLessThan(QUICK.connectTimeout + QUICK.delayLoop + milliseconds(150));
  });

  test("that is slow, but never slower than connect_timeout, is up", async () => {
    const { verdict } = await checked((socket) => {
      const parts = ["HTTP/1.1 200 OK\r\n", "Content-Length: 3\r\n", "\r\n", "o", "k", "!"];
      every(20, socket, () => void socket.write(parts.shift() ?? ""));
    });
    expect(verdict).toEqual(UP);
  });

  test("whose answer was there while we were held up ourselves is up", async () => {
    const target = await loopback.listen((socket) => {
      loopback.io.wakeAt(loopback.io.now() + 1, () => {}); // makes the timer ready before the answer is
      Atomics.wait(nothing, 0, 0, 5);
      socket.end("HTTP/1.1 200 OK\r\n\r\n");
      setImmediate(() => Atomics.wait(nothing, 0, 0, 200));
    });
    expect(await httpCheck(expectation(target, QUICK), URL, loopback.io, never())).toEqual(UP);
  });

  test("whose headers do not end is down after 64 KiB", async () => {
    const { verdict, took } = await checked((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = (): void => {
        while (socket.writable && socket.write(`X-Padding: ${"x".repeat(8000)}\r\n`));
      };
      socket.on("drain", more);
      more();
    });
    expect(verdict).toEqual(down("Read, no data received from: the headers are longer than 64 KiB"));
    expect(took).toBeLessThan(milliseconds(500));
  });

  test("whose body does not end is down when the next check would be due", async () => {
    const { verdict, took } = await hurried((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      every(5, socket, () => void socket.write("x".repeat(10_000)));
    });
    expect(verdict).toEqual(TIMEOUT);
    expect(took).toBeLessThan(QUICK.connectTimeout + QUICK.delayLoop + milliseconds(150));
  });

  test("that closes its half before the request was read is judged by what it said", async () => {
    const target = await loopback.listen((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nearly"));
    expect(await httpCheck(expectation(target), URL, loopback.io, never())).toEqual(UP);
  });

  test("that sends bytes of every value is down, not an exception", async () => {
    const noise = String.fromCharCode(...Array.from({ length: 4096 }, (_, i) => (i * 167) % 256));
    expect(await says(noise)).toMatchObject({ up: false, local: false });
    expect(await says(`HTTP/1.1 200 OK\r\n${noise}\r\n\r\n`)).toMatchObject({ up: true });
  });
});

describe("the connection", () => {
  test("that is refused is down", async () => {
    const check = expectation(await loopback.closedPort());
    expect(await httpCheck(check, URL, loopback.io, never())).toEqual(
      down("Connection failed: connect: ECONNREFUSED (Connection refused)"),
    );
  });

  test("that cannot be made from here says nothing about the server", async () => {
    const check = expectation({ ...(await loopback.closedPort()), bindAddress: ip("192.0.2.1") });
    expect(await httpCheck(check, URL, loopback.io, never())).toMatchObject({ up: false, local: true });
  });

  test("is closed as soon as the check is stopped, before or within the answer", async () => {
    const stop = new AbortController();
    let closed = 0;
    const target = await loopback.listen((socket) => {
      socket.on("close", () => closed++);
      socket.on("end", () => socket.end());
      socket.resume();
    });
    const check = expectation(target, { connectTimeout: milliseconds(60_000) });
    const verdict = httpCheck(check, URL, loopback.io, stop.signal);
    await sleep(20);
    expect(loopback.connections).toBe(1);
    stop.abort();
    await verdict;
    await sleep(30);
    expect(closed).toBe(1);
    expect(await httpCheck(check, URL, loopback.io, stop.signal)).toMatchObject({ up: false });
  });

  test("leaves no descriptor behind after 500 checks of all kinds", async () => {
    const good = await loopback.listen((socket) =>
      socket.resume().end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    );
    const mute = await loopback.listen((socket) => socket.on("end", () => socket.end()).resume());
    const rude = await loopback.listen((socket) => socket.resetAndDestroy());
    const closed = await loopback.closedPort();
    const short = { connectTimeout: milliseconds(5), delayLoop: milliseconds(5) };
    const before = descriptors();
    for (let round = 0; round < 25; round++)
      await Promise.all(
        [good, mute, rude, closed].flatMap((target) =>
          Array.from({ length: 5 }, () => httpCheck(expectation(target, short), URL, loopback.io, never())),
        ),
      );
    await expect.poll(() => descriptors(), { timeout: 3000 }).toBeLessThanOrEqual(before);
  });
});

describe("node:http", () => {
  async function asked(change: Partial<HttpExpectation>, url: Partial<HttpUrl> = {}): Promise<IncomingMessage> {
    const requests: IncomingMessage[] = [];
    const server = createHttpServer((request, response) => {
      requests.push(request);
      response.end("hello");
    });
    const target = await loopback.adopt(server);
    expect(await httpCheck(expectation(target, change), { ...URL, ...url }, loopback.io, never())).toEqual(UP);
    server.closeAllConnections();
    const [request] = requests;
    if (request === undefined) throw new Error("nothing was asked");
    return request;
  }

  test("is up, whatever http_protocol says", async () => {
    for (const [protocol, version, connection] of [
      ["1.0", "1.0", undefined],
      ["1.0c", "1.0", "close"],
      ["1.1", "1.1", "close"],
    ] as const) {
      const { headers, httpVersion, url } = await asked({ protocol }, { path: "/healthz?a=b" });
      expect([httpVersion, headers.connection, url]).toEqual([version, connection, "/healthz?a=b"]);
      expect(headers["user-agent"]).toBe("KeepAliveClient");
    }
  });

  test("is asked for the virtual host of the url, else of the check, else for address and port", async () => {
    const own = { virtualHost: "url.example" };
    expect((await asked({ virtualHost: "check.example" }, own)).headers.host).toBe("url.example");
    expect((await asked({ virtualHost: "check.example" })).headers.host).toBe("check.example");
    expect((await asked({})).headers.host).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
