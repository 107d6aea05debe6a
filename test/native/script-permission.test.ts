import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookUp } from "../../src/io/account.ts";
import { type ScriptRules, scriptPermission } from "../../src/io/script-permission.ts";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "script-permission-"));
  path = join(folder, "script");
  writeFileSync(path, "", { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const asked = (user: string | undefined, security: boolean, argv = [path], group?: string) =>
  scriptPermission({ argv, user, group }, rules({ enableScriptSecurity: security }));
const rules = (more: Partial<ScriptRules>): ScriptRules => ({
  enableScriptSecurity: false,
  supplementaryGroups: false,
  resolveSymlinks: true,
  ...more,
});

test("without enable_script_security every script runs, as the user that is named", () => {
  chmodSync(path, 0o777);
  expect(asked("root", false)).toEqual({
    allowed: true,
    argv: [path],
    account: { user: "root", group: undefined, supplementaryGroups: false },
  });
  expect(asked("daemon", false, [path], "games")).toMatchObject({
    allowed: true,
    account: { user: "daemon", group: "games" },
  });
  expect(asked(undefined, false)).toMatchObject({ allowed: true });
});

test("an account that does not exist is named", () => {
  expect(asked("nobody-has-this-name", false)).toEqual({
    allowed: false,
    why: "no user `nobody-has-this-name`",
  });
  expect(asked("daemon", false, [path], "nor-this-group")).toMatchObject({
    why: "no user `daemon` or group `nor-this-group`",
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
      why: `SECURITY VIOLATION - it would run as root, and \`${name}\` may be written by others`,
    });
  expect(asked("daemon", true)).toMatchObject({ allowed: true });
  chmodSync(path, 0o755);
  chmodSync(folder, 0o777);
  expect(asked("root", true)).toMatchObject({ why: expect.stringContaining(folder) });
});

test("with enable_script_security there must be an account", () => {
  const { allowed } = asked(undefined, true); // but where the host has keepalived_script
  expect(allowed).toBe(lookUp({ user: "keepalived_script" }) !== undefined);
});

test("what tracks runs as we do where there is no account, if nobody else can write it", () => {
  if (lookUp({ user: "keepalived_script" }) !== undefined || process.getuid?.() !== 0) return;
  const command = { argv: [path], user: undefined, group: undefined };
  chmodSync(folder, 0o755);
  chmodSync(path, 0o755);
  expect(scriptPermission(command, rules({ enableScriptSecurity: true }), "ourselves")).toMatchObject({
    allowed: true,
  });
  chmodSync(path, 0o757);
  expect(scriptPermission(command, rules({ enableScriptSecurity: true }), "ourselves")).toMatchObject({
    why: expect.stringContaining(path),
  });
  chmodSync(path, 0o755);
});

test("a script without a slash is the one that PATH finds, and judged there", () => {
  const before = process.env["PATH"];
  chmodSync(folder, 0o755);
  chmodSync(path, 0o757);
  process.env["PATH"] = folder;
  try {
    expect(asked("root", true, ["script"])).toEqual({
      allowed: false,
      why: `SECURITY VIOLATION - it would run as root, and \`${path}\` may be written by others`,
    });
    expect(asked("root", true, ["nowhere"])).toMatchObject({ allowed: true });
  } finally {
    process.env["PATH"] = before;
  }
});

test("folders on a script's path that are links are resolved, its own name stays; use_symlink_paths leaves both", () => {
  const real = join(folder, "real");
  mkdirSync(real);
  writeFileSync(join(real, "script"), "", { mode: 0o755 });
  symlinkSync("script", join(real, "name"));
  symlinkSync(real, join(folder, "way"));
  const argv = [join(folder, "way", "name"), "a b"];
  const words = (more: Partial<ScriptRules>) => {
    const permission = scriptPermission({ argv, user: undefined, group: undefined }, rules(more));
    return permission.allowed ? permission.argv : permission.why;
  };
  expect(words({})).toEqual([join(realpathSync(real), "name"), "a b"]);
  expect(words({ resolveSymlinks: false })).toEqual(argv);
  const command = (...given: readonly string[]) => ({ argv: given, user: undefined, group: undefined });
  for (const given of ["relative/name", "/no/such/folder/name", "name", "/name"])
    expect(scriptPermission(command(given), rules({}))).toMatchObject({ argv: [given] });
});

test("set_supplementary_groups gives a script the groups of its user, as does a colon before its group", () => {
  // `sync` and such are in no list; whoever is in one is found here.
  const [line = ""] = readFileSync("/etc/group", "utf8")
    .split("\n")
    .filter((each) => /^[^:]*:[^:]*:\d+:[a-z]/.test(each));
  const [, , gid, members = ""] = line.split(":");
  const [user] = members.split(",");
  if (user !== "" && user !== undefined && lookUp({ user }) !== undefined) {
    expect(lookUp({ user, supplementaryGroups: true })?.groups).toContain(Number(gid));
    expect(lookUp({ user, group: ":" })?.groups).toContain(Number(gid));
  }
  const daemon = lookUp({ user: "daemon", supplementaryGroups: true });
  expect(daemon?.groups).toContain(daemon?.gid);
  expect(lookUp({ user: "daemon", group: ":games" })?.groups).toContain(lookUp({ group: "games" })?.gid);
  expect(lookUp({ user: "daemon" })?.groups).toEqual([]);
  expect(lookUp({ supplementaryGroups: true })).toEqual({ uid: -1, gid: -1, groups: [] });
  expect(
    scriptPermission({ argv: [path], user: "daemon", group: undefined }, rules({ supplementaryGroups: true })),
  ).toMatchObject({
    account: { supplementaryGroups: true },
  });
});
