import { isAbsolute, join } from "node:path";
import type { DaemonConfig } from "../config/model/global.ts";

/** Whose file it is; the vrrp process's has the plain name. */
export type DumpOwner = "parent" | "vrrp" | "checkers" | "bfd";

const SUFFIX: Readonly<Record<DumpOwner, string>> = { parent: "_parent", vrrp: "", checkers: "_check", bfd: "_bfd" };

/**
 * Where a dump is written. `state_dump_file`, and for the others its kin: an absolute path, a folder where it ends with a
 * slash, else a name in `temporary`. With `data_use_instance` data files have `service` (`NAMESPACE_INSTANCE`) before
 * their extension. cli.md §4. Keepalived differs (HEAD): `stats_dump_file` and `json_dump_file` have no effect.
 */
export function dumpPath(
  [kind, owner]: readonly ["data" | "stats" | "json", DumpOwner],
  {
    stateDump,
    statsDump,
    jsonDump,
    dumpByInstance,
  }: Pick<DaemonConfig, "stateDump" | "statsDump" | "jsonDump" | "dumpByInstance">,
  { temporary, service }: { readonly temporary: string; readonly service: string },
): string {
  const given = { data: stateDump, stats: statsDump, json: jsonDump }[kind];
  const name = given?.endsWith("/") ? `${given}keepalived.${kind}` : (given ?? `keepalived.${kind}`);
  const path = isAbsolute(name) ? name : join(temporary, name);
  const word = kind === "data" && dumpByInstance && service !== "" ? `.${service}` : "";
  const dot = path.indexOf(".", path.lastIndexOf("/") + 1) === -1 ? path.length : path.lastIndexOf(".");
  return `${path.slice(0, dot)}${SUFFIX[owner]}${word}${path.slice(dot)}`;
}
