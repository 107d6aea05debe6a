import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type Family, fromBytes, type IpAddress, ip, toBytes } from "../base/ip.ts";
import type {
  RowForwarding,
  RowPlace,
  RowProtocol,
  RowTimeouts,
  RowTunnel,
  ServerRow,
  ServiceRow,
} from "../base/ipvs-row.ts";
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
import * as C from "./constants.ts";
import type { Request } from "./conversation.ts";
import { decodeGeneric, genericBody } from "./genetlink.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** Requests on rows of the IPVS table, whoever made them: what ipvsadm(8) asks. ESRCH no such service, ENOENT no such server. */
export interface RowRequests {
  readonly addService: (service: ServiceRow) => Request; // EEXIST; ENOENT: no such scheduler or engine
  readonly editService: (service: ServiceRow) => Request;
  readonly deleteService: (place: RowPlace) => Request;
  readonly getService: (place: RowPlace) => Request; //     one message, as of `dumpServices`
  readonly zero: (place: RowPlace | undefined) => Request; // undefined: every service
  readonly addServer: (place: RowPlace, server: ServerRow) => Request; // EEXIST
  readonly editServer: (place: RowPlace, server: ServerRow) => Request;
  readonly deleteServer: (place: RowPlace, server: ServerRow) => Request;
  readonly dumpServices: () => Request;
  readonly dumpServers: (place: RowPlace) => Request;
  readonly getTimeouts: () => Request;
  readonly changeTimeouts: (timeouts: RowTimeouts) => Request;
  readonly clear: () => Request;
}

/** The requests for the number that the kernel gave to the family IPVS. */
export function rowRequests(familyId: number): RowRequests {
  const ask = (command: number, flags: number, ...attributes: readonly Uint8Array[]): Request => ({
    type: familyId,
    flags,
    body: genericBody(command, C.IPVS_GENL_VERSION, ...attributes),
  });
  const onServer =
    (command: number) =>
    (place: RowPlace, server: ServerRow): Request =>
      ask(command, 0, named(place), serverAttribute(server));
  return {
    addService: (service) => ask(C.IPVS_CMD_NEW_SERVICE, 0, serviceAttribute(service)),
    editService: (service) => ask(C.IPVS_CMD_SET_SERVICE, 0, serviceAttribute(service)),
    deleteService: (place) => ask(C.IPVS_CMD_DEL_SERVICE, 0, named(place)),
    getService: (place) => ask(C.IPVS_CMD_GET_SERVICE, 0, named(place)),
    zero: (place) => (place === undefined ? ask(C.IPVS_CMD_ZERO, 0) : ask(C.IPVS_CMD_ZERO, 0, named(place))),
    addServer: onServer(C.IPVS_CMD_NEW_DEST),
    editServer: onServer(C.IPVS_CMD_SET_DEST),
    deleteServer: onServer(C.IPVS_CMD_DEL_DEST),
    dumpServices: () => ask(C.IPVS_CMD_GET_SERVICE, C.NLM_F_DUMP),
    dumpServers: (place) => ask(C.IPVS_CMD_GET_DEST, C.NLM_F_DUMP, named(place)),
    getTimeouts: () => ask(C.IPVS_CMD_GET_CONFIG, 0),
    changeTimeouts: ({ tcp, tcpFin, udp }) =>
      ask(
        C.IPVS_CMD_SET_CONFIG,
        0,
        u32Attribute(C.IPVS_CMD_ATTR_TIMEOUT_TCP, tcp),
        u32Attribute(C.IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, tcpFin),
        u32Attribute(C.IPVS_CMD_ATTR_TIMEOUT_UDP, udp),
      ),
    clear: () => ask(C.IPVS_CMD_FLUSH, 0),
  };
}

/** Why a message is no row. */
export type RowDrop = "truncated" | "service" | "server" | "family" | "incomplete";

