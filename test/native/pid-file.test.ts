import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOCK_EX } from "../../src/io/constants.ts";
import { native } from "../../src/io/native.ts";
import { claimPidFile } from "../../src/io/pid-file.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pid-file-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a claimed pid file holds our id, readable by all, until it is released", () => {
  const path = join(directory, "a.pid");
  const umask = process.umask(0o177);
  const file = claimPidFile(path);
  process.umask(umask);
  expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(claimPidFile(path)).toBe("in use");
  if (file !== "in use") file.release();
  expect(existsSync(path)).toBe(false);
});

test("a file that is locked is in use, and stays as it is", () => {
  const path = join(directory, "a.pid");
  writeFileSync(path, "1\n");
  const holder = openSync(path, "r");
  expect(native.flock(holder, LOCK_EX)).toBe(0);
  expect(claimPidFile(path)).toBe("in use");
  expect(readFileSync(path, "utf8")).toBe("1\n");
  closeSync(holder);
});

test("a file left behind by a dead process is taken over", () => {
  const path = join(directory, "a.pid");
  writeFileSync(path, "4194304 and more\n");
  const file = claimPidFile(path);
  expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  if (file !== "in use") file.release();
});

test("a link is not followed, and a directory that is missing is said", () => {
  symlinkSync(join(directory, "elsewhere"), join(directory, "a.pid"));
  expect(() => claimPidFile(join(directory, "a.pid"))).toThrow("ELOOP");
  expect(existsSync(join(directory, "elsewhere"))).toBe(false);
  expect(() => claimPidFile(join(directory, "none", "a.pid"))).toThrow("ENOENT");
});

test("a file that another has put there meanwhile is not removed", () => {
  const path = join(directory, "a.pid");
  const file = claimPidFile(path);
  rmSync(path);
  writeFileSync(path, "another\n");
  if (file !== "in use") file.release();
  expect(readFileSync(path, "utf8")).toBe("another\n");
});
