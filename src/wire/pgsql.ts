import { concat, getU32, viewOf } from "../base/bytes.ts";

/**
 * A message of PostgreSQL's frontend/backend protocol 3.0 that a server sends. Integers are big-endian.
 *
 *     | type u8 | length, with itself u32 | body |
 */
export interface PgsqlMessage {
  readonly type: string; // one character
  readonly body: Uint8Array;
}

/** ErrorResponse, as far as it says why. */
export interface PgsqlError {
  readonly state: string; // SQLSTATE, as `57P03`; "" where it says none
  readonly text: string; // `FATAL: the database system is starting up`
}

const HEADER = 5;
const LONGEST_BODY = 16_384;
const PROTOCOL = 3 << 16;

/** The first message of what was heard, and what is behind it; undefined: it has not come; "long": nobody waits for it. */
export function takeMessage(
  heard: Uint8Array,
): { readonly message: PgsqlMessage; readonly rest: Uint8Array } | "long" | undefined {
  if (heard.length < HEADER) return undefined;
  const length = getU32(heard, 1, false) - 4;
  if (length < 0 || length > LONGEST_BODY) return "long";
  const end = HEADER + length;
  if (heard.length < end) return undefined;
  return {
    message: { type: String.fromCharCode(...heard.subarray(0, 1)), body: heard.subarray(HEADER, end) },
    rest: heard.subarray(end),
  };
}

/**
 * StartupMessage: parameters by name, of which `user` must be there. Without `database` the server takes the user's name.
 *
 *     | length, with itself u32 | 3 u16, 0 u16 | name NUL value NUL ... | NUL |
 */
export function encodeStartup(parameters: Readonly<Record<string, string>>): Uint8Array {
  const body = new TextEncoder().encode(`${Object.entries(parameters).flat().join("\0")}\0\0`);
  const head = new Uint8Array(8);
  viewOf(head).setUint32(0, head.length + body.length);
  viewOf(head).setUint32(4, PROTOCOL);
  return concat(head, body);
}

/** Terminate: a farewell, which is not answered. */
export const TERMINATE: Uint8Array = Uint8Array.of(0x58, 0, 0, 0, 4);

/** ErrorResponse: fields, each a letter and a text NUL. S: severity, in the server's language; C: state; M: text; D: more. */
export function decodeErrorResponse(body: Uint8Array): PgsqlError {
  const fields = new Map(
    new TextDecoder()
      .decode(body)
      .split("\0")
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const text = ["S", "M", "D"]
    .map((letter) => fields.get(letter))
    .filter((each) => each !== undefined)
    .join(": ");
  return { state: fields.get("C") ?? "", text };
}
