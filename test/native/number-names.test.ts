import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { NumberNames, nameFolders } from "../../src/io/number-names.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "number-names-"));
  mkdirSync(join(folder, "rt_tables.d"));
  mkdirSync(join(folder, "usual"));
  writeFileSync(join(folder, "rt_tables"), "# reserved\n255\tlocal\n0x64 uplink # the first\n100 again\nx bad\n7\n");
  writeFileSync(join(folder, "rt_tables.d", "b.conf"), "101 downlink\n1 uplink\n");
  writeFileSync(join(folder, "rt_tables.d", "README"), "102 readme\n");
  writeFileSync(join(folder, "usual", "rt_tables"), "103 uplink\n104 usual\n");
  writeFileSync(join(folder, "protocols"), "tcp 6 TCP # transmission control\n");
  return () => rmSync(folder, { recursive: true });
});

test("names come from the administrator's file, its folder of fragments, then the package's", () => {
  const names = new NumberNames([folder, join(folder, "usual")], join(folder, "protocols"));
  const of = (name: string) => names.number("rt_tables", name);
  expect(["uplink", "again", "downlink", "usual", "local"].map(of)).toEqual([100, 100, 101, 104, 255]);
  expect(["readme", "bad", "", "unheard-of"].map(of)).toEqual([undefined, undefined, undefined, undefined]);
});

test("other folders are looked into when that is asked for, and each of the two kinds stands for itself", () => {
  const names = new NumberNames([folder]);
  expect([names.number("rt_tables", "uplink"), names.generation]).toEqual([100, 0]);
  expect(names.look([join(folder, "usual")])).toBe(true);
  expect([names.number("rt_tables", "uplink"), names.generation]).toEqual([103, 1]);
  expect(names.look([join(folder, "usual")])).toBe(false);
  const [local, distributed] = ["/etc/iproute2", ["/usr/share/iproute2", "/usr/lib/iproute2"]];
  expect(nameFolders({ local: undefined, distribution: undefined })).toEqual([local, ...distributed]);
  expect(nameFolders({ local: "/a", distribution: undefined })).toEqual(["/a", ...distributed]);
  expect(nameFolders({ local: undefined, distribution: "/b" })).toEqual([local, "/b"]);
});

test("a protocol has its name first, and aliases", () => {
  const names = new NumberNames([folder], join(folder, "protocols"));
  expect([names.number("protocols", "tcp"), names.number("protocols", "TCP")]).toEqual([6, 6]);
});

test("files that are not there have no names", () => {
  expect(new NumberNames([join(folder, "none")], join(folder, "none")).number("rt_realms", "cosmos")).toBeUndefined();
});
