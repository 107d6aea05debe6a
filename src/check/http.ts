import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { encodeRequest, type HttpRequest, hostOf } from "../wire/http.ts";
import type { Verification } from "./certificate.ts";
import { type CheckIo, down, type Target, type Verdict } from "./checker.ts";
import { held } from "./held.ts";
import { type HttpUrl, judge, judgeHttp2 } from "./http-verdict.ts";
import { http2Check, http2Request } from "./http2.ts";
import { requestOf } from "./request.ts";
import { unconnected } from "./unconnected.ts";

/** What an HTTP_GET or SSL_GET asks for; config/model/check.ts `HttpCheckConfig`, `SslCheckConfig`. */
export interface HttpExpectation extends Target {
  readonly connectTimeout: Micros; // for the connection, for the handshake, and for each wait for data
  readonly delayLoop: Micros;
  readonly protocol: HttpRequest["protocol"] | "2"; // 2: HTTP/2, over TCP without a word before it
  readonly virtualHost: string | undefined;
}

/** One request of an SSL_GET. */
export interface SslUrl extends HttpUrl {
  readonly serverName: string | undefined; // SNI; undefined: none is sent
  readonly tlsCompliant: boolean; // close_notify is sent
  readonly verification?: Verification | undefined; // undefined: any certificate will do
}

/** What an SSL_GET expects. */
export interface SslExpectation extends HttpExpectation {
  readonly expiryWarning?: number | undefined; // days
}

/** The request of an HTTP_GET. Up: a response whose status is among the expected, with the expected body. */
export function httpCheck(check: HttpExpectation, url: HttpUrl, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  return webCheck("http", check, { url, target: check }, io, signal);
}

/** The same over TLS; SSL_GET. */
export function sslCheck(check: SslExpectation, url: SslUrl, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { serverName, tlsCompliant: closeNotify, verification } = url;
  const { connectTimeout: patience, expiryWarning } = check;
  const tls = { serverName, closeNotify, patience, verification, expiryWarning };
  return webCheck("ssl", check, { url, target: { ...check, tls } }, io, signal);
}

interface Question {
  readonly url: HttpUrl;
  readonly target: Parameters<CheckIo["connect"]>[0];
}

/**
 * Requests one url. Each wait may take `connectTimeout`; the whole answer no longer than until the next check would be
 * due. `signal` ends the check early; its verdict then says nothing.
 * (Keepalived differs: it reads to the end of the connection, without TLS for ever if a byte comes now and then.)
 */
async function webCheck(
  type: "http" | "ssl",
  check: HttpExpectation,
  { url, target }: Question,
  io: CheckIo,
  signal: StopSignal,
): Promise<Verdict> {
  const pattern = url.regex === undefined ? undefined : io.pattern(url.regex);
  if (typeof pattern === "string") return { up: false, why: pattern, local: true };
  const { address, port, protocol } = check;
  const host = url.virtualHost ?? check.virtualHost ?? hostOf(address, port);
  const request = requestOf(url.request, io);
  if (typeof request === "string") return { up: false, why: request, local: true };
  if (protocol === "2") {
    const asked = http2Request({ scheme: type === "ssl" ? "https" : "http", authority: host, path: url.path }, request);
    const judge = judgeHttp2(url, pattern);
    return await http2Check(
      check,
      { target, request: asked, judge, unconnected, timeouts: TIMEOUTS[type] },
      io,
      signal,
    );
  }
  const connected = await io.connect(target, io.now() + check.connectTimeout, signal);
  if (!connected.ok) return unconnected(connected);
  const { connection } = connected;
  const judged = judge(url, pattern);
  const late = (): Verdict => down(TIMEOUTS[type][judged.began ? "answering" : "silent"]);
  return await held(io, signal, { close: () => connection.close(), late }, ({ wait, finish }) => {
    const endAt = io.now() + check.connectTimeout + Math.max(check.connectTimeout, check.delayLoop);
    const next = (): void => wait(Math.min(io.now() + check.connectTimeout, endAt));
    next();
    connection.write(encodeRequest({ path: url.path, host, protocol, ...request }));
    connection.onData((chunk) => {
      if (chunk instanceof Error) return finish(down(`${BROKEN[type]}: ${chunk.message}`));
      const verdict = judged.take(chunk);
      if (verdict === undefined) next();
      else finish(verdict);
    });
  });
}

// Reasons are Keepalived's (measured on 2.2.7), as far as the colon.
const TIMEOUTS = {
  http: { silent: "Timeout WEB read", answering: "Timeout HTTP read" },
  ssl: { silent: "Timeout SSL read", answering: "Timeout SSL read" },
} as const;
const BROKEN = { http: "Read error with", ssl: "SSL read error from" } as const;
