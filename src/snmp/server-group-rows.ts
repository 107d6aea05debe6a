import { family } from "../base/ip.ts";
import type { GroupEntryConfig } from "../config/model/lvs.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { checkTable } from "./lvs-values.ts";
import { type Cells, gauge, inetAddress, inetType, integer, table, text } from "./value.ts";
import type { SnmpView } from "./view.ts";

/** virtualServerGroupTable and virtualServerGroupMemberTable of KEEPALIVED-MIB. */
export function serverGroupRows({ config: { virtualServerGroups } }: Pick<SnmpView, "config">): VarBind[] {
  return [
    ...table(
      checkTable(1),
      virtualServerGroups.map(({ name }, i) => ({ index: [i + 1], cells: { 2: text(name) } })),
    ),
    ...table(
      checkTable(2),
      virtualServerGroups.flatMap(({ entries }, i) =>
        numbered(entries).map((entry, j) => ({ index: [i + 1, j + 1], cells: cells(entry) })),
      ),
    ),
  ];
}

/** Firewall marks come first with Keepalived. */
function numbered(entries: readonly GroupEntryConfig[]): readonly GroupEntryConfig[] {
  const marks = entries.filter(({ type }) => type === "fwmark");
  return [...marks, ...entries.filter(({ type }) => type !== "fwmark")];
}

function cells(entry: GroupEntryConfig): Cells {
  if (entry.type === "fwmark") return { 2: integer(1), 3: gauge(entry.fwmark) };
  const { from, to, port } = entry;
  const addresses = from === to ? { 5: inetAddress(from) } : { 6: inetAddress(from), 7: inetAddress(to) };
  return { 2: integer(from === to ? 2 : 3), 4: inetType(family(from)), ...addresses, 8: gauge(port) };
}
