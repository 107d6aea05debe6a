import { viewOf } from "../base/bytes.ts";
import { family, type IpAddress, toBytes } from "../base/ip.ts";
import { NF_INET_FORWARD, NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING } from "../netlink/nft-constants.ts";

/** A packet that may come, and what a packet filter looks at. */
export interface TestPacket {
  readonly source: IpAddress;
  readonly destination: IpAddress; // of the same family
  readonly protocol: number; //       IPPROTO_*
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly state: ConnectionState; // what conntrack says of it
  readonly in: NamedLink | undefined; //  undefined: it is ours
  readonly out: NamedLink | undefined; // undefined: it is for us
}

/** An interface, as a packet filter knows it. */
export interface NamedLink {
  readonly name: string;
  readonly ifindex: number;
  readonly type: number; // ARPHRD_*
}

/** Bits of conntrack's state, as `ct state` loads them. */
export type ConnectionState = "invalid" | "established" | "related" | "new" | "untracked";

/** IPPROTO_TCP, IPPROTO_UDP, IPPROTO_AH, IPPROTO_VRRP, IPPROTO_SCTP. */
export const [TCP, UDP, AH, VRRP, SCTP] = [6, 17, 51, 112, 132] as const;

/** Where packets are looked at, in the order in which one for us, one of ours, or one for others passes. */
export function hooksOf({ in: from, out: to }: TestPacket): readonly number[] {
  if (from === undefined) return [NF_INET_LOCAL_OUT];
  return [NF_INET_PRE_ROUTING, to === undefined ? NF_INET_LOCAL_IN : NF_INET_FORWARD];
}

/** The header of layer 3: RFC 791, RFC 8200; without checksum. */
export function networkHeader({ source, destination, protocol }: TestPacket): Uint8Array {
  if (family(source) === 4) {
    const bytes = new Uint8Array(20);
    bytes.set([0x45, 0, 0, 40, 0, 0, 0x40, 0, protocol === VRRP ? 255 : 64, protocol]);
    bytes.set(toBytes(source), 12);
    bytes.set(toBytes(destination), 16);
    return bytes;
  }
  const bytes = new Uint8Array(40);
  bytes.set([0x60, 0, 0, 0, 0, 20, protocol, protocol === VRRP ? 255 : 64]);
  bytes.set(toBytes(source), 8);
  bytes.set(toBytes(destination), 24);
  return bytes;
}

/** The beginning of layer 4: ports, and of TCP that it is a SYN; of VRRP its version. */
export function transportHeader({ protocol, sourcePort, destinationPort, in: from, state }: TestPacket): Uint8Array {
  const bytes = new Uint8Array(20);
  if (protocol === VRRP) {
    bytes[0] = 0x31;
    return bytes;
  }
  if (protocol !== TCP && protocol !== UDP && protocol !== SCTP) return bytes;
  const view = viewOf(bytes);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  if (protocol !== TCP) return bytes;
  view.setUint8(12, 5 << 4);
  view.setUint8(13, state === "new" || from === undefined ? SYN : SYN | ACK);
  return bytes;
}
const [SYN, ACK] = [0x02, 0x10];

/** enum ip_conntrack_info as `ct state` shows it: NF_CT_STATE_BIT. */
export const STATE_BITS: Readonly<Record<ConnectionState, number>> = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
};
