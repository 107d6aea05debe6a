import { concat, viewOf } from "../base/bytes.ts";
import { type Family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { type Attributes, bytesAttribute, decodeAttributes, readBytes, readU32, u32Attribute } from "./attributes.ts";
import { RTA_FLOW, RTA_GATEWAY, RTA_OIF, RTNH_F_ONLINK } from "./constants.ts";
import { type Encapsulation, encapsulationAttributes } from "./encapsulation.ts";
import { align, LITTLE_ENDIAN } from "./message.ts";

/** One way of a route: `via`, `dev` and what else ip-route(8) says of a nexthop. */
export interface Hop {
  readonly gateway: IpAddress | undefined; //           of the route's family
  readonly ifindex: number | undefined;
  readonly onlink: boolean; //                          the gateway counts as reachable
  readonly weight: number; //                           1..256, of several ways
  readonly realms: number | undefined; //               IPv4: source << 16 | destination
  readonly encapsulation: Encapsulation | undefined; // is not read back
}

/** A way that says nothing. */
export const NO_HOP: Hop = {
  gateway: undefined,
  ifindex: undefined,
  onlink: false,
  weight: 1,
  realms: undefined,
  encapsulation: undefined,
};

const none = new Uint8Array();

/** The gateway, the encapsulation and the interface of a route with one way. */
export function hopAttributes({ gateway, ifindex, encapsulation }: Hop): Uint8Array {
  return concat(
    gateway === undefined ? none : bytesAttribute(RTA_GATEWAY, toBytes(gateway)),
    encapsulation === undefined ? none : encapsulationAttributes(encapsulation),
    ifindex === undefined ? none : u32Attribute(RTA_OIF, ifindex),
  );
}

/** The realms of a way. */
export function flowAttribute({ realms }: Hop): Uint8Array {
  return realms === undefined ? none : u32Attribute(RTA_FLOW, realms);
}

/**
 * The value of RTA_MULTIPATH, linux/rtnetlink.h `struct rtnexthop`, each followed by its attributes:
 *
 *      0        2       3            4         8
 *     | length | flags | weight - 1 | ifindex | attributes … |   padded to 4 bytes
 */
export function encodeHops(hops: readonly Hop[]): Uint8Array {
  return concat(
    ...hops.map((hop) => {
      const attributes = concat(hopAttributes({ ...hop, ifindex: undefined }), flowAttribute(hop));
      const bytes = new Uint8Array(align(HOP + attributes.length));
      const view = viewOf(bytes);
      view.setUint16(0, HOP + attributes.length, LITTLE_ENDIAN);
      view.setUint8(2, hop.onlink ? RTNH_F_ONLINK : 0);
      view.setUint8(3, hop.weight - 1);
      view.setUint32(4, hop.ifindex ?? 0, LITTLE_ENDIAN);
      bytes.set(attributes, HOP);
      return bytes;
    }),
  );
}
const HOP = 8;

/** The inverse, but for encapsulations. A length that cannot be true ends the list. */
export function decodeHops(bytes: Uint8Array, family: Family): readonly Hop[] {
  const view = viewOf(bytes);
  const hops: Hop[] = [];
  for (let at = 0; bytes.length - at >= HOP; ) {
    const length = view.getUint16(at, LITTLE_ENDIAN);
    if (length < HOP || length > bytes.length - at) break;
    const attributes = decodeAttributes(bytes.subarray(at + HOP, at + length));
    const onlink = (view.getUint8(at + 2) & RTNH_F_ONLINK) !== 0;
    const hop = readHop(attributes, family, { onlink, weight: view.getUint8(at + 3) + 1 });
    hops.push({ ...hop, ifindex: view.getUint32(at + 4, LITTLE_ENDIAN) || undefined });
    at += align(length);
  }
  return hops;
}

/** A way out of attributes, and what its header says. */
export function readHop(attributes: Attributes, family: Family, head: Pick<Hop, "onlink" | "weight">): Hop {
  return {
    ...head,
    gateway: readAddress(attributes, RTA_GATEWAY, family),
    ifindex: readU32(attributes, RTA_OIF),
    realms: readU32(attributes, RTA_FLOW),
    encapsulation: undefined,
  };
}

/** An address of this family; undefined where it is missing or too short. */
export function readAddress(attributes: Attributes, type: number, family: Family): IpAddress | undefined {
  const bytes = readBytes(attributes, type, family === 4 ? 4 : 16);
  return bytes && fromBytes(bytes);
}
