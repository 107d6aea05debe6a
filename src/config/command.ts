import type { Script } from "../keywords/script.ts";
import type { Report } from "../syntax/report.ts";
import type { Setting } from "../syntax/table.ts";
import type { CommandConfig } from "./model/command.ts";
import { givenOnce } from "./reference.ts";

/** User and group, where there are any, of scripts that name none: the words of `script_user`. */
export type ScriptUser = readonly string[];

/** Whose script it is: `(V)` or `vrrp group G:` in messages; `scriptUser` runs it where it names nobody. */
export interface NotifyContext {
  readonly owner: string;
  readonly scriptUser: ScriptUser;
  readonly report: Report;
}

/** A command with its account; undefined where its quotes hold nothing. */
export function commandOf({ argv, more }: Script, scriptUser: ScriptUser): CommandConfig | undefined {
  if (argv.length === 0) return undefined;
  const [user, group] = more.length === 0 ? scriptUser : more;
  return { argv, user, group };
}

/** A script that is run at an event, `notify_up`: the first one counts. */
export function notifyScript(
  keyword: string,
  given: readonly Setting<Script>[],
  { owner, scriptUser, report }: NotifyContext,
): CommandConfig | undefined {
  if (given.length === 0) return undefined;
  const logged = ({ argv }: Script) => `${owner} ${keyword} script already specified - ignoring ${argv.join(" ")}`;
  const script = givenOnce(keyword, given, logged, report)?.value;
  return script === undefined ? undefined : commandOf(script, scriptUser);
}
