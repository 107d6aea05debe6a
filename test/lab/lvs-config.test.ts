import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";
import { Lan } from "./lan.ts";
import { CASES, DIFFERENT } from "./lvs-cases.ts";

/** References, duplicates and combinations: `keepalived -t` 2.2.7 and we end alike and say the same lines. */
let lan: Lan;
const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-lvs-"));

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.1/24"] }]);
});

afterAll(() => {
  lan.close();
  rmSync(folder, { recursive: true, force: true });
});

test("each case has a name of its own", () => {
  const names = CASES.map(([name]) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(CASES.length).toBeGreaterThan(300);
});

test("services, groups, servers and checkers are judged as by keepalived -t, but for the differences with a reason", async () => {
  const wrong: string[] = [];
  const met = new Set<string>();
  const waiting = [...CASES];
  const compare = async (worker: number): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, text] = next;
      const theirs = await keepalived(text, join(folder, `${worker}.conf`));
      const ours = reading(text);
      if (theirs === ours) continue;
      const reason = DIFFERENT.find(([pattern]) => pattern.test(name))?.[1];
      if (reason === undefined) wrong.push(`${name}\nkeepalived ${theirs}\nwe ${ours}`);
      else met.add(reason);
    }
  };
  await Promise.all([0, 1, 2, 3].map(compare));
  expect(wrong).toEqual([]);
  expect(DIFFERENT.filter(([, reason]) => !met.has(reason))).toEqual([]);
});

/** The exit status, and the lines that were logged, sorted. */
function outcome(status: number, lines: readonly string[]): string {
  return [`ends with ${status}`, ...[...lines].sort()].join("\n  ");
}

async function keepalived(text: string, file: string): Promise<string> {
  writeFileSync(file, text);
  const { status, stderr } = await lan.attempt("lb1", ["keepalived", "-t", "-f", file]);
  const lines = stderr.split("\n").filter((line) => line !== "");
  return outcome(
    status,
    lines.map((line) => line.replaceAll(file, "k.conf")),
  );
}

function reading(text: string): string {
  const { diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": text }));
  const logged = diagnostics
    .filter(({ status = 0 }) => status > 0)
    .flatMap(({ keepalived: lines = "" }) => lines.split("\n"));
  return outcome(
    testStatus(diagnostics),
    logged.filter((line) => line !== ""),
  );
}
