import type { Micros } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { Standing, Step, VrrpEvent } from "../vrrp/machine.ts";
import {
  type GroupState,
  type GroupStateName,
  type GroupStep,
  groupStanding,
  type Member,
  memberStep,
  NOT_STARTED,
  settleStep,
  standingStep,
} from "../vrrp/sync-group.ts";
import { groupWords } from "../vrrp/words.ts";

/** A virtual router in a group. */
export interface GroupMember extends Member {
  /** Enters a state, and does what goes with it. */
  carryOut(step: Step): void;
}

export interface SyncGroupHost {
  readonly log: Log;
  /** The one place where it is known that a whole group has gone from one state to another. */
  groupChanged(name: string, from: GroupStateName, to: GroupStateName): void;
}

/** A `vrrp_sync_group` that runs: asks the rules what an event to one member means, and lets each do its part. */
export class SyncGroup {
  readonly name: string;
  readonly #host: SyncGroupHost;
  #members: readonly GroupMember[] = [];
  #state: GroupState = NOT_STARTED;

  constructor(name: string, host: SyncGroupHost) {
    this.name = name;
    this.#host = host;
  }

  /** Who is in it from now on. Their states stay what they are until `settle`. */
  set members(members: readonly GroupMember[]) {
    const same = members.length === this.#members.length && members.every((each, i) => each === this.#members[i]);
    if (!same) this.#state = { name: this.#state.name, seeking: NOT_STARTED.seeking };
    this.#members = members;
  }

  /** The state that a process before this one reported of all members; nobody is told of it again. */
  resume(name: GroupStateName): void {
    this.#state = { name, seeking: NOT_STARTED.seeking };
  }

  /** What the members' standings are together. */
  get standing(): Standing {
    return groupStanding(this.#members.map(({ standing }) => standing));
  }

  /** Something happens to a member. */
  feed(member: GroupMember, event: VrrpEvent, now: Micros): void {
    this.#carryOut(memberStep(this.#members, this.#state, { member: this.#members.indexOf(member), event }, now));
  }

  /** A member's own standing is another. */
  judge(member: GroupMember, now: Micros): void {
    this.#carryOut(standingStep(this.#members, this.#state, this.#members.indexOf(member), now));
  }

  /** Brings the members into one state. */
  settle(now: Micros): void {
    this.#carryOut(settleStep(this.#members, this.#state, now));
  }

  #carryOut({ state, actions }: GroupStep): void {
    this.#state = state;
    for (const action of actions) {
      switch (action.type) {
        case "member":
          this.#members[action.member]?.carryOut(action.step);
          break;
        case "note":
          this.#host.log.info(groupWords(this.name, action.note), { group: this.name });
          break;
        case "transition":
          this.#host.groupChanged(this.name, action.from, action.to);
      }
    }
  }
}

/**
 * A configuration as it is run: what a group tracks, each of its members tracks, by the weight that the group gives
 * (vrrp.md §5.7).
 */
export function withGroupTrackers(config: Config): Config {
  if (config.syncGroups.length === 0) return config;
  const groups = new Map(config.syncGroups.flatMap((group) => group.members.map((member) => [member, group])));
  const merged = (instance: VrrpInstanceConfig): VrrpInstanceConfig => {
    const group = groups.get(instance.name);
    if (group === undefined) return instance;
    const byName = ({ name }: { readonly name: string }): string => name;
    return {
      ...instance,
      trackScripts: union(instance.trackScripts, group.trackScripts, ({ script }) => script),
      // An instance tracks its own interface anyway.
      trackInterfaces: union(instance.trackInterfaces, group.trackInterfaces, byName).filter(
        ({ name, weight }) => name !== instance.interface || weight !== 0,
      ),
      trackFiles: union(instance.trackFiles, group.trackFiles, byName),
      trackProcesses: union(instance.trackProcesses, group.trackProcesses, byName),
      trackBfd: union(instance.trackBfd, group.trackBfd, byName),
    };
  };
  return { ...config, vrrpInstances: config.vrrpInstances.map(merged) };
}

/** Both lists; of what is in both, that of the group. */
function union<T>(own: readonly T[], ofGroup: readonly T[], key: (item: T) => string): readonly T[] {
  const names = new Set(ofGroup.map(key));
  return [...own.filter((item) => !names.has(key(item))), ...ofGroup];
}
