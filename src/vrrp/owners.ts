import type { IpAddress } from "../base/ip.ts";
import { compareIp } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import { asserted, type Heard, yielded } from "./election.ts";
import type { Master, Step } from "./machine.ts";
import { masterDownInterval, type VrrpParameters } from "./parameters.ts";
import { note } from "./transition.ts";

/** Another router says that it is the address owner, as we do. Plain JSON data. */
export interface OwnerConflict {
  readonly from: IpAddress;
  readonly heardAt: Micros; //   last
  readonly patientTo: Micros; // by then it has heard two advertisements of ours
}

/**
 * Two address owners, which is an error of the configuration: the lower address goes. If it does not (it ignores
 * advertisements, or its rule is another) although it has had two of ours and 1.2 intervals to think, we go, for one
 * must; we are back when it is silent or says less than 255. Keepalived 2.4 too, by way of priority 254; 2.2.7 goes at
 * once and stays 254.
 */
export function ownerChallenged(router: VrrpParameters, state: Master, heard: Heard, now: Micros): Step {
  const { from, advertisement } = heard;
  const conflict = note({ name: "owner-conflict", from });
  if (compareIp(from, router.primaryAddress) > 0) return yielded(router, heard, conflict, now);
  const known = state.conflict;
  if (known?.from !== from || now - known.heardAt > masterDownInterval(router, router.interval)) {
    const longest = Math.max(router.interval, advertisement.interval);
    const patientTo = now + router.interval + Math.ceil(1.2 * longest);
    return asserted(router, { ...state, conflict: { from, heardAt: now, patientTo } }, conflict, now);
  }
  // Not answered each time: two owners that both answer at once would do nothing else.
  if (now < known.patientTo) return { state: { ...state, conflict: { ...known, heardAt: now } }, effects: [conflict] };
  return yielded(router, heard, note({ name: "owner-stays", from }), now);
}
