import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Advertisement } from "../wire/vrrp.ts";
import { challenged, type Heard, heard } from "./election.ts";
import { keptInterval, ownInterval } from "./interval.ts";
import { advertisesInTurn, givesUp, hesitates } from "./lateness.ts";
import type { OwnerConflict } from "./owners.ts";
import { OWNER, skewTime, type VrrpParameters } from "./parameters.ts";
import {
  advertise,
  backup,
  becomeBackup,
  becomeFault,
  becomeMaster,
  entering,
  leave,
  note,
  RESIGNING,
} from "./transition.ts";

/**
 * What the router is, and until when. RFC 9568 §6.4, and Keepalived's fault. Plain JSON data: a vrrp process that is
 * started again takes over what its predecessor last reported.
 */
export type VrrpState = Init | Backup | Master | Fault;

/** Not started, or stopped. */
export interface Init {
  readonly name: "init";
}

/** Listens to a master, or waits for one. */
export interface Backup {
  readonly name: "backup";
  readonly masterDownAt: Micros;
  readonly masterInterval: Micros; // Master_Adver_Interval: VRRPv3 learns it from the master, RFC 9568 §6.1
  readonly master: IpAddress | undefined; // who advertised last; undefined: nobody since we are backup
  readonly preemptAt: Micros | undefined; // until then a lower master is suffered; undefined: none heard
  readonly looking?: true; // the deadline came late, and was put off once
}

/** Holds the addresses and says so. */
export interface Master {
  readonly name: "master";
  readonly advertiseAt: Micros;
  readonly conflict?: OwnerConflict;
}

/** Unfit to be master. `pending`: nothing is wrong, but a tracked script has not finished once, so nobody was told of a fault. */
export interface Fault {
  readonly name: "fault";
  readonly pending: boolean;
}

/** What tracking says of the host: fit, unfit, or not known yet because a script still runs for the first time. */
export type Standing = "fit" | "unfit" | "pending";

export type VrrpEvent =
  | { readonly type: "startup"; readonly standing: Standing; readonly delayed?: boolean } // see `step`
  | { readonly type: "shutdown" }
  | { readonly type: "timer" }
  | { readonly type: "advertisement"; readonly from: IpAddress; readonly advertisement: Advertisement }
  | { readonly type: "fault" } //     the first reason not to be master has come
  | { readonly type: "recovered" } // the last one is gone
  | { readonly type: "sync"; readonly to: "master" | "backup" } // where its sync group is; see sync-group.ts
  | { readonly type: "priority-changed"; readonly from: number } // the parameters already hold the new one
  | { readonly type: "reconfigured" }; //                            so here

/** What the driver must do, in this order. */
export type VrrpEffect =
  | { readonly type: "advertise"; readonly priority: number }
  | { readonly type: "claim-addresses" } //   make the VIPs be there, then begin the announcements of a new master
  | { readonly type: "update-addresses" } //  make the VIPs be as configured; announce all of them if one was added
  | { readonly type: "release-addresses" } // drop queued announcements, make the VIPs be gone
  | { readonly type: "announce"; readonly because: "lower-priority" | "again" } // tell the neighbours whose the VIPs are
  | { readonly type: "announce-source" } //   tell them whose the source of our advertisements is
  | { readonly type: "note"; readonly note: VrrpNote };

/** What is worth saying; `words.ts` says it in Keepalived's words. */
export type VrrpNote =
  | { readonly name: "entering"; readonly state: VrrpState["name"]; readonly initial: boolean }
  | { readonly name: "advertisement-timeout" }
  | { readonly name: "lower-priority-discarded"; readonly from: IpAddress; readonly priority: number }
  | {
      readonly name: "forcing-election";
      readonly from: IpAddress;
      readonly priority: number;
      readonly answered: boolean;
    }
  | {
      readonly name: "higher-priority" | "same-priority-higher-address";
      readonly from: IpAddress;
      readonly priority: number;
    }
  | { readonly name: "own-address-conflict"; readonly from: IpAddress }
  | { readonly name: "owner-conflict"; readonly from: IpAddress }
  | { readonly name: "owner-stays"; readonly from: IpAddress }
  | { readonly name: "late"; readonly late: Micros; readonly course: "listen" | "yield" | "go-on" }
  | { readonly name: "priority-zero-received"; readonly from: IpAddress; readonly by: "master" | "backup" }
  | { readonly name: "priority-zero-ignored"; readonly from: IpAddress; readonly master: IpAddress }
  | { readonly name: "priority-zero-sent" }
  | { readonly name: "master-changed"; readonly from: IpAddress | undefined; readonly to: IpAddress }
  | { readonly name: "interval-differs"; readonly from: IpAddress; readonly interval: Micros }
  | { readonly name: "interval-learned" | "interval-own"; readonly from: Micros; readonly to: Micros }
  | { readonly name: "preempt-delay-started"; readonly delay: Micros }
  | { readonly name: "preempt-delay-stopped" }
  | { readonly name: "priority-changed"; readonly from: number; readonly to: number };

export interface Step {
  readonly state: VrrpState;
  readonly effects: readonly VrrpEffect[];
}

/** Where every router begins. */
export const INIT: VrrpState = { name: "init" };

