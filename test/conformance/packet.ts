import { type IpAddress, toBytes } from "../../src/base/ip.ts";
import { toSeconds } from "../../src/base/time.ts";
import { type Flavour, INTERVAL, type Packet, places, type RouterText, virtualAddress } from "./rule.ts";

/** A packet of protocol 112, ready for its IP header. */
export interface ForgedPacket {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number;
  readonly payload: Uint8Array;
}

/** The bytes of a neighbour's packet. Written by hand on purpose: the rules must not trust the codec that they test. */
export function forge(flavour: Flavour, router: RouterText, vrid: number, packet: Packet): ForgedPacket {
  const { neighbours, group, router: own } = places(flavour);
  const [from, to] = [neighbours[packet.from ?? "above"], packet.to === "router" ? own : group];
  const addresses = listed(flavour, vrid, packet);
  const version = packet.version ?? (flavour === "v2" ? 2 : 3);
  const isSecond = version === 2 || (version !== 3 && flavour === "v2");
  const whole = resize(
    Uint8Array.of(
      (version << 4) | (packet.kind ?? 1),
      vrid + (packet.vrid ?? 0),
      packet.priority,
      addresses.length,
      ...(isSecond ? interval2(router, packet) : interval3(flavour, packet)),
      0,
      0,
      ...addresses.flatMap((address) => [...toBytes(address)]),
      ...(isSecond ? authentication(router, packet).data : []),
    ),
    packet.resized ?? 0,
  );
  const bare = isSecond || packet.checksum === "message";
  const sum = internetChecksum([...(bare ? [] : pseudo(from, to, whole.length)), ...whole]);
  const right = packet.checksum === "wrong" ? sum ^ 0x0101 : sum;
  whole.set([right >> 8, right & 0xff], 6);
  return { from, to, ttl: packet.ttl ?? 255, payload: whole.subarray(0, packet.cut ?? whole.length) };
}

/** Whether the checksum of a message is one that its receivers take; RFC 3768 §5.3.8, RFC 5798 §5.2.8. */
export function isSummed(flavour: Flavour, from: IpAddress, to: IpAddress, payload: Uint8Array): boolean {
  return internetChecksum([...(flavour === "v2" ? [] : pseudo(from, to, payload.length)), ...payload]) === 0;
}

/** The Internet checksum, RFC 1071: over a message with its checksum it is 0. */
export function internetChecksum(bytes: readonly number[]): number {
  let sum = 0;
  for (const [i, byte] of bytes.entries()) sum += i % 2 === 0 ? byte << 8 : byte;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function listed(flavour: Flavour, vrid: number, { addresses = "ours" }: Packet): IpAddress[] {
  const [own, foreign] = [virtualAddress(flavour, vrid), virtualAddress(flavour, 250)];
  return { ours: [own], another: [foreign], "one-more": [own, foreign], none: [] }[addresses];
}

function interval2(router: RouterText, packet: Packet): number[] {
  return [authentication(router, packet).type, toSeconds(INTERVAL.v2) * (packet.interval ?? 1)];
}

function interval3(flavour: Flavour, { interval = 1, reserved }: Packet): number[] {
  const centiseconds = (INTERVAL[flavour] * interval) / 10_000;
  return [(reserved === undefined ? 0 : 0xf0) | (centiseconds >> 8), centiseconds & 0xff];
}

function authentication({ password }: RouterText, packet: Packet): { type: number; data: number[] } {
  const { type, data } = packet.authentication ?? { type: password === undefined ? 0 : 1, data: password ?? "" };
  return { type, data: [...resize(new TextEncoder().encode(data), 8 - data.length)] };
}

function pseudo(from: IpAddress, to: IpAddress, length: number): number[] {
  const ends = [...toBytes(from), ...toBytes(to)];
  return ends.length === 8 ? [...ends, 0, 112, 0, length] : [...ends, 0, 0, 0, length, 0, 0, 0, 112];
}

function resize(bytes: Uint8Array, more: number): Uint8Array {
  const resized = new Uint8Array(bytes.length + more);
  resized.set(bytes.subarray(0, resized.length));
  return resized;
}
