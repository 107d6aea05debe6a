import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { boot } from "../lab/emulated.ts";
import { judge } from "../lab/services/judge.ts";
import { EVERY_EDIT } from "../lab/services/pace.ts";
import type { ServicesRecord } from "../lab/services/record.ts";
import { playCorpus } from "../lab/services/run.ts";

/** What keepalived's verdict depends on luck for, or on a refusal of the kernel that the stand-in does not know. */
const APART = /^(checkers\/check-(http-regex|smtp-hosts)|lvs\/inhibit): /;
/** Seconds for the emulated kernel: a file takes a minute, three on a busy machine. */
const PATIENCE = 12_000;
/** The whole corpus: at least this many configurations. */
const FILES = 60;

let emulated: ServicesRecord;
let standIn: ServicesRecord;

describe("in the emulated kernel, which has IPVS", () => {
  beforeAll(async () => {
    const command = "modprobe ip_vs && node dist/lab/services.js /out/result.json";
    const { status, stdout, stderr, read } = await boot({ command, timeout: PATIENCE, memory: 3072 });
    const text = read("result.json");
    if (text === "") throw new Error(`ended with status ${status}:\n${stdout}\n${stderr}`);
    emulated = JSON.parse(text) as ServicesRecord;
  }, PATIENCE * 1000);
  judge(() => emulated, { files: FILES, complete: false });
});

describe("with the stand-in for IPVS, and every edit of every file", () => {
  beforeAll(async () => {
    standIn = await playCorpus(EVERY_EDIT);
    if (process.env.RECORD !== undefined) writeFileSync(process.env.RECORD, JSON.stringify(standIn));
  });
  judge(() => standIn, { files: FILES, complete: true });

  test("keepalived's tables are those that it has in a kernel with IPVS", () => {
    const real = keepalivedTables(emulated);
    const told = keepalivedTables(standIn);
    const both = [...real.keys()].filter((at) => told.has(at) && !APART.test(at));
    expect(both.length).toBeGreaterThan(5 * FILES);
    expect(both.filter((at) => real.get(at) !== told.get(at))).toEqual([]);
  });
});

/** By file and moment. */
function keepalivedTables({ files }: ServicesRecord): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap(({ name, moments }) =>
      moments.map((moment) => [`${name}: ${moment.name}`, moment.keepalived.join("\n")] as const),
    ),
  );
}
