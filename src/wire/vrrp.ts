import { fromByteString, toByteString, viewOf } from "../base/bytes.ts";
import { checksum } from "../base/checksum.ts";
import { type Family, family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { centiseconds, type Micros, seconds, toSeconds } from "../base/time.ts";
import { type Envelope, pseudoHeader } from "./pseudo-header.ts";

/** A VRRP advertisement: what one router says to the others. One member for each version of the protocol. */
export type Advertisement = AdvertisementV2 | AdvertisementV3;

/** VRRP version 2; RFC 3768 §5.1, its authentication RFC 2338 §5.3.6. Over IPv6 it is Keepalived's own. */
export interface AdvertisementV2 {
  readonly version: 2;
  readonly vrid: number; //     1..255
  readonly priority: number; // 0 = resigning, 255 = address owner
  readonly interval: Micros; // wire: whole seconds, one byte
  readonly authentication: AdvertisementAuthentication;
  readonly addresses: readonly IpAddress[]; // at most 255, in the sender's order
}

/** VRRP version 3; RFC 9568 §5.2. */
export interface AdvertisementV3 {
  readonly version: 3;
  readonly vrid: number; //     1..255
  readonly priority: number; // 0 = resigning, 255 = address owner
  readonly interval: Micros; // wire: centiseconds, 12 bits
  readonly addresses: readonly IpAddress[]; // at most 255, in the sender's order
}

/**
 * What an advertisement shows to be believed. `password`: a byte string (base/bytes.ts) of at most 8 bytes without NUL at
 * its end; IPv6 carries none, so there it is empty.
 */
export type AdvertisementAuthentication =
  | { readonly type: "none" }
  | { readonly type: "pass"; readonly password: string }
  | { readonly type: "ah" }; // the proof stands in a header of its own (ah.ts)

/**
 * What the checksum of VRRPv3 over IPv4 covers. `addresses`: the message and the addresses of its packet (RFC 5798, and
 * what Keepalived sends). `message`: the message alone (RFC 9568 §5.2.8). `group`: as `addresses`, but with the
 * multicast group in place of the peer it is sent to (Keepalived before 1.3.7).
 */
export type ChecksumForm = "addresses" | "message" | "group";

/** Why an advertisement is not taken, in the order of the checks; also the metric label. */
export type AdvertisementDropReason = "truncated" | "version" | "length" | "auth-type" | "type" | "checksum";

/** `found` is what the packet has in place of the right thing: its version, length, auth type, type or checksum. */
export interface AdvertisementDrop {
  readonly ok: false;
  readonly reason: AdvertisementDropReason;
  readonly found: number;
}

/** An advertisement, and which of the checksums it has; `addresses` where there is no choice. */
export interface DecodedAdvertisement {
  readonly ok: true;
  readonly value: Advertisement;
  readonly checksum: ChecksumForm;
}

/** IPPROTO number of VRRP, RFC 9568 §5.1.1.4. */
export const IPPROTO_VRRP = 112;

/** The group that VRRP routers speak to, RFC 9568 §5.1.1.2. */
export const VRRP_GROUP_V4 = fromBytes(Uint8Array.of(224, 0, 0, 18));

/** The TTL or hop limit that proves that no router was passed, RFC 9568 §5.1.1.3. */
export const VRRP_TTL = 255;

const HEADER = 8;
const AUTH_DATA = 8;
const ADVERTISEMENT = 1;
const AUTH_NONE = 0;
const AUTH_PASS = 1;
const AUTH_AH = 2;

/**
 * The payload of an IPv4 or IPv6 packet; `between` are the addresses that its checksum covers, and says the family.
 *
 *      0             1      2          3       4           5          6          8              8+4n
 *     | 2 | type 1  | vrid | priority | count | auth type | seconds  | checksum | addresses …  | auth data (8) |
 *     | 3 | type 1  | vrid | priority | count | 0 | centiseconds (12) | checksum | addresses …  |
 *
 * Over IPv4, version 2 has always its 8 bytes of authentication (zeros for none): RFC 3768 §5.3.8; over IPv6 never, as
 * measured on keepalived 2.2.7.
 */
export function encodeAdvertisement(
  advertisement: Advertisement,
  between: Envelope,
  form: "addresses" | "message" = "addresses",
): Uint8Array {
  const { version, vrid, priority, interval, addresses } = advertisement;
  const of = family(between.from);
  const size = of === 4 ? 4 : 16;
  const bytes = new Uint8Array(messageLength(version, of, addresses.length));
  const view = viewOf(bytes);
  view.setUint8(0, (version << 4) | ADVERTISEMENT);
  view.setUint8(1, vrid);
  view.setUint8(2, priority);
  view.setUint8(3, addresses.length);
  for (const [i, address] of addresses.entries()) bytes.set(toBytes(address), HEADER + size * i);
  if (version === 3) view.setUint16(4, Math.round(interval / centiseconds(1)) & 0xfff);
  else {
    view.setUint8(5, Math.round(toSeconds(interval)));
    if (advertisement.authentication.type === "ah") view.setUint8(4, AUTH_AH);
    if (advertisement.authentication.type === "pass") {
      view.setUint8(4, AUTH_PASS);
      const password = fromByteString(advertisement.authentication.password).subarray(0, AUTH_DATA);
      if (of === 4) bytes.set(password, bytes.length - AUTH_DATA);
    }
  }
  const bare = of === 4 && (version === 2 || form === "message");
  view.setUint16(6, bare ? checksum(bytes) : checksum(covered(between, bytes), bytes));
  return bytes;
}

/** The VRID, which says whose advertisement it is before anything else is looked at; undefined if it is not even there. */
export function advertisedVrid(payload: Uint8Array): number | undefined {
  return payload[1];
}

/** The length of a message without anything behind it (a trailer that signs it). RFC 3768 §5.1, RFC 9568 §5.2. */
export function messageLength(version: number, of: Family, count: number): number {
  return HEADER + (of === 4 ? 4 : 16) * count + (version === 2 && of === 4 ? AUTH_DATA : 0);
}

/**
 * Reads the payload of an IPv4 or IPv6 packet of protocol 112; all that the packet alone can be judged by. Whether it
 * fits the virtual router (version, authentication, interval, TTL, addresses) is judged in vrrp/. `group`: the one that
 * an old peer may have put into the checksum. Never throws. Keepalived's order of checks, but for the version, which
 * says what length to expect.
 */
export function decodeAdvertisement(
  payload: Uint8Array,
  between: Envelope,
  group?: IpAddress,
): DecodedAdvertisement | AdvertisementDrop {
  if (payload.length < HEADER) return dropped("truncated", payload.length);
  const view = viewOf(payload);
  const of = family(between.from);
  const version = view.getUint8(0) >> 4;
  if (version !== 2 && version !== 3) return dropped("version", version);
  const count = view.getUint8(3);
  if (payload.length !== messageLength(version, of, count)) return dropped("length", payload.length);
  const authType = version === 2 ? view.getUint8(4) : AUTH_NONE;
  if (authType > AUTH_AH) return dropped("auth-type", authType);
  const type = view.getUint8(0) & 0xf;
  if (type !== ADVERTISEMENT) return dropped("type", type);
  const form = checksumForm(payload, between, group);
  if (form === undefined) return dropped("checksum", view.getUint16(6));
  const size = of === 4 ? 4 : 16;
  const common = {
    vrid: view.getUint8(1),
    priority: view.getUint8(2),
    addresses: Array.from({ length: count }, (_, i) =>
      fromBytes(payload.subarray(HEADER + size * i, HEADER + size * (i + 1))),
    ),
  };
  if (version === 3) {
    const interval = centiseconds(view.getUint16(4) & 0xfff); // the 4 bits before it are reserved, and ignored
    return { ok: true, value: { version, ...common, interval }, checksum: form };
  }
  const password = of === 4 ? payload.subarray(HEADER + size * count) : new Uint8Array();
  const authentication = authenticationOf(authType, password);
  return {
    ok: true,
    value: { version, ...common, interval: seconds(view.getUint8(5)), authentication },
    checksum: form,
  };
}

function authenticationOf(type: number, data: Uint8Array): AdvertisementAuthentication {
  if (type === AUTH_NONE) return { type: "none" };
  return type === AUTH_AH ? { type: "ah" } : { type: "pass", password: toByteString(data).replace(/\0+$/, "") };
}

/** What the checksum covers; undefined where it is wrong in every way that is allowed. */
function checksumForm(payload: Uint8Array, between: Envelope, group: IpAddress | undefined): ChecksumForm | undefined {
  if (family(between.from) === 4 && viewOf(payload).getUint8(0) >> 4 === 2)
    return checksum(payload) === 0 ? "addresses" : undefined;
  if (checksum(covered(between, payload), payload) === 0) return "addresses";
  if (family(between.from) === 6) return undefined;
  if (checksum(payload) === 0) return "message";
  const old = group !== undefined && checksum(covered({ from: between.from, to: group }, payload), payload) === 0;
  return old ? "group" : undefined;
}

function covered(between: Envelope, payload: Uint8Array): Uint8Array {
  return pseudoHeader(between, IPPROTO_VRRP, payload.length);
}

function dropped(reason: AdvertisementDropReason, found: number): AdvertisementDrop {
  return { ok: false, reason, found };
}
