import { accept, type Decoded, drop } from "../base/decoded.ts";
import { family } from "../base/ip.ts";
import { type IpvsDestination, PLAIN_TUNNEL, type Tunnel } from "../base/ipvs.ts";
import {
  type Attributes,
  be16Attribute,
  bytesAttribute,
  nestedAttribute,
  readBe16,
  readBytes,
  readNested,
  readU16,
  readU32,
  u8Attribute,
  u16Attribute,
  u32Attribute,
} from "./attributes.ts";
import {
  IP_VS_CONN_F_BYPASS,
  IP_VS_CONN_F_DROUTE,
  IP_VS_CONN_F_FWD_MASK,
  IP_VS_CONN_F_LOCALNODE,
  IP_VS_CONN_F_MASQ,
  IP_VS_CONN_F_TUNNEL,
  IP_VS_CONN_F_TUNNEL_TYPE_GRE,
  IP_VS_CONN_F_TUNNEL_TYPE_GUE,
  IP_VS_CONN_F_TUNNEL_TYPE_IPIP,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  IPVS_CMD_ATTR_DEST,
  IPVS_DEST_ATTR_ADDR,
  IPVS_DEST_ATTR_ADDR_FAMILY,
  IPVS_DEST_ATTR_FWD_METHOD,
  IPVS_DEST_ATTR_L_THRESH,
  IPVS_DEST_ATTR_PORT,
  IPVS_DEST_ATTR_TUN_FLAGS,
  IPVS_DEST_ATTR_TUN_PORT,
  IPVS_DEST_ATTR_TUN_TYPE,
  IPVS_DEST_ATTR_U_THRESH,
  IPVS_DEST_ATTR_WEIGHT,
} from "./constants.ts";
import { decodeGeneric } from "./genetlink.ts";
import { addressFamily, inetAddress, readFamily, readIp } from "./ipvs-address.ts";

/** Why a destination of the table is not ours to read. */
export type DestinationDrop = "truncated" | "destination" | "family" | "forwarding" | "incomplete";

/** Reads one message of the answer to `dumpDestinations`. Linux 3.18 or later (it says the address family). Never throws. */
export function decodeDestination(body: Uint8Array): Decoded<IpvsDestination, DestinationDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(IPVS_CMD_ATTR_DEST)) return drop("destination");
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_DEST, DESCRIBING);
  const af = readFamily(attributes, IPVS_DEST_ATTR_ADDR_FAMILY);
  if (af === undefined) return drop("family");
  const address = readIp(attributes, IPVS_DEST_ATTR_ADDR, af);
  const port = readBe16(attributes, IPVS_DEST_ATTR_PORT);
  const method = readU32(attributes, IPVS_DEST_ATTR_FWD_METHOD);
  const weight = readU32(attributes, IPVS_DEST_ATTR_WEIGHT);
  const upperThreshold = readU32(attributes, IPVS_DEST_ATTR_U_THRESH);
  const lowerThreshold = readU32(attributes, IPVS_DEST_ATTR_L_THRESH);
  if (
    address === undefined ||
    port === undefined ||
    method === undefined ||
    weight === undefined ||
    upperThreshold === undefined ||
    lowerThreshold === undefined
  )
    return drop("incomplete");
  const forwarding = METHOD_NAMES.get(method & IP_VS_CONN_F_FWD_MASK);
  if (forwarding === undefined) return drop("forwarding");
  const tunnel = forwarding === "tun" ? readTunnel(attributes) : undefined;
  return accept({ address, port, forwarding, tunnel, weight, upperThreshold, lowerThreshold });
}

