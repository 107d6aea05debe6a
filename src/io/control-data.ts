import { viewOf } from "../base/bytes.ts";
import { fromBytes, type IpAddress } from "../base/ip.ts";
import { type Micros, milliseconds, seconds } from "../base/time.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import {
  IP_PKTINFO,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_HOPLIMIT,
  IPV6_PKTINFO,
  SO_TIMESTAMPNS_NEW,
  SOL_SOCKET,
} from "./constants.ts";

/** What the kernel tells of a datagram beside its bytes, where the socket asked for it. cmsg(3), ip(7), ipv6(7). */
export interface Arrival {
  readonly to: IpAddress | undefined; // the address in its header
  readonly ifindex: number; // 0: not asked for
  readonly ttl: number | undefined; // or hop limit: what is left of it
  readonly wallClock: Micros | undefined; // when the kernel received it, since 1970
}

/** `size_t cmsg_len`, on the 64-bit machines and the others. */
const WORD = ["arm", "ia32", "mips", "mipsel", "ppc", "s390"].includes(process.arch) ? 4 : 8;
const HEADER = WORD + 8;

/** Reads a row of `struct cmsghdr`; what is cut off or unknown is left out. Never throws. Called for each packet. */
export function readArrival(control: Uint8Array): Arrival {
  const view = viewOf(control);
  const found: Mutable<Arrival> = { to: undefined, ifindex: 0, ttl: undefined, wallClock: undefined };
  for (let at = 0; at + HEADER <= control.length; ) {
    const low = WORD === 8 && !LITTLE_ENDIAN ? 4 : 0; // no length needs its upper half
    const length = view.getUint32(at + low, LITTLE_ENDIAN);
    if (length < HEADER || at + length > control.length) break;
    const level = view.getInt32(at + WORD, LITTLE_ENDIAN);
    const type = view.getInt32(at + WORD + 4, LITTLE_ENDIAN);
    readItem(found, level, type, view, at + HEADER, length - HEADER);
    at += Math.ceil(length / WORD) * WORD;
  }
  return found;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readItem(into: Mutable<Arrival>, level: number, type: number, view: DataView, at: number, size: number): void {
  const bytes = (from: number, to: number): Uint8Array =>
    new Uint8Array(view.buffer, view.byteOffset + at + from, to - from);
  if (level === SOL_SOCKET) {
    // struct __kernel_timespec: two numbers of 64 bits
    if (type === SO_TIMESTAMPNS_NEW && size >= 16)
      into.wallClock = seconds(readU64(view, at)) + readU64(view, at + 8) / 1000;
  } else if (level === IPPROTO_IP) {
    // struct in_pktinfo: ifindex, local address, address of the header
    if (type === IP_TTL && size >= 4) into.ttl = view.getInt32(at, LITTLE_ENDIAN);
    if (type === IP_PKTINFO && size >= 12) {
      into.ifindex = view.getInt32(at, LITTLE_ENDIAN);
      into.to = fromBytes(bytes(8, 12));
    }
  } else if (level === IPPROTO_IPV6) {
    // struct in6_pktinfo: address, ifindex
    if (type === IPV6_HOPLIMIT && size >= 4) into.ttl = view.getInt32(at, LITTLE_ENDIAN);
    if (type === IPV6_PKTINFO && size >= 20) {
      into.ifindex = view.getInt32(at + 16, LITTLE_ENDIAN);
      into.to = fromBytes(bytes(0, 16));
    }
  }
}

/** A number of 64 bits that is no larger than 2^53. */
function readU64(view: DataView, at: number): number {
  const [low, high] = LITTLE_ENDIAN ? [0, 4] : [4, 0];
  return view.getUint32(at + high, LITTLE_ENDIAN) * 0x1_0000_0000 + view.getUint32(at + low, LITTLE_ENDIAN);
}

/** What is older when it is read counts as that old: the wall clock may have been set, or this process did not run. */
const LATELY = milliseconds(10);

/** When a datagram came, of the monotonic clock, whose time is `now` when the wall clock says `wallClock`. */
export function arrivedAt({ wallClock: stamp }: Pick<Arrival, "wallClock">, now: Micros, wallClock: Micros): Micros {
  const age = stamp === undefined ? 0 : wallClock - stamp;
  return now - Math.min(Math.max(age, 0), LATELY);
}
