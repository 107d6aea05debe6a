// node dist/lab/clusters.js NAME OUT.json [PAIR...]: runs one published cluster with each pair of directors, side by side
// on LANs of their own, and writes down what happened. Needs root and IPVS. What must be true of it says clusters.test.ts.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PairName, PairRecord } from "./cluster-record.ts";
import { runPair, type Shared } from "./cluster-run.ts";
import { atEnd } from "./run.ts";
import { type ClusterName, cluster } from "./topology.ts";

const PAIRS: readonly PairName[] = ["keepalived+keepalived", "ours+ours", "ours+keepalived", "keepalived+ours"];

const [name = "000", out = "/dev/stdout", ...chosen] = process.argv.slice(2);
const pairs = PAIRS.filter((pair) => chosen.length === 0 || chosen.includes(pair));

const haproxy = startHaproxy();
const shared: Shared = { pairs: pairs.length, waiting: [], endHaproxy: () => haproxy() };
const results = await Promise.all(pairs.map(async (pair) => [pair, await recorded(pair)] as const));
writeFileSync(out, JSON.stringify(Object.fromEntries(results), undefined, 1));
await sleep(0);
process.exit(results.every(([, record]) => record.error === undefined) ? 0 : 1);

async function recorded(pair: PairName): Promise<PairRecord> {
  const record = await runPair(cluster(name as ClusterName), pair, shared);
  const said = record.error === undefined ? "done" : `failed: ${record.error}`;
  console.log(`${name} ${pair}: ${said} (${record.steps.join(", ")})`);
  return record;
}

/** 003 looks for a process of this name, which all namespaces see. The result ends it. */
function startHaproxy(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-haproxy-"));
  symlinkSync("/bin/sleep", join(folder, "haproxy"));
  const child = spawn(join(folder, "haproxy"), ["3600"], { stdio: "ignore" });
  const end = (): void => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  atEnd(end);
  return end;
}
