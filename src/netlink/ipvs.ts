import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type Family, family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import type { IpvsDestination, IpvsService } from "../base/ipvs.ts";
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
  u8Attribute,
  u16Attribute,
  u32,
  u32Attribute,
} from "./attributes.ts";
import {
  AF_INET,
  AF_INET6,
  IP_VS_CONN_F_BYPASS,
  IP_VS_CONN_F_DROUTE,
  IP_VS_CONN_F_FWD_MASK,
  IP_VS_CONN_F_LOCALNODE,
  IP_VS_CONN_F_MASQ,
  IP_VS_CONN_F_TUNNEL,
  IP_VS_CONN_F_TUNNEL_TYPE_IPIP,
  IP_VS_SVC_F_HASHED,
  IP_VS_SVC_F_PERSISTENT,
  IPVS_CMD_ATTR_DEST,
  IPVS_CMD_ATTR_SERVICE,
  IPVS_CMD_DEL_DEST,
  IPVS_CMD_DEL_SERVICE,
  IPVS_CMD_FLUSH,
  IPVS_CMD_GET_DEST,
  IPVS_CMD_GET_INFO,
  IPVS_CMD_GET_SERVICE,
  IPVS_CMD_NEW_DEST,
  IPVS_CMD_NEW_SERVICE,
  IPVS_CMD_SET_DEST,
  IPVS_CMD_SET_SERVICE,
  IPVS_DEST_ATTR_ADDR,
  IPVS_DEST_ATTR_ADDR_FAMILY,
  IPVS_DEST_ATTR_FWD_METHOD,
  IPVS_DEST_ATTR_L_THRESH,
  IPVS_DEST_ATTR_PORT,
  IPVS_DEST_ATTR_TUN_TYPE,
  IPVS_DEST_ATTR_U_THRESH,
  IPVS_DEST_ATTR_WEIGHT,
  IPVS_GENL_VERSION,
  IPVS_INFO_ATTR_CONN_TAB_SIZE,
  IPVS_INFO_ATTR_VERSION,
  IPVS_SVC_ATTR_ADDR,
  IPVS_SVC_ATTR_AF,
  IPVS_SVC_ATTR_FLAGS,
  IPVS_SVC_ATTR_FWMARK,
  IPVS_SVC_ATTR_NETMASK,
  IPVS_SVC_ATTR_PORT,
  IPVS_SVC_ATTR_PROTOCOL,
  IPVS_SVC_ATTR_SCHED_NAME,
  IPVS_SVC_ATTR_TIMEOUT,
  NLM_F_DUMP,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { decodeGeneric, genericBody } from "./genetlink.ts";
import { type SyncDaemonRequests, syncDaemonRequests } from "./ipvs-daemon.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** The name to resolve with `getFamily`, linux/ip_vs.h IPVS_GENL_NAME. */
export const IPVS_FAMILY = "IPVS";

/** What can be asked of the IPVS table. The errors are the kernel's: ESRCH no such service, ENOENT no such destination. */
export interface IpvsRequests extends SyncDaemonRequests {
  readonly newService: (service: IpvsService) => Request; // EEXIST; ENOENT: no such scheduler
  readonly setService: (service: IpvsService) => Request;
  readonly deleteService: (service: IpvsService) => Request; // with all its destinations
  readonly newDestination: (service: IpvsService, destination: IpvsDestination) => Request; // EEXIST
  readonly setDestination: (service: IpvsService, destination: IpvsDestination) => Request;
  readonly deleteDestination: (service: IpvsService, destination: IpvsDestination) => Request;
  readonly dumpServices: () => Request;
  readonly dumpDestinations: (service: IpvsService) => Request;
  readonly getInfo: () => Request;
  readonly flush: () => Request; // every service of the namespace
}

/** The requests for the number that the kernel gave to the family (`decodeFamilyId`); bytes as keepalived 2.2.7 sends them. */
export function ipvsRequests(familyId: number): IpvsRequests {
  const request = (command: number, flags: number, ...attributes: readonly Uint8Array[]): Request => ({
    type: familyId,
    flags,
    body: genericBody(command, IPVS_GENL_VERSION, ...attributes),
  });
  const onDestination =
    (command: number) =>
    (service: IpvsService, destination: IpvsDestination): Request =>
      request(command, 0, serviceName(service), destinationAttribute(destination));
  return {
    newService: (service) => request(IPVS_CMD_NEW_SERVICE, 0, serviceAttribute(service)),
    setService: (service) => request(IPVS_CMD_SET_SERVICE, 0, serviceAttribute(service)),
    deleteService: (service) => request(IPVS_CMD_DEL_SERVICE, 0, serviceAttribute(service)),
    newDestination: onDestination(IPVS_CMD_NEW_DEST),
    setDestination: onDestination(IPVS_CMD_SET_DEST),
    deleteDestination: onDestination(IPVS_CMD_DEL_DEST),
    dumpServices: () => request(IPVS_CMD_GET_SERVICE, NLM_F_DUMP),
    dumpDestinations: (service) => request(IPVS_CMD_GET_DEST, NLM_F_DUMP, serviceName(service)),
    getInfo: () => request(IPVS_CMD_GET_INFO, 0),
    flush: () => request(IPVS_CMD_FLUSH, 0),
    ...syncDaemonRequests(familyId),
  };
}

/** Why a service of the table is not ours to read; `fwmark` and `protocol` are services made by others. */
export type ServiceDrop = "truncated" | "service" | "family" | "fwmark" | "protocol" | "incomplete";

/** Reads one message of the answer to `dumpServices`. Never throws. */
export function decodeService(body: Uint8Array): Decoded<IpvsService, ServiceDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(IPVS_CMD_ATTR_SERVICE)) return drop("service");
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_SERVICE);
  const af = readFamily(attributes, IPVS_SVC_ATTR_AF);
  if (af === undefined) return drop("family");
  if (attributes.has(IPVS_SVC_ATTR_FWMARK)) return drop("fwmark");
  const protocol = PROTOCOL_NAMES.get(readU16(attributes, IPVS_SVC_ATTR_PROTOCOL));
  if (protocol === undefined) return drop("protocol");
  const address = readIp(attributes, IPVS_SVC_ATTR_ADDR, af);
  const port = readBe16(attributes, IPVS_SVC_ATTR_PORT);
  const scheduler = readString(attributes, IPVS_SVC_ATTR_SCHED_NAME);
  const flags = readU32(attributes, IPVS_SVC_ATTR_FLAGS); // the first field of struct ip_vs_flags
  const timeout = readU32(attributes, IPVS_SVC_ATTR_TIMEOUT);
  const netmask = readBytes(attributes, IPVS_SVC_ATTR_NETMASK, 4);
  if (
    address === undefined ||
    port === undefined ||
    scheduler === undefined ||
    flags === undefined ||
    timeout === undefined ||
    netmask === undefined
  )
    return drop("incomplete");
  return accept({
    protocol,
    address,
    port,
    scheduler,
    flags: flags & ~IP_VS_SVC_F_HASHED,
    timeout: flags & IP_VS_SVC_F_PERSISTENT ? timeout : 0,
    netmask: af === 4 ? Math.clz32(~viewOf(netmask).getUint32(0)) : viewOf(netmask).getUint32(0, LITTLE_ENDIAN),
  });
}

