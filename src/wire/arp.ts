import { equalBytes, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { BROADCAST_MAC, formatMac, type MacAddress, macBytes } from "../base/mac.ts";

/** An ARP packet for IPv4 in its Ethernet frame; RFC 826. */
export interface ArpPacket {
  readonly destination: MacAddress; // of the frame
  readonly source: MacAddress; //      of the frame
  readonly operation: "request" | "reply";
  readonly senderMac: MacAddress;
  readonly senderIp: IpAddress;
  readonly targetMac: MacAddress;
  readonly targetIp: IpAddress;
}

/** Why a frame is not taken. */
export type ArpDrop = "truncated" | "ethertype" | "format" | "operation";

/** ETH_P_ARP, linux/if_ether.h. */
export const ETH_P_ARP = 0x0806;

const FRAME = 42;
const SENDER_IP = 28;
const TARGET_IP = 38;
/** Ethernet, IPv4, and the lengths of their addresses. */
const FORMAT = Uint8Array.of(0, 1, 8, 0, 6, 4);

/**
 * "This address is here now": a broadcast request of the address for itself (RFC 5227 §3). The target's hardware address
 * is broadcast too, as keepalived 2.2.7 sends it.
 */
export function gratuitousArp(mac: MacAddress, address: IpAddress): ArpPacket {
  return {
    destination: BROADCAST_MAC,
    source: mac,
    operation: "request",
    senderMac: mac,
    senderIp: address,
    targetMac: BROADCAST_MAC,
    targetIp: address,
  };
}

/**
 * The frame, unpadded.
 *
 *      0             6        12          14                        20    22           28          32           38
 *     | destination | source | 08 06     | 00 01 08 00 06 04       | op  | sender MAC | sender IP | target MAC | target IP |
 */
export function encodeArp(packet: ArpPacket): Uint8Array {
  const bytes = new Uint8Array(FRAME);
  const view = viewOf(bytes);
  bytes.set(macBytes(packet.destination), 0);
  bytes.set(macBytes(packet.source), 6);
  view.setUint16(12, ETH_P_ARP);
  bytes.set(FORMAT, 14);
  view.setUint16(20, packet.operation === "request" ? 1 : 2);
  bytes.set(macBytes(packet.senderMac), 22);
  bytes.set(toBytes(packet.senderIp), SENDER_IP);
  bytes.set(macBytes(packet.targetMac), 32);
  bytes.set(toBytes(packet.targetIp), TARGET_IP);
  return bytes;
}

/** The frames of gratuitous ARPs, the parts that are the same in all of them written once. */
export function gratuitousArps(mac: MacAddress): (address: IpAddress) => Uint8Array {
  let template: Uint8Array | undefined;
  return (address) => {
    template ??= encodeArp(gratuitousArp(mac, address));
    const frame = template.slice();
    const ip = toBytes(address);
    frame.set(ip, SENDER_IP);
    frame.set(ip, TARGET_IP);
    return frame;
  };
}

/** Reads a frame; padding behind it is ignored. Never throws. */
export function decodeArp(frame: Uint8Array): Decoded<ArpPacket, ArpDrop> {
  if (frame.length < FRAME) return drop("truncated");
  const view = viewOf(frame);
  if (view.getUint16(12) !== ETH_P_ARP) return drop("ethertype");
  if (!equalBytes(frame.subarray(14, 20), FORMAT)) return drop("format");
  const operation = view.getUint16(20);
  if (operation !== 1 && operation !== 2) return drop("operation");
  return accept({
    destination: formatMac(frame.subarray(0, 6)),
    source: formatMac(frame.subarray(6, 12)),
    operation: operation === 1 ? "request" : "reply",
    senderMac: formatMac(frame.subarray(22, 28)),
    senderIp: fromBytes(frame.subarray(28, 32)),
    targetMac: formatMac(frame.subarray(32, 38)),
    targetIp: fromBytes(frame.subarray(38, 42)),
  });
}
