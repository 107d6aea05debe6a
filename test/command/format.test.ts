import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { format } from "../../src/command/format.ts";
import { replaceFile } from "../../src/command/replace-file.ts";
import { type Files, sourceOf } from "../config/reading.ts";

const HELP = " = help: keepalived-ts format [--check] [--write] FILE...\n";
const UGLY = "b\n{\nkw  one }";
const TIDY = "b {\n    kw one\n}\n";
const FILES = { ugly: UGLY, tidy: TIDY, other: "x  y", gbk: "b {\n}\n# \udcb1\udcb8\n", folder: "directory" } as const;

/** Runs `format`: its status, what it said, and what it wrote. */
function run(args: readonly string[], files: Files = FILES): unknown {
  const [out, error, written]: [string[], string[], [string, string][]] = [[], [], []];
  const status = format.run(args, {
    source: sourceOf(files),
    facts: () => ({}),
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
    write(path, text) {
      if (path === "other") return "EROFS: read-only file system";
      written.push([path, text]);
      return undefined;
    },
  });
  return { status, out: out.join(""), error: error.join(""), written };
}

const QUIET = { status: 0, out: "", error: "", written: [] };

test("without options the files are printed, one after the other", () => {
  expect(run(["ugly"])).toEqual({ ...QUIET, out: TIDY });
  expect(run(["tidy", "other"])).toEqual({ ...QUIET, out: `${TIDY}x y\n` });
});

test("--check names the files that would change, and nothing else", () => {
  expect(run(["--check", "tidy", "ugly", "other"])).toEqual({ ...QUIET, status: 1, out: "ugly\nother\n" });
  expect(run(["tidy", "--check"])).toEqual(QUIET);
});

test("--write rewrites the files that change, and only them", () => {
  expect(run(["--write", "tidy", "ugly"])).toEqual({ ...QUIET, written: [["ugly", TIDY]] });
});

test("a file that cannot be written ends with 2; the others are written", () => {
  expect(run(["--write", "other", "ugly"])).toEqual({
    status: 2,
    out: "",
    error: "error: cannot write `other`: EROFS: read-only file system\n",
    written: [["ugly", TIDY]],
  });
});

test("a file that cannot be read ends with 2; the others are printed", () => {
  const error = "error: `none` does not exist\nerror: `folder` is a directory\n";
  expect(run(["none", "folder", "tidy"])).toEqual({ ...QUIET, status: 2, out: TIDY, error });
});

test("a file that is not UTF-8 is left alone: its characters would be lost", () => {
  const help = "convert it first, as with `iconv -f GBK -t UTF-8`; else its characters would be lost";
  const error = `error: \`gbk\` is not UTF-8 in line 3\n = help: ${help}\n`;
  expect(run(["gbk"])).toEqual({ ...QUIET, status: 2, error });
  expect(run(["--write", "gbk"])).toEqual({ ...QUIET, status: 2, error });
});

test.each([
  [[], "`format` needs the name of a file"],
  [["--check"], "`format` needs the name of a file"],
  [["--fix", "ugly"], "unknown option `--fix`"],
  [["--check", "--write", "ugly"], "`--check` and `--write` exclude each other"],
])("%j is refused with 1, and nothing is written", (args, message) => {
  expect(run(args)).toEqual({ ...QUIET, status: 1, error: `error: ${message}\n${HELP}` });
});

test("behind `--` everything is a file", () => {
  expect(run(["--", "--check"])).toMatchObject({ status: 2, error: "error: `--check` does not exist\n" });
});

const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-format-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a replaced file keeps its mode and its owner, and nothing lies beside it", () => {
  const path = join(folder, "k.conf");
  writeFileSync(path, UGLY);
  chmodSync(path, 0o640);
  const before = statSync(path);
  expect(replaceFile(path, TIDY)).toBeUndefined();
  const after = statSync(path);
  expect(readFileSync(path, "utf8")).toBe(TIDY);
  expect([after.mode & 0o7777, after.uid, after.gid]).toEqual([0o640, before.uid, before.gid]);
  expect(after.ino).not.toBe(before.ino);
  expect(readdirSync(folder)).toEqual(["k.conf"]);
});

test("a symbolic link stays one: the file behind it is replaced", () => {
  const link = join(folder, "link.conf");
  writeFileSync(join(folder, "behind.conf"), UGLY);
  symlinkSync("behind.conf", link);
  expect(replaceFile(link, TIDY)).toBeUndefined();
  expect(
    readdirSync(folder, { withFileTypes: true })
      .find(({ name }) => name === "link.conf")
      ?.isSymbolicLink(),
  ).toBe(true);
  expect(readFileSync(join(folder, "behind.conf"), "utf8")).toBe(TIDY);
});

test("a file that cannot be replaced says why", () => {
  expect(replaceFile(join(folder, "none.conf"), TIDY)).toMatch(/^ENOENT/);
});
