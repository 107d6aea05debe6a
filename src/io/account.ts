import { readFileSync } from "node:fs";

export interface UserAndGroup {
  readonly user?: string | undefined; //  name or number; none: the caller's
  readonly group?: string | undefined; // none: the user's own
}

/** -1: the caller's. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The ids of names in /etc/passwd and /etc/group; undefined where one is unknown. Accounts of other sources (LDAP and
 * the like) can be given by number.
 */
export function lookUp({ user, group }: UserAndGroup): Account | undefined {
  const entry = user === undefined ? undefined : find("/etc/passwd", user);
  const uid = user === undefined ? -1 : idOf(user, entry);
  const gid = group === undefined ? Number(entry?.[3] ?? -1) : groupId(group.replace(/^:/, "")); // `:` asks for more groups
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The account of a script: where no user is named, `keepalived_script` if there is one, else the caller's. */
export function scriptAccount({ user, group }: UserAndGroup): Account | undefined {
  if (user !== undefined) return lookUp({ user, group });
  return lookUp({ user: DEFAULT_USER, group }) ?? lookUp({ group });
}
const DEFAULT_USER = "keepalived_script"; // keepalived.conf(5) `script_user`
function groupId(name: string): number | undefined {
  return idOf(name, find("/etc/group", name));
}

function idOf(name: string, entry: readonly string[] | undefined): number | undefined {
  if (entry !== undefined) return Number(entry[2]);
  return /^\d{1,9}$/.test(name) ? Number(name) : undefined;
}

/** The line of a name, or of a number that no line has as its name. */
function find(file: string, name: string): readonly string[] | undefined {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  return lines.find(([first]) => first === name) ?? lines.find(([, , id]) => id === name);
}
