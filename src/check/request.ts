import type { CheckIo } from "./checker.ts";
import { USER_AGENT } from "./http2.ts";
import type { Http2Request } from "./http2-client.ts";

/** What a request has beside path and Host; config/model/check.ts `RequestConfig`. */
export interface RequestText {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Given | undefined;
  readonly credentials: Given | undefined; // `USER:PASSWORD`
}

/** A text, or the file that holds it. */
export type Given = { readonly text: string } | { readonly file: string };

/** The same with what stood in the files. */
export interface RequestParts {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
}

/** What is asked beside path and host, or why it cannot be had: a file cannot be read. Undefined: a GET without more. */
export function requestParts(request: RequestText | undefined, io: Pick<CheckIo, "file">): RequestParts | string {
  if (request === undefined) return PLAIN;
  const { method } = request;
  const body = request.body && bytesOf(request.body, io);
  if (typeof body === "string") return body;
  const login = request.credentials && authorization(request.credentials, io);
  if (typeof login === "string") return login;
  const headers = login === undefined ? request.headers : [...request.headers, login];
  return { method, headers, ...(body === undefined ? {} : { body }) };
}

const PLAIN: RequestParts = { method: "GET", headers: [] };

/** The same over HTTP/2: names in lower case, and without what is about an HTTP/1 connection (RFC 9113 §8.2.2). */
export function http2Request(
  base: Pick<Http2Request, "scheme" | "authority" | "path">,
  { method, headers, body }: RequestParts,
): Http2Request {
  const fields = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const field = name.toLowerCase();
    if (!OF_CONNECTIONS.has(field)) fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return { ...base, method, headers: { ...USER_AGENT, ...Object.fromEntries(fields) }, ...(body && { body }) };
}

const OF_CONNECTIONS: ReadonlySet<string> = new Set(
  "connection keep-alive proxy-connection transfer-encoding upgrade http2-settings te".split(" "),
);

function bytesOf(given: Given, io: Pick<CheckIo, "file">): Uint8Array | string {
  return "text" in given ? new TextEncoder().encode(given.text) : io.file(given.file);
}

/** RFC 7617 §2. Of a file the first line counts. */
function authorization(given: Given, io: Pick<CheckIo, "file">): readonly [string, string] | string {
  const bytes = bytesOf(given, io);
  if (typeof bytes === "string") return bytes;
  const end = "file" in given ? bytes.findIndex((byte) => byte === 10 || byte === 13) : -1;
  const line = end === -1 ? bytes : bytes.subarray(0, end);
  if ("file" in given && !line.includes(COLON)) return `${given.file} does not begin with USER:PASSWORD`;
  return ["Authorization", `Basic ${Buffer.from(line).toString("base64")}`];
}

const COLON = 0x3a;
