import { TOP } from "../keywords/language.ts";
import type { Report } from "../syntax/report.ts";
import type { BlockRow, ItemsRow, Row, Table } from "../syntax/table.ts";
import { helpFor } from "../syntax/unknown.ts";
import { type Json, type JsonEntry, type JsonObject, pathName } from "./json.ts";
import type { Places } from "./places.ts";
import { anyWord, BELOW, ITEMS, isScript, NAME } from "./shape.ts";
import { type Complaint, kindOf, type Path, type Place, writtenValue } from "./write-value.ts";

/** The text of a configuration, and where in the JSON each of its lines comes from. */
export interface Written {
  readonly text: string; // canonical: as `formatText` leaves it
  readonly places: readonly Place[];
}

/** Where a value stands. */
interface Spot {
  readonly table: Table; // of the block
  readonly depth: number;
  readonly path: Path | undefined;
  readonly named: boolean; // `name` has the words before the `{`
}

const INDENT = "    ";
const ENOUGH = 100; // complaints that a report keeps: for more, what was meant is not looked for

/**
 * Writes what the JSON form says as a configuration. What the form or a configuration cannot hold is reported, all of
 * it, with path and place, and left out. Whether values mean something is up to who reads the configuration.
 */
export function fromJson(json: Json, places: Places, report: Report): Written {
  const lines: string[] = [];
  const from: Place[] = [];
  let complaints = 0;
  const top: Spot = { table: TOP, depth: 0, path: undefined, named: false };
  if (json.kind === "object") settings(json, top);
  else wrong(json, undefined, `${kindOf(json)} where an object of keywords is expected`, "write `{ ... }`");
  return { text: lines.length === 0 ? "" : `${lines.join("\n")}\n`, places: from };

  /** At the top an empty line stands around blocks. */
  function put(text: string, depth: number, place: Place): void {
    if (depth === 0 && text !== "}" && lines.length > 0 && (text.endsWith("{") || lines.at(-1) === "}")) {
      lines.push("");
      from.push(place);
    }
    lines.push(INDENT.repeat(depth) + text);
    from.push(place);
  }

  function complain({ at, path, message, help, code = "json-value" }: Complaint): undefined {
    complaints++;
    const where = path === undefined ? "" : `: \`${nameOf(path)}\``;
    report.error([code, `${message}${where}`], places.span(at.from, at.to), help === undefined ? {} : { help });
    return undefined;
  }

  function wrong(at: Place, path: Path | undefined, message: string, help?: string): void {
    complain({ at, path, message, help });
  }

  /** The keywords of a block, in the order of writing. */
  function settings(object: JsonObject, spot: Spot): void {
    for (const entry of object.entries) {
      const { key } = entry;
      if (key === NAME && spot.named) continue;
      const path = { outer: spot.path, step: key };
      const keyword = key === ITEMS ? anyWord(spot.table) : key.startsWith("<") ? undefined : key;
      const row = keyword !== undefined && Object.hasOwn(spot.table, keyword) ? spot.table[keyword] : undefined;
      if (key === BELOW) parts(entry.value, { ...spot, path });
      else if (row !== undefined) setting(entry, row, { ...spot, path });
      else {
        const help = complaints < ENOUGH ? helpFor(key, spot.table, TOP) : undefined;
        complain({ at: entry, path, message: "unknown keyword", help, code: "unknown-keyword" });
      }
    }
  }

  /** What stands further below in the same block. */
  function parts(json: Json, spot: Spot): void {
    if (json.kind !== "array") wrong(json, spot.path, `${kindOf(json)} where an array is expected`, "write `[ ... ]`");
    else
      for (const [i, part] of json.items.entries()) {
        const path = { outer: spot.path, step: i };
        if (part.kind === "object") settings(part, { ...spot, path, named: false });
        else wrong(part, path, `${kindOf(part)} where an object of keywords is expected`, "write `{ ... }`");
      }
  }

  /** A keyword, as often as it is given. */
  function setting(entry: JsonEntry, row: Row, spot: Spot): void {
    const { value } = entry;
    if (value.kind !== "array" || isOne(row, value.items)) once(entry, row, value, spot);
    else
      for (const [i, item] of value.items.entries())
        once(entry, row, item, { ...spot, path: { outer: spot.path, step: i } });
  }

  function once(entry: JsonEntry, row: Row, value: Json, spot: Spot): void {
    const { depth, path } = spot;
    if (row.kind === "block") block(entry, row, value, spot);
    else if (row.kind === "items") list(entry, row, value, spot);
    else {
      const words = writtenValue(row.type, { value, path, complain });
      const keyword = entry.key === ITEMS ? "" : entry.key;
      if (words !== undefined)
        put(keyword === "" || words === "" ? keyword + words : `${keyword} ${words}`, depth, value);
    }
  }

  function block(entry: JsonEntry, { header, children }: BlockRow<unknown, Table>, value: Json, spot: Spot): void {
    const { path, depth } = spot;
    if (value.kind !== "object") {
      wrong(value, path, `${kindOf(value)} where a block is expected`, "write `{ ... }`");
      return;
    }
    const named = header.most > 0;
    const name = named ? value.entries.find(({ key }) => key === NAME)?.value : undefined;
    if (named && name === undefined) {
      const help = `add it: ${header.usage}`;
      wrong({ from: value.from, to: value.from + 1 }, path, `\`${entry.key}\` without \`${NAME}\``, help);
      return;
    }
    const words =
      name === undefined ? "" : writtenValue(header, { value: name, path: { outer: path, step: NAME }, complain });
    if (words === undefined) return;
    put(words === "" ? `${entry.key} {` : `${entry.key} ${words} {`, depth, name ?? entry);
    settings(value, { table: children, depth: depth + 1, path, named });
    put("}", depth, name ?? entry);
  }

  function list(entry: JsonEntry, { item }: ItemsRow<unknown>, value: Json, { depth, path }: Spot): void {
    if (value.kind !== "array") {
      wrong(value, path, `${kindOf(value)} where a list is expected`, "write `[ ... ]`");
      return;
    }
    put(`${entry.key} {`, depth, entry);
    for (const [i, each] of value.items.entries()) {
      const words = writtenValue(item, { value: each, path: { outer: path, step: i }, complain });
      if (words !== undefined) put(words, depth + 1, each);
    }
    put("}", depth, entry);
  }
}

/** Whether an array is one value of a row: the items of a list, or the arguments of a command. */
function isOne(row: Row, items: readonly Json[]): boolean {
  if (row.kind === "block" || (row.kind === "line" && !isScript(row.type))) return false;
  return !items.some(({ kind }) => kind === "array" || (kind === "object" && row.kind === "line"));
}

function nameOf(path: Path): string {
  const steps: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.outer) steps.push(at.step);
  return pathName(steps.reverse());
}
