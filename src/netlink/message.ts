import { viewOf } from "../base/bytes.ts";

/**
 * One netlink message, linux/netlink.h `struct nlmsghdr`; all numbers in host byte order.
 *
 *      0        4      6       8          12      16
 *     | length | type | flags | sequence | port  | body … |   padded to 4 bytes
 */
export interface NetlinkMessage {
  readonly type: number; //     RTM_*, NLMSG_* or the id of a generic family
  readonly flags: number; //    NLM_F_*
  readonly sequence: number; // u32
  readonly body: Uint8Array;
}

/** The length of `struct nlmsghdr`. */
export const NLMSG_HDRLEN = 16;

/** Netlink speaks the host's byte order; this is what DataView wants to know of it. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Rounds a length up to the 4 bytes that messages and attributes are aligned to. */
export function align(length: number): number {
  return (length + 3) & ~3;
}

/** The messages one behind the other, ready for one send; port 0, so the kernel fills in the sender. */
export function encodeMessages(messages: readonly NetlinkMessage[]): Uint8Array {
  const bytes = new Uint8Array(messages.reduce((sum, { body }) => sum + align(NLMSG_HDRLEN + body.length), 0));
  const view = viewOf(bytes);
  let at = 0;
  for (const { type, flags, sequence, body } of messages) {
    view.setUint32(at, NLMSG_HDRLEN + body.length, LITTLE_ENDIAN);
    view.setUint16(at + 4, type, LITTLE_ENDIAN);
    view.setUint16(at + 6, flags, LITTLE_ENDIAN);
    view.setUint32(at + 8, sequence, LITTLE_ENDIAN);
    bytes.set(body, at + NLMSG_HDRLEN);
    at += align(NLMSG_HDRLEN + body.length);
  }
  return bytes;
}

/**
 * The messages of one received datagram, their bodies being views into it. Never throws: a message whose length field
 * cannot be true ends the list.
 */
export function decodeMessages(datagram: Uint8Array): readonly NetlinkMessage[] {
  const view = viewOf(datagram);
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (datagram.length - at >= NLMSG_HDRLEN) {
    const length = view.getUint32(at, LITTLE_ENDIAN);
    if (length < NLMSG_HDRLEN || length > datagram.length - at) break;
    messages.push({
      type: view.getUint16(at + 4, LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, LITTLE_ENDIAN),
      body: datagram.subarray(at + NLMSG_HDRLEN, at + length),
    });
    at += align(length);
  }
  return messages;
}