/** Reads one message of the answer to `dumpServices` or `getService`. Never throws. */
export function decodeServiceRow(body: Uint8Array): Decoded<ServiceRow, RowDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(C.IPVS_CMD_ATTR_SERVICE)) return drop("service");
  const attributes = readNested(generic.value.attributes, C.IPVS_CMD_ATTR_SERVICE);
  const family = readFamily(attributes, C.IPVS_SVC_ATTR_AF);
  if (family === undefined) return drop("family");
  const fwmark = readU32(attributes, C.IPVS_SVC_ATTR_FWMARK) ?? 0;
  const protocol = PROTOCOL_NAMES.get(readU16(attributes, C.IPVS_SVC_ATTR_PROTOCOL)) ?? "ip";
  const address = readIp(attributes, C.IPVS_SVC_ATTR_ADDR, family) ?? ANY[family];
  const port = readBe16(attributes, C.IPVS_SVC_ATTR_PORT) ?? 0;
  const scheduler = readString(attributes, C.IPVS_SVC_ATTR_SCHED_NAME);
  const flags = readU32(attributes, C.IPVS_SVC_ATTR_FLAGS);
  const netmask = readBytes(attributes, C.IPVS_SVC_ATTR_NETMASK, 4);
  if (scheduler === undefined || flags === undefined || netmask === undefined) return drop("incomplete");
  return accept({
    ...{ family, fwmark, protocol: fwmark === 0 ? protocol : "ip", address, port, scheduler },
    flags: flags & ~C.IP_VS_SVC_F_HASHED,
    timeout: readU32(attributes, C.IPVS_SVC_ATTR_TIMEOUT) ?? 0,
    netmask: viewOf(netmask).getUint32(0, family === 6 && LITTLE_ENDIAN),
    engine: readString(attributes, C.IPVS_SVC_ATTR_PE_NAME) ?? "",
  });
}

/** Reads one message of the answer to `dumpServers` for a service of that family. Never throws. */
export function decodeServerRow(body: Uint8Array, ofService: Family): Decoded<ServerRow, RowDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(C.IPVS_CMD_ATTR_DEST)) return drop("server");
  const attributes = readNested(generic.value.attributes, C.IPVS_CMD_ATTR_DEST);
  // Before Linux 3.18 servers had no family of their own.
  const family = attributes.has(C.IPVS_DEST_ATTR_ADDR_FAMILY)
    ? readFamily(attributes, C.IPVS_DEST_ATTR_ADDR_FAMILY)
    : ofService;
  if (family === undefined) return drop("family");
  const address = readIp(attributes, C.IPVS_DEST_ATTR_ADDR, family);
  const port = readBe16(attributes, C.IPVS_DEST_ATTR_PORT);
  const method = readU32(attributes, C.IPVS_DEST_ATTR_FWD_METHOD);
  const weight = readU32(attributes, C.IPVS_DEST_ATTR_WEIGHT);
  if (address === undefined || port === undefined || method === undefined || weight === undefined)
    return drop("incomplete");
  return accept({
    ...{ family, address, port, weight },
    forwarding: METHODS[method & C.IP_VS_CONN_F_FWD_MASK] ?? "unknown",
    upperThreshold: readU32(attributes, C.IPVS_DEST_ATTR_U_THRESH) ?? 0,
    lowerThreshold: readU32(attributes, C.IPVS_DEST_ATTR_L_THRESH) ?? 0,
    tunnel: {
      type: TUNNELS[readBytes(attributes, C.IPVS_DEST_ATTR_TUN_TYPE, 1)?.[0] ?? 0] ?? "ipip",
      port: readBe16(attributes, C.IPVS_DEST_ATTR_TUN_PORT) ?? 0,
      checksum: CHECKSUMS[readU16(attributes, C.IPVS_DEST_ATTR_TUN_FLAGS) ?? 0] ?? "none",
    },
  });
}

/** Reads the answer to `getTimeouts`. Never throws. */
export function decodeTimeouts(body: Uint8Array): Decoded<RowTimeouts, "truncated"> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  const seconds = (type: number): number => readU32(generic.value.attributes, type) ?? 0;
  return accept({
    tcp: seconds(C.IPVS_CMD_ATTR_TIMEOUT_TCP),
    tcpFin: seconds(C.IPVS_CMD_ATTR_TIMEOUT_TCP_FIN),
    udp: seconds(C.IPVS_CMD_ATTR_TIMEOUT_UDP),
  });
}

/** IPPROTO_*, linux/in.h. */
const PROTOCOLS: Readonly<Record<RowProtocol, number>> = { ip: 0, tcp: 6, udp: 17, sctp: 132 };
const PROTOCOL_NAMES = new Map<number | undefined, RowProtocol>([
  [PROTOCOLS.tcp, "tcp"],
  [PROTOCOLS.udp, "udp"],
  [PROTOCOLS.sctp, "sctp"],
]);
/** By their numbers, IP_VS_CONN_F_*. */
const METHODS: readonly RowForwarding[] = ["masquerade", "local", "tunnel", "route", "bypass"];
const TUNNELS: readonly RowTunnel["type"][] = ["ipip", "gue", "gre"];
const CHECKSUMS: readonly RowTunnel["checksum"][] = ["none", "full", "remote"];
const ANY: Readonly<Record<Family, IpAddress>> = { 4: ip("0.0.0.0"), 6: ip("::") };

