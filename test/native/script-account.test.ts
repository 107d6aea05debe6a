import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scriptPermission } from "../../src/io/script-account.ts";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "script-account-"));
  path = join(folder, "script");
  writeFileSync(path, "", { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const asked = (user: string | undefined, security: boolean, argv = [path], group?: string) =>
  scriptPermission({ argv, user, group }, security);

test("without enable_script_security every script runs, as the user that is named", () => {
  chmodSync(path, 0o777);
  expect(asked("root", false)).toEqual({ allowed: true, account: { user: "root", group: undefined } });
  expect(asked("daemon", false, [path], "games")).toEqual({
    allowed: true,
    account: { user: "daemon", group: "games" },
  });
  expect(asked(undefined, false)).toMatchObject({ allowed: true });
});

test("an account that does not exist is named", () => {
  expect(asked("nobody-has-this-name", false)).toEqual({
    allowed: false,
    why: "there is no user nobody-has-this-name or group undefined",
  });
});

test("with enable_script_security what others may write does not run as root, also behind a link", () => {
  chmodSync(path, 0o755);
  expect(asked("root", true)).toMatchObject({ allowed: true });
  const link = join(folder, "link");
  symlinkSync(path, link);
  chmodSync(path, 0o757);
  for (const name of [path, link])
    expect(asked("root", true, [name])).toEqual({
      allowed: false,
      why: `it would run as root, and others than root may write ${name}`,
    });
  expect(asked("daemon", true)).toMatchObject({ allowed: true });
  chmodSync(path, 0o755);
  chmodSync(folder, 0o777);
  expect(asked("root", true)).toMatchObject({ why: expect.stringContaining(folder) });
});

test("with enable_script_security there must be an account", () => {
  const { allowed } = asked(undefined, true); // but where the host has keepalived_script
  expect(allowed).toBe(scriptPermission({ argv: ["x"], user: "keepalived_script", group: undefined }, false).allowed);
});

test("a script without a slash is the one that PATH finds, and judged there", () => {
  const before = process.env["PATH"];
  chmodSync(folder, 0o755);
  chmodSync(path, 0o757);
  process.env["PATH"] = folder;
  try {
    expect(asked("root", true, ["script"])).toEqual({
      allowed: false,
      why: `it would run as root, and others than root may write ${path}`,
    });
    expect(asked("root", true, ["nowhere"])).toMatchObject({ allowed: true });
  } finally {
    process.env["PATH"] = before;
  }
});
