import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { httpCheck, sslCheck } from "../../src/check/http.ts";
import { mysqlCheck } from "../../src/check/mysql.ts";
import { pgsqlCheck } from "../../src/check/pgsql.ts";
import { redisCheck } from "../../src/check/redis.ts";
import { smtpCheck } from "../../src/check/smtp.ts";
import { tcpCheck } from "../../src/check/tcp.ts";
import type { ProxyManner } from "../../src/wire/proxy-header.ts";
import { golden } from "../golden.ts";
import { CERTIFICATE, KEY } from "./certificate.ts";
import { Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const connectTimeout = seconds(5);
const URL = {
  path: "/",
  statusCodes: [[200, 299]] as const,
  digest: undefined,
  virtualHost: undefined,
  regex: undefined,
};
const WEB = { connectTimeout, delayLoop: seconds(5), protocol: "1.0" as const, virtualHost: undefined };
const NOBODY = { username: undefined, password: undefined, passwordFile: undefined };
const OK = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n";

/** Each checker over TCP, what its server says once the header has come, and after more. */
const CHECKERS: readonly (readonly [
  string,
  (target: Target) => Promise<Verdict>,
  Uint8Array | string,
  Uint8Array | string,
])[] = [
  ["TCP_CHECK", (target) => tcpCheck({ ...target, connectTimeout }, loopback.io, never()), "", ""],
  ["HTTP_GET", (target) => httpCheck({ ...target, ...WEB }, URL, loopback.io, never()), "", OK],
  [
    "SMTP_CHECK",
    (target) => smtpCheck({ ...target, connectTimeout, heloName: "lb" }, loopback.io, never()),
    "220 a\r\n250 b\r\n221 c\r\n",
    "",
  ],
  [
    "REDIS_CHECK",
    (target) => redisCheck({ ...target, connectTimeout, ...NOBODY, allowNoauth: false }, loopback.io, never()),
    "",
    "+PONG\r\n",
  ],
  [
    "MYSQL_CHECK",
    (target) => mysqlCheck({ ...target, connectTimeout, ...NOBODY }, loopback.io, never()),
    golden("mysql-greeting"),
    golden("mysql-denied"),
  ],
  [
    "PGSQL_CHECK",
    (target) => pgsqlCheck({ ...target, connectTimeout, username: "a", database: undefined }, loopback.io, never()),
    "",
    golden("pgsql-scram"),
  ],
];

/** Takes the header of the connection off, whatever its length is, and hands over what comes behind it. */
function behindHeader(socket: Socket, pattern: RegExp, take: (header: string, rest: Buffer) => void): void {
  let heard = "";
  const listen = (bytes: Buffer): void => {
    heard += bytes.toString("latin1");
    const header = pattern.exec(heard)?.[0];
    if (header === undefined) return;
    socket.off("data", listen);
    take(header, Buffer.from(heard.slice(header.length), "latin1"));
  };
  socket.on("data", listen);
}

test.each(CHECKERS)("%s sends the header before everything else", async (_, check, first, then) => {
  let found: readonly [header: string, port: number | undefined] | undefined;
  const target = await loopback.listen((socket) =>
    behindHeader(socket, /^PROXY .*\r\n/, (header, rest) => {
      found = [header, socket.remotePort];
      socket.write(first);
      if (rest.length > 0) socket.write(then);
      socket.on("data", () => socket.write(then));
    }),
  );
  expect(await check({ ...target, proxyProtocol: { version: 1, command: "proxy" } })).toEqual(UP);
  await expect.poll(() => found).toBeDefined();
  const [header, port] = found ?? [];
  expect(header).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${port} ${target.port}\r\n`);
});

const MANNERS: readonly (readonly [ProxyManner, RegExp])[] = [
  [{ version: 1, command: "proxy" }, /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n/],
  [{ version: 1, command: "local" }, /^PROXY UNKNOWN\r\n/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the signature has them
  [{ version: 2, command: "local" }, /^\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the signature has them
  [{ version: 2, command: "proxy" }, /^\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c[\s\S]{12}/],
];

test.each(MANNERS)("SSL_GET sends it before TLS: %j", async (proxyProtocol, pattern) => {
  const secure = createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.end(OK));
  });
  const target = await loopback.listen((socket) =>
    behindHeader(socket, pattern, (_, rest) => {
      socket.pause();
      socket.unshift(rest);
      secure.emit("connection", socket);
    }),
  );
  const url = { ...URL, serverName: undefined, tlsCompliant: false };
  expect(await sslCheck({ ...target, ...WEB, proxyProtocol }, url, loopback.io, never())).toEqual(UP);
});

test("nothing is announced where nothing is said", async () => {
  const heard: Buffer[] = [];
  const target = await loopback.listen((socket) => {
    socket.on("data", (bytes: Buffer) => {
      heard.push(bytes);
      socket.write("+PONG\r\n");
    });
  });
  const check = { ...target, connectTimeout, ...NOBODY, allowNoauth: false };
  expect(await redisCheck(check, loopback.io, never())).toEqual(UP);
  expect(String(heard[0])).toBe("*1\r\n$4\r\nPING\r\n");
});
