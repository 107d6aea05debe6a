import type { Micros } from "../base/time.ts";
import type { Backup, Master, Step, VrrpEffect, VrrpNote, VrrpState } from "./machine.ts";
import { masterDownInterval, RESIGN, type VrrpParameters } from "./parameters.ts";

/** Says that we are master no more, so that a backup waits Skew_Time only. RFC 9568 §6.4.3. */
export const RESIGNING: readonly VrrpEffect[] = [
  { type: "advertise", priority: RESIGN },
  { type: "note", note: { name: "priority-zero-sent" } },
];

/** A backup that has heard nobody yet and waits in full; for a master whose interval is known, by that one. */
export function backup(router: VrrpParameters, now: Micros, masterInterval: Micros = router.interval): Backup {
  const masterDownAt = now + masterDownInterval(router, masterInterval);
  return { name: "backup", masterDownAt, masterInterval, master: undefined, preemptAt: undefined };
}

/** To master. The advertisement comes before the addresses, so that a former master withdraws first. */
export function becomeMaster(router: VrrpParameters, now: Micros, first: readonly VrrpEffect[]): Step {
  const { state, effects } = advertise(router, now, [entering("master", false), { type: "claim-addresses" }]);
  return { state, effects: [...first, ...effects] };
}

/** To backup, out of fault. */
export function becomeBackup(router: VrrpParameters, now: Micros): Step {
  const source: readonly VrrpEffect[] = router.announcesSource ? [{ type: "announce-source" }] : [];
  return { state: backup(router, now), effects: [entering("backup", false), ...source] };
}

/** From master to backup, without resigning: whoever follows is known already, or hears so by our silence. */
export function leave(router: VrrpParameters, now: Micros): Step {
  return { state: backup(router, now), effects: [entering("backup", false), { type: "release-addresses" }] };
}

/** To fault, then `rest`. */
export function becomeFault(rest: readonly VrrpEffect[]): Step {
  return { state: { name: "fault", pending: false }, effects: [entering("fault", false), ...rest] };
}

/**
 * A master advertises, then does `rest`. This is the only way to move advertiseAt: what others send can never delay
 * us. (Keepalived differs: any packet for the VRID restarts its timer, so one bad packet every 0.4 s silences it.)
 * `state`: of a master that goes on.
 */
export function advertise(router: VrrpParameters, now: Micros, rest: readonly VrrpEffect[], state?: Master): Step {
  return {
    state: { ...state, name: "master", advertiseAt: now + router.interval },
    effects: [{ type: "advertise", priority: router.priority }, ...rest],
  };
}

/** The transition, for the log. */
export function entering(state: VrrpState["name"], initial: boolean): VrrpEffect {
  return note({ name: "entering", state, initial });
}

/** Something to say. */
export function note(said: VrrpNote): VrrpEffect {
  return { type: "note", note: said };
}
