import { createHash } from "node:crypto";
import type { Micros } from "../base/time.ts";
import {
  encodeRequest,
  endResponse,
  HTTP_START,
  type HttpRequest,
  type HttpResponse,
  hostOf,
  readResponse,
} from "../wire/http.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "./checker.ts";

/** What an HTTP_GET asks for, and what it expects; config/model/check.ts `HttpCheckConfig`. */
export interface HttpExpectation extends Target {
  readonly connectTimeout: Micros; // for the connection, and for each wait for data
  readonly delayLoop: Micros;
  readonly protocol: HttpRequest["protocol"];
  readonly virtualHost: string | undefined;
  readonly urls: readonly HttpUrl[];
}

export interface HttpUrl {
  readonly path: string;
  readonly statusCodes: readonly (readonly [from: number, to: number])[];
  readonly digest: string | undefined; // MD5 of the raw body, lower case
  readonly virtualHost: string | undefined;
}

/**
 * Requests one url. Up means: a response whose status is among the expected, and whose body has the expected digest.
 * Each wait may take `connectTimeout`; the whole answer no longer than until the next check would be due. `signal` ends
 * the check early; its verdict then says nothing.
 * (Keepalived differs: it reads to the end of the connection, for ever if a byte comes now and then.)
 */
export async function httpCheck(
  check: HttpExpectation,
  url: HttpUrl,
  io: CheckIo,
  signal: AbortSignal,
): Promise<Verdict> {
  const { address, port, protocol } = check;
  const connected = await io.connect(check, io.now() + check.connectTimeout, signal);
  if (!connected.ok) return { up: false, why: connected.why, local: connected.local };
  const { connection } = connected;
  const host = url.virtualHost ?? check.virtualHost ?? hostOf(address, port);
  return await new Promise((resolve) => {
    let cancelWake = (): void => {};
    const stop = (): void => finish(down("stopped"));
    const finish = (verdict: Verdict): void => {
      connection.close(); // at once: what has come already must not be read any more
      cancelWake();
      signal.removeEventListener("abort", stop);
      resolve(verdict);
    };
    // Where we were held up ourselves (a suspended machine), the answer may lie there unread: sockets have one more turn.
    const late = (): void => {
      cancelWake = io.wakeAt(io.now(), () => finish(down("Timeout HTTP read")));
    };
    const endAt = io.now() + check.connectTimeout + Math.max(check.connectTimeout, check.delayLoop);
    const wait = (): void => {
      cancelWake();
      const at = Math.min(io.now() + check.connectTimeout, endAt);
      cancelWake = io.wakeAt(at, late);
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    wait();
    const read = judge(url);
    connection.write(encodeRequest({ path: url.path, host, protocol }));
    connection.onData((chunk) => {
      const verdict = read(chunk);
      if (verdict === undefined) wait();
      else finish(verdict);
    });
  });
}

/** Reads a response as it comes; says the verdict as soon as there is one. */
function judge(url: HttpUrl): (chunk: Uint8Array | "end" | Error) => Verdict | undefined {
  const md5 = url.digest === undefined ? undefined : createHash("md5");
  let response: HttpResponse = HTTP_START;
  return (chunk) => {
    if (chunk instanceof Error) return down(`Read error with: ${chunk.message}`);
    if (chunk === "end") response = endResponse(response);
    else {
      const step = readResponse(response, chunk);
      response = step.response;
      md5?.update(step.raw);
    }
    if (response.name === "failed") return down(FAILURES[response.reason]);
    if (response.name === "done") return verdict(response.head.status, url, md5?.digest("hex"));
    // The body of a response whose status is wrong changes nothing any more.
    if (response.name === "body" && !isExpected(response.head.status, url))
      return verdict(response.head.status, url, undefined);
    return undefined;
  };
}

/** The order of Keepalived's tests: status, then digest. */
function verdict(status: number, url: HttpUrl, digest: string | undefined): Verdict {
  if (!isExpected(status, url)) return down(`HTTP status code error: ${status}`);
  if (url.digest !== undefined && digest !== url.digest) return down(`MD5 digest error: ${digest ?? "none"}`);
  return UP;
}

function isExpected(status: number, { statusCodes }: HttpUrl): boolean {
  return statusCodes.some(([from, to]) => status >= from && status <= to);
}

const FAILURES = {
  "no-data": "Read, no data received",
  truncated: "the response ends within its headers",
  "head-too-long": "the headers are longer than 64 KiB",
  "status-line": "the status line is malformed",
  "content-length": "Content-Length is malformed",
  chunk: "the chunked body is malformed",
} as const;
