import { expect, test } from "vitest";
import type { FileFact } from "../../src/base/host.ts";
import { scriptPaths } from "../../src/lint/scripts.ts";
import { instance, reading, server } from "../config/reading.ts";
import { codes, files, found, SECURE, script } from "./linting.ts";

const TEXT = SECURE + script("/opt/check a b");
const file = (mode: number, owner = 0, group = 0): FileFact => ({ type: "file", mode, owner, group });
const folder = (mode: number, owner = 0, group = 0): FileFact => ({ type: "folder", mode, owner, group });

test.each<[string, FileFact]>([
  ["does not exist", { type: "missing" }],
  ["is a folder", folder(0o755)],
  ["is not executable", file(0o644)],
])("a script that %s is an error", (what, fact) => {
  expect(found("K023", TEXT, files({ "/opt/check": fact }))).toEqual([
    `error 6:8 \`/opt/check\` ${what}: it counts as failed`,
  ]);
});

test("a script that can be run is not, and neither is one that nobody looked at", () => {
  expect(codes(TEXT, files({ "/opt/check": file(0o755) }))).toEqual([]);
  expect(codes(TEXT, files({ "/opt/check": file(0o700, 1000) }))).toEqual([]);
  expect(codes(TEXT, files({}))).toEqual([]);
  expect(codes(TEXT.replace("/opt/check", "check"), files({ "/opt/check": file(0o644) }))).toEqual([]);
});

test("what others may write is a warning: the script, or a folder above it", () => {
  expect(found("K024", TEXT, files({ "/opt/check": file(0o757) }))).toEqual([
    "warning 6:8 `/opt/check` may be written by everybody: who can do that runs commands as joe",
  ]);
  expect(found("K024", TEXT, files({ "/opt": folder(0o777), "/opt/check": file(0o755) }))[0]).toContain(
    "`/opt`, where `/opt/check` is found, may be written by everybody",
  );
});

test("a script has the user of its own line", () => {
  const text = SECURE + script("/opt/check", "user root");
  expect(found("K024", text, files({ "/opt/check": file(0o755, 1000) }))[0]).toMatch(/runs commands as root$/);
  expect(
    codes(
      SECURE.replace("joe", "joe wheel") + script("/opt/check", "user jim"),
      files({ "/opt/check": file(0o755, 1000) }),
    ),
  ).toEqual([]);
});

test("a folder with the sticky bit protects what is in it", () => {
  expect(codes(TEXT, files({ "/opt": folder(0o1777), "/opt/check": file(0o755) }))).toEqual([]);
});

test("for a script of root the owner and the group count, for others they do not", () => {
  const root = TEXT.replace("joe", "root");
  for (const fact of [file(0o755, 1000), file(0o775, 0, 1000)]) {
    expect(found("K024", root, files({ "/opt/check": fact }))[0]).toContain("may be written by others than root");
    expect(codes(TEXT, files({ "/opt/check": fact }))).toEqual([]);
  }
  expect(codes(root, files({ "/opt/check": file(0o775) }))).toEqual([]);
});

test("the scripts of every keyword are looked at, each with its own user", () => {
  const text = SECURE + instance('notify_master "/opt/up now" root');
  expect(found("K023", text, files({ "/opt/up": { type: "missing" } }))[0]).toMatch(/does not exist: it is not run$/);
  expect(found("K024", text, files({ "/opt/up": file(0o755, 1000) }))[0]).toMatch(/runs commands as root$/);
});

test("scripts of every keyword want script security; said once, and not where it is", () => {
  const said = (text: string): readonly string[] => found("K025", text);
  expect(said(script("/opt/check"))).toEqual(["warning 2:8 scripts are run, but `enable_script_security` is not set"]);
  const notify = instance("notify /opt/up", "notify_master /opt/up");
  expect(said(notify)).toEqual(["warning 7:8 scripts are run, but `enable_script_security` is not set"]);
  expect(said(script("/opt/check") + notify)).toHaveLength(1);
  expect(said(SECURE + notify)).toEqual([]);
  expect(said(instance())).toEqual([]);
});

test("a folder above what a link leads to counts as one above the link", () => {
  const link: FileFact = { ...file(0o755), target: "/home/joe/check" };
  expect(codes(TEXT, files({ "/opt/check": link, "/home/joe": folder(0o777) }))).toEqual(["K024"]);
  expect(codes(TEXT, files({ "/opt/check": link, "/home/joe": folder(0o755) }))).toEqual([]);
});

test("a link to nothing says where it leads", () => {
  const facts = files({ "/opt/check": { type: "missing", target: "/home/joe/check" } });
  expect(found("K023", TEXT, facts)[0]).toContain("`/opt/check` is a link to `/home/joe/check`, which does not exist");
});

test("the paths to look at are those of the commands, with every folder above them", () => {
  const text = SECURE + script("/opt/x//check") + script("check");
  expect([...scriptPaths(reading(text))]).toEqual(["/", "/opt", "/opt/x", "/opt/x/check"]);
});

const MODULE = SECURE + server("JS_CHECK {", "module /opt/check.mjs a", "}");

test("a module runs with the daemon's privileges, which is said once for a file", () => {
  expect(found("K042", MODULE + MODULE.replace(".254", ".253"))).toEqual([
    "hint 11:8 `/opt/check.mjs` runs in the daemon, with all of its privileges, unlike a script of `MISC_CHECK`",
  ]);
  expect(found("K042", TEXT)).toEqual([]);
});

test("a module that does not exist is an error, one that is not executable is well", () => {
  expect(found("K023", MODULE, files({ "/opt/check.mjs": { type: "missing" } }))).toEqual([
    "error 11:8 `/opt/check.mjs` does not exist: it counts as failed",
  ]);
  expect(found("K023", MODULE, files({ "/opt/check.mjs": file(0o644) }))).toEqual([]);
});

test("of a module the owner and the group count, whoever `script_user` is", () => {
  for (const fact of [file(0o644, 1000), file(0o664, 0, 1000)])
    expect(found("K024", MODULE, files({ "/opt/check.mjs": fact }))).toEqual([
      "warning 11:8 `/opt/check.mjs` may be written by others than root: who can do that runs commands as root",
    ]);
  expect(scriptPaths(reading(MODULE))).toContain("/opt/check.mjs");
});
