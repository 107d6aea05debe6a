// node dist/lab/resilience.js OUT.json [FAILOVERS]: two of our directors with IPVS. Kills the checkers process and the
// vrrp process of the master, then makes the mastership change hands again and again, by fault and by stop. Writes down
// what happened; what must be true of it says resilience.test.ts. Needs root and IPVS.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { Capture, type Heard } from "./capture.ts";
import { Prober } from "./client.ts";
import { type Director, startDirector } from "./daemon.ts";
import { Lan } from "./lan.ts";
import type { Crash, FailoverRecord, ResilienceRecord } from "./resilience-record.ts";
import { until, wallClock } from "./run.ts";
import { addresses, ipvsTable } from "./tables.ts";
import { WebServer } from "./web.ts";

const VIP = "10.77.0.100";
const PATIENCE = seconds(60);
/** Seconds. At 1 s director-crash.test.ts proves the same at full speed; here a process takes 5 to 9 s to start. */
const INTERVAL = 8;
/** How long is watched after a kill: until after the backup would have taken over. */
const WATCH = seconds(26);
/** Skew_Time of a few milliseconds: most of a failover is then the script's second to fail, and to succeed again. */
const PRIORITIES = { lb1: 254, lb2: 253 };
/** Every so many failovers the master is stopped instead of failing. */
const STOP_EVERY = 10;

interface Bench {
  readonly lan: Lan;
  readonly directors: readonly [Director, Director];
  readonly capture: Capture;
  readonly prober: Prober;
}

const [out = "/dev/stdout", failovers = "100"] = process.argv.slice(2);
const lan = await Lan.open([
  { name: "lb1", interface: "eth0", addresses: ["10.77.0.1/24"] },
  { name: "lb2", interface: "eth0", addresses: ["10.77.0.2/24"] },
  { name: "rs1", interface: "eth0", addresses: ["10.77.0.11/24"], loopback: [VIP] },
  { name: "rs2", interface: "eth0", addresses: ["10.77.0.12/24"], loopback: [VIP] },
  { name: "client", interface: "eth0", addresses: ["10.77.0.200/24"] },
]);
const record = await story(lan).catch((error: unknown) => ({ error: error instanceof Error ? error.stack : error }));
writeFileSync(out, JSON.stringify(record, undefined, 1));
lan.close();
process.exit("error" in record ? 1 : 0);

async function story(on: Lan): Promise<ResilienceRecord> {
  const bench = await open(on);
  const [lb1] = bench.directors;
  const checkers = await crash(bench, lb1, "checkers");
  const vrrp = await crash(bench, lb1, "vrrp");
  bench.prober.pause(); // every question costs the emulator
  const rounds: FailoverRecord[] = [];
  while (rounds.length < Number(failovers)) {
    rounds.push(await failover(bench, rounds.length));
    if (rounds.length % 20 === 0) console.log(`${rounds.length} failovers`);
  }
  const tables = { lb1: await ipvsTable(on, "lb1"), lb2: await ipvsTable(on, "lb2") };
  await Promise.all(bench.directors.map((director) => director.stop()));
  bench.prober.close();
  bench.capture.close();
  return {
    checkers,
    vrrp,
    rounds,
    tables,
    left: {
      addresses: [...(await addresses(on, "lb1")), ...(await addresses(on, "lb2"))],
      ipvs: [...(await ipvsTable(on, "lb1")), ...(await ipvsTable(on, "lb2"))],
    },
  };
}

async function open(on: Lan): Promise<Bench> {
  for (const node of ["rs1", "rs2"]) await WebServer.start(on, node, [80]);
  const start = (node: keyof typeof PRIORITIES): Director => {
    const config = join(on.folder, `${node}.conf`);
    writeFileSync(config, configuration(on, node, PRIORITIES[node]));
    return startDirector(on, { node, implementation: "ours", config });
  };
  const capture = await Capture.start(on);
  const lb1 = start("lb1"); // alone: whoever is master stays it
  await until("lb1 master", async () => lb1.state === "MASTER", PATIENCE);
  const lb2 = start("lb2");
  await until("lb2 backup", async () => lb2.state === "BACKUP", PATIENCE);
  const probing = { host: VIP, port: 80, interval: milliseconds(100), timeout: milliseconds(800) };
  const prober = new Prober(on, { node: "client", ...probing });
  await prober.probes.waitFor("answer", ({ answer }) => answer !== "", { within: PATIENCE });
  return { lan: on, directors: [lb1, lb2], capture, prober };
}

