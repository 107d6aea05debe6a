import { fromBytes, type IpAddress, ip, toBytes } from "../../src/base/ip.ts";
import type { Micros } from "../../src/base/time.ts";
import { encodeIpv4 } from "../../src/wire/ipv4.ts";
import { encodeIpv6 } from "../../src/wire/ipv6.ts";
import { type ForgedPacket, internetChecksum } from "../conformance/packet.ts";
import { type Flavour, places, type Seen, virtualAddress } from "../conformance/rule.ts";

/** Added to the VRID of a packet that is for a virtual router that nobody has. */
export const STRANGE_VRID = 120;

/** An Ethernet frame of the neighbour with an advertisement. */
export function advertFrame(mac: string, { from, to, ttl, payload }: ForgedPacket, routerMac: string): string {
  const common = { from, to, protocol: 112, payload };
  const multicast = to.includes(":") ? "333300000012" : "01005e000012";
  const destination = to.startsWith("ff") || to.startsWith("224") ? multicast : bare(routerMac);
  return to.includes(":")
    ? `${destination}${bare(mac)}86dd${hex(encodeIpv6({ ...common, hopLimit: ttl, trafficClass: 0xc0 }))}`
    : `${destination}${bare(mac)}0800${hex(encodeIpv4({ ...common, ttl, tos: 0xc0, id: 1 }))}`;
}

/** An Ethernet frame of the neighbour that asks who has the virtual address. */
export function questionFrame(mac: string, flavour: Flavour, vrid: number): string {
  const { neighbours } = places(flavour);
  const [from, target] = [neighbours.above, virtualAddress(flavour, vrid)];
  if (flavour !== "v3-ipv6")
    return `ffffffffffff${bare(mac)}08060001080006040001${bare(mac)}${hex(toBytes(from))}000000000000${hex(toBytes(target))}`;
  const end = hex(toBytes(target)).slice(-6);
  const to = ip(`ff02::1:ff${end.slice(0, 2)}:${end.slice(2)}`); // RFC 4291 §2.7.1
  const payload = Uint8Array.of(135, 0, 0, 0, 0, 0, 0, 0, ...toBytes(target), 1, 1, ...Buffer.from(bare(mac), "hex"));
  const sum = internetChecksum([...toBytes(from), ...toBytes(to), 0, 0, 0, payload.length, 0, 0, 0, 58, ...payload]);
  payload.set([sum >> 8, sum & 0xff], 2);
  return `3333ff${end}${bare(mac)}86dd${hex(encodeIpv6({ from, to, protocol: 58, hopLimit: 255, trafficClass: 0, payload }))}`;
}

/** What a frame is to the rules, and of which virtual router; undefined: nothing. `macs`: of the router and its neighbour. */
export function readFrame(
  at: Micros,
  frame: DataView,
  macs: { readonly router: string; readonly neighbour: string },
): { readonly vrid: number; readonly seen: Seen } | undefined {
  const bytes = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
  const mac = hex(bytes.subarray(6, 12));
  const isRouter = mac === bare(macs.router);
  if (!isRouter && mac !== bare(macs.neighbour)) return undefined;
  const type = frame.getUint16(12);
  if (type === 0x0806) return readArp(at, bytes, isRouter);
  if (type === 0x86dd && bytes[20] === 58) return readNeighbourMessage(at, bytes, isRouter);
  const [protocol, ttl, source, payload] = type === 0x86dd ? [20, 21, 22, 54] : [23, 22, 26, 34];
  if (bytes[protocol] !== 112) return undefined;
  const length = type === 0x86dd ? 40 + frame.getUint16(18) : frame.getUint16(16);
  const message = bytes.slice(payload, 14 + length);
  const vrid = message[1] ?? 0;
  if (!isRouter) return { vrid: vrid > STRANGE_VRID ? vrid - STRANGE_VRID : vrid, seen: { kind: "sent", at } };
  const size = (payload - source) / 2;
  const [from, to] = [address(bytes, source, size), address(bytes, source + size, size)];
  return { vrid, seen: { kind: "advert", at, advert: { from, to, ttl: bytes[ttl], payload: message } } };
}

function readArp(at: Micros, bytes: Uint8Array, isRouter: boolean): ReturnType<typeof readFrame> {
  const [sender, target] = [hex(bytes.subarray(28, 32)), hex(bytes.subarray(38, 42))];
  if (!isRouter) return { vrid: bytes[41] ?? 0, seen: { kind: "asked", at } };
  if (bytes[21] === 2) return { vrid: bytes[31] ?? 0, seen: { kind: "reply", at } };
  return sender === target ? { vrid: bytes[31] ?? 0, seen: { kind: "announce", at } } : undefined;
}

function readNeighbourMessage(at: Micros, bytes: Uint8Array, isRouter: boolean): ReturnType<typeof readFrame> {
  const [type, flags, vrid] = [bytes[54], bytes[58] ?? 0, bytes[77] ?? 0];
  if (!isRouter) return type === 135 ? { vrid, seen: { kind: "asked", at } } : undefined;
  if (type !== 136) return undefined;
  return { vrid, seen: { kind: (flags & 0x40) === 0 ? "announce" : "reply", at } };
}

function address(bytes: Uint8Array, at: number, length: number): IpAddress {
  return fromBytes(bytes.subarray(at, at + length));
}

function bare(mac: string): string {
  return mac.replaceAll(":", "");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
