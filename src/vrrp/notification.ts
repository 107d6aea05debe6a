import type { Alert, Command, Notification } from "../base/notification.ts";
import type { VrrpEffect, VrrpState } from "./machine.ts";

/** What is reported of an instance; of a group the states alone. cli.md §7, §8. */
export type NotifiedState = "MASTER" | "BACKUP" | "FAULT" | "STOP" | "DELETED";
export type NotifiedEvent = NotifiedState | "MASTER_RX_LOWER_PRI" | "MASTER_PRIORITY" | "BACKUP_PRIORITY";

/** The scripts of transitions, of an instance or a group. */
interface Scripts {
  readonly master: Command | undefined;
  readonly backup: Command | undefined;
  readonly fault: Command | undefined;
  readonly stop: Command | undefined;
  readonly every: Command | undefined; // `notify`
}

/** What an instance's configuration says of its notifications; compatible with config/model. */
export interface NotifyingInstance {
  readonly name: string;
  readonly interface: string;
  readonly vrid: number;
  readonly family: 4 | 6;
  readonly notify: Scripts & {
    readonly deleted: Command | undefined;
    readonly reportsDeleted: boolean;
    readonly lowerPriority: Command | undefined;
  };
  readonly smtpAlert: boolean;
  readonly notifyPriorityChanges: boolean;
}

/** The same of a sync group. */
export interface NotifyingGroup {
  readonly name: string;
  readonly notify: Scripts;
  readonly smtpAlert: boolean;
}

/** What there is to report of a step of the machine, in order, once its effects are carried out. vrrp.md §4.6. */
export function happened(
  instance: Pick<NotifyingInstance, "notifyPriorityChanges">,
  after: VrrpState,
  effects: readonly VrrpEffect[],
): NotifiedEvent[] {
  return effects.flatMap((effect): NotifiedEvent[] => {
    if (effect.type !== "note") return [];
    const { note } = effect;
    if (note.name === "entering") return note.state === "init" ? [] : [STATES[note.state]];
    if (note.name === "forcing-election") return ["MASTER_RX_LOWER_PRI"];
    if (note.name === "priority-changed" && instance.notifyPriorityChanges)
      return [after.name === "master" ? "MASTER_PRIORITY" : "BACKUP_PRIORITY"]; // so too in fault (measured, 2.2.7)
    return [];
  });
}

/** The state, as a notification names it; none before the start. */
export function notifiedState({ name }: Pick<VrrpState, "name">): NotifiedState | undefined {
  return name === "init" ? undefined : STATES[name];
}

/**
 * Tells of an instance that a reload removed: DELETED where that is asked for, else FAULT; then without `notify_fault`
 * (measured, 2.2.7).
 */
export function removedNotification(
  instance: NotifyingInstance,
  priority: number,
  mailed?: { readonly faults: boolean },
): Notification {
  const { notify } = instance;
  if (notify.reportsDeleted) return instanceNotification(instance, "DELETED", priority, mailed);
  return instanceNotification({ ...instance, notify: { ...notify, fault: undefined } }, "FAULT", priority, mailed);
}

/** Tells of an instance; `priority` is the effective one. `faults`: whether a fault is worth a mail. */
export function instanceNotification(
  instance: NotifyingInstance,
  event: NotifiedEvent,
  priority: number,
  { faults }: { readonly faults: boolean } = { faults: true },
): Notification {
  const { name, notify, smtpAlert, interface: carrier, vrid, family } = instance;
  const about = `INSTANCE "${name}"`;
  const line = `${about} ${event} ${priority}`;
  if (!isState(event)) {
    const script = event === "MASTER_RX_LOWER_PRI" ? notify.lowerPriority : undefined;
    const repeats = event === "MASTER_RX_LOWER_PRI";
    return { about, scripts: listed(script), line, alert: undefined, repeats, final: false };
  }
  const specific = event === "DELETED" ? notify.deleted : notify[KINDS[event]];
  const wanted = smtpAlert && (faults || event !== "FAULT");
  return {
    about,
    scripts: listed(specific, told(notify.every, ["INSTANCE", name, event, String(priority)])),
    line,
    traps: [{ type: "instance", name, state: TRAPPED[event] }],
    alert: wanted ? instanceAlert(name, event) : undefined,
    repeats: false,
    final: event === "STOP",
    change: { interface: carrier, vrid, family, state: event },
  };
}

/** Tells of a sync group. Its priority is always 0. */
export function groupNotification(
  group: NotifyingGroup,
  event: Exclude<NotifiedState, "DELETED">,
  { faults }: { readonly faults: boolean } = { faults: true },
): Notification {
  const { name, notify, smtpAlert } = group;
  const about = `GROUP "${name}"`;
  const wanted = smtpAlert && (faults || event !== "FAULT");
  return {
    about,
    scripts: listed(notify[KINDS[event]], told(notify.every, ["GROUP", name, event, "0"])),
    line: `${about} ${event} 0`,
    traps: [{ type: "group", name, state: TRAPPED[event] }],
    alert: wanted ? groupAlert(name, event) : undefined,
    repeats: false,
    final: event === "STOP",
  };
}

/** A notification that only repeats a state to the FIFOs (`fifo_write_vrrp_states_on_reload`). */
export function lineOnly(notification: Notification): Notification {
  return { ...notification, scripts: [], traps: [], alert: undefined, change: undefined };
}

const TRAPPED = { MASTER: "master", BACKUP: "backup", FAULT: "fault", STOP: "stop", DELETED: "deleted" } as const;
const STATES = { master: "MASTER", backup: "BACKUP", fault: "FAULT" } as const;
const KINDS = { MASTER: "master", BACKUP: "backup", FAULT: "fault", STOP: "stop" } as const;

function isState(event: NotifiedEvent): event is NotifiedState {
  return event in KINDS || event === "DELETED";
}

function listed(...scripts: readonly (Command | undefined)[]): Command[] {
  return scripts.filter((script) => script !== undefined);
}

function told(script: Command | undefined, words: readonly string[]): Command | undefined {
  return script === undefined ? undefined : { ...script, argv: [...script.argv, ...words] };
}

/** Subjects and bodies as measured with keepalived 2.2.7; its words at the end never arrive, so those are ours. */
function instanceAlert(name: string, state: NotifiedState): Alert {
  const vips = state === "MASTER" ? "now" : "no longer";
  const body = ENDS[state]?.body ?? `=> VRRP Instance is ${vips} owning VRRP VIPs <=`;
  return { state, subject: `VRRP Instance ${name} - ${doing(state)}`, body };
}

function groupAlert(name: string, state: NotifiedState): Alert {
  const body = ENDS[state]?.body ?? `=> All VRRP group instances are now in ${state} state <=`;
  return { state, subject: `VRRP Group ${name} - ${doing(state)}`, body };
}

function doing(state: NotifiedState): string {
  return ENDS[state]?.subject ?? `Entering ${state} state`;
}

const ENDS: Readonly<Partial<Record<NotifiedState, { readonly subject: string; readonly body: string }>>> = {
  STOP: { subject: "Stopping", body: "=> VRRP is shutting down <=" },
  DELETED: { subject: "Deleted", body: "=> VRRP Deleted at reload <=" },
};
