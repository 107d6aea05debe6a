import type { GroupNotifications, SyncGroupConfig, TrackGroupConfig } from "../config/model/group.ts";
import { group, list, type Shape, value } from "./shape.ts";
import { TRACKERS } from "./track-shape.ts";
import { always, BY_NAME, command, names } from "./words.ts";

/** The scripts of transitions that instances and sync groups share. */
export const NOTIFICATIONS: Shape<GroupNotifications> = {
  master: command("notify_master"),
  backup: command("notify_backup"),
  fault: command("notify_fault"),
  stop: command("notify_stop"),
  every: command("notify"),
};

/** `vrrp_sync_group`. */
export const SYNC_GROUPS = list<SyncGroupConfig>({
  words: "vrrp_sync_group",
  plural: "sync groups",
  ...BY_NAME,
  shape: {
    ...TRACKERS,
    members: names("member"),
    trackingWeight: value("sync_group_tracking_weight"),
    notify: group("", NOTIFICATIONS),
    smtpAlert: value("smtp_alert"),
    notifyPriorityChanges: value("notify_priority_changes"),
  },
  added: always("its members share one state"),
  removed: always("each of its members is by itself"),
});

/** `track_group`. */
export const TRACK_GROUPS = list<TrackGroupConfig>({
  words: "track_group",
  plural: "track groups",
  ...BY_NAME,
  shape: { members: names("member") },
});
