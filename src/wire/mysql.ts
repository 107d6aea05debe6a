import { concat, getU16, getU32, toByteString, viewOf } from "../base/bytes.ts";

/**
 * A packet of MySQL's client/server protocol, version 10, as MySQL and MariaDB document it. Integers are little-endian.
 *
 *     | length u24 | sequence u8 | payload |
 */
export interface MysqlPacket {
  readonly sequence: number; // 0..255, begins with 0 in each exchange
  readonly payload: Uint8Array;
}

/** What a server says first, as far as a client needs it. */
export interface MysqlGreeting {
  readonly nonce: Uint8Array; // 20 bytes
  readonly plugin: string; // how it wants to know us; "" where it does not say
}

/** Why a server does not go on. */
export interface MysqlError {
  readonly code: number; // 1040
  readonly state: string; // SQLSTATE, as `08004`; "" where it says none
  readonly text: string; // `Too many connections`
}

/** How we log in. */
export interface MysqlLogin {
  readonly user: string;
  readonly plugin: string; // how `proof` was made
  readonly proof: Uint8Array; // 255 bytes at most
}

const HEADER = 4;
const LONGEST_PAYLOAD = 16_384; // all that is said before a query is far shorter
const NONCE = 20;
/** What we can do: CLIENT_LONG_PASSWORD, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH. */
const CAPABILITIES = 0x1 | 0x200 | 0x8000 | 0x80000;
const LONGEST_PACKET = 0x100_0000;
const UTF8MB4 = 45; // utf8mb4_general_ci, which both know

/** The first packet of what was heard, and what is behind it; undefined: it has not come; "long": nobody waits for it. */
export function takePacket(
  heard: Uint8Array,
): { readonly packet: MysqlPacket; readonly rest: Uint8Array } | "long" | undefined {
  if (heard.length < HEADER) return undefined;
  const head = getU32(heard, 0, true);
  const length = head & 0xff_ffff;
  if (length > LONGEST_PAYLOAD) return "long";
  const end = HEADER + length;
  if (heard.length < end) return undefined;
  return { packet: { sequence: head >>> 24, payload: heard.subarray(HEADER, end) }, rest: heard.subarray(end) };
}

/** A packet of less than 16 MB. */
export function encodePacket({ sequence, payload }: MysqlPacket): Uint8Array {
  const { length } = payload;
  return concat(Uint8Array.of(length, length >> 8, length >> 16, sequence), payload);
}

/**
 * The greeting, HandshakeV10; undefined where it is none. Never throws.
 *
 *     | 10 | version NUL | thread u32 | nonce 8 | 0 | capabilities u16 | charset u8 | status u16 | capabilities u16 |
 *     | length of nonce, with NUL u8 | reserved 10 | nonce 12, NUL | plugin NUL |
 */
export function decodeGreeting(payload: Uint8Array): MysqlGreeting | undefined {
  const at = payload.indexOf(0) + 1; // the thread
  if (payload[0] !== 10 || at === 0 || payload.length < at + 31 + 12) return undefined;
  const length = Math.max(13, viewOf(payload).getUint8(at + 20) - 8); // of the second part
  const nonce = concat(payload.subarray(at + 4, at + 12), payload.subarray(at + 31, at + 31 + NONCE - 8));
  return { nonce, plugin: upToNul(payload.subarray(at + 31 + length)) };
}

/**
 * HandshakeResponse41.
 *
 *     | capabilities u32 | longest packet u32 | charset u8 | 0 23 | user NUL | length u8, proof | plugin NUL |
 */
export function encodeLogin({ user, plugin, proof }: MysqlLogin): Uint8Array {
  const head = new Uint8Array(32);
  const view = viewOf(head);
  view.setUint32(0, CAPABILITIES, true);
  view.setUint32(4, LONGEST_PACKET, true);
  head[8] = UTF8MB4;
  const encoder = new TextEncoder();
  return concat(head, encoder.encode(`${user}\0`), Uint8Array.of(proof.length), proof, encoder.encode(`${plugin}\0`));
}

/**
 * An ERR packet; undefined where it is none. Before it knows us a server says no state.
 *
 *     | 0xff | code u16 | `#`, state 5 | text |
 */
export function decodeError(payload: Uint8Array): MysqlError | undefined {
  if (payload[0] !== 0xff || payload.length < 3) return undefined;
  const text = new TextDecoder().decode(payload.subarray(3));
  const [, state = "", rest = text] = /^#(.{5})(.*)$/s.exec(text) ?? [];
  return { code: getU16(payload, 1, true), state, text: rest };
}

/** Of a server that wants to know us in another way: AuthSwitchRequest, `| 0xfe | plugin NUL | nonce 20, NUL |`. */
export function decodeSwitch(payload: Uint8Array): MysqlGreeting {
  const plugin = upToNul(payload.subarray(1));
  const at = 1 + plugin.length + 1;
  return { plugin, nonce: payload.slice(at, at + NONCE) };
}

/** COM_QUIT: a farewell, which is not answered. */
export const QUIT: Uint8Array = encodePacket({ sequence: 0, payload: Uint8Array.of(1) });

function upToNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return toByteString(end === -1 ? bytes : bytes.subarray(0, end));
}
