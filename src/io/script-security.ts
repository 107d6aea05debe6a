import { accessSync, constants } from "node:fs";
import { openPart, pathParts } from "../base/host.ts";
import { scriptAccount, type UserAndGroup } from "./account.ts";
import { fileFacts } from "./host-facts.ts";

/**
 * Why a script is not run; undefined: it may be. `secure` (`enable_script_security`): what root runs must be writable by
 * root alone, with every folder above it and what links on the way lead to. Looked at before each run, since it changes.
 */
export function scriptRefusal(
  [program = ""]: readonly string[],
  { user, group }: UserAndGroup,
  secure: boolean,
): string | undefined {
  const account = scriptAccount({ user, group });
  if (account === undefined) return `no user \`${user}\`${group === undefined ? "" : ` or group \`${group}\``}`;
  const isRoot = account.uid === 0 || (account.uid === -1 && process.getuid?.() === 0);
  if (!secure || !isRoot) return undefined;
  const open = openToOthers(program);
  return open === undefined
    ? undefined
    : `SECURITY VIOLATION - it would run as root, and \`${open}\` may be written by others`;
}

/**
 * The part of a program's path that others than root may write; one without a slash is where PATH finds it. Undefined:
 * there is none, or no such program, which is found out when it is run.
 */
export function openToOthers(program: string): string | undefined {
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
