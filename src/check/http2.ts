import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { type CheckIo, type Connected, down, type Target, type Verdict } from "./checker.ts";
import { held } from "./held.ts";
import { type Http2Event, type Http2Request, http2Client, octets } from "./http2-client.ts";
import type { RequestParts } from "./request.ts";

/** How long an answer may take: each wait, the connection and the handshake too; and when the next check would be due. */
export interface Http2Pace extends Target {
  readonly connectTimeout: Micros;
  readonly delayLoop: Micros;
}

/** What is asked, and what becomes of it. */
export interface Http2Question {
  readonly target: Parameters<CheckIo["connect"]>[0];
  readonly request: Http2Request;
  judge(event: Http2Event): Verdict | undefined; // as soon as there is one; `end` and `failed` have one
  unconnected(connected: Extract<Connected, { ok: false }>): Verdict;
  readonly timeouts: { readonly silent: string; readonly answering: string }; // nothing has come; it has begun
}

/** What a server says where nothing else is asked of it. */
export const USER_AGENT = { "user-agent": "KeepAliveClient" } as const;

/** What is said of an HTTP/1 connection, and of no other (RFC 9113 §8.2.2). */
const OF_CONNECTIONS: ReadonlySet<string> = new Set(
  "connection keep-alive proxy-connection transfer-encoding upgrade http2-settings te".split(" "),
);

/** A request of a web check, in HTTP/2's words: names are in lower case there (RFC 9113 §8.2). */
export function http2Request(
  to: Pick<Http2Request, "scheme" | "authority" | "path">,
  { method = "GET", headers: given = [], body }: RequestParts,
): Http2Request {
  const own: Record<string, string[]> = {};
  for (const [written, value] of given) {
    const name = written.toLowerCase();
    if (!OF_CONNECTIONS.has(name)) own[name] = [...(own[name] ?? []), octets(value)];
  }
  const headers: Record<string, string | string[]> = { ...USER_AGENT, ...own };
  if (body !== undefined) headers["content-length"] = `${body.length}`;
  return { ...to, method, headers, body };
}

/**
 * Makes one request over HTTP/2: with prior knowledge, or where there is TLS, agreed upon by ALPN (RFC 9113 §3). Frames that
 * say nothing of the answer, such as PING, do not lengthen a wait; the whole may take no longer than until the next check
 * would be due. `signal` ends it early; its verdict then says nothing.
 */
export async function http2Check(
  { connectTimeout, delayLoop }: Http2Pace,
  question: Http2Question,
  io: CheckIo,
  signal: StopSignal,
): Promise<Verdict> {
  const { target, request, timeouts } = question;
  const asked = target.tls === undefined ? target : { ...target, tls: { ...target.tls, http2: true } };
  const connected = await io.connect(asked, io.now() + connectTimeout, signal);
  if (!connected.ok) return question.unconnected(connected);
  const client = await http2Client(connected.connection);
  let began = false;
  const late = (): Verdict => down(timeouts[began ? "answering" : "silent"]);
  return await held(io, signal, { close: () => client.close(), late }, ({ wait, finish }) => {
    const endAt = io.now() + connectTimeout + Math.max(connectTimeout, delayLoop);
    const next = (): void => wait(Math.min(endAt, io.now() + connectTimeout));
    next();
    client.request(request, (event) => {
      began = true;
      const verdict = question.judge(event);
      if (verdict === undefined) next();
      else finish(verdict);
    });
  });
}
