import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hostSource } from "../../src/daemon/config-source.ts";

const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-source-"));
afterAll(() => rmSync(folder, { recursive: true }));
const source = hostSource(undefined);
mkdirSync(join(folder, "d"));
for (const name of ["b.conf", "a.conf", ".hidden.conf", "x[1].conf", "d/c.conf"])
  writeFileSync(join(folder, name), name);

function glob(pattern: string): string[] {
  return source.glob(join(folder, pattern)).map((path) => path.slice(folder.length + 1));
}

test("files are read whole; directories, executables and what is missing are told apart", () => {
  writeFileSync(join(folder, "run"), "#!");
  chmodSync(join(folder, "run"), 0o755);
  symlinkSync("loop", join(folder, "loop"));
  expect(source.read(join(folder, "a.conf"))).toEqual({ ok: true, text: "a.conf" });
  const reasons = ["d", "run", "none", "a.conf/x", "loop"].map((name) => source.read(join(folder, name)));
  expect(reasons).toMatchObject([
    { reason: "directory" },
    { reason: "executable" },
    { reason: "missing" },
    { reason: "missing" },
    { reason: "executable" }, // no regular file, as Keepalived says of a link to itself
  ]);
});

test("patterns match as glob(7): sorted, no leading dots, classes, folders", () => {
  expect(glob("*.conf")).toEqual(["a.conf", "b.conf", "x[1].conf"]);
  expect(glob("[!b].conf")).toEqual(["a.conf"]);
  expect(glob("?/c.*")).toEqual(["d/c.conf"]);
  expect(glob(".h*")).toEqual([".hidden.conf"]);
  expect(glob("*/none")).toEqual([]);
  expect(glob("[z-a]*")).toEqual([]);
});

test("a plain path matches itself where it exists", () => {
  expect([glob("a.conf"), glob("none")]).toEqual([["a.conf"], []]);
});

test("bytes that are no UTF-8 can be told from text, and a byte order mark stays", () => {
  writeFileSync(join(folder, "latin1"), Buffer.from("caf\xe9", "latin1"));
  writeFileSync(join(folder, "bom"), "\ufeffé");
  const texts = ["latin1", "bom"].map((name) => source.read(join(folder, name)));
  expect(texts).toEqual([
    { ok: true, text: "caf\udce9" },
    { ok: true, text: "\ufeffé" },
  ]);
});

test("the environment and chance are those of the process", () => {
  expect(source.environment("PATH")).toBe(process.env["PATH"]);
  expect(source.environment("NO_SUCH_VARIABLE_HERE")).toBeUndefined();
  const numbers = Array.from({ length: 100 }, () => source.random());
  expect(new Set(numbers).size).toBeGreaterThan(90);
  for (const number of numbers) expect(number >= 0 && number < 1).toBe(true);
});
