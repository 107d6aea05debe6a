import { expect, test } from "vitest";
import { dumpPath } from "../../src/daemon/dump-paths.ts";
import { reading } from "../config/reading.ts";

function paths(globals: string, service = "blue_east"): readonly string[] {
  const { daemon } = reading(`global_defs {\n${globals}\n}\n`).config.global;
  const files = [
    ["data", "parent"],
    ["data", "vrrp"],
    ["data", "checkers"],
    ["data", "bfd"],
    ["stats", "vrrp"],
    ["json", "vrrp"],
  ] as const;
  return files.map((file) => dumpPath(file, daemon, { temporary: "/tmp", service }));
}

test("each process has its data file, the vrrp process statistics and JSON", () => {
  expect(paths("")).toEqual(
    ["parent", "", "check", "bfd"]
      .map((name) => `/tmp/keepalived${name && `_${name}`}.data`)
      .concat("/tmp/keepalived.stats", "/tmp/keepalived.json"),
  );
});

test("data_use_instance puts namespace and instance before the extension of data files", () => {
  expect(paths("data_use_instance").slice(0, 2)).toEqual([
    "/tmp/keepalived_parent.blue_east.data",
    "/tmp/keepalived.blue_east.data",
  ]);
  expect(paths("data_use_instance", "").slice(0, 1)).toEqual(["/tmp/keepalived_parent.data"]);
});

test("a dump file is a path, a folder or a name; the process stands before the last dot", () => {
  expect(paths("state_dump_file /var/lib/x.y/state.txt").slice(0, 2)).toEqual([
    "/var/lib/x.y/state_parent.txt",
    "/var/lib/x.y/state.txt",
  ]);
  expect(paths("state_dump_file /var/lib/x.y/").slice(0, 2)).toEqual([
    "/var/lib/x.y/keepalived_parent.data",
    "/var/lib/x.y/keepalived.data",
  ]);
  expect(paths("state_dump_file /var/lib/x.y/state").slice(2, 3)).toEqual(["/var/lib/x.y/state_check"]);
  expect(paths("stats_dump_file s\njson_dump_file /j/k").slice(4)).toEqual(["/tmp/s", "/j/k"]);
});
