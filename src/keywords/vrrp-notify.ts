import { line, type Table } from "../syntax/table.ts";
import { optional, optionalBoolean, shown } from "../syntax/types.ts";
import { script, scriptWithUser } from "./script.ts";

/** `vrrp_instance`: who is told of a transition. */
export const NOTIFICATIONS = {
  notify_backup: line(scriptWithUser, {
    default: "none",
    meaning: "Command run on BACKUP",
    note: "second ignored with error",
  }),
  notify_master: line(scriptWithUser, {
    default: "none",
    meaning: "Command run on MASTER",
    note: "second ignored with error",
  }),
  notify_fault: line(scriptWithUser, {
    default: "none",
    meaning: "Command run on FAULT",
    note: "second ignored with error",
  }),
  notify_stop: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the daemon stops",
    note: "second ignored with error",
  }),
  notify_deleted: line(shown("[<SCRIPT> [<USER> [[:]<GROUP>]]]", optional(script, true)), {
    default: "off: FAULT is reported",
    meaning: "Report DELETED after removal on reload; optional command",
    note: "second ignored with error",
  }),
  notify: line(scriptWithUser, {
    default: "none",
    meaning: "Command run on every transition",
    note: "gets 4 extra arguments",
  }),
  notify_master_rx_lower_pri: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when a master hears a lower priority advert",
    note: "second ignored with error",
  }),
  smtp_alert: line(optionalBoolean, {
    default: "smtp_alert_vrrp, smtp_alert, else off",
    meaning: "Mail state transitions",
  }),
  notify_priority_changes: line(optionalBoolean, {
    default: "group, then global value",
    meaning: "FIFO messages for priority changes",
  }),
} satisfies Table;
