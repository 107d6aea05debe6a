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

/** Reads a row of `struct cmsghdr`; what is cut off or unknown is left out. Never throws. */
export function readArrival(control: Uint8Array): Arrival {
  const view = viewOf(control);
  let found: Arrival = { to: undefined, ifindex: 0, ttl: undefined, wallClock: undefined };
  for (let at = 0; at + HEADER <= control.length; ) {
    const low = WORD === 8 && !LITTLE_ENDIAN ? 4 : 0; // no length needs its upper half
    const length = view.getUint32(at + low, LITTLE_ENDIAN);
    if (length < HEADER || at + length > control.length) break;
    const level = view.getInt32(at + WORD, LITTLE_ENDIAN);
    const type = view.getInt32(at + WORD + 4, LITTLE_ENDIAN);
    found = { ...found, ...item(level, type, control.subarray(at + HEADER, at + length)) };
    at += Math.ceil(length / WORD) * WORD;
  }
  return found;
}

/** What is older when it is read counts as that old: the wall clock may have been set, or this process did not run. */
const LATELY = milliseconds(10);

/** When a datagram came, of the monotonic clock, whose time is `now` when the wall clock says `wallClock`. */
export function arrivedAt({ wallClock: stamp }: Pick<Arrival, "wallClock">, now: Micros, wallClock: Micros): Micros {
  const age = stamp === undefined ? 0 : wallClock - stamp;
  return now - Math.min(Math.max(age, 0), LATELY);
}

function item(level: number, type: number, data: Uint8Array): Partial<Arrival> {
  const view = viewOf(data);
  const isTtl = (level === IPPROTO_IP && type === IP_TTL) || (level === IPPROTO_IPV6 && type === IPV6_HOPLIMIT);
  if (isTtl && data.length >= 4) return { ttl: view.getInt32(0, LITTLE_ENDIAN) };
  // struct __kernel_timespec: two numbers of 64 bits
  if (level === SOL_SOCKET && type === SO_TIMESTAMPNS_NEW && data.length >= 16) {
    const [second, nanosecond] = [view.getBigInt64(0, LITTLE_ENDIAN), view.getBigInt64(8, LITTLE_ENDIAN)];
    return { wallClock: seconds(Number(second)) + Number(nanosecond) / 1000 };
  }
  // struct in_pktinfo: ifindex, local address, address of the header; struct in6_pktinfo: address, ifindex
  if (level === IPPROTO_IP && type === IP_PKTINFO && data.length >= 12)
    return { ifindex: view.getInt32(0, LITTLE_ENDIAN), to: fromBytes(data.subarray(8, 12)) };
  if (level === IPPROTO_IPV6 && type === IPV6_PKTINFO && data.length >= 20)
    return { ifindex: view.getInt32(16, LITTLE_ENDIAN), to: fromBytes(data.subarray(0, 16)) };
  return {};
}
