import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type AddressPlace, familyOf, type IpvsManner, type IpvsService } from "../base/ipvs.ts";
import {
  type Attributes,
  be16Attribute,
  bytesAttribute,
  nestedAttribute,
  readBe16,
  readBytes,
  readNested,
  readString,
  readU16,
  readU32,
  stringAttribute,
  u16Attribute,
  u32,
  u32Attribute,
} from "./attributes.ts";
import {
  IP_VS_SVC_F_HASHED,
  IP_VS_SVC_F_PERSISTENT,
  IPVS_CMD_ATTR_SERVICE,
  IPVS_SVC_ATTR_ADDR,
  IPVS_SVC_ATTR_AF,
  IPVS_SVC_ATTR_FLAGS,
  IPVS_SVC_ATTR_FWMARK,
  IPVS_SVC_ATTR_NETMASK,
  IPVS_SVC_ATTR_PE_NAME,
  IPVS_SVC_ATTR_PORT,
  IPVS_SVC_ATTR_PROTOCOL,
  IPVS_SVC_ATTR_SCHED_NAME,
  IPVS_SVC_ATTR_TIMEOUT,
} from "./constants.ts";
import { decodeGeneric } from "./genetlink.ts";
import { addressFamily, inetAddress, readFamily, readIp } from "./ipvs-address.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** Why a service of the table is not ours to read; `protocol`: of one that this project does not know. */
export type ServiceDrop = "truncated" | "service" | "family" | "protocol" | "incomplete";

/** Reads one message of the answer to `dumpServices`. Never throws. */
export function decodeService(body: Uint8Array): Decoded<IpvsService, ServiceDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(IPVS_CMD_ATTR_SERVICE)) return drop("service");
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_SERVICE);
  const family = readFamily(attributes, IPVS_SVC_ATTR_AF);
  if (family === undefined) return drop("family");
  const manner = readManner(attributes, family);
  const fwmark = readU32(attributes, IPVS_SVC_ATTR_FWMARK);
  if (fwmark !== undefined) return manner === undefined ? drop("incomplete") : accept({ fwmark, family, ...manner });
  const protocol = PROTOCOL_NAMES.get(readU16(attributes, IPVS_SVC_ATTR_PROTOCOL));
  if (protocol === undefined) return drop("protocol");
  const address = readIp(attributes, IPVS_SVC_ATTR_ADDR, family);
  const port = readBe16(attributes, IPVS_SVC_ATTR_PORT);
  if (address === undefined || port === undefined || manner === undefined) return drop("incomplete");
  return accept({ protocol, address, port, ...manner });
}

/** A service as requests name and describe it. */
export function serviceAttribute(service: IpvsService): Uint8Array {
  const { scheduler, timeout, engine } = service;
  const flags = timeout > 0 ? service.flags | IP_VS_SVC_F_PERSISTENT : service.flags & ~IP_VS_SVC_F_PERSISTENT;
  return nestedAttribute(
    IPVS_CMD_ATTR_SERVICE,
    u16Attribute(IPVS_SVC_ATTR_AF, addressFamily(familyOf(service))),
    ...placeAttributes(service),
    stringAttribute(IPVS_SVC_ATTR_SCHED_NAME, scheduler),
    ...(engine === undefined || timeout === 0 ? [] : [stringAttribute(IPVS_SVC_ATTR_PE_NAME, engine)]),
    bytesAttribute(IPVS_SVC_ATTR_FLAGS, concat(u32(flags, LITTLE_ENDIAN), u32(0xffff_ffff, LITTLE_ENDIAN))),
    u32Attribute(IPVS_SVC_ATTR_TIMEOUT, timeout),
    bytesAttribute(IPVS_SVC_ATTR_NETMASK, netmaskBytes(service)),
  );
}

/** Commands on destinations only name the service. The kernel ignores its persistence, and keepalived 2.2.7 leaves it out. */
export function serviceNameAttribute(service: IpvsService): Uint8Array {
  return serviceAttribute({ ...service, timeout: 0, netmask: familyOf(service) === 4 ? 32 : 128 });
}

/** IPPROTO_*, linux/in.h. */
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;
const PROTOCOL_NAMES: ReadonlyMap<number | undefined, AddressPlace["protocol"]> = new Map([
  [PROTOCOLS.tcp, "tcp"],
  [PROTOCOLS.udp, "udp"],
  [PROTOCOLS.sctp, "sctp"],
]);

function placeAttributes(service: IpvsService): Uint8Array[] {
  if ("fwmark" in service) return [u32Attribute(IPVS_SVC_ATTR_FWMARK, service.fwmark)];
  const { protocol, address, port } = service;
  return [
    u16Attribute(IPVS_SVC_ATTR_PROTOCOL, PROTOCOLS[protocol]),
    bytesAttribute(IPVS_SVC_ATTR_ADDR, inetAddress(address)),
    be16Attribute(IPVS_SVC_ATTR_PORT, port),
  ];
}

function readManner(attributes: Attributes, family: 4 | 6): IpvsManner | undefined {
  const scheduler = readString(attributes, IPVS_SVC_ATTR_SCHED_NAME);
  const flags = readU32(attributes, IPVS_SVC_ATTR_FLAGS); // the first field of struct ip_vs_flags
  const timeout = readU32(attributes, IPVS_SVC_ATTR_TIMEOUT);
  const netmask = readBytes(attributes, IPVS_SVC_ATTR_NETMASK, 4);
  const engine = readString(attributes, IPVS_SVC_ATTR_PE_NAME);
  if (scheduler === undefined || flags === undefined || timeout === undefined || netmask === undefined)
    return undefined;
  return {
    scheduler,
    flags: flags & ~IP_VS_SVC_F_HASHED,
    timeout: flags & IP_VS_SVC_F_PERSISTENT ? timeout : 0,
    netmask: family === 4 ? Math.clz32(~viewOf(netmask).getUint32(0)) : viewOf(netmask).getUint32(0, LITTLE_ENDIAN),
    engine: engine === "" ? undefined : engine,
  };
}

/** IPv4: the mask in network byte order. IPv6: the prefix length in host byte order. */
function netmaskBytes(service: IpvsService): Uint8Array {
  const { netmask } = service;
  return familyOf(service) === 4 ? u32(~(2 ** (32 - netmask) - 1) >>> 0, false) : u32(netmask, LITTLE_ENDIAN);
}
