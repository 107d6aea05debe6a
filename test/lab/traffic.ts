// node dist/lab/traffic.js whole|brief|CASE;CASE… OUT.json: our director, three real servers that `real-server up` made ready, and a
// client with 4,096 addresses. Thousands of connections by every way and every scheduler, clients that are to be kept,
// servers that are drained, a sorry server that comes and goes. Writes down who answered; what must be true of it says
// traffic-laws.ts. Needs root, IPVS and dist/lab/connections.
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds, toSeconds } from "../../src/base/time.ts";
import { wallClock } from "./run.ts";
import {
  BRIEF,
  CHANGES,
  type Change,
  COUNT,
  caseName,
  configuration,
  DEALINGS,
  type Dealing,
  FLOW,
  KEEPINGS,
  type Keeping,
  SERVERS,
  someSources,
  sourceOf,
  vipOf,
  WAYS,
} from "./traffic-cases.ts";
import type { TrafficRecord } from "./traffic-record.ts";
import { TrafficStand } from "./traffic-stand.ts";

const [which = "whole", out = "/dev/stdout"] = process.argv.slice(2);
const names = which === "brief" ? BRIEF : which.split(";");
const chosen = <T extends (typeof WAYS | typeof DEALINGS | typeof KEEPINGS | typeof CHANGES)[number]>(
  every: readonly T[],
): readonly T[] => every.filter((one) => which === "whole" || names.includes(caseName(one)));
const [ways, dealings, keepings, changes] = [chosen(WAYS), chosen(DEALINGS), chosen(KEEPINGS), chosen(CHANGES)];
const all = [...ways, ...dealings, ...keepings, ...changes];

const record: TrafficRecord = {
  ways: {},
  dealings: {},
  again: {},
  keepings: {},
  changes: {},
  took: {},
  log: [],
  error: "",
};

/** What the table holds before and after, and in between. */
const SERVED: Readonly<Record<Change["how"], { readonly usual: readonly string[]; readonly out: readonly string[] }>> =
  {
    "weight 0": { usual: ["rs1 1", "rs2 1", "rs3 1"], out: ["rs1 0", "rs2 1", "rs3 1"] },
    inhibit_on_failure: { usual: ["rs1 1", "rs2 1", "rs3 1"], out: ["rs1 0", "rs2 1", "rs3 1"] },
    "sorry server": { usual: ["rs1 1"], out: ["sorry 1"] },
    "sorry server, inhibited": { usual: ["rs1 1", "sorry 0"], out: ["rs1 0", "sorry 1"] },
  };

let error = "";
let began = wallClock();
function step(name: string): void {
  record.took[name] = toSeconds(wallClock() - began);
  console.log(`${name}: ${record.took[name]?.toFixed(1)} s`);
  began = wallClock();
}

let stand: TrafficStand | undefined;
try {
  stand = await TrafficStand.open(all.map(vipOf));
  step("LAN");
  const direct = [...dealings, ...keepings, ...changes].map((one) => ({ prepare: [], vips: [vipOf(one)] }));
  await stand.prepare([...ways.map((way) => ({ ...way, vips: [vipOf(way)] })), ...direct]);
  step("real servers");
  await stand.start(configuration(all), [...ways, ...dealings, ...keepings].length * SERVERS.length);
  step("director");
  await story(stand);
} catch (failure) {
  error = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  console.log(error);
} finally {
  writeFileSync(out, JSON.stringify({ ...record, log: stand?.log ?? [], error }));
  await stand?.close();
}
process.exit(error === "" ? 0 : 1);

async function story(on: TrafficStand): Promise<void> {
  for (const way of ways) {
    const sources = someSources(way.family, COUNT.way, 100);
    record.ways[caseName(way)] = await on.client.ask({ vip: vipOf(way), sources, limit: seconds(5) });
    step(caseName(way));
  }
  for (const dealing of dealings) await deal(on, dealing);
  for (const keeping of keepings) await keep(on, keeping);
  for (const change of changes) await undergo(on, change);
}

async function deal({ client }: TrafficStand, dealing: Dealing): Promise<void> {
  const name = caseName(dealing);
  const [vip, { family, seed, held, from }] = [vipOf(dealing), dealing];
  const one = Array<string>(COUNT.dealing).fill(sourceOf(family, seed));
  const sources = from === "one place" ? one : someSources(family, COUNT.dealing, seed);
  record.dealings[name] = await (held ? client.hold({ vip, sources }) : client.ask({ vip, sources }));
  if (held) await client.release();
  else record.again[name] = await client.ask({ vip, sources: sources.slice(0, COUNT.again) });
  step(name);
}

async function keep({ client }: TrafficStand, keeping: Keeping): Promise<void> {
  const { family, together } = keeping;
  const clients = Array.from({ length: 16 }, (_, i) => i * 256);
  const members = together === 1 ? [0] : [0, 1, 7, 100, 200, 255];
  const numbers = Array.from({ length: 4 }, () => clients.flatMap((n) => members.map((m) => n + m))).flat();
  const answers = await client.ask({ vip: vipOf(keeping), sources: numbers.map((n) => sourceOf(family, n)) });
  record.keepings[caseName(keeping)] = answers.map((answer, i) => [numbers[i] ?? -1, answer] as const);
  step(caseName(keeping));
}

/** Connections are held, and others made again and again, while the servers go and come back. */
async function undergo(on: TrafficStand, change: Change): Promise<void> {
  const [vip, { client, holder }] = [vipOf(change), on];
  const { usual, out } = SERVED[change.how];
  await on.expect(vip, usual);
  const first = await holder.hold({ vip, sources: someSources(4, 60, 200) });
  client.flow({ vip, sources: someSources(4, 2000, 201), atOnce: FLOW, limit: seconds(10) });
  await sleep(1000);
  await turn(on, change, "sick");
  await on.expect(vip, out);
  const outAt = wallClock();
  const second = await holder.hold({ vip, sources: someSources(4, 30, 202) });
  const held = [...first, ...second];
  await sleep(1000);
  const during = change.how === "sorry server" ? [] : await holder.touch(seconds(10));
  const backAt = wallClock();
  await turn(on, change, "well");
  await on.expect(vip, usual);
  const inAt = wallClock();
  await sleep(1000);
  const flow = await client.still();
  const after = await holder.touch(seconds(10));
  await holder.release();
  record.changes[caseName(change)] = { held, during, after, flow, outAt, backAt, inAt };
  step(caseName(change));
}

async function turn(on: TrafficStand, { how }: Change, state: "sick" | "well"): Promise<void> {
  if (how === "weight 0") on.reload(configuration(all, state === "sick" ? 0 : 1));
  else await on.servers.health("rs1", state);
}
