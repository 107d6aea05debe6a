import type { Body, Row, Setting, Settings, Table } from "../syntax/table.ts";

/** Rows that are looked for, and the blocks on the way to them: a search opens no other. */
export type Search = readonly SearchStep[];

interface SearchStep {
  readonly keyword: string;
  readonly path: string; // `virtual_server.real_server.weight`
  readonly row: Row;
  readonly wanted: boolean;
  readonly below: Search;
}

/** A keyword as it is written, with its row. */
export interface Written {
  readonly path: string;
  readonly keyword: string;
  readonly row: Row;
  readonly setting: Setting<unknown>;
  readonly beside: Settings<Table>; // everything of its block
}

/** Prepares a search in a table and the tables in it. As deep as they are, which no input makes deeper. */
export function searchFor(table: Table, wanted: (keyword: string, row: Row) => boolean, above = ""): Search {
  return Object.entries(table).flatMap(([keyword, row]) => {
    const path = `${above}${keyword}`;
    const step = {
      keyword,
      path,
      row,
      wanted: wanted(keyword, row),
      below: row.kind === "block" ? searchFor(row.children, wanted, `${path}.`) : [],
    };
    return step.wanted || step.below.length > 0 ? [step] : [];
  });
}

/** Every keyword that is looked for, where it is written. */
export function* find(search: Search, settings: Settings<Table>): Iterable<Written> {
  for (const { keyword, path, row, wanted, below } of search) {
    for (const setting of settings[keyword] ?? []) {
      if (wanted) yield { path, keyword, row, setting, beside: settings };
      // Rows with something below them are blocks; the types of the tables have been left behind here.
      if (below.length > 0) yield* find(below, (setting.value as Body<unknown, Table>).settings);
    }
  }
}
