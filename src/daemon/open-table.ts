import { serviceName } from "../base/ipvs.ts";
import type { NamedNetwork } from "../io/network-namespace.ts";
import { placesOf } from "../lvs/places.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceReport } from "../observe/report.ts";
import { PermanentFailure } from "./child.ts";
import { IpvsTable } from "./ipvs-table.ts";

/** The table of a checkers process. `reported`: what a process of ours left in it. Throws PermanentFailure without IPVS. */
export function openTable(
  log: Log,
  reported: readonly ServiceReport[],
  namespace: NamedNetwork | undefined,
): IpvsTable {
  const owned = reported.flatMap(({ places }) => placesOf(places).map(serviceName));
  try {
    return new IpvsTable(log, owned, namespace);
  } catch (error) {
    throw new PermanentFailure(1, `IPVS: Can't initialize ipvs: ${error instanceof Error ? error.message : error}`);
  }
}
