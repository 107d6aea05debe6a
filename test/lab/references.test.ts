import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { vrrpCases } from "../config/vrrp-cases.ts";
import { Lan } from "./lan.ts";

/** Configurations whose parts refer to or exclude each other: the record of what `keepalived -t` 2.2.7 says is true. */
let lan: Lan;
const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-references-"));

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.1/24"] }]);
  for (const [name, peer] of [
    ["eth1", "p1"],
    ["p0", "p2"],
  ])
    await lan.run("lb1", ["ip", "link", "add", name ?? "", "type", "veth", "peer", "name", peer ?? ""]);
});

afterAll(() => {
  lan.close();
  rmSync(folder, { recursive: true, force: true });
});

const AT_ONCE = 4;

test("the running keepalived -t says for every case what the record says, with the same exit status", async () => {
  const cases = vrrpCases();
  expect(cases.length).toBeGreaterThan(200);
  const wrong: string[] = [];
  for (let i = 0; i < cases.length; i += AT_ONCE) {
    const some = cases.slice(i, i + AT_ONCE);
    const found = await Promise.all(some.map(({ text }, j) => keepalived(text, join(folder, `${j}.conf`))));
    for (const [j, each] of some.entries())
      if (JSON.stringify(found[j]) !== JSON.stringify({ status: each.status, lines: each.lines }))
        wrong.push(each.name);
  }
  expect(wrong).toEqual([]);
}, 120_000);

async function keepalived(text: string, file: string): Promise<{ status: number; lines: readonly string[] }> {
  writeFileSync(file, text);
  const { status, stderr } = await lan.attempt("lb1", ["timeout", "-s", "KILL", "10", "keepalived", "-t", "-f", file]);
  const lines = stderr.replaceAll(file, "k.conf").split("\n");
  return { status, lines: [...new Set(lines.filter((line) => line.trim() !== ""))] };
}
