import type { ClientHttp2Session, connect, IncomingHttpHeaders } from "node:http2";
import { Duplex } from "node:stream";
import { concat, getU16, getU32, toByteString } from "../base/bytes.ts";
import type { Connection } from "./checker.ts";

/** A request in the parts that HTTP/2 has (RFC 9113 §8.3.1). */
export interface Http2Request {
  readonly scheme: "http" | "https";
  readonly authority: string; // what HTTP/1 says in its Host header
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>; // names in lower case; each value in a field of its own
  readonly body?: Uint8Array | undefined;
}

/** Header fields: names in lower case, values of one name joined by ", ". */
export type Http2Fields = ReadonlyMap<string, string>;

/** What a server answers, in this order; `end` or `failed` comes once and last. */
export type Http2Event =
  | { readonly type: "head"; readonly status: number; readonly headers: Http2Fields } // 200..999
  | { readonly type: "data"; readonly bytes: Uint8Array }
  | { readonly type: "end"; readonly trailers: Http2Fields }
  | { readonly type: "failed"; readonly why: string };

/** What a server may send that is no body, bytes: a good one needs some hundred. A small frame is heavier than what it holds. */
const OVERHEAD = { most: 256 * 1024, perByte: 16 } as const;
/** Of responses that only announce one (RFC 9110 §15.2): a few bytes may stand for a long one. */
const MOST_INTERIM = 16;
/** A block of header fields, as RFC 9113 §6.5.2 counts them, and how many there may be. */
const LONGEST_HEADERS = { bytes: 64 * 1024, fields: 256 } as const;

/** What a server may send of a body before it hears that we have read it; nothing is kept. Bytes. */
const WINDOW = 1024 * 1024;

/** Makes a client of an established connection, which it owns from here on. Never rejects. */
export async function http2Client(connection: Connection): Promise<Http2Client> {
  const http2 = await import("node:http2"); // 5 MB and 16 ms, for who asks for it alone
  return new Http2Client(connection, http2.connect);
}

/**
 * One request over HTTP/2, RFC 9113. Frames, HPACK and flow control are Node's (nghttp2); the bounds above are ours, so that no
 * server makes the process grow, whatever it sends. No timers: whoever waits, closes.
 */
export class Http2Client {
  readonly #connection: Connection;
  readonly #pipe: Duplex;
  readonly #session: ClientHttp2Session;
  #handler: (event: Http2Event) => void = () => {};
  #trailers: Http2Fields = new Map();
  #received = 0; // bytes
  #body = 0; // of them
  #interim = 0;
  #open = true;

