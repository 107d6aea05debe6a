import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { Director, type Implementation } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { attempt, type Ended, PROJECT, until, wallClock } from "./run.ts";

/** What people hand to a daemon by mistake. */
const INPUTS = ["as-published", "empty", "missing", "directory", "random", "executable", "binary"] as const;
type Input = (typeof INPUTS)[number];
const BOTH: readonly Implementation[] = ["ours", "keepalived"];
const LIMIT = seconds(10); // the random bytes take 1 s on an idle core

let lan: Lan;
const paths = new Map<Input, string>();

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "ens33", addresses: ["192.0.2.11/24"] }]);
  const write = (name: Input, content: string | Uint8Array, mode = 0o644): void => {
    writeFileSync(path(name), content, { mode });
  };
  for (const name of INPUTS) paths.set(name, join(lan.folder, name));
  write("as-published", readFileSync(join(PROJECT, "test/seeds/003-as-published.txt")));
  write("empty", "");
  mkdirSync(path("directory"));
  write("random", random(10 << 20));
  write("executable", "global_defs {\n}\n", 0o755);
  write("binary", readFileSync(process.execPath).subarray(0, 1 << 20));
});
afterAll(() => lan.close());

describe.concurrent.each(INPUTS)("%s", (input) => {
  test("-t ends as keepalived's (which dies of the random bytes), in time", async () => {
    const [ours, theirs] = await Promise.all(BOTH.map((implementation) => check(implementation, path(input))));
    console.log(`${input} -t: ours ${tell(ours)}; keepalived ${tell(theirs)}`);
    expect(ours?.status).toBe(theirs?.status === 128 + 9 ? 5 : theirs?.status);
    expect(ours?.took).toBeLessThan(LIMIT);
    expect(ours?.stderr).not.toMatch(/internal error/);
  });

  test("as a daemon it ends, or goes on, as keepalived does, and says the same of a file that cannot be read", async () => {
    const [ours, theirs] = await Promise.all(BOTH.map((implementation) => daemon(implementation, input)));
    console.log(`${input} -n: ours ${ours?.status}, keepalived ${theirs?.status}`);
    expect(ours?.status).toBe(theirs?.status);
    expect(ours?.said.join("\n")).not.toMatch(/internal error/);
    const aboutFile = (said: readonly string[] = []): readonly string[] =>
      said.flatMap((line) => /Config files missing .*|Configuration file '.*/.exec(line) ?? []);
    expect(aboutFile(ours?.said)).toEqual(aboutFile(theirs?.said));
    if (ours?.status === "runs") expect(ours.said.join("\n")).toMatch(/keepalived has no configuration to run/);
  });
});

function path(input: Input): string {
  return paths.get(input) ?? "";
}

function tell(ended: Ended | undefined): string {
  return `${ended?.status}, ${ended?.stderr.trim().split("\n").length} lines`;
}

async function check(implementation: Implementation, file: string): Promise<Ended & { readonly took: number }> {
  const program = implementation === "ours" ? [process.execPath, join(PROJECT, "dist/main.js")] : ["keepalived"];
  const began = wallClock();
  const ended = await attempt(lan.command("lb1", ["timeout", "20", ...program, "-t", "-f", file]));
  return { ...ended, took: wallClock() - began };
}

interface Outcome {
  readonly status: number | "runs";
  readonly said: readonly string[];
}

/** The status that it ends with within the limit, or that it runs. */
async function daemon(implementation: Implementation, input: Input): Promise<Outcome> {
  const pid = (name: string): string => join(lan.folder, `${input}-${implementation}-${name}.pid`);
  const options = ["-P", "-G", "-p", pid("parent"), "-r", pid("vrrp"), "-c", pid("checkers")];
  const metrics = implementation === "ours" ? ["--metrics=off"] : [];
  const director = new Director(lan, {
    node: "lb1",
    implementation,
    config: path(input),
    options: [...options, ...metrics],
  });
  director.start();
  const ended = until("end", async () => !director.running, LIMIT).then(
    () => true,
    () => false,
  );
  const runs = !(await ended);
  const status = await director.stop();
  return { status: runs ? "runs" : status, said: director.log.entries.map(({ text }) => text) };
}

/** The same bytes in every run: xorshift32. */
function random(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = 2463534242;
  for (let i = 0; i < length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes[i] = x & 0xff;
  }
  return bytes;
}
