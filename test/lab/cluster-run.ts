import { setTimeout as sleep } from "node:timers/promises";
import { type Micros, milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import { Capture, type Heard } from "./capture.ts";
import { fetchSeveral, Prober } from "./client.ts";
import type { Loss, LossRecord, PairName, PairRecord, Tables, WebRecord } from "./cluster-record.ts";
import { type Director, elected, type Implementation, startDirector } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { until, wallClock } from "./run.ts";
import { ipvsTable, nodeTables } from "./tables.ts";
import { type Cluster, configuration, LATEST, machines, takeoverTime } from "./topology.ts";
import { WebServer } from "./web.ts";

/** Patience for anything but a measured time: the emulated kernel starts programs about 15 times slower. */
const PATIENCE = seconds(90);

/** What pairs that run side by side have in common: the process that 003 watches ends when all are done with it. */
export interface Shared {
  readonly pairs: number;
  readonly waiting: (() => void)[];
  readonly endHaproxy: () => void;
}

interface Bench {
  readonly cluster: Cluster;
  readonly lan: Lan;
  readonly lb1: Director;
  readonly lb2: Director;
  readonly capture: Capture;
  readonly prober: Prober; // asks only while the master is being lost: every question costs the emulator
  readonly web: ReadonlyMap<string, WebServer>;
}

/** Runs one pair through the whole story; never rejects: what went wrong stands in `error`. */
export async function runPair(cluster: Cluster, pair: PairName, shared: Shared): Promise<PairRecord> {
  const record: Partial<Record<keyof PairRecord, unknown>> = { error: undefined };
  let lan: Lan | undefined;
  let bench: Bench | undefined;
  let waited = false;
  const steps: string[] = [];
  record.steps = steps;
  const began = wallClock();
  const step = (name: string): void => {
    steps.push(`${name} ${toSeconds(wallClock() - began).toFixed(1)} s`);
  };
  try {
    lan = await Lan.open(machines(cluster));
    step("LAN");
    bench = await open(cluster, pair, lan);
    step("started");
    await settled(bench);
    step("settled");
    record.election = await tables(bench);
    record.replies = await ask(bench, 6);
    const losses: Partial<Record<Loss, LossRecord>> = {};
    record.losses = losses;
    step("asked");
    for (const kind of ["stop", "kill", "link"] as const) {
      losses[kind] = await loss(bench, kind);
      step(kind);
      // Four pairs share an emulator, in which keepalived itself was late by seconds: what it delayed is tried once more.
      if (losses[kind].takeover < takeoverTime(cluster, kind) + LATEST) continue;
      losses[kind] = await loss(bench, kind);
      step(`${kind} again`);
    }
    record.web = await webServerLeaves(bench, String((record.replies as string[])[0]));
    step("web");
    await whole(bench);
    step("whole");
    record.final = await tables(bench);
    waited = true;
    if (cluster.name === "003") record.tracked = await processEnds(bench, shared);
  } catch (error) {
    record.error = error instanceof Error ? error.message : String(error);
  } finally {
    if (!waited) meet(shared);
    const lines = (director?: Director): string[] => director?.log.entries.map(({ text }) => text) ?? [];
    record.logs = { lb1: lines(bench?.lb1), lb2: lines(bench?.lb2) };
    if (record.error === undefined) record.error = await end(bench);
    lan?.close();
  }
  return record as unknown as PairRecord;
}

async function open(cluster: Cluster, pair: PairName, lan: Lan): Promise<Bench> {
  const web = new Map<string, WebServer>();
  await Promise.all(
    cluster.realServers.map(async ({ node }) => web.set(node, await WebServer.start(lan, node, cluster.ports))),
  );
  const capture = await Capture.start(lan);
  const [first, second] = pair.split("+") as [Implementation, Implementation];
  const lb1 = startDirector(lan, { node: "lb1", implementation: first, config: configuration(cluster, "lb1") });
  const lb2 = startDirector(lan, { node: "lb2", implementation: second, config: configuration(cluster, "lb2") });
  const probing = {
    node: "client",
    host: cluster.vip,
    port: 80,
    interval: milliseconds(200),
    timeout: milliseconds(800),
  };
  const prober = new Prober(lan, probing);
  prober.pause();
  return { cluster, lan, lb1, lb2, capture, prober, web };
}

/** The first director is master, the second backup, and both have checked every real server once. */
async function settled(bench: Bench): Promise<void> {
  const { lb1, lb2, cluster } = bench;
  await elected(lb1, lb2, PATIENCE);
  await secondBlock(bench);
  for (const { host } of cluster.realServers) {
    const server = `\\[${cluster.network}.${host}\\]:tcp:\\d+ succe`;
    await lb2.waitForLog(new RegExp(`(TCP connection to|Remote Web server) ${server}`), { within: PATIENCE });
  }
  await whole(bench);
}

/**
 * Where lb2 started faster it was master for a moment; keepalived 2.2.7 then sends its second block of gratuitous ARPs
 * although it is backup again, and draws the client away until lb1's own second block.
 */
async function secondBlock({ lan, capture, cluster }: Bench): Promise<void> {
  let seen = 0;
  const ours = ({ kind, mac }: Heard): boolean => kind === "garp" && mac === lan.mac("lb1") && ++seen > 5;
  await capture.heard.waitFor(`second announcement of ${cluster.vip} by lb1`, ours, { within: PATIENCE });
}

async function tables({ lan }: Bench): Promise<Tables> {
  const { lb1, lb2 } = await nodeTables(lan, ["lb1", "lb2"]);
  return { addresses: { lb1: lb1.addresses, lb2: lb2.addresses }, ipvs: { lb1: lb1.ipvs, lb2: lb2.ipvs } };
}

async function ask({ lan, cluster }: Bench, times: number): Promise<string[]> {
  return await fetchSeveral(lan, "client", `http://${cluster.vip}/`, times, seconds(2));
}

async function loss(bench: Bench, kind: Loss): Promise<LossRecord> {
  const { lan, lb1, lb2, capture, prober, cluster } = bench;
  await whole(bench); // a master that has just returned may still be filling its table
  const probed = prober.probes.mark();
  prober.resume();
  await prober.probes.waitFor("attempt", () => true, { from: probed, within: PATIENCE });
  const before = capture.heard.mark();
  const from = wallClock();
  await leave[kind](bench);
  const garp = await announcement(bench, "lb2", before);
  const resigned = capture.adverts(lan.mac("lb1"), before).find(({ priority }) => priority === 0);
  const last = resigned ?? capture.adverts(lan.mac("lb1")).findLast(({ at }) => at < garp);
  const first = prober.probes.mark();
  const answered = await prober.probes
    .waitFor("answer", ({ answer, startedAt }) => answer !== "" && startedAt > garp, {
      from: first,
      within: seconds(4),
    })
    .then(() => true)
    .catch(() => false);
  const silence = prober.longestSilence(from, wallClock());
  prober.pause();
  const taken = lb2.log.mark();
  const during = await tables(bench);
  const replies = answered ? await ask(bench, 2) : [];
  const again = capture.heard.mark();
  const returning = wallClock();
  await comeBack[kind](bench);
  const announced = announcement(bench, "lb1", again).then(
    () => true,
    () => false,
  );
  await lb1.log.waitFor("lb1 master again", () => lb1.state === "MASTER", {
    from: lb1.log.mark() - 1,
    within: PATIENCE,
  });
  const returned = wallClock() - returning;
  await lb2.waitForState("BACKUP", { from: taken, within: PATIENCE });
  if (last === undefined) throw new Error(`${cluster.name}: lb1 never sent an advert`);
  return {
    resigned: resigned !== undefined,
    takeover: garp - last.at,
    silence,
    answered,
    during,
    replies,
    returned,
    announced: await announced,
  };
}

const leave: Readonly<Record<Loss, (bench: Bench) => Promise<unknown>>> = {
  stop: ({ lb1 }) => lb1.stop(),
  kill: ({ lb1 }) => lb1.killAll(),
  link: ({ lan }) => lan.setLink("lb1", "down"),
};

const comeBack: Readonly<Record<Loss, (bench: Bench) => Promise<unknown>>> = {
  stop: async ({ lb1 }) => lb1.start(),
  kill: async ({ lb1 }) => lb1.start(),
  link: async (bench) => {
    await bench.lan.setLink("lb1", "up");
    await bench.lan.run("lb1", ["ip", "route", "replace", "default", "via", `${bench.cluster.network}.250`]);
    await bench.lb1.waitForState("BACKUP", { from: bench.lb1.log.entries.findLastIndex(isFault) });
  },
};

function isFault({ text }: { readonly text: string }): boolean {
  return / Entering FAULT STATE/.test(text);
}

/** When the node first announced the VIP after `from`. */
async function announcement({ lan, capture, cluster }: Bench, node: string, from: number): Promise<Micros> {
  const mac = lan.mac(node);
  const heard = await capture.heard.waitFor(
    `gratuitous ARP of ${node}`,
    (entry) => entry.kind === "garp" && entry.mac === mac && entry.address === cluster.vip,
    { from, within: PATIENCE },
  );
  return heard.at;
}

/** Stops a web server that the client does not depend on, waits until lb2 takes it out, and the way back. */
async function webServerLeaves(bench: Bench, served: string): Promise<WebRecord> {
  const { cluster, web, lan, lb2 } = bench;
  const [second, first] = [cluster.realServers[1], cluster.realServers[0]];
  const leaving = second?.node === served ? first : second;
  const server = web.get(leaving?.node ?? "");
  if (leaving === undefined || server === undefined) throw new Error("no web server to stop");
  const name = `\\[${cluster.network}.${leaving.host}\\]:tcp:\\d+`;
  const service = `VS \\[${cluster.vip}\\]:tcp:80$`;
  const before = lb2.log.mark();
  await server.stop();
  const stoppedAt = wallClock();
  const removed = await lb2.waitForLog(new RegExp(`Removing service ${name} from ${service}`), {
    from: before,
    within: PATIENCE,
  });
  await tableLacks(bench, leaving.host);
  const without = await ipvsTable(lan, "lb2");
  const gone = lb2.log.mark();
  await server.start();
  const startedAt = wallClock();
  const added = await lb2.waitForLog(new RegExp(`Adding service ${name} to ${service}`), {
    from: gone,
    within: PATIENCE,
  });
  return { node: leaving.node, removed: removed.at - stoppedAt, added: added.at - startedAt, without };
}

/** No service of lb2 has the server: each is checked on its own, so that one goes earlier than the other. */
async function tableLacks({ cluster, lan }: Bench, host: number): Promise<void> {
  const lacks = async (): Promise<boolean> =>
    (await ipvsTable(lan, "lb2")).every((line) => !line.includes(` -r ${cluster.network}.${host}:`));
  await until(`no IPVS entry of host ${host}`, lacks, PATIENCE, seconds(0.5));
}

/** Every service of both directors has every real server. */
async function whole({ cluster, lan }: Bench): Promise<void> {
  const complete = (lines: readonly string[]): boolean =>
    lines.filter((line) => line.startsWith("-a")).length ===
    cluster.realServers.length * lines.filter((line) => line.startsWith("-A")).length;
  const both = async (): Promise<boolean> => {
    for (const node of ["lb1", "lb2"]) if (!complete(await ipvsTable(lan, node))) return false;
    return true;
  };
  await until("whole IPVS tables on both directors", both, PATIENCE, seconds(2));
}

/** 003: the watched process ends on all machines at once; both priorities fall, the master stays. */
async function processEnds({ lan, capture, lb1 }: Bench, shared: Shared): Promise<PairRecord["tracked"]> {
  const running = Math.max(...capture.adverts(lan.mac("lb1")).map(({ priority }) => priority));
  await new Promise<void>((resolve) => {
    shared.waiting.push(resolve);
    if (shared.waiting.length === shared.pairs) for (const go of shared.waiting) go();
  });
  shared.endHaproxy();
  // Three adverts: on a slow machine one run of the script may end at its timeout, or have begun before the end.
  const last = (): readonly number[] =>
    capture
      .adverts(lan.mac("lb1"))
      .slice(-3)
      .map(({ priority }) => priority);
  await until(
    "adverts of another priority",
    async () => last().every((one) => one !== running),
    PATIENCE,
    seconds(0.5),
  );
  await sleep(1500); // for the other director to take it amiss
  const gone = last().at(-1) ?? -1;
  if (lb1.state !== "MASTER") throw new Error("the master changed when the tracked process ended on both");
  return { running, gone };
}

/** A pair that failed early lets the others go on. */
function meet(shared: Shared): void {
  shared.waiting.push(() => {});
  if (shared.waiting.length === shared.pairs) for (const go of shared.waiting) go();
}

async function end(bench: Bench | undefined): Promise<string | undefined> {
  if (bench === undefined) return undefined;
  try {
    await Promise.all([bench.lb1.stop(), bench.lb2.stop()]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    bench.prober.close();
    bench.capture.close();
  }
}
