import { expect, test } from "vitest";
import { concat, fromByteString, toByteString } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import {
  encodeRequest,
  endResponse,
  HTTP_HEAD_START,
  HTTP_MAX_HEAD,
  HTTP_START,
  type HttpRequest,
  type HttpResponse,
  hostOf,
  readResponse,
} from "../../src/wire/http.ts";
import { golden } from "../golden.ts";

test.each<[string, HttpRequest]>([
  ["http-get", { path: "/", host: hostOf(ip("10.9.0.11"), 80), protocol: "1.0" }],
  ["http-get-1.0c", { path: "/healthz?a=b", host: hostOf(ip("10.9.0.11"), 81), protocol: "1.0c" }],
  ["http-get-1.1", { path: "/index.html", host: "www.example.com", protocol: "1.1" }],
  ["http-get-v6", { path: "/", host: hostOf(ip("2001:db8::b"), 80), protocol: "1.0" }],
])("the request has the bytes of keepalived 2.2.7: %s", (name, request) => {
  expect(toByteString(encodeRequest(request))).toBe(toByteString(golden(name)));
});

test("a request with more says it behind Host, and a body last", () => {
  const base = { path: "/", host: "h", protocol: "1.1" } as const;
  const headers = [["X", "1"]] as const;
  const body = fromByteString("{}");
  expect(toByteString(encodeRequest({ ...base, method: "POST", headers, body }))).toBe(
    "POST / HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: h\r\nX: 1\r\nContent-Length: 2\r\n\r\n{}",
  );
});

test("the response to a HEAD ends with its head, also after an interim one and byte by byte", () => {
  for (const head of [`${HEAD}Content-Length: 9\r\n\r\n`, `HTTP/1.1 103 Early Hints\r\n\r\n${CHUNKED}`]) {
    let response: HttpResponse = HTTP_HEAD_START;
    for (const byte of head) {
      expect(response.name).toBe("head");
      ({ response } = readResponse(response, fromByteString(byte)));
    }
    expect(response).toMatchObject({ name: "done", head: { status: 200 }, complete: true });
  }
});

test("the host is the server with its port, where no virtual host is configured", () => {
  expect(hostOf(ip("192.0.2.1"), 80)).toBe("192.0.2.1:80");
  expect(hostOf(ip("2001:db8::1"), 8080)).toBe("[2001:db8::1]:8080");
});

interface Read {
  readonly response: HttpResponse;
  readonly raw: string;
  readonly body: string;
}

/** Reads pieces, then the end of the connection unless the response is over. */
function read(...pieces: readonly string[]): Read {
  let response = HTTP_START;
  let raw = "";
  let body = "";
  for (const piece of pieces) {
    const step = readResponse(response, fromByteString(piece));
    raw += toByteString(step.raw);
    body += toByteString(concat(...step.body));
    response = step.response;
  }
  return { response, raw, body };
}

/** The same, byte by byte. */
function readSlowly(text: string): Read {
  return read(...text);
}

function status({ response }: Read): number | undefined {
  return response.name === "body" || response.name === "done" ? response.head.status : undefined;
}

const HEAD = "HTTP/1.1 200 OK\r\nServer: nginx\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

test.each([
  ["HTTP/1.1 200 OK", 200],
  ["HTTP/1.0 404 Not Found", 404],
  ["HTTP/1.1 200", 200],
  ["HTTP/1.1 503 ", 503],
  ["ICY 200 OK", 200],
])("the status line %j says %i, also without its reason", (line, code) => {
  expect(status(read(`${line}\r\n\r\n`))).toBe(code);
});

