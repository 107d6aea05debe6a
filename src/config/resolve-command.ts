import type { Script } from "../keywords/script.ts";
import type { Report } from "../syntax/report.ts";
import type { Setting } from "../syntax/table.ts";
import type { CommandConfig } from "./model-command.ts";

/** The account of scripts that name none: user and group of `script_user`. */
export type ScriptUser = readonly string[];

/** A command with the account that runs it; undefined where its quotes hold nothing. `account`: words that name it. */
export function resolveCommand({ argv }: Script, account: ScriptUser): CommandConfig | undefined {
  if (argv.length === 0) return undefined;
  const [user, group] = account;
  return { argv, user, group };
}

/** A script that is run at an event: the first one counts. `keyword`: `notify_up`. */
export function resolveNotify(
  settings: readonly Setting<Script>[],
  keyword: string,
  scriptUser: ScriptUser,
  report: Report,
): CommandConfig | undefined {
  const [first] = settings;
  if (first === undefined) return undefined;
  for (let i = 1; i < settings.length; i++) {
    const again = settings[i] ?? first;
    const keepalived = `${again.at}((null)) ${keyword} script already specified - ignoring ${again.value.argv.join(" ")}`;
    const related = [{ span: first.span, message: "this one counts" }];
    report.error(["duplicate", `\`${keyword}\` is given already; the first counts`], again.span, {
      keepalived,
      related,
    });
  }
  return resolveCommand(first.value, first.value.more.length === 0 ? scriptUser : first.value.more);
}
