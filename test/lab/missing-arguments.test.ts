import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { ENTRIES, pathOf } from "../../src/keywords/entries.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";
import { BLOCKS, inDebian } from "../keywords/differential.ts";
import { Lan } from "./lan.ts";

/** Every keyword that takes a value, alone on its line: `keepalived -t` 2.2.7 and we end with the same status. */
let lan: Lan;
const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-missing-"));

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.1/24"] }]);
});

afterAll(() => {
  lan.close();
  rmSync(folder, { recursive: true, force: true });
});

const FILE_CHECK = "virtual_server.real_server.FILE_CHECK";
const ALL: typeof BLOCKS = {
  ...BLOCKS,
  SSL: (statement) => `SSL {\n${statement}}\n`,
  [FILE_CHECK]: (statement) => {
    const server = BLOCKS["virtual_server.real_server"]?.(`FILE_CHECK {\ntrack_file F\n${statement}}\n`) ?? "";
    return `track_file F {\nfile /etc/hostname\n}\n${server}`;
  },
};

/** Where we differ, by keyword, and why. */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/^bfd_instance\.neighbou?r_ip$/, "2.2.7 dies of a segmentation fault"],
  [/\.(BFD_CHECK\.name|MISC_CHECK\.user)$/, "the line names server and script, which the table does not know"],
];

const cases = ENTRIES.flatMap((entry) => {
  const { block, keyword, row } = entry;
  if (row.kind !== "line" || row.type.least === 0 || keyword.startsWith("<") || !inDebian(row)) return [];
  const text = ALL[block]?.(`${keyword}\n`);
  return text === undefined ? [] : [{ path: pathOf(entry), text, row }];
});

test("there are hundreds of them", () => {
  expect(cases.length).toBeGreaterThan(250);
});

test("-t ends as that of Keepalived, and logs what it logs, but for the differences with a reason", async () => {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (let from = 0; from < cases.length; from += 4) {
    const some = cases.slice(from, from + 4);
    const outcomes = await Promise.all(some.map(({ text }, i) => keepalived(text, join(folder, `${i}.conf`))));
    for (const [i, { path, text, row }] of some.entries()) {
      const theirs = outcomes[i];
      const { diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": text }));
      const logged = row.missing === undefined || row.missing === "" || line(row.missing).test(theirs?.log ?? "");
      if (theirs?.status === testStatus(diagnostics) && logged) continue;
      const reason = DIFFERENT.find(([pattern]) => pattern.test(path))?.[1];
      if (reason === undefined) wrong.push(`${path}: keepalived ${theirs?.status}, we ${testStatus(diagnostics)}`);
      else met.add(reason);
    }
  }
  expect(wrong).toEqual([]);
  expect(DIFFERENT.filter(([, reason]) => !met.has(reason))).toEqual([]);
});

/** What is logged for a block of the name that `BLOCKS` gives it. */
function line(missing: string): RegExp {
  const escaped = missing.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(escaped.replace("%b", "\\w+"));
}

interface Outcome {
  readonly status: number;
  readonly log: string;
}

async function keepalived(text: string, file: string): Promise<Outcome> {
  writeFileSync(file, text);
  const { status, stderr } = await lan.attempt("lb1", ["keepalived", "-t", "-f", file]);
  return { status, log: stderr };
}
