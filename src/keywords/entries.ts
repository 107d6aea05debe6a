import type { Later, Row, Table } from "../syntax/table.ts";
import { BOOLEAN, LEXER, SCRIPT } from "./grammar.ts";
import { TOP } from "./language.ts";

/** A keyword, option word or value of the language, with its place. */
export interface Entry {
  readonly block: string; //              `virtual_server.real_server`; `(top)` for what stands outside of blocks
  readonly keyword: string;
  readonly row: Row;
  readonly later: Later | undefined; //   not implemented yet, itself or with its block
}

/** Everything there is, blocks before what stands in them. */
export const ENTRIES: readonly Entry[] = [
  ...entriesOf("(top)", TOP),
  ...entriesOf("(lexer)", LEXER),
  ...entriesOf("(BOOL)", BOOLEAN),
  ...entriesOf("(script)", SCRIPT),
];

/** `virtual_server.persistence_timeout`; a keyword at the top is its own path. */
export function pathOf({ block, keyword }: Pick<Entry, "block" | "keyword">): string {
  return block === "(top)" ? keyword : `${block}.${keyword}`;
}

/** What stands behind the keyword: `<integer 1..255>`, `{ ... }`. */
export function usageOf(row: Row): string {
  if (row.usage !== undefined) return row.usage;
  if (row.kind === "line") return row.type.usage;
  if (row.kind === "items") return `{ ${row.item.usage}... }`;
  return row.header.usage === "(flag)" ? "{ ... }" : `${row.header.usage} { ... }`;
}

/** What stands in a table, blocks before what stands in them; what is in a block is not implemented where the block is not. */
export function* entriesOf(block: string, table: Table, outer?: Later): Generator<Entry> {
  for (const [keyword, row] of Object.entries(table)) {
    const later = outer ?? row.later;
    const where = isRouteType(block, row) ? `${block}.type` : block;
    yield { block: where, keyword, row, later };
    const inside = pathOf({ block, keyword });
    if (row.kind === "block") {
      yield* entriesOf(inside, row.children, later);
      yield* entriesOf(`${inside}.(header)`, row.header.options ?? {}, later);
    } else {
      const { options = {} } = row.kind === "line" ? row.type : row.item;
      yield* entriesOf(keyword.startsWith("<DEST>") ? `${block}.(destination)` : inside, options, later);
    }
  }
}

/** The types of a route stand among its options, as words of their own. */
function isRouteType(block: string, row: Row): boolean {
  return block.endsWith("_routes") && row.note === "first word before the destination";
}