/** A director is in fault while its file exists. */
function faultFile(on: Lan, node: string): string {
  return join(on.folder, `${node}-bad`);
}

function configuration(on: Lan, node: string, priority: number): string {
  const server = (host: number): string => `
    real_server 10.77.0.${host} 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }`;
  return `
vrrp_script fit {
    script "/usr/bin/test ! -e ${faultFile(on, node)}"
    interval 1
    timeout 20
}
vrrp_instance VI_1 {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 77
    priority ${priority}
    advert_int ${INTERVAL}
    virtual_ipaddress {
        ${VIP}
    }
    track_script {
        fit
    }
}
virtual_server ${VIP} 80 {
    delay_loop 2
    lb_algo rr
    lb_kind DR
    protocol TCP${server(11)}${server(12)}
}
`;
}

/** kill -9 of one child of the master, and what follows. */
async function crash(
  { lan: on, directors, capture, prober }: Bench,
  master: Director,
  child: "vrrp" | "checkers",
): Promise<Crash> {
  await sleep(3000);
  const before = { addresses: await addresses(on, master.node), ipvs: await ipvsTable(on, master.node) };
  const other = directors.find((director) => director !== master);
  const [from, mark, logMark] = [wallClock(), capture.heard.mark(), other?.log.mark() ?? 0];
  const pid = master.killChild(child);
  const gaps: string[] = [];
  const watching = until(
    "the end of the watch",
    async () => {
      const now = await addresses(on, master.node);
      if (now.join() !== before.addresses.join()) gaps.push(now.join());
      return wallClock() > from + WATCH;
    },
    PATIENCE,
  );
  await until(`another ${child} process`, async () => ![undefined, pid].includes(master.childPid(child)), PATIENCE);
  const respawned = wallClock() - from;
  await watching;
  const isHis = ({ kind, mac }: Heard): boolean => kind === "advert" && mac === on.mac(master.node);
  const last = capture.heard.entries.slice(0, mark).findLast(isHis)?.at ?? from;
  const heard = capture.heard.entries.slice(mark).filter(({ kind }) => kind === "advert");
  const mine = heard.filter(isHis).map(({ at }) => at);
  return {
    respawned,
    gaps: [...new Set(gaps)],
    advertGap: longest([last, ...mine, wallClock()]),
    othersAdverts: heard.filter(({ mac }) => mac !== on.mac(master.node)).length,
    othersTransitions: other?.log.entries.slice(logMark).filter(({ text }) => text.includes(" Entering ")).length ?? -1,
    silence: prober.longestSilence(from, wallClock()),
    logs: directors.map(({ node, log }) => [node, ...log.entries.slice(-20).map(({ text }) => text)].join("\n")),
    before: before.ipvs,
    after: await ipvsTable(on, master.node),
  };
}

function longest(times: readonly Micros[]): Micros {
  return Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at)));
}

/** The master goes, the other takes over, and the one that went is a healthy backup again before this returns. */
async function failover(bench: Bench, index: number): Promise<FailoverRecord> {
  const { lan: on, directors } = bench;
  const [first, second] = directors;
  const [master, backup] = first.state === "MASTER" ? [first, second] : [second, first];
  const kind = index % STOP_EVERY === STOP_EVERY - 1 ? "stop" : "fault";
  const from = wallClock();
  if (kind === "stop") await master.stop();
  else writeFileSync(faultFile(on, master.node), "");
  await until(`${backup.node} master`, async () => backup.state === "MASTER", PATIENCE);
  const took = wallClock() - from;
  if (kind === "fault") {
    await until(`${master.node} in fault`, async () => master.state === "FAULT", PATIENCE);
    rmSync(faultFile(on, master.node));
  } else master.start();
  await until(`${master.node} backup`, async () => master.state === "BACKUP", PATIENCE);
  const holders: string[] = [];
  for (const node of ["lb1", "lb2"])
    if ((await addresses(on, node)).some((line) => line.includes(VIP))) holders.push(node);
  return {
    kind,
    took,
    masters: directors.filter(({ state }) => state === "MASTER").map(({ node }) => node),
    expected: backup.node,
    holders,
    ipvs: (await ipvsTable(on, backup.node)).length,
    descriptors: [backup.pids()[0], backup.childPid("vrrp"), backup.childPid("checkers")].map(descriptors),
  };
}

function descriptors(pid: number | undefined): number {
  return readdirSync(`/proc/${pid ?? "none"}/fd`).length;
}
