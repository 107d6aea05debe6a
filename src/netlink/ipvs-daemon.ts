import { accept, type Decoded, drop } from "../base/decoded.ts";
import { family, fromBytes, toBytes } from "../base/ip.ts";
import { type IpvsSyncDaemon, SYNC_GROUP, SYNC_PORT, SYNC_TTL } from "../base/ipvs.ts";
import {
  bytesAttribute,
  nestedAttribute,
  readBytes,
  readNested,
  readString,
  readU16,
  readU32,
  stringAttribute,
  u8Attribute,
  u16Attribute,
  u32Attribute,
} from "./attributes.ts";
import {
  IP_VS_STATE_BACKUP,
  IP_VS_STATE_MASTER,
  IPVS_CMD_ATTR_DAEMON,
  IPVS_CMD_DEL_DAEMON,
  IPVS_CMD_GET_DAEMON,
  IPVS_CMD_NEW_DAEMON,
  IPVS_DAEMON_ATTR_MCAST_GROUP,
  IPVS_DAEMON_ATTR_MCAST_GROUP6,
  IPVS_DAEMON_ATTR_MCAST_IFN,
  IPVS_DAEMON_ATTR_MCAST_PORT,
  IPVS_DAEMON_ATTR_MCAST_TTL,
  IPVS_DAEMON_ATTR_STATE,
  IPVS_DAEMON_ATTR_SYNC_ID,
  IPVS_DAEMON_ATTR_SYNC_MAXLEN,
  IPVS_GENL_VERSION,
  NLM_F_DUMP,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { decodeGeneric, genericBody } from "./genetlink.ts";

/** What can be asked of the kernel's sync daemons. */
export interface SyncDaemonRequests {
  readonly newDaemon: (daemon: IpvsSyncDaemon) => Request; //    EEXIST; ENODEV; EINVAL: destinations of the other family
  readonly deleteDaemon: (daemon: IpvsSyncDaemon) => Request; // ESRCH
  readonly dumpDaemons: () => Request;
}

/** The requests for the number of the family IPVS; bytes as keepalived 2.2.7 sends them. */
export function syncDaemonRequests(familyId: number): SyncDaemonRequests {
  const request = (command: number, flags: number, ...attributes: readonly Uint8Array[]): Request => ({
    type: familyId,
    flags,
    body: genericBody(command, IPVS_GENL_VERSION, ...attributes),
  });
  return {
    newDaemon: (daemon) => request(IPVS_CMD_NEW_DAEMON, 0, nestedAttribute(IPVS_CMD_ATTR_DAEMON, ...described(daemon))),
    deleteDaemon: ({ state, id }) =>
      request(
        IPVS_CMD_DEL_DAEMON,
        0,
        nestedAttribute(
          IPVS_CMD_ATTR_DAEMON,
          u32Attribute(IPVS_DAEMON_ATTR_STATE, STATES[state]),
          u32Attribute(IPVS_DAEMON_ATTR_SYNC_ID, id),
        ),
      ),
    dumpDaemons: () => request(IPVS_CMD_GET_DAEMON, NLM_F_DUMP),
  };
}

/** Why a message is no sync daemon. */
export type SyncDaemonDrop = "truncated" | "daemon" | "state" | "incomplete";

/** Reads one message of the answer to `dumpDaemons`. Before Linux 4.3 there were no options. Never throws. */
export function decodeSyncDaemon(body: Uint8Array): Decoded<IpvsSyncDaemon, SyncDaemonDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  if (!generic.value.attributes.has(IPVS_CMD_ATTR_DAEMON)) return drop("daemon");
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_DAEMON);
  const number = readU32(attributes, IPVS_DAEMON_ATTR_STATE);
  const state = number === IP_VS_STATE_MASTER ? "master" : number === IP_VS_STATE_BACKUP ? "backup" : undefined;
  if (state === undefined) return drop("state");
  const carrier = readString(attributes, IPVS_DAEMON_ATTR_MCAST_IFN);
  const id = readU32(attributes, IPVS_DAEMON_ATTR_SYNC_ID);
  if (carrier === undefined || id === undefined) return drop("incomplete");
  const group =
    readBytes(attributes, IPVS_DAEMON_ATTR_MCAST_GROUP, 4) ?? readBytes(attributes, IPVS_DAEMON_ATTR_MCAST_GROUP6, 16);
  return accept({
    state,
    interface: carrier,
    id,
    maxLength: readU16(attributes, IPVS_DAEMON_ATTR_SYNC_MAXLEN),
    port: readU16(attributes, IPVS_DAEMON_ATTR_MCAST_PORT) ?? SYNC_PORT,
    ttl: readBytes(attributes, IPVS_DAEMON_ATTR_MCAST_TTL, 1)?.[0] ?? SYNC_TTL,
    group: group === undefined ? SYNC_GROUP : (fromBytes(group) ?? SYNC_GROUP),
  });
}

const STATES = { master: IP_VS_STATE_MASTER, backup: IP_VS_STATE_BACKUP } as const;

/** What the kernel takes by itself is left out. The port is in host byte order, the group in network byte order. */
function described(daemon: IpvsSyncDaemon): Uint8Array[] {
  const { state, interface: carrier, id, maxLength, port, ttl, group } = daemon;
  const kind = family(group) === 4 ? IPVS_DAEMON_ATTR_MCAST_GROUP : IPVS_DAEMON_ATTR_MCAST_GROUP6;
  return [
    u32Attribute(IPVS_DAEMON_ATTR_STATE, STATES[state]),
    stringAttribute(IPVS_DAEMON_ATTR_MCAST_IFN, carrier),
    u32Attribute(IPVS_DAEMON_ATTR_SYNC_ID, id),
    ...(maxLength === undefined ? [] : [u16Attribute(IPVS_DAEMON_ATTR_SYNC_MAXLEN, maxLength)]),
    ...(port === SYNC_PORT ? [] : [u16Attribute(IPVS_DAEMON_ATTR_MCAST_PORT, port)]),
    ...(ttl === SYNC_TTL ? [] : [u8Attribute(IPVS_DAEMON_ATTR_MCAST_TTL, ttl)]),
    ...(group === SYNC_GROUP ? [] : [bytesAttribute(kind, toBytes(group))]),
  ];
}
