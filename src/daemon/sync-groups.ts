import type { Micros } from "../base/time.ts";
import type { SyncGroupConfig } from "../config/model/group.ts";
import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import { instanceKeys } from "../plan/instance-shape.ts";
import type { NotifiedState } from "../vrrp/notification.ts";
import { notifiedState } from "../vrrp/notification.ts";
import { type GroupStateName, groupStateName } from "../vrrp/sync-group.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import type { Router } from "./router.ts";
import { SyncGroup, type SyncGroupHost } from "./sync-group.ts";

/** What the groups need of the process. */
interface GroupsHost {
  readonly log: Log;
  changed(): void;
  /** Operators are to be told of a group: after its members, where they have the same news. */
  notifyGroup(group: SyncGroupConfig, event: Exclude<NotifiedState, "DELETED">): void;
}

/** All sync groups of this host, by name. */
export class SyncGroups implements SyncGroupHost {
  readonly #host: GroupsHost;
  readonly #groups = new Map<string, SyncGroup>();
  #configs: readonly SyncGroupConfig[] = [];
  readonly #states = new Map<string, GroupStateName>();

  constructor(host: GroupsHost) {
    this.#host = host;
  }

  get log(): Log {
    return this.#host.log;
  }

  /** A group that stays goes on. `reports`: what a process that died said of the members; both maps by instance key. */
  configure(
    { syncGroups, vrrpInstances }: Config,
    routers: ReadonlyMap<string, Router>,
    reports: ReadonlyMap<string, VrrpInstanceReport>,
  ): void {
    this.#configs = syncGroups;
    const keys = instanceKeys(vrrpInstances);
    const byName = new Map(vrrpInstances.map(({ name }, i) => [name, routers.get(keys[i] ?? name)]));
    const before = new Map(this.#groups);
    this.#groups.clear();
    const left = [...routers.values()].filter(({ group }) => group !== undefined);
    for (const router of left) router.group = undefined;
    for (const { name, members } of syncGroups) {
      const group = before.get(name) ?? new SyncGroup(name, this);
      const those = members.flatMap((member) => byName.get(member) ?? []);
      for (const router of those) router.group = group;
      group.members = those;
      const [reported] = those.flatMap(({ key }) => reports.get(key) ?? []);
      if (reported !== undefined) {
        group.resume(groupStateName(reported.state));
        this.#states.set(name, groupStateName(reported.state));
      }
      this.#groups.set(name, group);
    }
    for (const name of before.keys()) if (!this.#groups.has(name)) this.#states.delete(name);
    for (const router of left) if (router.group === undefined) router.judge(); // the others' faults are none of its own
  }

  /** Brings the members of each into one state. */
  settle(now: Micros): void {
    for (const group of this.#groups.values()) group.settle(now);
  }

  groupChanged(name: string, _: GroupStateName, to: GroupStateName): void {
    this.#states.set(name, to);
    this.#tell(name, notifiedState({ name: to }));
    this.#host.changed();
  }

  /** Says of each group what it is, for who has not heard it. */
  repeat(tell: (group: SyncGroupConfig, event: Exclude<NotifiedState, "DELETED">) => void): void {
    for (const config of this.#configs) {
      const event = notifiedState({ name: this.#states.get(config.name) ?? "init" });
      if (event !== undefined && event !== "DELETED") tell(config, event);
    }
  }

  /** The daemon stops. */
  stopped(): void {
    for (const { name } of this.#configs) this.#tell(name, "STOP");
  }

  #tell(name: string, event: NotifiedState | undefined): void {
    const config = this.#configs.find((group) => group.name === name);
    if (config !== undefined && event !== undefined && event !== "DELETED") this.#host.notifyGroup(config, event);
  }
}
