import type { CommandConfig } from "./command.ts";
import type { Trackers } from "./track.ts";

/** What is run when the state changes, for an instance or a sync group. */
export interface GroupNotifications {
  readonly master: CommandConfig | undefined;
  readonly backup: CommandConfig | undefined;
  readonly fault: CommandConfig | undefined;
  readonly stop: CommandConfig | undefined; // when the daemon stops
  readonly every: CommandConfig | undefined; // `notify`: at each of these, with four more arguments
}

/** `vrrp_sync_group`: instances that share one state. */
export interface SyncGroupConfig extends Trackers {
  readonly name: string;
  readonly members: readonly string[]; // names of instances, at least one, each in this group alone
  readonly trackingWeight: boolean; // members keep the weights of their own trackers
  readonly notify: GroupNotifications;
  readonly smtpAlert: boolean;
  readonly notifyPriorityChanges: boolean;
}

/** `track_group`: instances that fail when a static address, route or rule that names the group vanishes. */
export interface TrackGroupConfig {
  readonly name: string;
  readonly members: readonly string[]; // names of instances that exist
}