/** Why a destination of the table is not ours to read. */
export type DestinationDrop = "truncated" | "destination" | "family" | "forwarding" | "incomplete";

/** Reads one message of the answer to `dumpDestinations`. Linux 3.18 or later (it says the address family). Never throws. */
export function decodeDestination(body: Uint8Array): Decoded<IpvsDestination, DestinationDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(IPVS_CMD_ATTR_DEST)) return drop("destination");
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_DEST);
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
  return accept({ address, port, forwarding, weight, upperThreshold, lowerThreshold });
}

/** What the kernel says of its IPVS. */
export interface IpvsInfo {
  readonly version: number; //             0x010201 is 1.2.1
  readonly connectionTableSize: number; // hash buckets
}

/** Reads the answer to `getInfo`. Never throws. */
export function decodeInfo(body: Uint8Array): Decoded<IpvsInfo, "truncated" | "incomplete"> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  const version = readU32(generic.value.attributes, IPVS_INFO_ATTR_VERSION);
  const connectionTableSize = readU32(generic.value.attributes, IPVS_INFO_ATTR_CONN_TAB_SIZE);
  return version === undefined || connectionTableSize === undefined
    ? drop("incomplete")
    : accept({ version, connectionTableSize });
}

/** IPPROTO_*, linux/in.h. */
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;
const PROTOCOL_NAMES: ReadonlyMap<number | undefined, IpvsService["protocol"]> = new Map([
  [PROTOCOLS.tcp, "tcp"],
  [PROTOCOLS.udp, "udp"],
  [PROTOCOLS.sctp, "sctp"],
]);
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

