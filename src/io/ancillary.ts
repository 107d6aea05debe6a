import { viewOf } from "../base/bytes.ts";
import { fromBytes, type IpAddress } from "../base/ip.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import { IPPROTO_IPV6, IPV6_HOPLIMIT, IPV6_PKTINFO } from "./constants.ts";

/** `struct cmsghdr` of a 64-bit kernel: length u64, level i32, type i32; each item begins at a multiple of 8. cmsg(3). */
const HEADER = 16;

/** What the kernel tells of an IPv6 packet that a raw socket received without its header. ipv6(7), RFC 3542 §6. */
export interface Ipv6Arrival {
  readonly to: IpAddress | undefined;
  readonly hopLimit: number | undefined;
}

/** Reads the control data of a message. What is not understood is skipped. Never throws. */
export function decodeArrival(control: Uint8Array): Ipv6Arrival {
  const view = viewOf(control);
  let to: IpAddress | undefined;
  let hopLimit: number | undefined;
  for (let at = 0; at + HEADER <= control.length; ) {
    const length = view.getUint32(at, LITTLE_ENDIAN); // its upper half is zero
    if (length < HEADER || at + length > control.length) break;
    const ours = view.getInt32(at + 8, LITTLE_ENDIAN) === IPPROTO_IPV6;
    const type = view.getInt32(at + 12, LITTLE_ENDIAN);
    const size = length - HEADER;
    if (ours && type === IPV6_PKTINFO && size >= 16) to = fromBytes(control.subarray(at + HEADER, at + HEADER + 16));
    if (ours && type === IPV6_HOPLIMIT && size >= 4) hopLimit = view.getInt32(at + HEADER, LITTLE_ENDIAN);
    at += (length + 7) & ~7;
  }
  return { to, hopLimit };
}
