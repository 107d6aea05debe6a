import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { IpvsDestination, IpvsService } from "../base/ipvs.ts";
import { readU32 } from "./attributes.ts";
import {
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
  IPVS_GENL_VERSION,
  IPVS_INFO_ATTR_CONN_TAB_SIZE,
  IPVS_INFO_ATTR_VERSION,
  NLM_F_DUMP,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { decodeGeneric, genericBody } from "./genetlink.ts";
import { type SyncDaemonRequests, syncDaemonRequests } from "./ipvs-daemon.ts";
import { destinationAttribute } from "./ipvs-destination.ts";
import { serviceAttribute, serviceNameAttribute } from "./ipvs-service.ts";
import { type TimeoutRequests, timeoutRequests } from "./ipvs-timeouts.ts";

/** The name to resolve with `getFamily`, linux/ip_vs.h IPVS_GENL_NAME. */
export const IPVS_FAMILY = "IPVS";

/** What can be asked of the IPVS table. The errors are the kernel's: ESRCH no such service, ENOENT no such destination. */
export interface IpvsRequests extends SyncDaemonRequests, TimeoutRequests {
  readonly newService: (service: IpvsService) => Request; // EEXIST; ENOENT: no such scheduler, or persistence engine
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
  // The destinations of a service come one behind the other: its name is made once for all of them.
  let named: { readonly service: IpvsService; readonly name: Uint8Array } | undefined;
  const onDestination =
    (command: number) =>
    (service: IpvsService, destination: IpvsDestination): Request => {
      if (named?.service !== service) named = { service, name: serviceNameAttribute(service) };
      return request(command, 0, named.name, destinationAttribute(destination));
    };
  return {
    newService: (service) => request(IPVS_CMD_NEW_SERVICE, 0, serviceAttribute(service)),
    setService: (service) => request(IPVS_CMD_SET_SERVICE, 0, serviceAttribute(service)),
    deleteService: (service) => request(IPVS_CMD_DEL_SERVICE, 0, serviceAttribute(service)),
    newDestination: onDestination(IPVS_CMD_NEW_DEST),
    setDestination: onDestination(IPVS_CMD_SET_DEST),
    deleteDestination: onDestination(IPVS_CMD_DEL_DEST),
    dumpServices: () => request(IPVS_CMD_GET_SERVICE, NLM_F_DUMP),
    dumpDestinations: (service) => request(IPVS_CMD_GET_DEST, NLM_F_DUMP, serviceNameAttribute(service)),
    getInfo: () => request(IPVS_CMD_GET_INFO, 0),
    flush: () => request(IPVS_CMD_FLUSH, 0),
    ...timeoutRequests(familyId),
    ...syncDaemonRequests(familyId),
  };
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
