import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { IpvsTimeouts } from "../base/ipvs.ts";
import { readU32, u32Attribute } from "./attributes.ts";
import {
  IPVS_CMD_ATTR_TIMEOUT_TCP,
  IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
  IPVS_CMD_ATTR_TIMEOUT_UDP,
  IPVS_CMD_GET_CONFIG,
  IPVS_CMD_SET_CONFIG,
  IPVS_GENL_VERSION,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { decodeGeneric, genericBody } from "./genetlink.ts";

/** What can be asked of the timeouts of connections. */
export interface TimeoutRequests {
  readonly readTimeouts: () => Request;
  readonly writeTimeouts: (timeouts: IpvsTimeouts) => Request; // 0: as it is. EINVAL: too long
}

/** The requests for the number of the family IPVS; bytes as keepalived 2.2.7 sends them. */
export function timeoutRequests(familyId: number): TimeoutRequests {
  const request = (command: number, ...attributes: readonly Uint8Array[]): Request => ({
    type: familyId,
    flags: 0,
    body: genericBody(command, IPVS_GENL_VERSION, ...attributes),
  });
  return {
    readTimeouts: () => request(IPVS_CMD_GET_CONFIG),
    writeTimeouts: ({ tcp, tcpFin, udp }) =>
      request(
        IPVS_CMD_SET_CONFIG,
        u32Attribute(IPVS_CMD_ATTR_TIMEOUT_TCP, tcp),
        u32Attribute(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, tcpFin),
        u32Attribute(IPVS_CMD_ATTR_TIMEOUT_UDP, udp),
      ),
  };
}

/** Reads the answer to `readTimeouts`. Never throws. */
export function decodeTimeouts(body: Uint8Array): Decoded<IpvsTimeouts, "truncated" | "incomplete"> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  const { attributes } = generic.value;
  const tcp = readU32(attributes, IPVS_CMD_ATTR_TIMEOUT_TCP);
  const tcpFin = readU32(attributes, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN);
  const udp = readU32(attributes, IPVS_CMD_ATTR_TIMEOUT_UDP);
  return tcp === undefined || tcpFin === undefined || udp === undefined
    ? drop("incomplete")
    : accept({ tcp, tcpFin, udp });
}
