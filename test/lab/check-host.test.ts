import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Lan } from "./lan.ts";
import { type Ended, PROJECT } from "./run.ts";

const NOBODY = 65534;

let lan: Lan;
const at = (name: string): string => join(lan.folder, name);

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "ens33", addresses: ["192.0.2.11/24"] }]);
  chmodSync(lan.folder, 0o755);
});
afterAll(() => lan.close());

/** `check --host` on lb1: one line for each finding. */
async function check(text: string, ...args: readonly string[]): Promise<Ended & { readonly said: readonly string[] }> {
  writeFileSync(at("k.conf"), text);
  const program = [process.execPath, join(PROJECT, "dist/main.js"), "check", ...args, at("k.conf")];
  const ended = await lan.attempt("lb1", program);
  const said = ended.stdout.split("\n").filter((line) => /^\w+\[/.test(line));
  return { ...ended, said };
}

function instance(link: string, ...addresses: readonly string[]): string {
  const block = [`interface ${link}`, "virtual_router_id 51", "virtual_ipaddress {", ...addresses, "}"];
  return `vrrp_instance V {\n${block.join("\n")}\n}\n`;
}

test("an interface that the namespace has is found, also when it is down; another one is an error", async () => {
  const fine = instance("ens33", "192.0.2.100");
  expect(await check(fine, "--host")).toMatchObject({ said: [], status: 0 });
  await lan.setLink("lb1", "down");
  expect(await check(fine, "--host")).toMatchObject({ said: [], status: 0 });
  await lan.setLink("lb1", "up");
  const wrong = instance("eth0", "192.0.2.100");
  expect(await check(wrong, "--host")).toMatchObject({
    said: ["error[K027]: there is no interface `eth0`"],
    status: 5,
  });
  expect(await check(wrong)).toMatchObject({ said: [], status: 0 });
});

test("an address outside every network is said, also while this director holds it", async () => {
  const said = ["warning[K015]: `198.51.100.1` is in no network of this host: nobody beside it asks for that address"];
  expect(await check(instance("ens33", "198.51.100.1"), "--host")).toMatchObject({ said });
  await lan.run("lb1", ["ip", "address", "add", "198.51.100.1/32", "dev", "ens33"]);
  expect(await check(instance("ens33", "198.51.100.1"), "--host")).toMatchObject({ said });
});

/** A track script that root runs. */
function script(path: string): string {
  return `global_defs {\nenable_script_security\nscript_user root\n}\nvrrp_script S {\nscript "${path}"\n}\n`;
}

function file(name: string, mode: number, owner = 0): string {
  writeFileSync(at(name), "#!/bin/sh\n");
  chmodSync(at(name), mode);
  chownSync(at(name), owner, owner);
  return at(name);
}

function folder(name: string, mode: number, owner = 0): void {
  mkdirSync(at(name));
  chmodSync(at(name), mode);
  chownSync(at(name), owner, owner);
}

test("a script of root that root alone can write is fine", async () => {
  expect(await check(script(file("fine", 0o755)), "--host")).toMatchObject({ said: [], status: 0 });
});

test("a script without execute bit, one that is not there and a link to nothing are errors", async () => {
  const plain = file("plain", 0o644);
  symlinkSync("gone", at("dangling"));
  for (const [path, what] of [
    [plain, "is not executable"],
    [at("none"), "does not exist"],
    [at("dangling"), "is a link to `gone`, which does not exist"],
    [lan.folder, "is a folder"],
  ] as const)
    expect(await check(script(path), "--host")).toMatchObject({
      said: [`error[K023]: \`${path}\` ${what}: it counts as failed`],
      status: 5,
    });
});

test("a script of another owner, or in another's folder, directly or behind a link, is a warning", async () => {
  folder("theirs", 0o755, NOBODY);
  const within = file("theirs/script", 0o755);
  symlinkSync("theirs/script", at("link"));
  const own = file("own", 0o755, NOBODY);
  const above = (path: string): string => `\`${at("theirs")}\`, where \`${path}\` is found,`;
  for (const [path, what] of [
    [own, `\`${own}\``],
    [within, above(within)],
    [at("link"), above(at("link"))],
  ] as const)
    expect(await check(script(path), "--host")).toMatchObject({
      said: [`warning[K024]: ${what} may be written by others than root: who can do that runs commands as root`],
      status: 0,
    });
});
