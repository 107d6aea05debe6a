import { readFileSync } from "node:fs";

export interface UserAndGroup {
  readonly user?: string | undefined; //  name or number; none: the caller's
  readonly group?: string | undefined; // none: the user's own; with `:` before it the user's other groups too
  readonly supplementaryGroups?: boolean | undefined; // the user's other groups too: `set_supplementary_groups`
}

/** -1: the caller's. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[]; // supplementary, where the user or the group is another than the caller's
}

/**
 * The ids of names in /etc/passwd and /etc/group; undefined where one is unknown. Accounts of other sources (LDAP and
 * the like) can be given by number.
 */
export function lookUp({ user, group, supplementaryGroups = false }: UserAndGroup): Account | undefined {
  const entry = user === undefined ? undefined : find("/etc/passwd", user);
  const uid = user === undefined ? -1 : idOf(user, entry);
  const own = group === undefined || group === ":"; // a name may stand behind the colon
  const gid = own ? Number(entry?.[3] ?? -1) : groupId(group.replace(/^:/, ""));
  if (uid === undefined || gid === undefined) return undefined;
  const others = (supplementaryGroups || group?.startsWith(":") === true) && entry !== undefined;
  return { uid, gid, groups: others ? groupsOf(entry, gid) : [] };
}

/** The account of a script: where no user is named, `keepalived_script` if there is one, else the caller's. */
export function scriptAccount(asked: UserAndGroup): Account | undefined {
  if (asked.user !== undefined) return lookUp(asked);
  return lookUp({ ...asked, user: DEFAULT_USER }) ?? lookUp(asked);
}
const DEFAULT_USER = "keepalived_script"; // keepalived.conf(5) `script_user`
function groupId(name: string): number | undefined {
  return idOf(name, find("/etc/group", name));
}

/** As initgroups(3) has them: those that name the user, and the one that is the account's own. */
function groupsOf([name = ""]: readonly string[], gid: number): readonly number[] {
  const naming = lines("/etc/group").filter(([, , , members = ""]) => members.split(",").includes(name));
  return [...new Set([gid, ...naming.map(([, , id]) => Number(id))])];
}

function idOf(name: string, entry: readonly string[] | undefined): number | undefined {
  if (entry !== undefined) return Number(entry[2]);
  return /^\d{1,9}$/.test(name) ? Number(name) : undefined;
}

/** The line of a name, or of a number that no line has as its name. */
function find(file: string, name: string): readonly string[] | undefined {
  const entries = lines(file);
  return entries.find(([first]) => first === name) ?? entries.find(([, , id]) => id === name);
}

function lines(file: string): readonly (readonly string[])[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.split(":"));
}
