import { createHash } from "node:crypto";
import { endResponse, HTTP_HEAD_START, HTTP_START, type HttpResponse, readResponse } from "../wire/http.ts";
import { down, type Pattern, type PatternText, type Search, UP, type Verdict } from "./checker.ts";
import type { Http2Event } from "./http2-client.ts";
import type { RequestText } from "./request.ts";

/** One request, and what is expected of its answer: all of it. */
export interface HttpUrl {
  readonly path: string;
  readonly statusCodes: readonly (readonly [from: number, to: number])[];
  readonly digest: string | undefined; // MD5 of the body, lower case
  readonly virtualHost: string | undefined;
  readonly regex?: RegexExpectation | undefined;
  readonly request?: RequestText | undefined; // undefined: a GET without more
}

/** What a body is searched for. */
export interface RegexExpectation extends PatternText {
  readonly expected: boolean; // false: a match is a failure
}

/** Reads an answer, and says the verdict as soon as there is one. */
export interface Judge {
  readonly began: boolean; // something has come
  take(chunk: Uint8Array | "end"): Verdict | undefined;
}

/** In the order of Keepalived's tests: status, digest, regex. `pattern`: of `url.regex`. */
export function judge(url: HttpUrl, pattern: Pattern | undefined): Judge {
  const digest = url.digest === undefined ? undefined : new Digest(url.digest);
  const search = url.regex === undefined || pattern === undefined ? undefined : new RegexTest(url.regex, pattern);
  let response: HttpResponse = url.request?.method === "HEAD" ? HTTP_HEAD_START : HTTP_START;
  let began = false;
  return {
    get began() {
      return began;
    },
    take(chunk) {
      began = true;
      if (chunk === "end") response = endResponse(response);
      else {
        const step = readResponse(response, chunk);
        response = step.response;
        digest?.take(step.raw, step.body);
        search?.take(chunk, step.body);
      }
      switch (response.name) {
        case "failed":
          return down(FAILURES[response.reason]);
        case "done":
          return wrongStatus(response.head.status, url) ?? digest?.wrong() ?? search?.wrong() ?? UP;
        case "body":
          return wrongStatus(response.head.status, url); // its body changes nothing any more
        case "head":
          return undefined;
      }
    },
  };
}

/** The same of an answer over HTTP/2, whose body has no framing. One that breaks off is none, whatever came of it. */
export function judgeHttp2(url: HttpUrl, pattern: Pattern | undefined): (event: Http2Event) => Verdict | undefined {
  const digest = url.digest === undefined ? undefined : new Digest(url.digest);
  const search = url.regex === undefined || pattern === undefined ? undefined : new RegexTest(url.regex, pattern);
  return (event) => {
    switch (event.type) {
      case "head":
        return wrongStatus(event.status, url);
      case "data":
        digest?.take(event.bytes, [event.bytes]);
        search?.take(event.bytes, [event.bytes]);
        return undefined;
      case "end":
        return digest?.wrong() ?? search?.wrong() ?? UP;
      case "failed":
        return down(`HTTP/2 error with: ${event.why}`);
    }
  };
}

function wrongStatus(status: number, { statusCodes }: HttpUrl): Verdict | undefined {
  if (statusCodes.some(([from, to]) => status >= from && status <= to)) return undefined;
  return down(`HTTP status code error to: ${status}`);
}

/**
 * The digest of what is on the wire, as Keepalived takes it and as its genhash writes it; of a chunked body that is with
 * the framing, which the server may choose anew every time. So the digest of the body alone will do as well.
 */
class Digest {
  readonly #expected: string;
  readonly #wire = createHash("md5");
  #body: ReturnType<typeof createHash> | undefined; // where it differs

  constructor(expected: string) {
    this.#expected = expected;
  }

  take(raw: Uint8Array, body: readonly Uint8Array[]): void {
    const framed = body.length !== 1 || body[0]?.length !== raw.length;
    if (framed && raw.length > 0) this.#body ??= this.#wire.copy();
    this.#wire.update(raw);
    for (const piece of body) this.#body?.update(piece);
  }

  wrong(): Verdict | undefined {
    const wire = this.#wire.digest("hex");
    if (wire === this.#expected || this.#body?.digest("hex") === this.#expected) return undefined;
    return down(`MD5 digest error to: ${wire}`);
  }
}

/**
 * The body is searched, without chunk framing. Keepalived searches what its reads bring: mostly headers and body together,
 * so a pattern may have been made for that; where the body has no match, the whole response will do, too.
 */
class RegexTest {
  readonly #expected: boolean;
  readonly #body: Search;
  readonly #response: Search | undefined;

  constructor({ expected }: RegexExpectation, pattern: Pattern) {
    this.#expected = expected;
    this.#body = pattern.search();
    this.#response = expected ? pattern.search() : undefined;
  }

  take(chunk: Uint8Array, body: readonly Uint8Array[]): void {
    for (const piece of body) this.#body.take(piece);
    this.#response?.take(chunk);
  }

  wrong(): Verdict | undefined {
    const found = this.#body.end();
    if (found === this.#expected || (found !== true && this.#response?.end() === true)) return undefined;
    const why = typeof found === "string" ? found : found ? "it matches" : "no match";
    return down(`Regex match failed: ${why}`);
  }
}

const FAILURES = {
  "no-data": "Read, no data received from",
  truncated: "Read, no data received from: the response ends within its headers",
  "head-too-long": "Read, no data received from: the headers are longer than 64 KiB",
  "status-line": "HTTP status code error to: the status line is malformed",
  "content-length": "Read error with: Content-Length is malformed",
  chunk: "Read error with: the chunked body is malformed",
} as const;
