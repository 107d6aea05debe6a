import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { Network } from "../base/host.ts";
import { type Family, fromBytes, toBytes } from "../base/ip.ts";
import {
  type Attributes,
  bytesAttribute,
  decodeAttributes,
  readBytes,
  readString,
  readU32,
  stringAttribute,
  u8Attribute,
  u16,
  u32,
  u32Attribute,
} from "./attributes.ts";
import {
  AF_INET,
  AF_INET6,
  FIB_RULE_INVERT,
  FRA_DPORT_RANGE,
  FRA_DST,
  FRA_FLOW,
  FRA_FWMARK,
  FRA_FWMASK,
  FRA_GOTO,
  FRA_IIFNAME,
  FRA_IP_PROTO,
  FRA_L3MDEV,
  FRA_OIFNAME,
  FRA_PRIORITY,
  FRA_PROTOCOL,
  FRA_SPORT_RANGE,
  FRA_SRC,
  FRA_SUPPRESS_IFGROUP,
  FRA_SUPPRESS_PREFIXLEN,
  FRA_TABLE,
  FRA_TUN_ID,
  FRA_UID_RANGE,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  RT_TABLE_UNSPEC,
  RTM_DELRULE,
  RTM_GETRULE,
  RTM_NEWRULE,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { be64 } from "./encapsulation.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** A routing policy rule: what `ip -d rule` says of it. Undefined: any. */
export interface Rule {
  readonly family: Family;
  readonly priority: number; //                              u32
  readonly source: Network | undefined;
  readonly destination: Network | undefined;
  readonly inverted: boolean; //                             `not`
  readonly tos: number; //                                   u8; 0 = any
  readonly mark: { readonly value: number; readonly mask: number } | undefined; // u32 each
  readonly input: string | undefined; //                     `iif`
  readonly output: string | undefined; //                    `oif`
  readonly realms: number | undefined; //                    IPv4: source << 16 | destination
  readonly tunnel: bigint | undefined; //                    64 bits
  readonly users: NumberRange | undefined; //                u32 each
  readonly ipProtocol: number | undefined; //                IPPROTO_*
  readonly sourcePorts: NumberRange | undefined;
  readonly destinationPorts: NumberRange | undefined;
  readonly suppressPrefixLength: number | undefined; //      results with as short a prefix do not count
  readonly suppressGroup: number | undefined; //             results over interfaces of this group do not count
  readonly action: number; //                                FR_ACT_*
  readonly table: number; //                                 of FR_ACT_TO_TBL; 0 = none
  readonly l3mdev: boolean; //                               the table is that of the VRF
  readonly target: number | undefined; //                    of FR_ACT_GOTO: a priority
  readonly protocol: number; //                              RTPROT_*: who made it
}

/** Both ends inside. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** struct fib_rule_hdr: family, dst_len, src_len, tos, table, two reserved, action u8 each; flags u32. */
const HEADER = 12;
const ALL_BITS = 0xffff_ffff;

/** Adds a rule. EEXIST means that it was there. The attributes and their order are those of keepalived 2.2.7. */
export function addRule(rule: Rule): Request {
  return { type: RTM_NEWRULE, flags: NLM_F_CREATE | NLM_F_EXCL, body: encode(rule) };
}

/** Removes a rule. ENOENT means that it was gone. */
export function deleteRule(rule: Rule): Request {
  return { type: RTM_DELRULE, flags: 0, body: encode(rule) };
}

/** Asks for all rules of one family. */
export function dumpRules(family: Family): Request {
  const body = new Uint8Array(HEADER);
  body[0] = addressFamily(family);
  return { type: RTM_GETRULE, flags: NLM_F_DUMP, body };
}

/** Reads RTM_NEWRULE and RTM_DELRULE, from a dump or from the groups of rules. */
export function decodeRule(body: Uint8Array): Decoded<Rule, "truncated" | "family" | "address"> {
  if (body.length < HEADER) return drop("truncated");
  const view = viewOf(body);
  const af = view.getUint8(0);
  if (af !== AF_INET && af !== AF_INET6) return drop("family");
  const family = af === AF_INET ? 4 : 6;
  const attributes = decodeAttributes(body.subarray(HEADER));
  const destination = network(attributes, FRA_DST, { family, prefixLength: view.getUint8(1) });
  const source = network(attributes, FRA_SRC, { family, prefixLength: view.getUint8(2) });
  if (destination === "none" || source === "none") return drop("address");
  const mark = readU32(attributes, FRA_FWMARK);
  return accept({
    family,
    priority: readU32(attributes, FRA_PRIORITY) ?? 0,
    source,
    destination,
    inverted: (view.getUint32(8, LITTLE_ENDIAN) & FIB_RULE_INVERT) !== 0,
    tos: view.getUint8(3),
    mark: mark === undefined ? undefined : { value: mark, mask: readU32(attributes, FRA_FWMASK) ?? ALL_BITS },
    input: readString(attributes, FRA_IIFNAME),
    output: readString(attributes, FRA_OIFNAME),
    realms: readU32(attributes, FRA_FLOW),
    tunnel: readBe64(attributes, FRA_TUN_ID),
    users: readRange(attributes, FRA_UID_RANGE, 4),
    ipProtocol: attributes.get(FRA_IP_PROTO)?.[0],
    sourcePorts: readRange(attributes, FRA_SPORT_RANGE, 2),
    destinationPorts: readRange(attributes, FRA_DPORT_RANGE, 2),
    suppressPrefixLength: limit(attributes, FRA_SUPPRESS_PREFIXLEN),
    suppressGroup: limit(attributes, FRA_SUPPRESS_IFGROUP),
    action: view.getUint8(7),
    table: readU32(attributes, FRA_TABLE) ?? view.getUint8(4),
    l3mdev: attributes.get(FRA_L3MDEV)?.[0] === 1,
    target: readU32(attributes, FRA_GOTO),
    protocol: attributes.get(FRA_PROTOCOL)?.[0] ?? 0,
  });
}

function encode(rule: Rule): Uint8Array {
  const { source, destination, mark, table } = rule;
  const small = table < 256;
  return concat(
    Uint8Array.of(
      ...[addressFamily(rule.family), destination?.prefixLength ?? 0, source?.prefixLength ?? 0, rule.tos],
      ...[small ? table : RT_TABLE_UNSPEC, 0, 0, rule.action],
    ),
    u32(rule.inverted ? FIB_RULE_INVERT : 0, LITTLE_ENDIAN),
    small ? none : u32Attribute(FRA_TABLE, table),
    source === undefined ? none : bytesAttribute(FRA_SRC, toBytes(source.address)),
    destination === undefined ? none : bytesAttribute(FRA_DST, toBytes(destination.address)),
    u32Attribute(FRA_PRIORITY, rule.priority),
    mark === undefined ? none : u32Attribute(FRA_FWMARK, mark.value),
    mark === undefined || mark.mask === ALL_BITS ? none : u32Attribute(FRA_FWMASK, mark.mask),
    optional(rule.realms, (realms) => u32Attribute(FRA_FLOW, realms)),
    optional(rule.suppressPrefixLength, (length) => u32Attribute(FRA_SUPPRESS_PREFIXLEN, length)),
    optional(rule.suppressGroup, (group) => u32Attribute(FRA_SUPPRESS_IFGROUP, group)),
    optional(rule.input, (name) => stringAttribute(FRA_IIFNAME, name)),
    optional(rule.output, (name) => stringAttribute(FRA_OIFNAME, name)),
    optional(rule.tunnel, (id) => bytesAttribute(FRA_TUN_ID, be64(id))),
    optional(rule.users, (users) => rangeAttribute(FRA_UID_RANGE, users, u32)),
    rule.l3mdev ? u8Attribute(FRA_L3MDEV, 1) : none,
    u8Attribute(FRA_PROTOCOL, rule.protocol),
    optional(rule.ipProtocol, (protocol) => u8Attribute(FRA_IP_PROTO, protocol)),
    optional(rule.sourcePorts, (ports) => rangeAttribute(FRA_SPORT_RANGE, ports, u16)),
    optional(rule.destinationPorts, (ports) => rangeAttribute(FRA_DPORT_RANGE, ports, u16)),
    optional(rule.target, (target) => u32Attribute(FRA_GOTO, target)),
  );
}

const none = new Uint8Array();

function optional<T>(value: T | undefined, attribute: (value: T) => Uint8Array): Uint8Array {
  return value === undefined ? none : attribute(value);
}

/** struct fib_rule_uid_range, struct fib_rule_port_range. */
function rangeAttribute(type: number, { from, to }: NumberRange, number: typeof u32): Uint8Array {
  return bytesAttribute(type, concat(number(from, LITTLE_ENDIAN), number(to, LITTLE_ENDIAN)));
}

function readRange(attributes: Attributes, type: number, size: 2 | 4): NumberRange | undefined {
  const bytes = readBytes(attributes, type, 2 * size);
  if (bytes === undefined) return undefined;
  const view = viewOf(bytes);
  const at = (offset: number): number =>
    size === 4 ? view.getUint32(offset, LITTLE_ENDIAN) : view.getUint16(offset, LITTLE_ENDIAN);
  return { from: at(0), to: at(size) };
}

function readBe64(attributes: Attributes, type: number): bigint | undefined {
  const bytes = readBytes(attributes, type, 8);
  return bytes && viewOf(bytes).getBigUint64(0);
}

/** The kernel shows a limit of -1 where there is none. */
function limit(attributes: Attributes, type: number): number | undefined {
  const found = readU32(attributes, type);
  return found === ALL_BITS ? undefined : found;
}

function network(
  attributes: Attributes,
  type: number,
  { family, prefixLength }: { readonly family: Family; readonly prefixLength: number },
): Network | "none" | undefined {
  if (prefixLength === 0) return undefined;
  const bytes = readBytes(attributes, type, family === 4 ? 4 : 16);
  return bytes === undefined ? "none" : { address: fromBytes(bytes), prefixLength };
}

function addressFamily(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}
