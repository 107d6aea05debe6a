import type { Notification } from "../base/notification.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import type { SyncGroupConfig } from "../config/model/group.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import {
  groupNotification,
  instanceNotification,
  lineOnly,
  type NotifiedEvent,
  type NotifiedState,
  notifiedState,
  removedNotification,
} from "../vrrp/notification.ts";
import type { Router } from "./router.ts";
import type { SyncGroups } from "./sync-groups.ts";

/** What operators are told of instances and sync groups. */
export class VrrpNotices {
  readonly #send: (notification: Notification) => void;
  #faults = true; // whether a fault is worth a mail

  constructor(send: (notification: Notification) => void, global: GlobalConfig) {
    this.#send = send;
    this.configure(global);
  }

  /** Follows a configuration. */
  configure({ emailFaults }: GlobalConfig): void {
    this.#faults = emailFaults;
  }

  /** Of an instance, with its effective priority. */
  ofInstance(instance: VrrpInstanceConfig, event: NotifiedEvent, priority: number): void {
    this.#send(instanceNotification(instance, event, priority, { faults: this.#faults }));
  }

  /** Of a sync group: after its members, where they have the same news. */
  ofGroup(group: SyncGroupConfig, event: Exclude<NotifiedState, "DELETED">): void {
    this.#send(groupNotification(group, event, { faults: this.#faults }));
  }

  /** A reload has removed an instance. */
  removed(router: Router): void {
    this.#send(removedNotification(router.config, router.report().priority, { faults: this.#faults }));
  }

  /** For who reads a FIFO: each state as it is. */
  repeat(routers: Iterable<Router>, groups: SyncGroups): void {
    for (const router of routers) {
      const { state, priority } = router.report();
      const name = notifiedState(state);
      if (name !== undefined) this.#send(lineOnly(instanceNotification(router.config, name, priority)));
    }
    groups.repeat((group, event) => this.#send(lineOnly(groupNotification(group, event))));
  }
}