test.each(["HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "hello", "", "HTTP/1.1 200OK"])(
  "the status line %j is none",
  (line) => {
    expect(read(`${line}\r\n\r\n`).response).toEqual({ name: "failed", reason: "status-line" });
  },
);

test("a response without length ends with the connection", () => {
  const { response, raw, body } = read("HTTP/1.0 200 OK\r\n\r\nhe", "llo");
  expect({ raw, body }).toEqual({ raw: "hello", body: "hello" });
  expect(response).toMatchObject({ name: "body" });
  expect(endResponse(response)).toMatchObject({ name: "done", complete: true, head: { status: 200 } });
});

test("a response with length ends there, and the rest is ignored", () => {
  for (const run of [read, readSlowly]) {
    const { response, raw, body } = run(`${HEAD}Content-Length: 5\r\n\r\nhello world!`);
    expect(response).toMatchObject({ name: "done", complete: true, head: { status: 200, contentLength: 5 } });
    expect({ raw, body }).toEqual({ raw: "hello", body: "hello" });
    expect(readResponse(response, fromByteString("more"))).toMatchObject({ response, body: [] });
    expect(endResponse(response)).toBe(response);
  }
});

test("an empty body ends with the head", () => {
  expect(read(`${HEAD}Content-Length: 0\r\n\r\n`).response).toMatchObject({ name: "done", complete: true });
  expect(read("HTTP/1.1 204 No Content\r\n\r\n").response).toMatchObject({ name: "done", complete: true });
  expect(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").response).toMatchObject({ name: "done" });
});

test("a connection closed before the length is over leaves the response incomplete", () => {
  const { response, body } = read(`${HEAD}Content-Length: 5\r\n\r\nhell`);
  expect(body).toBe("hell");
  expect(endResponse(response)).toMatchObject({ name: "done", complete: false });
});

test("header names are read in any case, several values of one name are joined", () => {
  const { response } = read(`${HEAD}content-LENGTH:5  \r\nX-A: 1\r\nx-a: 2\r\nno header\r\n\r\n`);
  expect(response).toMatchObject({ name: "body", head: { contentLength: 5 } });
  expect(response.name === "body" && Object.fromEntries(response.head.headers)).toEqual({
    server: "nginx",
    "content-length": "5",
    "x-a": "1, 2",
  });
});

test("RFC 9112 §6.3: the same length twice is one, other than a number is none", () => {
  expect(read(`${HEAD}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`).response).toMatchObject({
    head: { contentLength: 5 },
  });
  for (const bad of ["5, 6", "-5", "five", "", "1234567890123456"]) {
    expect(read(`${HEAD}Content-Length: ${bad}\r\n\r\n`).response).toEqual({
      name: "failed",
      reason: "content-length",
    });
  }
});

test("a chunked body ends with its last chunk; raw bytes keep the framing, which Keepalived's digest covers", () => {
  const framed = "c\r\nhello world\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n";
  for (const run of [read, readSlowly]) {
    const { response, raw, body } = run(`${CHUNKED}${framed}rest`);
    expect(response).toMatchObject({ name: "done", complete: true, head: { contentLength: undefined } });
    expect({ raw, body }).toEqual({ raw: framed, body: "hello world\nabc" });
  }
});

test("trailers are read over", () => {
  const { response, raw } = read(`${CHUNKED}0\r\nExpires: 0\r\n\r\n`);
  expect(response).toMatchObject({ name: "done", complete: true });
  expect(raw).toBe("0\r\nExpires: 0\r\n\r\n");
});

test("chunked counts more than a length, and only as the last coding", () => {
  expect(read(`${HEAD}Content-Length: 5\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n`).response).toMatchObject({
    name: "done",
    complete: true,
  });
  expect(read(`${HEAD}Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n`).response).toMatchObject({
    framing: { type: "until-close" },
  });
});

test("a chunked body cut off is incomplete", () => {
  expect(endResponse(read(`${CHUNKED}5\r\nhel`).response)).toMatchObject({ name: "done", complete: false });
});

test.each(["x\r\n", "\r\n", "-1\r\n", "5\r\nhelloX\r\n", "0".repeat(5000), "12345678901234\r\n"])(
  "chunk framing %j is broken",
  (framed) => {
    expect(read(`${CHUNKED}${framed}`).response).toEqual({ name: "failed", reason: "chunk" });
  },
);

test("RFC 9110 §15.2: interim responses are read over", () => {
  const { response, body } = read(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    CHUNKED,
  );
  expect(response).toMatchObject({ name: "body", head: { status: 200 } });
  expect(body).toBe("");
  expect(status(read("HTTP/1.1 101 Switching Protocols\r\n\r\n"))).toBe(101);
  expect(status(read("HTTP/1.1 099 Odd\r\n\r\n"))).toBe(99);
});

test("thousands of interim responses in one piece are read", () => {
  expect(status(read(`${"HTTP/1.1 100 Continue\r\n\r\n".repeat(50_000)}${CHUNKED}`))).toBe(200);
});

test("a head may have 64 KiB, and no more", () => {
  const rest = "\r\n\r\n";
  const longest = `${HEAD}X: ${"x".repeat(HTTP_MAX_HEAD - HEAD.length - 3 - rest.length)}${rest}`;
  expect(status(read(longest))).toBe(200);
  expect(status(read(longest.slice(0, 40_000), longest.slice(40_000)))).toBe(200);
  const tooLong = { name: "failed", reason: "head-too-long" };
  expect(read(`x${longest}`).response).toEqual(tooLong);
  expect(read("x".repeat(40_000), "x".repeat(25_536)).response).toEqual(tooLong);
});

test("a connection closed before the head is over has no response", () => {
  expect(endResponse(HTTP_START)).toEqual({ name: "failed", reason: "no-data" });
  const failed = endResponse(read("HTTP/1.1 200 OK\r\n").response);
  expect(failed).toEqual({ name: "failed", reason: "truncated" });
  expect(endResponse(failed)).toBe(failed);
  expect(readResponse(failed, fromByteString("x"))).toMatchObject({ response: failed, body: [] });
});

test("bare line feeds do not end a head", () => {
  expect(read("HTTP/1.1 200 OK\n\n\n\nhello").response).toMatchObject({ name: "head" });
});