/**
 * One transition. Pure: no clock, no socket, no log. RFC 9568 §6.4, keepalived(8). To delay the start
 * (`vrrp_startup_delay`), say `delayed`, pass the end of the delay as `now` of every event until it is over, and feed no
 * advertisement and no timer before.
 */
export function step(router: VrrpParameters, state: VrrpState, event: VrrpEvent, now: Micros): Step {
  if (event.type === "priority-changed") return reprioritised(router, state, event.from);
  switch (state.name) {
    case "init":
      return event.type === "startup" ? started(router, event, now) : stay(state);
    case "backup":
      return backupStep(router, state, event, now);
    case "master":
      return masterStep(router, state, event, now);
    case "fault":
      if (event.type === "shutdown") return { state: INIT, effects: [] };
      if (event.type === "recovered") return becomeBackup(router, now);
      if (event.type === "fault" && state.pending) return becomeFault([]);
      return stay(state);
  }
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function deadline(state: VrrpState): Micros | undefined {
  switch (state.name) {
    case "backup":
      return state.masterDownAt;
    case "master":
      return state.advertiseAt;
    case "init":
    case "fault":
      return undefined;
  }
}

/**
 * The state of a vrrp process that was started again, from the last report of the one that died. A master stays
 * master as long as no peer can have missed it: until downTimerAdverts intervals after its last advertisement (the
 * peer's Skew_Time is our margin); it advertises at once. Otherwise it is a backup with the full wait before it. The
 * driver then brings the VIPs in line with the state, and says `startup` (to init), `fault` or `recovered`.
 * Keepalived differs (2.2.7): the new process drops the VIPs and waits, an outage of 2.8 s.
 */
export function adopt(router: VrrpParameters, reported: VrrpState, lastAdvertAt: Micros, now: Micros): VrrpState {
  switch (reported.name) {
    case "init":
    case "fault":
      return reported;
    case "backup":
      return backup(router, now, keptInterval(router, reported));
    case "master":
      return now < lastAdvertAt + router.downTimerAdverts * router.interval
        ? { name: "master", advertiseAt: now }
        : backup(router, now);
  }
}

type Startup = Extract<VrrpEvent, { type: "startup" }>;

function started(router: VrrpParameters, { standing, delayed }: Startup, now: Micros): Step {
  if (standing === "pending") return { state: { name: "fault", pending: true }, effects: [] };
  if (standing === "unfit") return { state: { name: "fault", pending: false }, effects: [entering("fault", true)] };
  if (router.basePriority === OWNER && router.wantsMaster)
    return delayed
      ? { state: { ...backup(router, now), masterDownAt: now }, effects: [] }
      : becomeMaster(router, now, []);
  return { state: backup(router, now), effects: [entering("backup", true)] };
}

function backupStep(router: VrrpParameters, state: Backup, event: VrrpEvent, now: Micros): Step {
  if (event.type === "shutdown") return { state: INIT, effects: [] };
  if (event.type === "timer" && now >= state.masterDownAt)
    return (
      hesitates(router, state, now) ??
      becomeMaster(router, now, [note({ name: "advertisement-timeout" }), ...ownInterval(router, state)])
    );
  if (event.type === "advertisement") return heard(router, state, event, now);
  if (event.type === "sync" && event.to === "master") return becomeMaster(router, now, []);
  if (event.type === "fault") return becomeFault([]);
  if (event.type === "reconfigured") return { state: backup(router, now, keptInterval(router, state)), effects: [] };
  return stay(state);
}

function masterStep(router: VrrpParameters, state: Master, event: VrrpEvent, now: Micros): Step {
  if (event.type === "shutdown") return { state: INIT, effects: [...RESIGNING, { type: "release-addresses" }] };
  if (event.type === "timer" && now >= state.advertiseAt)
    return givesUp(router, state, now) ?? advertisesInTurn(router, state, now);
  if (event.type === "advertisement") return answered(router, state, event, now);
  if (event.type === "sync" && event.to === "backup") return leave(router, now);
  // One priority-0 advertisement is enough. Keepalived differs (2.2.7): it sends two.
  if (event.type === "fault") return becomeFault([...RESIGNING, { type: "release-addresses" }]);
  if (event.type === "reconfigured") return advertise(router, now, [{ type: "update-addresses" }]);
  return stay(state);
}

function answered(router: VrrpParameters, state: Master, event: Heard, now: Micros): Step {
  const gone = givesUp(router, state, now);
  if (gone === undefined) return challenged(router, state, event, now);
  const after = step(router, gone.state, event, now);
  return { state: after.state, effects: [...gone.effects, ...after.effects] };
}

/** A backup's wait changes by what its skew changed; a master's next advertisement carries the new priority. */
function reprioritised(router: VrrpParameters, state: VrrpState, from: number): Step {
  const effects = [note({ name: "priority-changed", from, to: router.priority })];
  if (state.name !== "backup") return { state, effects };
  const longer = skewTime(router, state.masterInterval) - skewTime({ ...router, priority: from }, state.masterInterval);
  return { state: { ...state, masterDownAt: state.masterDownAt + longer }, effects };
}

function stay(state: VrrpState): Step {
  return { state, effects: [] };
}
