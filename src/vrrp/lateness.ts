import { type Micros, milliseconds } from "../base/time.ts";
import type { Backup, Master, Step, VrrpState } from "./machine.ts";
import { masterDownInterval, skewTime, type VrrpParameters } from "./parameters.ts";
import { advertise, backup, entering, note } from "./transition.ts";

/*
 * A router that did not run (a paused machine, a stopped process, a starved processor) finds its deadlines passed, and
 * has not heard what was said meanwhile. These are the rules of waking up: hear first, and do not take silence that we
 * slept through for the silence of a master.
 */

/** The priority of whoever may have taken over from a master that slept, where `timer_expired_backup` names none. */
const HIGHEST_OTHER = 254;

/**
 * Whether `timer` would make a silent router speak for its silence: a backup takes over, or a master goes on that
 * others may have given up. The driver then first feeds what waits in the socket.
 */
export function looksFirst(router: VrrpParameters, state: VrrpState, now: Micros): boolean {
  if (state.name === "backup") return now >= state.masterDownAt;
  return state.name === "master" && hasOverslept(router, state, now);
}

/**
 * A backup's deadline, and nothing waits in the socket. If it comes so late that advertisements can have been lost to
 * our sleep, the master gets one more interval (and Skew_Time, so that of many that slept one comes first) to be heard;
 * once, since a host that is always late must have a master too. Keepalived differs: it takes over.
 */
export function hesitates(router: VrrpParameters, state: Backup, now: Micros): Step | undefined {
  const late = now - state.masterDownAt;
  if (state.looking === true || late <= Math.max(milliseconds(10), state.masterInterval / 4)) return undefined;
  return {
    state: {
      ...state,
      masterDownAt: now + state.masterInterval + skewTime(router, state.masterInterval),
      looking: true,
    },
    effects: [note({ name: "late", late, course: "listen" })],
  };
}

/** Whether a backup of priority `timer_expired_backup` (254) can have taken over since our last advertisement. */
export function hasOverslept(router: VrrpParameters, { advertiseAt }: Master, now: Micros): boolean {
  const priority = router.lateTimerPriority ?? HIGHEST_OTHER;
  const lastAdvertAt = advertiseAt - router.interval;
  return now >= lastAdvertAt + masterDownInterval({ ...router, basePriority: priority, priority }, router.interval);
}

/** `timer_expired_backup`, which needs `nopreempt`: such a master is backup, without resigning, before it hears or says anything. */
export function givesUp(router: VrrpParameters, state: Master, now: Micros): Step | undefined {
  if (router.lateTimerPriority === undefined || router.preempt || !hasOverslept(router, state, now)) return undefined;
  const late = now - state.advertiseAt;
  return {
    state: backup(router, now),
    effects: [note({ name: "late", late, course: "yield" }), entering("backup", false), { type: "release-addresses" }],
  };
}

/** A master's deadline. Who overslept announces again: a master of meanwhile goes without a word when it hears us. */
export function advertisesInTurn(router: VrrpParameters, state: Master, now: Micros): Step {
  if (!hasOverslept(router, state, now)) return advertise(router, now, [], state);
  const { state: after, effects } = advertise(router, now, [{ type: "announce", because: "again" }], state);
  return {
    state: after,
    effects: [note({ name: "late", late: now - state.advertiseAt, course: "go-on" }), ...effects],
  };
}
