import { items, line, type Table, wordItems } from "../syntax/table.ts";
import { flag, named, optionalBoolean, shown, text } from "../syntax/types.ts";
import { tracked } from "./read-track.ts";
import { scriptWithUser } from "./script.ts";
import { TRACK_BFD, TRACK_FILE_ITEM, TRACK_INTERFACE, TRACK_PROCESS_ITEM, TRACK_SCRIPT } from "./track-items.ts";

const MEMBERS = {
  "<VRRP_INSTANCE>": line(named("<NAME>"), { meaning: "Member name", note: "several per line allowed", repeats: true }),
} satisfies Table;

const GROUPED = {
  "<VRRP_INSTANCE>": line(named("<NAME>"), { meaning: "Member name", repeats: true }),
} satisfies Table;

/** Keywords of `vrrp_sync_group NAME`. */
export const VRRP_SYNC_GROUP = {
  group: wordItems(shown("<VRRP_INSTANCE>", text, MEMBERS), {
    meaning: "Member instances",
    note: "second block skipped with error",
  }),
  track_interface: items(tracked("interface", TRACK_INTERFACE), {
    meaning: "Interfaces tracked for the whole group",
    repeats: true,
  }),
  track_script: items(tracked("script", TRACK_SCRIPT), {
    meaning: "Scripts tracked for the whole group",
    repeats: true,
  }),
  track_file: items(tracked("file", TRACK_FILE_ITEM), {
    meaning: "Files tracked for the whole group",
    repeats: true,
  }),
  track_process: items(tracked("process", TRACK_PROCESS_ITEM), {
    meaning: "Processes tracked for the whole group",
    build: "TRACK_PROCESS",
    repeats: true,
  }),
  global_tracking: line(flag, {
    default: "off",
    meaning: "Old way to share tracking between members",
    note: "deprecated; acts as sync_group_tracking_weight",
  }),
  sync_group_tracking_weight: line(flag, { default: "off", meaning: "Allow weighted tracking within the group" }),
  track_bfd: items(tracked("bfd", TRACK_BFD), {
    meaning: "BFD sessions tracked for the whole group",
    repeats: true,
  }),
  notify_backup: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the group becomes BACKUP",
    note: "second ignored with error",
  }),
  notify_master: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the group becomes MASTER",
    note: "second ignored with error",
  }),
  notify_fault: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the group enters FAULT",
    note: "second ignored with error",
  }),
  notify_stop: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the daemon stops",
    note: "second ignored with error",
  }),
  notify: line(scriptWithUser, {
    default: "none",
    meaning: "Command run on every group transition",
    note: "gets 4 extra arguments",
  }),
  smtp_alert: line(optionalBoolean, {
    default: "smtp_alert_vrrp, smtp_alert, else off",
    meaning: "Mail group transitions",
  }),
  notify_priority_changes: line(optionalBoolean, {
    default: "vrrp_notify_priority_changes",
    meaning: "FIFO messages for priority changes",
  }),
} satisfies Table;

/** Keywords of `track_group NAME`. */
export const TRACK_GROUP = {
  group: wordItems(shown("<VRRP_INSTANCE>", text, GROUPED), {
    meaning: "Instances belonging to this track group",
    note: "second block skipped with error",
  }),
} satisfies Table;