  constructor(connection: Connection, connectHttp2: typeof connect) {
    this.#connection = connection;
    this.#pipe = new Duplex({
      read: () => {},
      write: (chunk: Uint8Array, _encoding, written) => {
        this.#send([chunk]);
        written();
      },
      writev: (chunks: readonly { readonly chunk: Uint8Array }[], written) => {
        this.#send(chunks.map(({ chunk }) => chunk));
        written();
      },
      destroy: (_error, done) => done(null),
    });
    this.#session = connectHttp2("http://server", {
      createConnection: () => this.#pipe,
      settings: { enablePush: false, initialWindowSize: WINDOW, maxHeaderListSize: LONGEST_HEADERS.bytes },
      maxHeaderListPairs: LONGEST_HEADERS.fields,
      maxReservedRemoteStreams: 0,
      maxSessionMemory: 1, // MB
    });
    this.#session.once("connect", () => this.#session.setLocalWindowSize(WINDOW));
    this.#session.on("error", (error) => this.#fail(reasonOf(error)));
    this.#session.on("close", () => this.#fail("the server ends the connection"));
  }

  /** To be called once. The handler is called later, and not after `close`. */
  request(request: Http2Request, handler: (event: Http2Event) => void): void {
    this.#handler = handler;
    this.#connection.onData((chunk) => this.#take(chunk));
    try {
      this.#ask(request);
    } catch (error) {
      setImmediate(() => this.#fail(reasonOf(error))); // no header field can hold what is configured
    }
  }

  /** Closes the connection at once. Any number of times. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#session.destroy();
    this.#pipe.destroy();
    this.#connection.close();
  }

  #ask({ scheme, authority, method, path, headers, body }: Http2Request): void {
    const stream = this.#session.request(
      {
        ":method": method,
        ":scheme": scheme,
        ":authority": octets(authority),
        ":path": octets(path),
        ...headers,
      },
      { endStream: body === undefined },
    );
    if (body !== undefined) stream.end(body);
    stream.on("headers", () => {
      this.#interim++;
      if (this.#interim > MOST_INTERIM) this.#fail(`the server sends more than ${MOST_INTERIM} interim responses`);
    });
    stream.on("response", (fields) => {
      this.#tell({ type: "head", status: Number(fields[":status"]), headers: fieldsOf(fields) });
    });
    stream.on("data", (bytes: Uint8Array) => {
      this.#body += bytes.length;
      this.#tell({ type: "data", bytes });
    });
    stream.on("trailers", (fields) => {
      this.#trailers = fieldsOf(fields);
    });
    stream.on("end", () => {
      if (stream.rstCode === 0) this.#tell({ type: "end", trailers: this.#trailers });
    });
    stream.on("error", (error) => this.#fail(reasonOf(error)));
    stream.on("close", () => this.#fail(`the server breaks the answer off (${codeName(stream.rstCode)})`));
  }

  /** Frame by frame. What nghttp2 takes amiss, it tells the server alone. */
  #send(frames: readonly Uint8Array[]): void {
    if (!this.#open) return;
    this.#connection.write(concat(...frames));
    const complaint = frames.map(complaintOf).find((each) => each !== undefined);
    if (complaint !== undefined) setImmediate(() => this.#fail(`it does not keep to HTTP/2 (${complaint})`));
  }

  #take(chunk: Uint8Array | "end" | Error): void {
    if (!this.#open) return;
    if (chunk instanceof Error) this.#fail(chunk.message);
    else if (chunk === "end") this.#pipe.push(null);
    else if (this.#received === 0 && isHttp1(chunk)) this.#fail("it answers in HTTP/1: it does not speak HTTP/2");
    else {
      this.#received += chunk.length;
      if (this.#received > OVERHEAD.most + OVERHEAD.perByte * this.#body) this.#fail("it sends more than an answer");
      else this.#pipe.push(chunk.slice()); // valid for the length of this call
    }
  }

  #fail(why: string): void {
    this.#tell({ type: "failed", why });
  }

  #tell(event: Http2Event): void {
    if (!this.#open) return;
    if (event.type === "end" || event.type === "failed") this.close();
    this.#handler(event);
  }
}

/** As UTF-8, a character a byte: so Node writes what is configured as it is. */
export function octets(text: string): string {
  return toByteString(new TextEncoder().encode(text));
}

function fieldsOf(fields: IncomingHttpHeaders): Http2Fields {
  return new Map(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

const HTTP1 = new TextEncoder().encode("HTTP/1.");

/** Of an answer's first bytes, which no frame begins with: its length would be 4.7 MB. */
function isHttp1(chunk: Uint8Array): boolean {
  return chunk.length > 0 && HTTP1.every((byte, i) => i >= chunk.length || chunk[i] === byte);
}

/** RFC 9113 §7. */
const CODES = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED"],
  ...["FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM"],
  ...["INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
] as const;

function codeName(code: number | undefined): string {
  return CODES[code ?? 0] ?? `error ${code}`;
}

const GOAWAY = 7;

/** `FRAME_SIZE_ERROR: too large frame size`, of a GOAWAY with an error; RFC 9113 §6.8. Frames are written one by one. */
function complaintOf(frame: Uint8Array): string | undefined {
  if (frame.length < 17 || frame[3] !== GOAWAY || getU16(frame, 1, false) !== frame.length - 9) return undefined;
  const code = getU32(frame, 13, false);
  const detail = toByteString(frame.subarray(17));
  return code === 0 ? undefined : `${codeName(code)}${detail === "" ? "" : `: ${detail}`}`;
}

/** What Node says, with the codes by the names that they have in the RFC. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ERR_HTTP2_ERROR") return `it does not keep to HTTP/2 (${error.message})`;
  return error.message.replace(
    /\bcode (?:NGHTTP2_(\w+)|(\d+))/,
    (_, name?: string, code?: string) => name ?? codeName(Number(code)),
  );
}
