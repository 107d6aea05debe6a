import { accessSync, constants, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { openPart, pathParts } from "../base/host.ts";
import type { Command } from "../base/notification.ts";
import { scriptAccount, type UserAndGroup } from "./account.ts";
import { fileFacts } from "./host-facts.ts";

/** What `global_defs` says of scripts; a `GlobalConfig` is one. */
export interface ScriptRules {
  readonly enableScriptSecurity: boolean;
  readonly supplementaryGroups: boolean;
  readonly resolveSymlinks: boolean; // `use_symlink_paths` is false
}

/** A script that may run: with these words, for `runScript`. */
export type ScriptPermission =
  | { readonly allowed: true; readonly argv: readonly string[]; readonly account: UserAndGroup }
  | { readonly allowed: false; readonly why: string };

/**
 * As whom a script runs, and whether it may. With `enable_script_security` nothing runs as root that others than root
 * could have put there, with every folder above it and what links on the way lead to. `without` an account it is refused,
 * or runs as we do where nothing would track otherwise: Keepalived drops such a tracker, and we would be in fault. To be asked before each run: files change. Throws where a host has no /etc/passwd.
 */
export function scriptPermission(
  { argv, user, group }: Command,
  rules: ScriptRules,
  without: "refused" | "ourselves" = "refused",
): ScriptPermission {
  const account = { user, group, supplementaryGroups: rules.supplementaryGroups };
  const ids = scriptAccount(account);
  if (ids === undefined)
    return { allowed: false, why: `no user \`${user}\`${group === undefined ? "" : ` or group \`${group}\``}` };
  const [program = "", ...words] = argv;
  const allowed = {
    allowed: true,
    argv: rules.resolveSymlinks ? [resolved(program), ...words] : argv,
    account,
  } as const;
  if (!rules.enableScriptSecurity) return allowed;
  if (ids.uid === -1 && without === "refused")
    return { allowed: false, why: "no user is named and there is no user keepalived_script" };
  const isRoot = ids.uid === 0 || (ids.uid === -1 && process.getuid?.() === 0);
  const open = isRoot ? openToOthers(program) : undefined;
  if (open === undefined) return allowed;
  const why = `SECURITY VIOLATION - it would run as root, and \`${open}\` may be written by others`;
  return { allowed: false, why };
}

/** Why a module may not be loaded into our own process by the same rule; undefined: it may. To be asked before it is. */
export function modulePermission(path: string, rules: Pick<ScriptRules, "enableScriptSecurity">): string | undefined {
  const open = rules.enableScriptSecurity && process.getuid?.() === 0 ? openToOthers(path) : undefined;
  return open && `SECURITY VIOLATION - it would run as root, and \`${open}\` may be written by others`;
}

/**
 * The path of a program whose folders are no links, as keepalived 2.2.7 runs it; the name of the file itself stays, for
 * programs that do what their name says.
 */
function resolved(program: string): string {
  if (!program.startsWith("/")) return program;
  try {
    const folder = dirname(program);
    const real = realpathSync.native(folder);
    return real === folder ? program : join(real, program.slice(program.lastIndexOf("/") + 1));
  } catch {
    return program; // why it cannot be run is found out when it is
  }
}

/**
 * The part of a program's path that others than root may write; one without a slash is where PATH finds it. Undefined:
 * there is none, or no such program, which is found out when it is run.
 */
function openToOthers(program: string): string | undefined {
  const path = program.includes("/") ? program : inPath(program);
  return path === undefined ? undefined : openPart(path, fileFacts(pathParts(path)), true);
}

function inPath(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => `${folder}/${program}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
