import { concat, toByteString } from "../base/bytes.ts";
import { family, type IpAddress } from "../base/ip.ts";

/** A request as a health check sends it. */
export interface HttpRequest {
  readonly path: string;
  readonly host: string; // of the Host header, verbatim
  readonly protocol: "1.0" | "1.0c" | "1.1"; // `http_protocol`; the latter two ask the server to close
  readonly method?: string; // else GET
  readonly headers?: readonly (readonly [name: string, value: string])[]; // verbatim: without CR and LF
  readonly body?: Uint8Array;
}

/** A request without more has the bytes that keepalived 2.2.7 sends, without its limit of 2048 bytes. */
export function encodeRequest({ path, host, protocol, method = "GET", headers = [], body }: HttpRequest): Uint8Array {
  const version = protocol === "1.1" ? "1.1" : "1.0";
  const client = headers.some(([name]) => /^user-agent$/i.test(name)) ? "" : "User-Agent: KeepAliveClient\r\n";
  const close = protocol === "1.0" ? "" : "Connection: close\r\n";
  const length = body === undefined && !EXPECTS_BODY.has(method) ? "" : `Content-Length: ${body?.length ?? 0}\r\n`;
  const more = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = new TextEncoder().encode(
    `${method} ${path} HTTP/${version}\r\n${client}${close}Host: ${host}\r\n${more}${length}\r\n`,
  );
  return body === undefined ? head : concat(head, body);
}

/** RFC 9110 §8.6: a length is said also where there is no body. */
const EXPECTS_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** The Host header where no virtual host is configured: the port is always there, also 80. */
export function hostOf(address: IpAddress, port: number): string {
  return family(address) === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}

/** The first part of a response. */
export interface HttpHead {
  readonly status: number; //                          000..999, as sent
  readonly headers: ReadonlyMap<string, string>; //    names in lower case; values of one name joined by ", "
  readonly contentLength: number | undefined; //       bytes; undefined where chunked, or not said
}

/** How far a response has been read. RFC 9112 §6.3 says where its body ends. */
export type HttpResponse =
  | { readonly name: "head"; readonly bytes: Uint8Array; readonly bodiless?: true } // CRLFCRLF has not come yet
  | { readonly name: "body"; readonly head: HttpHead; readonly framing: HttpFraming }
  | { readonly name: "done"; readonly head: HttpHead; readonly complete: boolean } // false: closed before its end
  | { readonly name: "failed"; readonly reason: HttpDrop };

/** Where in the body the next byte lies. */
export type HttpFraming =
  | { readonly type: "until-close" }
  | { readonly type: "length"; readonly left: number }
  | { readonly type: "chunk-data"; readonly left: number }
  | { readonly type: "chunk-size" | "chunk-end" | "trailer"; readonly line: string }; // the line so far

/** Why a response is not one. */
export type HttpDrop = "no-data" | "truncated" | "head-too-long" | "status-line" | "content-length" | "chunk";

/** A piece of response taken in. The parts are views into the piece (or into what was kept of the head). */
export interface HttpStep {
  readonly response: HttpResponse;
  readonly raw: Uint8Array; //                  what lies behind CRLFCRLF, chunk framing included, up to the body's end
  readonly body: readonly Uint8Array[]; //      the same without chunk framing
}

/** The longest head that is read: status line, headers and CRLFCRLF. */
export const HTTP_MAX_HEAD = 65_536;

const MAX_LINE = 4096; // of chunk framing
const NOTHING = new Uint8Array();

/** Nothing has been read. */
export const HTTP_START: HttpResponse = { name: "head", bytes: NOTHING };

/** The same of the response to a HEAD, which ends with its head. RFC 9112 §6.3. */
export const HTTP_HEAD_START: HttpResponse = { name: "head", bytes: NOTHING, bodiless: true };

/**
 * Takes in the next bytes. Bytes behind the end of the response are ignored. Never throws.
 *
 * Keepalived differs (2.2.7): it reads to the end of the connection, wants a space behind the status code, finds only
 * `Content-Length` in this spelling, and reads no head of more than 4095 bytes.
 */
export function readResponse(response: HttpResponse, piece: Uint8Array): HttpStep {
  switch (response.name) {
    case "head":
      return readHead(response, piece);
    case "body":
      return readBody(response.head, response.framing, piece);
    case "done":
    case "failed":
      return { response, raw: NOTHING, body: [] };
  }
}

/** The connection was closed: how the response ends. */
export function endResponse(response: HttpResponse): HttpResponse {
  switch (response.name) {
    case "head":
      return failed(response.bytes.length === 0 ? "no-data" : "truncated");
    case "body":
      return { name: "done", head: response.head, complete: response.framing.type === "until-close" };
    case "done":
    case "failed":
      return response;
  }
}

