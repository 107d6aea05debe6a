import type { Table } from "../syntax/table.ts";

/** The same rows in a block of our own: Keepalived, which has not the block, does not know them there. */
export function ours<C extends Table>(table: C): C {
  const rows = Object.entries(table).map(([keyword, row]) => [keyword, { ...row, ours: true }]);
  return Object.fromEntries(rows) as C;
}
