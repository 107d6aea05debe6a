import type { Command } from "../base/notification.ts";
import { lookUp, type UserAndGroup } from "./account.ts";
import { openToOthers } from "./script-security.ts";

/** The user of scripts that name none, where the host has it. keepalived.conf(5), `script_user`. */
const STANDARD_USER = "keepalived_script";

export type ScriptPermission =
  | { readonly allowed: true; readonly account: UserAndGroup }
  | { readonly allowed: false; readonly why: string };

/**
 * As whom a script runs, and whether it may. With `enable_script_security` nothing runs as root that somebody else could
 * have put there, and nothing without an account. cli.md §7. To be asked before each run: files change.
 */
export function scriptPermission({ argv, user, group }: Command, security: boolean): ScriptPermission {
  const standard = user === undefined && lookUp({ user: STANDARD_USER }) !== undefined;
  const account = standard ? { user: STANDARD_USER } : { user, group };
  const ids = lookUp(account);
  if (ids === undefined) return { allowed: false, why: `there is no user ${user} or group ${group}` };
  if (!security) return { allowed: true, account };
  if (ids.uid === -1) return { allowed: false, why: `no user is named and there is no user ${STANDARD_USER}` };
  const [program = ""] = argv;
  const open = ids.uid === 0 ? openToOthers(program) : undefined;
  if (open !== undefined)
    return { allowed: false, why: `it would run as root, and others than root may write ${open}` };
  return { allowed: true, account };
}
