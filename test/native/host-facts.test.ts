import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FileFact } from "../../src/base/host.ts";
import { fileFacts, hostFacts } from "../../src/io/host-facts.ts";

let folder = "";
const at = (name: string): string => join(folder, name);
const fact = (name: string): FileFact | undefined => fileFacts([at(name)]).get(at(name));

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "keepalived-ts-facts-")));
  writeFileSync(at("check"), "");
  mkdirSync(at("bin"));
  writeFileSync(at("bin/real"), "");
  chmodSync(at("bin"), 0o1777);
  chmodSync(at("bin/real"), 0o755);
  symlinkSync("bin/real", at("link"));
  symlinkSync("bin", at("sbin"));
  symlinkSync("gone", at("dangling"));
  symlinkSync("loop", at("loop"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([0o644, 0o755, 0o4711, 0o000, 0o757])("a file has its permission bits: %o", (mode) => {
  chmodSync(at("check"), mode);
  const owner = process.getuid?.();
  expect(fact("check")).toMatchObject({ type: "file", mode, owner });
});

test("a folder is told from a file, with its sticky bit", () => {
  expect(fact("bin")).toMatchObject({ type: "folder", mode: 0o1777 });
  expect(fact("bin")).not.toHaveProperty("target");
});

test("a link is what it leads to, and every folder above that is looked at", () => {
  const facts = fileFacts([at("link")]);
  expect(facts.get(at("link"))).toMatchObject({ type: "file", mode: 0o755, target: at("bin/real") });
  expect(facts.get(at("bin"))).toMatchObject({ type: "folder", mode: 0o1777 });
  expect(facts.get("/")).toMatchObject({ type: "folder", owner: 0 });
  expect(fileFacts([at("sbin/real")]).get(at("bin/real"))).toMatchObject({ type: "file" });
});

test("a folder that is a link is not followed upwards by itself", () => {
  expect([...fileFacts([at("sbin")]).keys()]).toEqual([at("sbin")]);
});

test("nothing is missing; a link to nothing says where it leads", () => {
  expect(fact("none")).toEqual({ type: "missing" });
  expect(fact("check/none")).toEqual({ type: "missing" });
  expect(fact("dangling")).toEqual({ type: "missing", target: "gone" });
});

test("what cannot be looked at is left out", () => {
  expect(fact("loop")).toBeUndefined();
  expect(fact("x".repeat(300))).toBeUndefined();
  expect(fact("a\0b")).toBeUndefined();
});

test("the interfaces are those of the kernel, loopback among them, with network and address", () => {
  const lo = hostFacts([]).interfaces?.find(({ name }) => name === "lo");
  expect(lo?.addresses).toContainEqual({ address: "127.0.0.1", prefixLength: 8 });
});
