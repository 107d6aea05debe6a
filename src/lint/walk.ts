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

/** Prepares a search in a table and the tables in it, the options of items among them. As deep as they are, which no input makes deeper. */
export function searchFor(table: Table, wanted: (keyword: string, row: Row) => boolean, above = ""): Search {
  return Object.entries(table).flatMap(([keyword, row]) => {
    const path = `${above}${keyword}`;
    const step = {
      keyword,
      path,
      row,
      wanted: wanted(keyword, row),
      below: searchFor(tableBelow(row), wanted, `${path}.`),
    };
    return step.wanted || step.below.length > 0 ? [step] : [];
  });
}

function tableBelow(row: Row): Table {
  return row.kind === "block" ? row.children : row.kind === "items" ? (row.item.options ?? {}) : {};
}

/** Every keyword that is looked for, where it is written. */
export function find(search: Search, settings: Settings<Table>): readonly Written[] {
  const found: Written[] = [];
  collect(search, settings, found);
  return found;
}

/** No generator: one within another passes everything on from level to level, in five times the time. */
function collect(search: Search, settings: Settings<Table>, found: Written[]): void {
  for (const { keyword, path, row, wanted, below } of search) {
    for (const setting of settings[keyword] ?? []) {
      if (wanted) found.push({ path, keyword, row, setting, beside: settings });
      if (below.length === 0) continue;
      // Rows with something below them are blocks or lists; the types of the tables have been left behind here.
      if (row.kind === "block") collect(below, (setting.value as Body<unknown, Table>).settings, found);
      else for (const item of setting.value as readonly Setting<unknown>[]) collect(below, optionsOf(item), found);
    }
  }
}

/** The options of an item. A reader of its own may have made something else of it: nothing is found in that. */
function optionsOf({ value }: Setting<unknown>): Settings<Table> {
  return isSettings(value) ? value : {};
}

function isSettings(value: unknown): value is Settings<Table> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(Array.isArray)
  );
}
