import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Lan } from "./lan.ts";
import { PROJECT } from "./run.ts";

let lan: Lan;
beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.11/24"] }]);
  mkdirSync(join(lan.folder, "folder"));
  writeFileSync(join(lan.folder, "executable"), "");
  chmodSync(join(lan.folder, "executable"), 0o755);
});
afterAll(() => lan.close());

const instance = (more = "", link = "eth0", vrid = 51): string =>
  `vrrp_instance V${vrid} {\ninterface ${link}\nvirtual_router_id ${vrid}\nvirtual_ipaddress {\n192.0.2.100\n}\n${more}\n}\n`;
const SCRIPT = `vrrp_script S {\nscript "/bin/true"\n}\n${instance("track_script {\nS\n}")}`;
const LINKBEAT = "linkbeat_interfaces {\neth7\n}\n";
const SHORT = instance("advert_int", "eth0", 52);

/** What each file is, its text, and the exit status of both. */
const CASES: readonly (readonly [what: string, text: string, status: number])[] = [
  ["a file without a mistake", instance(), 0],
  ["an empty file", "", 0],
  ["an include that is only said", "include nothing\n", 0],
  ["a missing argument", SHORT, 2],
  ["a missing argument beside errors", `foo\n${SHORT}`, 2],
  ["a missing argument beside script security", SCRIPT + SHORT, 2],
  ["an interface for linkbeat that is not there", LINKBEAT, 4],
  ["that beside an error", `${LINKBEAT}foo\n`, 5],
  ["an unknown keyword", "foo\n", 5],
  ["an interface that is not there", instance("", "eth7"), 5],
  ["a tracked one", instance("track_interface {\neth7\n}"), 5],
  ["a device of an address", "static_ipaddress {\n192.0.2.9/24 dev eth7\n}\n", 5],
  ["a device of a rule", instance("virtual_rules {\nfrom 192.0.2.9 iif eth7 table 100\n}"), 5],
  ["one that may come later", `global_defs {\ndynamic_interfaces allow_if_changes\n}\n${instance("", "eth7")}`, 0],
  ["a missing brace", "vrrp_instance V {\n", 5],
  ["script security", SCRIPT, 6],
  ["script security beside errors", `${SCRIPT}foo\n`, 6],
  ["an include that is refused", "includem nothing\n", 6],
  ["a pattern that is refused", "includew nothing*\n", 6],
  ["an include that is refused, before a missing argument", `includem nothing\n${SHORT}`, 6],
];

test.each(CASES)("-t ends as keepalived's: %s", async (what, text, status) => {
  const file = join(lan.folder, `${what.replace(/\W/g, "-")}.conf`);
  writeFileSync(file, text);
  expect(await statuses(file)).toEqual([status, status]);
});

test.each(["missing", "folder", "executable"])("-t ends with 0 for a file that is %s", async (name) => {
  expect(await statuses(join(lan.folder, name))).toEqual([0, 0]);
});

/** Of ours and of keepalived's. */
async function statuses(file: string): Promise<readonly (number | null)[]> {
  const programs = [[process.execPath, join(PROJECT, "dist/main.js")], ["keepalived"]];
  const ended = await Promise.all(programs.map((program) => lan.attempt("lb1", [...program, "-t", "-f", file])));
  return ended.map((each) => each.status);
}
