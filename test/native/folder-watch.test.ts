import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { entriesOf, FolderWatch } from "../../src/io/folder-watch.ts";
import { Poller } from "../../src/io/poller.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watch-"));
  return () => rmSync(folder, { recursive: true, force: true });
});

/** Calls `act` and waits until something is heard of `name`, or for 100 ms; whether it was. */
async function hears(name: string, act: () => void): Promise<boolean> {
  const poller = new Poller();
  const watch = new FolderWatch(poller);
  try {
    return await new Promise((resolve) => {
      watch.watch({ folder, name }, () => resolve(true));
      act();
      setTimeout(() => resolve(false), 100);
    });
  } finally {
    watch.close();
    poller.close();
  }
}

test("what is written and closed, linked, renamed or removed is heard, and what is only written is not", async () => {
  const at = (name: string): string => join(folder, name);
  expect(await hears("a", () => writeFileSync(at("a"), "1"))).toBe(true);
  expect(await hears("b", () => linkSync(at("a"), at("b")))).toBe(true);
  expect(await hears("c", () => renameSync(at("b"), at("c")))).toBe(true);
  expect(await hears("c", () => renameSync(at("c"), at("d")))).toBe(true);
  expect(await hears("d", () => rmSync(at("d")))).toBe(true);
  const fd = openSync(at("a"), "r+");
  expect(await hears("a", () => writeSync(fd, "2"))).toBe(false);
  expect(await hears("a", () => closeSync(fd))).toBe(true);
});

test("nothing is heard of other entries, and the end of the folder is", async () => {
  expect(await hears("a", () => writeFileSync(join(folder, "b"), ""))).toBe(false);
  expect(await hears("a", () => rmSync(folder, { recursive: true }))).toBe(true);
});

test("two watches of a folder are apart: the end of one is not that of the other", async () => {
  const poller = new Poller();
  const watch = new FolderWatch(poller);
  const heard: string[] = [];
  const end = watch.watch({ folder, name: "a" }, () => heard.push("first"));
  await new Promise<void>((resolve) => {
    watch.watch({ folder, name: "a" }, () => {
      heard.push("second");
      resolve();
    });
    end();
    writeFileSync(join(folder, "a"), "");
  });
  expect(heard).toEqual(["second"]);
  watch.close();
  poller.close();
});

test("a folder that is not there, or is a file, is refused", () => {
  const poller = new Poller();
  const watch = new FolderWatch(poller);
  writeFileSync(join(folder, "file"), "");
  expect(() => watch.watch({ folder: join(folder, "none"), name: "a" }, () => {})).toThrow("ENOENT");
  expect(() => watch.watch({ folder: join(folder, "file"), name: "a" }, () => {})).toThrow("ENOTDIR");
  watch.close();
  poller.close();
});

test("what leads to a file is each link on the way and the file, or the first part that is missing", () => {
  const at = (...names: string[]): string => join(folder, ...names);
  mkdirSync(at("v1"));
  symlinkSync("v1", at("current"));
  symlinkSync(at("current", "real"), at("link"));
  expect(entriesOf(at("link"))).toEqual([
    { folder, name: "link" },
    { folder, name: "current" },
    { folder: at("v1"), name: "real" },
  ]);
  expect(entriesOf(at("none", "below", "file"))).toEqual([{ folder, name: "none" }]);
  symlinkSync("loop", at("loop"));
  expect(entriesOf(at("loop")).length).toBeLessThanOrEqual(40);
});