/** Commands on destinations only name the service. The kernel ignores its persistence, and keepalived 2.2.7 leaves it out. */
function serviceName(service: IpvsService): Uint8Array {
  return serviceAttribute({ ...service, timeout: 0, netmask: family(service.address) === 4 ? 32 : 128 });
}

function serviceAttribute(service: IpvsService): Uint8Array {
  const { address, protocol, port, scheduler, timeout } = service;
  const flags = timeout > 0 ? service.flags | IP_VS_SVC_F_PERSISTENT : service.flags & ~IP_VS_SVC_F_PERSISTENT;
  return nestedAttribute(
    IPVS_CMD_ATTR_SERVICE,
    u16Attribute(IPVS_SVC_ATTR_AF, addressFamily(address)),
    u16Attribute(IPVS_SVC_ATTR_PROTOCOL, PROTOCOLS[protocol]),
    bytesAttribute(IPVS_SVC_ATTR_ADDR, inetAddress(address)),
    be16Attribute(IPVS_SVC_ATTR_PORT, port),
    stringAttribute(IPVS_SVC_ATTR_SCHED_NAME, scheduler),
    bytesAttribute(IPVS_SVC_ATTR_FLAGS, concat(u32(flags, LITTLE_ENDIAN), u32(0xffff_ffff, LITTLE_ENDIAN))),
    u32Attribute(IPVS_SVC_ATTR_TIMEOUT, timeout),
    bytesAttribute(IPVS_SVC_ATTR_NETMASK, netmaskBytes(service)),
  );
}

function destinationAttribute(destination: IpvsDestination): Uint8Array {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold } = destination;
  return nestedAttribute(
    IPVS_CMD_ATTR_DEST,
    u16Attribute(IPVS_DEST_ATTR_ADDR_FAMILY, addressFamily(address)),
    bytesAttribute(IPVS_DEST_ATTR_ADDR, inetAddress(address)),
    be16Attribute(IPVS_DEST_ATTR_PORT, port),
    u32Attribute(IPVS_DEST_ATTR_FWD_METHOD, METHODS[forwarding]),
    u32Attribute(IPVS_DEST_ATTR_WEIGHT, weight),
    forwarding === "tun" ? u8Attribute(IPVS_DEST_ATTR_TUN_TYPE, IP_VS_CONN_F_TUNNEL_TYPE_IPIP) : new Uint8Array(),
    u32Attribute(IPVS_DEST_ATTR_U_THRESH, upperThreshold),
    u32Attribute(IPVS_DEST_ATTR_L_THRESH, lowerThreshold),
  );
}

function addressFamily(address: IpAddress): number {
  return family(address) === 4 ? AF_INET : AF_INET6;
}

/** union nf_inet_addr: 16 bytes, an IPv4 address in the first four. */
function inetAddress(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(toBytes(address));
  return bytes;
}

/** IPv4: the mask in network byte order. IPv6: the prefix length in host byte order. */
function netmaskBytes({ address, netmask }: IpvsService): Uint8Array {
  return family(address) === 4 ? u32(~(2 ** (32 - netmask) - 1) >>> 0, false) : u32(netmask, LITTLE_ENDIAN);
}

function readFamily(attributes: Attributes, type: number): Family | undefined {
  const af = readU16(attributes, type);
  return af === AF_INET ? 4 : af === AF_INET6 ? 6 : undefined;
}

function readIp(attributes: Attributes, type: number, af: Family): IpAddress | undefined {
  const bytes = readBytes(attributes, type, af === 4 ? 4 : 16);
  return bytes && fromBytes(bytes);
}
