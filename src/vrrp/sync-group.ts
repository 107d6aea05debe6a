import type { Micros } from "../base/time.ts";
import { type Standing, type Step, step, type VrrpEvent, type VrrpState } from "./machine.ts";
import { masterDownInterval, OWNER, type VrrpParameters } from "./parameters.ts";
import { standingEvent } from "./tracking.ts";
import { note } from "./transition.ts";

/**
 * A sync group: instances that share one state. Whatever leads one of them to another state takes the others there in
 * the same step, so between two steps all are in one. Only when a backup may become master is asked of all: the last one
 * that hears no master goes first. keepalived.conf(5) `vrrp_sync_group`.
 */
export interface Member {
  readonly parameters: VrrpParameters;
  readonly state: VrrpState;
  readonly standing: Standing; // its own, without the others'
}

/** What is known of a group beside the states of its members. */
export interface GroupState {
  readonly name: GroupStateName;
  readonly seeking: ReadonlySet<number>; // backups that hear no master and wait for the others; by place in the group
}

/** Init: not started, or a script runs for the first time. */
export type GroupStateName = VrrpState["name"];

/** What is to be done, in this order. */
export type GroupAction =
  | { readonly type: "member"; readonly member: number; readonly step: Step }
  | { readonly type: "transition"; readonly from: GroupStateName; readonly to: GroupStateName } // of the whole group
  | { readonly type: "note"; readonly note: GroupNote };

export type GroupNote =
  | { readonly name: "syncing"; readonly state: GroupStateName }
  | { readonly name: "syncing-to-fault"; readonly member: string }; // at the start

export interface GroupStep {
  readonly state: GroupState;
  readonly actions: readonly GroupAction[];
}

/** A group none of whose members has started. */
export const NOT_STARTED: GroupState = { name: "init", seeking: new Set() };

/** What the members' standings are together: the worst of them. */
export function groupStanding(standings: readonly Standing[]): Standing {
  return standings.includes("unfit") ? "unfit" : standings.includes("pending") ? "pending" : "fit";
}

/** The state that a member's stands for; one that was told of no fault yet is in none. */
export function groupStateName(state: VrrpState): GroupStateName {
  return state.name === "fault" && state.pending ? "init" : state.name;
}

/**
 * Something happens to one member. Its standing is not told to it alone but by `standingStep`; at its startup it has that
 * of the group.
 */
export function memberStep(
  members: readonly Member[],
  group: GroupState,
  { member: at, event }: { readonly member: number; readonly event: VrrpEvent },
  now: Micros,
): GroupStep {
  const member = members[at];
  if (member === undefined) return { state: group, actions: [] };
  const { parameters, state } = member;
  if (state.name === "backup" && event.type === "timer" && now >= state.masterDownAt) {
    const seeking = new Set([...group.seeking, at]);
    if (!agree(members, seeking)) return waits(member, at, { ...group, seeking }, group.seeking.has(at), now);
  }
  const lead = step(starting(parameters, members, event), state, event, now);
  const heard = event.type === "advertisement" && state !== lead.state && lead.state.name === "backup";
  const seeking = heard && renewed(state, lead.state) ? without(group.seeking, at) : group.seeking;
  const actions: GroupAction[] = [...startNotes(member, event), { type: "member", member: at, step: lead }];
  if (event.type === "shutdown") return { state: { ...group, seeking }, actions };
  if (groupStateName(state) === groupStateName(lead.state))
    return { state: { ...group, seeking }, actions: [...actions, ...announced(members, at, lead)] };
  const lost = state.name === "master" && lead.state.name === "backup";
  return level(replaced(members, at, lead.state), { ...group, seeking }, { actions, lost, event }, now);
}

/** The standing of one member has become another: of all together it may be the same still. */
export function standingStep(members: readonly Member[], group: GroupState, at: number, now: Micros): GroupStep {
  const event = standingEvent(groupStanding(members.map(({ standing }) => standing)));
  if (event === undefined) return { state: group, actions: [] };
  return memberStep(members, group, { member: at, event }, now);
}

/** Members have come or gone, or were taken over from a process that died: those that are there are brought into one state. */
export function settleStep(members: readonly Member[], group: GroupState, now: Micros): GroupStep {
  return level(members, group, { actions: [], lost: false, event: undefined }, now);
}

/** Whether all that run may be master: each hears none, or is it already. */
function agree(members: readonly Member[], seeking: ReadonlySet<number>): boolean {
  return members.every(({ state }, i) => state.name === "init" || state.name === "master" || seeking.has(i));
}

/** It could be master, and another member could not: it waits in full once more. */
function waits(member: Member, at: number, group: GroupState, said: boolean, now: Micros): GroupStep {
  const { parameters, state } = member;
  const effects = said ? [] : [note({ name: "advertisement-timeout" })];
  if (state.name !== "backup") return { state: group, actions: [] };
  const masterDownAt = now + masterDownInterval(parameters, state.masterInterval);
  const waiting: VrrpState = { ...state, masterDownAt };
  return { state: group, actions: [{ type: "member", member: at, step: { state: waiting, effects } }] };
}