function readHead(response: Extract<HttpResponse, { name: "head" }>, piece: Uint8Array): HttpStep {
  const { bytes: before } = response;
  let bytes = before.length === 0 ? piece : concat(before, piece);
  let from = Math.max(0, before.length - 3);
  for (;;) {
    const end = findHeadEnd(bytes, from);
    if (end === undefined ? bytes.length >= HTTP_MAX_HEAD : end > HTTP_MAX_HEAD)
      return nothing(failed("head-too-long"));
    if (end === undefined) return nothing({ ...response, bytes: bytes.slice() });
    const head = parseHead(toByteString(bytes.subarray(0, end - 4)));
    if (typeof head === "string") return nothing(failed(head));
    bytes = bytes.subarray(end);
    from = 0;
    if (!isInterim(head)) return readBody(head, response.bodiless ? NO_BODY : framingOf(head), bytes);
  }
}

/** RFC 9110 §15.2: 1xx, but for "switching protocols", only announces the response. */
function isInterim({ status }: HttpHead): boolean {
  return status >= 100 && status < 200 && status !== 101;
}

/** The offset behind the first CRLFCRLF that begins at `from` or later. */
function findHeadEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(10, from); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (at >= 3 && bytes[at - 1] === 13 && bytes[at - 2] === 10 && bytes[at - 3] === 13) return at + 1;
  }
  return undefined;
}

function parseHead(text: string): HttpHead | HttpDrop {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = /^\S+ (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return "status-line";
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const other = headers.get(name);
    headers.set(name, other === undefined ? value : `${other}, ${value}`);
  }
  if (isChunked(headers)) return { status: Number(status), headers, contentLength: undefined };
  const contentLength = parseContentLength(headers.get("content-length"));
  return contentLength === "content-length" ? contentLength : { status: Number(status), headers, contentLength };
}

/** RFC 9112 §6.3: one number, or the same one several times. */
function parseContentLength(text: string | undefined): number | undefined | "content-length" {
  if (text === undefined) return undefined;
  const [first = "", ...others] = text.split(/\s*,\s*/);
  return /^\d{1,15}$/.test(first) && others.every((other) => other === first) ? Number(first) : "content-length";
}

function isChunked(headers: ReadonlyMap<string, string>): boolean {
  return /(^|[\s,])chunked$/i.test(headers.get("transfer-encoding") ?? "");
}

const NO_BODY: HttpFraming = { type: "length", left: 0 };

function framingOf(head: HttpHead): HttpFraming {
  if (head.status === 204 || head.status === 304) return NO_BODY;
  if (isChunked(head.headers)) return { type: "chunk-size", line: "" };
  return head.contentLength === undefined ? { type: "until-close" } : { type: "length", left: head.contentLength };
}

function readBody(head: HttpHead, start: HttpFraming, piece: Uint8Array): HttpStep {
  const body: Uint8Array[] = [];
  let at = 0;
  let framing: HttpFraming | "end" | "broken" = start;
  const take = (length: number): void => {
    body.push(piece.subarray(at, at + length));
    at += length;
  };
  if (framing.type === "length" && framing.left === 0) framing = "end";
  while (at < piece.length && typeof framing !== "string") {
    const rest: number = piece.length - at;
    switch (framing.type) {
      case "until-close":
        take(rest);
        break;
      case "length": {
        const length = Math.min(framing.left, rest);
        take(length);
        framing = length === framing.left ? "end" : { type: "length", left: framing.left - length };
        break;
      }
      case "chunk-data": {
        const length = Math.min(framing.left, rest);
        take(length);
        framing =
          length === framing.left
            ? { type: "chunk-end", line: "" }
            : { type: "chunk-data", left: framing.left - length };
        break;
      }
      case "chunk-size":
      case "chunk-end":
      case "trailer": {
        const newline = piece.indexOf(10, at);
        const until: number = newline === -1 ? piece.length : newline;
        const line: string = framing.line + toByteString(piece.subarray(at, until));
        at = newline === -1 ? until : until + 1;
        if (line.length > MAX_LINE) framing = "broken";
        else framing = newline === -1 ? { type: framing.type, line } : afterLine(framing.type, line.replace(/\r$/, ""));
        break;
      }
    }
  }
  const raw = piece.subarray(0, at);
  if (framing === "broken") return { response: failed("chunk"), raw, body };
  if (framing === "end") return { response: { name: "done", head, complete: true }, raw, body };
  return { response: { name: "body", head, framing }, raw, body };
}

/** What a line of chunk framing leads to. RFC 9112 §7.1. */
function afterLine(type: "chunk-size" | "chunk-end" | "trailer", line: string): HttpFraming | "end" | "broken" {
  switch (type) {
    case "chunk-size": {
      const size = /^([\da-f]{1,13})\s*(?:;|$)/i.exec(line)?.[1];
      if (size === undefined) return "broken";
      const left = Number.parseInt(size, 16);
      return left === 0 ? { type: "trailer", line: "" } : { type: "chunk-data", left };
    }
    case "chunk-end":
      return line === "" ? { type: "chunk-size", line: "" } : "broken";
    case "trailer":
      return line === "" ? "end" : { type: "trailer", line: "" };
  }
}

function nothing(response: HttpResponse): HttpStep {
  return { response, raw: NOTHING, body: [] };
}

function failed(reason: HttpDrop): HttpResponse {
  return { name: "failed", reason };
}