/** Without what the kernel counts: it is half of a message, and a table has tens of thousands. */
const DESCRIBING: ReadonlySet<number> = new Set([
  IPVS_DEST_ATTR_ADDR_FAMILY,
  IPVS_DEST_ATTR_ADDR,
  IPVS_DEST_ATTR_PORT,
  IPVS_DEST_ATTR_FWD_METHOD,
  IPVS_DEST_ATTR_WEIGHT,
  IPVS_DEST_ATTR_U_THRESH,
  IPVS_DEST_ATTR_L_THRESH,
  IPVS_DEST_ATTR_TUN_TYPE,
  IPVS_DEST_ATTR_TUN_PORT,
  IPVS_DEST_ATTR_TUN_FLAGS,
]);

/** A destination as requests name and describe it, in keepalived's order. */
export function destinationAttribute(destination: IpvsDestination): Uint8Array {
  const { address, port, forwarding, tunnel, weight, upperThreshold, lowerThreshold } = destination;
  return nestedAttribute(
    IPVS_CMD_ATTR_DEST,
    u16Attribute(IPVS_DEST_ATTR_ADDR_FAMILY, addressFamily(family(address))),
    bytesAttribute(IPVS_DEST_ATTR_ADDR, inetAddress(address)),
    be16Attribute(IPVS_DEST_ATTR_PORT, port),
    u32Attribute(IPVS_DEST_ATTR_FWD_METHOD, METHODS[forwarding]),
    u32Attribute(IPVS_DEST_ATTR_WEIGHT, weight),
    ...(forwarding === "tun" ? tunnelAttributes(tunnel ?? PLAIN_TUNNEL) : []),
    u32Attribute(IPVS_DEST_ATTR_U_THRESH, upperThreshold),
    u32Attribute(IPVS_DEST_ATTR_L_THRESH, lowerThreshold),
  );
}

const METHODS = {
  nat: IP_VS_CONN_F_MASQ,
  local: IP_VS_CONN_F_LOCALNODE,
  tun: IP_VS_CONN_F_TUNNEL,
  dr: IP_VS_CONN_F_DROUTE,
  bypass: IP_VS_CONN_F_BYPASS,
} as const;
const METHOD_NAMES: ReadonlyMap<number, IpvsDestination["forwarding"]> = new Map([
  [METHODS.nat, "nat"],
  [METHODS.local, "local"],
  [METHODS.tun, "tun"],
  [METHODS.dr, "dr"],
  [METHODS.bypass, "bypass"],
]);

const TYPES = {
  ipip: IP_VS_CONN_F_TUNNEL_TYPE_IPIP,
  gue: IP_VS_CONN_F_TUNNEL_TYPE_GUE,
  gre: IP_VS_CONN_F_TUNNEL_TYPE_GRE,
} as const;
const CHECKSUMS = {
  none: IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  full: IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  remote: IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
} as const;

/** IP in IP is what a kernel before 5.2 knows; it ignores the attribute. */
function tunnelAttributes({ type, port, checksum }: Tunnel): Uint8Array[] {
  const kind = u8Attribute(IPVS_DEST_ATTR_TUN_TYPE, TYPES[type]);
  if (type === "ipip") return [kind];
  const flags = u16Attribute(IPVS_DEST_ATTR_TUN_FLAGS, CHECKSUMS[checksum]);
  return type === "gue" ? [kind, be16Attribute(IPVS_DEST_ATTR_TUN_PORT, port), flags] : [kind, flags];
}

function readTunnel(attributes: Attributes): Tunnel {
  const [number = TYPES.ipip] = readBytes(attributes, IPVS_DEST_ATTR_TUN_TYPE, 1) ?? [];
  const flags = readU16(attributes, IPVS_DEST_ATTR_TUN_FLAGS) ?? 0;
  const type = number === TYPES.gue ? "gue" : number === TYPES.gre ? "gre" : "ipip";
  if (type === "ipip") return PLAIN_TUNNEL;
  return {
    type,
    port: type === "gue" ? (readBe16(attributes, IPVS_DEST_ATTR_TUN_PORT) ?? 0) : 0,
    checksum: flags & CHECKSUMS.full ? "full" : flags & CHECKSUMS.remote ? "remote" : "none",
  };
}
