import type { Script } from "../keywords/script.ts";
import type { Setting } from "../syntax/table.ts";
import { commandOf, type NotifyContext, notifyScript, type ScriptUser } from "./command.ts";
import type { GroupNotifications } from "./model/group.ts";
import type { InstanceNotifications } from "./model/vrrp.ts";
import { givenOnce } from "./reference.ts";
import type { Instance } from "./vrrp/instance-context.ts";

type Scripts = readonly Setting<Script>[];

/** The keywords that instances and sync groups share. */
interface NotifyLists {
  readonly notify_master: Scripts;
  readonly notify_backup: Scripts;
  readonly notify_fault: Scripts;
  readonly notify_stop: Scripts;
  readonly notify: Scripts;
}

/** The scripts of a transition; of each the first one counts. */
export function notifications(given: NotifyLists, context: NotifyContext): GroupNotifications {
  return {
    master: notifyScript("notify_master", given.notify_master, context),
    backup: notifyScript("notify_backup", given.notify_backup, context),
    fault: notifyScript("notify_fault", given.notify_fault, context),
    stop: notifyScript("notify_stop", given.notify_stop, context),
    every: notifyScript("notify", given.notify, context),
  };
}

/** The scripts of an instance. */
export function instanceNotifications(
  { name, given, report }: Instance,
  scriptUser: ScriptUser,
): InstanceNotifications {
  const context = { owner: `(${name})`, scriptUser, report };
  const scripts = given.notify_deleted.flatMap((setting) =>
    typeof setting.value === "boolean" ? [] : [setting.value],
  );
  const lowerPriority = given.notify_master_rx_lower_pri;
  const [deleted] = scripts;
  givenOnce("notify_deleted", given.notify_deleted, (script) => deletedAgain(name, script), report);
  return {
    ...notifications(given, context),
    deleted: deleted === undefined ? undefined : commandOf(deleted, scriptUser),
    reportsDeleted: given.notify_deleted.length > 0,
    lowerPriority: notifyScript("notify_master_rx_lower_pri", lowerPriority, context),
  };
}

function deletedAgain(name: string, script: Script | boolean): string {
  const words = typeof script === "boolean" ? "" : script.argv.join(" ");
  return `(${name}) notify_deleted already specified - ignoring ${words}`;
}
