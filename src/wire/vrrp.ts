import { fromByteString, toByteString, viewOf } from "../base/bytes.ts";
import { checksum } from "../base/checksum.ts";
import { accept } from "../base/decoded.ts";
import { fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { type Micros, seconds, toSeconds } from "../base/time.ts";

/** A VRRP advertisement: what one router says to the others. One member for each version of the protocol. */
export type Advertisement = AdvertisementV2;

/** VRRP version 2, IPv4; RFC 3768 §5.1, its authentication RFC 2338 §5.3.6. */
export interface AdvertisementV2 {
  readonly version: 2;
  readonly vrid: number; //     1..255
  readonly priority: number; // 0 = resigning, 255 = address owner
  readonly interval: Micros; // wire: whole seconds, one byte
  readonly authentication: AdvertisementAuthentication;
  readonly addresses: readonly IpAddress[]; // at most 255, in the sender's order
}

/** What an advertisement shows to be believed. `password`: a byte string (base/bytes.ts) of at most 8 bytes without NUL at its end. */
export type AdvertisementAuthentication =
  | { readonly type: "none" }
  | { readonly type: "pass"; readonly password: string };

/** Why an advertisement is not taken, in the order of the checks; also the metric label. */
export type AdvertisementDropReason = "truncated" | "version" | "length" | "auth-type" | "type" | "checksum";

/** `found` is what the packet has in place of the right thing: its version, length, auth type, type or checksum. */
export interface AdvertisementDrop {
  readonly ok: false;
  readonly reason: AdvertisementDropReason;
  readonly found: number;
}

/** IPPROTO number of VRRP, RFC 9568 §5.1.1.4. */
export const IPPROTO_VRRP = 112;

/** The group that VRRP routers speak to, RFC 9568 §5.1.1.2. */
export const VRRP_GROUP_V4 = fromBytes(Uint8Array.of(224, 0, 0, 18));

/** The TTL that proves that no router was passed, RFC 9568 §5.1.1.3. */
export const VRRP_TTL = 255;

const HEADER = 8;
const AUTH_DATA = 8;
const ADVERTISEMENT = 1;
const AUTH_NONE = 0;
const AUTH_PASS = 1;

/**
 * The IPv4 payload.
 *
 *      0             1      2          3       4           5          6          8              8+4n
 *     | 2 | type 1  | vrid | priority | count | auth type | seconds  | checksum | addresses …  | auth data (8) |
 *
 * The 8 bytes of authentication are always there (zeros for none), and the checksum covers them: RFC 3768 §5.3.8.
 */
export function encodeAdvertisement({
  vrid,
  priority,
  interval,
  authentication,
  addresses,
}: Advertisement): Uint8Array {
  const bytes = new Uint8Array(HEADER + 4 * addresses.length + AUTH_DATA);
  const view = viewOf(bytes);
  view.setUint8(0, (2 << 4) | ADVERTISEMENT);
  view.setUint8(1, vrid);
  view.setUint8(2, priority);
  view.setUint8(3, addresses.length);
  view.setUint8(5, Math.round(toSeconds(interval)));
  for (const [i, address] of addresses.entries()) bytes.set(toBytes(address), HEADER + 4 * i);
  if (authentication.type === "pass") {
    view.setUint8(4, AUTH_PASS);
    bytes.set(fromByteString(authentication.password).subarray(0, AUTH_DATA), bytes.length - AUTH_DATA);
  }
  view.setUint16(6, checksum(bytes));
  return bytes;
}

/** The VRID, which says whose advertisement it is before anything else is looked at; undefined if it is not even there. */
export function advertisedVrid(payload: Uint8Array): number | undefined {
  return payload[1];
}

/**
 * Reads the payload of an IPv4 packet of protocol 112; all that the packet alone can be judged by. Whether it fits the
 * virtual router (authentication, interval, TTL, addresses) is judged in vrrp/. Never throws. Keepalived's order of checks,
 * but for the version, which says what length to expect.
 */
export function decodeAdvertisement(
  payload: Uint8Array,
): { readonly ok: true; readonly value: Advertisement } | AdvertisementDrop {
  if (payload.length < HEADER) return dropped("truncated", payload.length);
  const view = viewOf(payload);
  const version = view.getUint8(0) >> 4;
  if (version !== 2) return dropped("version", version);
  const authData = HEADER + 4 * view.getUint8(3);
  if (payload.length !== authData + AUTH_DATA) return dropped("length", payload.length);
  const authType = view.getUint8(4);
  if (authType !== AUTH_NONE && authType !== AUTH_PASS) return dropped("auth-type", authType);
  const type = view.getUint8(0) & 0xf;
  if (type !== ADVERTISEMENT) return dropped("type", type);
  if (checksum(payload) !== 0) return dropped("checksum", view.getUint16(6));
  return accept({
    version,
    vrid: view.getUint8(1),
    priority: view.getUint8(2),
    interval: seconds(view.getUint8(5)),
    authentication: authType === AUTH_NONE ? { type: "none" } : { type: "pass", password: password(payload, authData) },
    addresses: Array.from({ length: view.getUint8(3) }, (_, i) =>
      fromBytes(payload.subarray(HEADER + 4 * i, HEADER + 4 * i + 4)),
    ),
  });
}

function password(payload: Uint8Array, at: number): string {
  return toByteString(payload.subarray(at, at + AUTH_DATA)).replace(/\0+$/, "");
}

function dropped(reason: AdvertisementDropReason, found: number): AdvertisementDrop {
  return { ok: false, reason, found };
}
