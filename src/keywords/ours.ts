import type { Table } from "../syntax/table.ts";

/** The same rows in a block of our own: Keepalived knows none of them, in no version or build, and has no line for them. */
export function ours<C extends Table>(table: C): C {
  const rows = Object.entries(table).map(([keyword, { refusal, since, build, ...row }]) => {
    return [keyword, { ...row, ours: true, missing: "" }] as const;
  });
  return Object.fromEntries(rows) as unknown as C; // the same keywords, with the same types
}
