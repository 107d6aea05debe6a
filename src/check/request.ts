import type { HttpRequest } from "../wire/http.ts";
import type { CheckIo } from "./checker.ts";

/** What a request has beside path and Host; config/model/check.ts `RequestConfig`. */
export interface RequestText {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Given | undefined;
  readonly credentials: Given | undefined; // `USER:PASSWORD`
}

/** A text, or the file that holds it. */
export type Given = { readonly text: string } | { readonly file: string };

/** What of a request files may have a part in. */
export type RequestParts = Pick<HttpRequest, "method" | "headers" | "body">;

/** The parts of a request, or why they cannot be had: a file cannot be read. */
export function requestOf(request: RequestText | undefined, io: Pick<CheckIo, "file">): RequestParts | string {
  if (request === undefined) return {};
  const { method } = request;
  const body = request.body && bytesOf(request.body, io);
  if (typeof body === "string") return body;
  const login = request.credentials && authorization(request.credentials, io);
  if (typeof login === "string") return login;
  const headers = login === undefined ? request.headers : [...request.headers, login];
  return { method, headers, ...(body === undefined ? {} : { body }) };
}

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