/** What a service is named by: all that a request needs that does not describe it. */
function named(place: RowPlace): Uint8Array {
  return nestedAttribute(C.IPVS_CMD_ATTR_SERVICE, ...placeAttributes(place));
}

function placeAttributes({ family, fwmark, protocol, address, port }: RowPlace): Uint8Array[] {
  const af = u16Attribute(C.IPVS_SVC_ATTR_AF, family === 4 ? C.AF_INET : C.AF_INET6);
  if (fwmark !== 0) return [af, u32Attribute(C.IPVS_SVC_ATTR_FWMARK, fwmark)];
  return [
    af,
    u16Attribute(C.IPVS_SVC_ATTR_PROTOCOL, PROTOCOLS[protocol]),
    bytesAttribute(C.IPVS_SVC_ATTR_ADDR, inetAddress(address)),
    be16Attribute(C.IPVS_SVC_ATTR_PORT, port),
  ];
}

function serviceAttribute(service: ServiceRow): Uint8Array {
  const { family, scheduler, flags, timeout, netmask, engine } = service;
  return nestedAttribute(
    C.IPVS_CMD_ATTR_SERVICE,
    ...placeAttributes(service),
    stringAttribute(C.IPVS_SVC_ATTR_SCHED_NAME, scheduler.slice(0, C.IP_VS_SCHEDNAME_MAXLEN - 1)),
    ...(engine === "" ? [] : [stringAttribute(C.IPVS_SVC_ATTR_PE_NAME, engine.slice(0, C.IP_VS_SCHEDNAME_MAXLEN - 1))]),
    bytesAttribute(C.IPVS_SVC_ATTR_FLAGS, concat(u32(flags, LITTLE_ENDIAN), u32(0xffff_ffff, LITTLE_ENDIAN))),
    u32Attribute(C.IPVS_SVC_ATTR_TIMEOUT, timeout),
    bytesAttribute(C.IPVS_SVC_ATTR_NETMASK, u32(netmask, family === 6 && LITTLE_ENDIAN)),
  );
}

function serverAttribute(server: ServerRow): Uint8Array {
  const { family, address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = server;
  const wrapped = forwarding === "tunnel" && tunnel.type !== "ipip";
  return nestedAttribute(
    C.IPVS_CMD_ATTR_DEST,
    u16Attribute(C.IPVS_DEST_ATTR_ADDR_FAMILY, family === 4 ? C.AF_INET : C.AF_INET6),
    bytesAttribute(C.IPVS_DEST_ATTR_ADDR, inetAddress(address)),
    be16Attribute(C.IPVS_DEST_ATTR_PORT, port),
    u32Attribute(C.IPVS_DEST_ATTR_FWD_METHOD, Math.max(0, METHODS.indexOf(forwarding))),
    u32Attribute(C.IPVS_DEST_ATTR_WEIGHT, weight),
    ...(forwarding === "tunnel" ? [u8Attribute(C.IPVS_DEST_ATTR_TUN_TYPE, TUNNELS.indexOf(tunnel.type))] : []),
    ...(wrapped ? [be16Attribute(C.IPVS_DEST_ATTR_TUN_PORT, tunnel.port)] : []),
    ...(wrapped ? [u16Attribute(C.IPVS_DEST_ATTR_TUN_FLAGS, CHECKSUMS.indexOf(tunnel.checksum))] : []),
    u32Attribute(C.IPVS_DEST_ATTR_U_THRESH, upperThreshold),
    u32Attribute(C.IPVS_DEST_ATTR_L_THRESH, lowerThreshold),
  );
}

/** union nf_inet_addr: 16 bytes, an IPv4 address in the first four. */
function inetAddress(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(toBytes(address));
  return bytes;
}

function readFamily(attributes: Attributes, type: number): Family | undefined {
  const af = readU16(attributes, type);
  return af === C.AF_INET ? 4 : af === C.AF_INET6 ? 6 : undefined;
}

function readIp(attributes: Attributes, type: number, family: Family): IpAddress | undefined {
  const bytes = readBytes(attributes, type, family === 4 ? 4 : 16);
  return bytes && fromBytes(bytes);
}
