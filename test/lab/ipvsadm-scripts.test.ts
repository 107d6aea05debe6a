import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IpvsJournal } from "./ipvs-journal.ts";
import { standInForIpvs } from "./ipvs-stand-in.ts";
import { attempt, type Ended, PROJECT } from "./run.ts";

// What operators of the seeds' clusters type, unchanged, with ipvsadm(8) and with links to our program in its place. The
// kernel's side is the stand-in: its table is the same for both, and ipvsadm.test.ts has the real one.
const SCRIPTS = join(PROJECT, "test/lab/ipvsadm-scripts");
const NAMES = readdirSync(SCRIPTS).sort();
let folder = "";
let preload = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ipvsadm-scripts-"));
  preload = standInForIpvs(folder).LD_PRELOAD;
  mkdirSync(join(folder, "links"));
  for (const name of ["ipvsadm", "ipvsadm-save", "ipvsadm-restore"])
    symlinkSync(join(PROJECT, "dist/main.js"), join(folder, "links", name));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly ended: Ended;
  readonly table: readonly string[];
}

async function life(script: string, path: string): Promise<Run> {
  const table = join(folder, `${script}-${path === "" ? "theirs" : "ours"}`);
  const environment = [`PATH=${path}${process.env["PATH"]}`, `IPVS_STAND_IN_TABLE=${table}`, `LD_PRELOAD=${preload}`];
  const ended = await attempt(["env", ...environment, "bash", join(SCRIPTS, script)]);
  return { ended, table: new IpvsJournal(table).table() };
}

describe.concurrent("a script that calls ipvsadm", () => {
  test.each(NAMES)("says and does the same with a link to our program: %s", async (name) => {
    const [theirs, ours] = await Promise.all([life(name, ""), life(name, `${join(folder, "links")}:`)]);
    expect(ours).toEqual(theirs);
    expect(`${theirs.ended.stdout}\n${theirs.table.join("\n")}`).toContain(PLACES[name.slice(0, 3)]);
  });
});

/** Where the services of the seeds' clusters are. */
const PLACES: Readonly<Record<string, string>> = {
  ...{ "000": "192.168.110.200", "001": "192.168.56.200", "002": "172.16.1.100" },
  ...{ "003": "192.168.1.100", "004": "192.168.146.100" },
};

test("each cluster of the seeds has its script", () => {
  expect(NAMES.map((name) => name.slice(0, 3))).toEqual(Object.keys(PLACES).sort());
});
