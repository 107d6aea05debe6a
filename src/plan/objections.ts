import type { Config } from "../config/model/model.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";

/**
 * What stands against a reload: a reload may not add errors. An error that the running configuration has too does not
 * count, so that a daemon that started in spite of it can still be reloaded; the same words on another line, or more
 * often, are another error. Empty: apply it.
 */
export function objections(running: readonly Diagnostic[], next: readonly Diagnostic[]): readonly Diagnostic[] {
  const known = new Map<string, number>();
  for (const it of running.filter(isError)) known.set(identity(it), (known.get(identity(it)) ?? 0) + 1);
  const isNew = (it: Diagnostic): boolean => {
    const left = known.get(identity(it)) ?? 0;
    known.set(identity(it), left - 1);
    return left <= 0;
  };
  return next.filter((it) => it.fatal === true || (isError(it) && isNew(it)));
}

/** What a reload would change and only a restart can, in Keepalived's words. cli.md §3. */
export function fixedWhileRunning(
  { global: from }: Pick<Config, "global">,
  { global: to }: Pick<Config, "global">,
): readonly string[] {
  const fixed: readonly (readonly [string, unknown, unknown])[] = [
    ["network namespace", from.daemon.namespace, to.daemon.namespace],
    ["IPVS network namespace", from.daemon.ipvsNamespace, to.daemon.ipvsNamespace],
    ["instance name", from.daemon.instance, to.daemon.instance],
    ["config_directory", from.daemon.temporaryConfigDirectory, to.daemon.temporaryConfigDirectory],
  ];
  return fixed.filter(([, before, after]) => before !== after).map(([what]) => what);
}

/** What it says of which text; the line's number changes when lines are added above it. */
function identity({ message, source = "" }: Diagnostic): string {
  return `${message}\n${source.trim()}`;
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}
