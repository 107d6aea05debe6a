import type { Socket } from "node:net";

/** Frames of RFC 9113 §6, by hand: for servers that no library would be. */
export const TYPES = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

const END_STREAM = 1;
export const END_HEADERS = 4;

/** One frame. `flags`: of its type. */
export function frame(
  type: keyof typeof TYPES | number,
  flags: number,
  stream: number,
  payload: readonly number[] | Buffer = [],
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(typeof type === "number" ? type : TYPES[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, Buffer.from(payload)]);
}

/** What a server says first. */
export const SETTINGS: Buffer = frame("settings", 0, 0);
/** `:status: 200`, RFC 7541 A. */
export const STATUS_200: Buffer = Buffer.from([0x88]);

/** The head of an answer to the first request of a client. */
export function head(block: Buffer = STATUS_200, end = false): Buffer {
  return frame("headers", END_HEADERS | (end ? END_STREAM : 0), 1, block);
}

/** A piece of its body. */
export function data(text: string | Buffer, end = false): Buffer {
  return frame("data", end ? END_STREAM : 0, 1, Buffer.from(text));
}

/** A header field as it is, without compression (RFC 7541 §6.2.2); shorter than 127 bytes each. */
export function field(name: string, value: string): Buffer {
  const text = (of: string): Buffer => Buffer.concat([Buffer.from([of.length]), Buffer.from(of)]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** The socket, of which `answer` is called once the request has come: a HEADERS frame behind the preface. */
export function onRequest(socket: Socket, answer: () => void): Socket {
  let bytes: Buffer = Buffer.alloc(0);
  let answered = false;
  socket.on("data", (chunk: Buffer) => {
    if (answered) return;
    bytes = Buffer.concat([bytes, chunk]);
    for (let at = PREFACE; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
      if (bytes[at + 3] === TYPES.headers) answered = true;
    if (answered) answer();
  });
  return socket;
}

const PREFACE = 24; // bytes