/** An owner skips the first wait only if all do. */
function starting(parameters: VrrpParameters, members: readonly Member[], event: VrrpEvent): VrrpParameters {
  if (event.type !== "startup") return parameters;
  const wantsMaster = members.every((each) => each.parameters.basePriority === OWNER && each.parameters.wantsMaster);
  return { ...parameters, wantsMaster };
}

function startNotes({ parameters, standing }: Member, event: VrrpEvent): readonly GroupAction[] {
  if (event.type !== "startup" || event.standing !== "unfit" || standing === "unfit") return [];
  return [{ type: "note", note: { name: "syncing-to-fault", member: parameters.name } }];
}

/** Whether a backup has heard what makes it wait anew. */
function renewed(before: VrrpState, after: VrrpState): boolean {
  return before.name !== "backup" || after.name !== "backup" || before.masterDownAt !== after.masterDownAt;
}

/** Where a rival was among the masters of one member, the neighbours of all are told again. */
function announced(members: readonly Member[], at: number, { effects }: Step): readonly GroupAction[] {
  const announce = effects.find(({ type }) => type === "announce");
  if (announce === undefined) return [];
  return others(members, at).flatMap(({ member, state }): readonly GroupAction[] =>
    state.name === "master" ? [{ type: "member", member, step: { state, effects: [announce] } }] : [],
  );
}

interface Moved {
  readonly actions: readonly GroupAction[]; // so far
  readonly lost: boolean; // a master has lost an election: the others go with it
  readonly event: VrrpEvent | undefined;
}

/** Brings all members into one state: fault where one is unfit; master where one is, unless it has lost; else backup. */
function level(members: readonly Member[], group: GroupState, { actions, lost, event }: Moved, now: Micros): GroupStep {
  const standing = groupStanding(members.map((each) => each.standing));
  const target: GroupStateName =
    standing === "unfit"
      ? "fault"
      : !lost && members.some(({ state }) => state.name === "master")
        ? "master"
        : "backup";
  const moves = members.flatMap(({ parameters, state }, member): readonly Move[] => {
    const moved = towards(target, standing, { parameters, state }, now);
    return moved === undefined ? [] : [{ type: "member", member, step: moved }];
  });
  const syncing: readonly GroupAction[] =
    moves.length > 0 ? [{ type: "note", note: { name: "syncing", state: target } }] : [];
  const after = moves.reduce((all, { member, step: { state } }) => replaced(all, member, state), members);
  const to = nameOf(after, group.name);
  const transition: readonly GroupAction[] = to === group.name ? [] : [{ type: "transition", from: group.name, to }];
  const all = [...actions, ...syncing, ...moves];
  return {
    state: { name: to, seeking: to === "backup" && group.name === "backup" ? group.seeking : NOT_STARTED.seeking },
    // At the start a group that is backup is told of before its instances, and only then (measured, 2.2.7).
    actions: event?.type === "startup" && to === "backup" ? [...transition, ...all] : [...all, ...transition],
  };
}

type Move = Extract<GroupAction, { type: "member" }>;

/** What takes a member there; undefined where it is there, or has not started. */
function towards(
  target: GroupStateName,
  standing: Standing,
  { parameters, state }: Pick<Member, "parameters" | "state">,
  now: Micros,
): Step | undefined {
  if (state.name === "init" || groupStateName(state) === target) return undefined;
  if (target === "fault") return step(parameters, state, { type: "fault" }, now);
  if (target === "backup" && state.name === "master")
    return step(parameters, state, { type: "sync", to: "backup" }, now);
  if (standing !== "fit" && state.name === "fault") return undefined; // its first script still runs
  const fit = state.name === "fault" ? step(parameters, state, { type: "recovered" }, now) : { state, effects: [] };
  if (target !== "master") return fit;
  const master = step(parameters, fit.state, { type: "sync", to: "master" }, now);
  return { state: master.state, effects: [...fit.effects, ...master.effects] };
}

/**
 * What the members that have started are; while they are not in one state, what the group was. At the start a group is
 * backup with its first member, and anything else with its last.
 */
function nameOf(members: readonly Member[], before: GroupStateName): GroupStateName {
  const started = members.filter(({ state }) => state.name !== "init");
  const names = new Set(started.map(({ state }) => groupStateName(state)));
  if (before === "init" && started.length < members.length && !names.has("backup")) return before;
  const [only = before] = names;
  return names.size === 1 ? only : before;
}

function others(members: readonly Member[], at: number): readonly (Member & { readonly member: number })[] {
  return members.flatMap(({ parameters, state, standing }, member) =>
    member === at ? [] : [{ parameters, state, standing, member }],
  );
}

function replaced(members: readonly Member[], at: number, state: VrrpState): readonly Member[] {
  return members.map((each, i) => (i === at ? { parameters: each.parameters, standing: each.standing, state } : each));
}

function without(set: ReadonlySet<number>, item: number): ReadonlySet<number> {
  return new Set([...set].filter((each) => each !== item));
}
