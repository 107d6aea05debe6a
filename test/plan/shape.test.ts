import { expect, test } from "vitest";
import { GLOBAL_DEFS } from "../../src/keywords/global.ts";
import { VRRP_SYNC_GROUP } from "../../src/keywords/groups.ts";
import { GARP_GROUP } from "../../src/keywords/interface.ts";
import { TOP } from "../../src/keywords/language.ts";
import { VIRTUAL_SERVER } from "../../src/keywords/lvs.ts";
import { REAL_SERVER } from "../../src/keywords/real-server.ts";
import { VRRP_SCRIPT } from "../../src/keywords/tracked.ts";
import { VRRP_INSTANCE } from "../../src/keywords/vrrp.ts";
import type { PlainShape } from "../../src/plan/compare.ts";
import { CONFIG } from "../../src/plan/plan.ts";
import type { Table } from "../../src/syntax/table.ts";

const ROWS = CONFIG as PlainShape;
const inner = (shape: PlainShape, field: string): PlainShape => {
  const row = shape[field];
  return row === undefined || row.kind === "value" ? {} : (row.shape as PlainShape);
};

/** The words of rows, with those of groups that have none of their own. */
function words(shape: PlainShape): readonly string[] {
  return Object.values(shape).flatMap((row) => {
    if (row === undefined) return [];
    return row.kind === "group" && row.words === "" ? words(row.shape as PlainShape) : [row.words];
  });
}

test.each<readonly [name: string, table: Table, shape: PlainShape, least: number]>([
  ["the top level", TOP, ROWS, 15],
  ["global_defs", GLOBAL_DEFS, inner(ROWS, "global"), 90],
  ["vrrp_instance", VRRP_INSTANCE, inner(ROWS, "vrrpInstances"), 50],
  ["vrrp_sync_group", VRRP_SYNC_GROUP, inner(ROWS, "syncGroups"), 12],
  ["garp_group", GARP_GROUP, inner(ROWS, "garpGroups"), 2],
  ["vrrp_script", VRRP_SCRIPT, inner(ROWS, "vrrpScripts"), 3],
  ["virtual_server", VIRTUAL_SERVER, inner(ROWS, "virtualServers"), 12],
  ["real_server", REAL_SERVER, inner(inner(ROWS, "virtualServers"), "realServers"), 8],
])("%s: a plan speaks of its values by their keywords", (_, table, shape, least) => {
  expect(words(shape).filter((word) => Object.hasOwn(table, word)).length).toBeGreaterThanOrEqual(least);
});
