import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { CELLS, type Cell } from "../conformance/matrix.ts";
import type { Heard } from "./capture.ts";
import { type Director, elected, type LogLine } from "./daemon.ts";
import { FrrVrrp } from "./frr-vrrp.ts";
import type { Journal } from "./journal.ts";
import { Metronome } from "./metronome.ts";
import { run, until, wallClock } from "./run.ts";
import { Stand } from "./stand.ts";
import { Verdict } from "./verdict.ts";

const V3_INTERVAL = 0.2; // seconds
const HIGH = 200;
const LOW = 100;
/** What an idle machine needs for a start beside the protocol's own waits, many times over. */
const PATIENCE = seconds(20);

type Node = "lb1" | "lb2";
type Side = "ours" | "peer";
type Router = Director | FrrVrrp;

/** Runs every cell of the matrix, in each `quiet` without a change of master; then judges all that was on the wires. */
export function runMatrix(quiet: Micros): void {
  const verdict = new Verdict();
  const metronome = new Metronome();

  describe.concurrent("elects, fails over and returns, and does not flap", () => {
    test.each(CELLS.map((cell) => [cellName(cell), cell] as const))("%s", async (name, cell) => {
      const keep = (at: Micros, frame: Uint8Array): void => verdict.add(name, at, frame);
      const options = { ipv6: isSix(cell), ...(cell.variant?.odd ? {} : { onFrame: keep }) };
      await Stand.with(async (stand) => await interoperates(stand, cell, { quiet, metronome }), options);
    });
  });

  test("of all these adverts tshark calls none malformed and no checksum wrong", async () => {
    metronome.stop();
    const judged = CELLS.filter(({ variant }) => variant?.odd === undefined).map(cellName);
    expect(verdict.cells.toSorted()).toEqual(judged.toSorted());
    verdict.addBroken("a control");
    expect(await verdict.findings()).toEqual(["a control: Bad checksum [should be 0x705d]"]);
  });
}

/** As a sentence: `v2, AH, unicast, vmac, beside FRR 8.4, we first`. */
export function cellName({ protocol, transport, link, peer, first, variant }: Cell): string {
  const what = [protocol, transport, link, ...(variant === undefined ? [] : [variant.name])];
  return `${what.join(", ")}; beside ${peer}; ${first} first`;
}

interface Watch {
  readonly quiet: Micros;
  readonly metronome: Metronome;
}

async function interoperates(stand: Stand, cell: Cell, watch: Watch): Promise<void> {
  const sides: Readonly<Record<Node, Side>> =
    cell.first === "we" ? { lb1: "ours", lb2: "peer" } : { lb1: "peer", lb2: "ours" };
  const [lb1, lb2] = await Promise.all([router(stand, cell, "lb1", sides.lb1), router(stand, cell, "lb2", sides.lb2)]);
  await Promise.all([lb1.start(), lb2.start()]);
  const wait: Micros = seconds(3 * interval(cell)) + PATIENCE;
  await elected(lb1, lb2, wait);
  await holds(stand, cell, "lb1");
  await isQuiet(stand, [lb1, lb2], watch);
  const from = stand.capture.heard.mark();
  await until("adverts", async () => adverts(stand, from).length > 0, seconds(5));
  speaksAsConfigured(stand, cell, sides.lb1, from);

  const [resigned, stopped] = [stand.capture.heard.mark(), lb2.log.mark()];
  await lb1.stop();
  await lb2.waitForState("MASTER", { from: stopped });
  await holds(stand, cell, "lb2");
  await until("its adverts", async () => !Number.isNaN(takeover(stand, resigned)), seconds(5));
  expect(takeover(stand, resigned)).toBeLessThan(seconds(interval(cell)) + milliseconds(1500));

  await lb1.start();
  await elected(lb1, lb2, wait);
  await holds(stand, cell, "lb1");

  if (interval(cell) < 1) {
    const died = lb2.log.mark(); // with seconds between adverts it takes too long; director-crash.test.ts has it
    await lb1.killAll();
    await lb2.waitForState("MASTER", { from: died, within: wait });
  }
  for (const { log } of [lb1, lb2]) expect(complaints(log)).toEqual([]);
  const ours = sides.lb1 === "ours" ? lb1 : lb2;
  if (ours.running)
    expect(await stand.metrics(ours.node)).not.toMatch(/^keepalived_packets_dropped_total\{.*\} [1-9]/m);
}

/** Nobody turns, and only the master is heard. */
async function isQuiet(stand: Stand, routers: readonly Router[], { quiet, metronome }: Watch): Promise<void> {
  const [from, begin] = [stand.capture.heard.mark(), wallClock()];
  const marks = routers.map(({ log }) => log.mark());
  await sleep(quiet / 1000);
  const turns = routers.flatMap(({ log }, i) =>
    log.entries.slice(marks[i]).filter(({ text }) => / Entering |(Master|Backup) -> /.test(text)),
  );
  const speakers = new Set(adverts(stand, from).map((heard) => heard.from));
  expect(turns, metronome.between(begin, wallClock())).toEqual([]);
  expect(speakers.size).toBeLessThan(2); // none, where the interval is as long
}

/** With the virtual MAC where it is asked for, and the neighbours were told of that one. */
function speaksAsConfigured(stand: Stand, cell: Cell, side: Side, from: number): void {
  const [own, virtual] = [stand.lan.mac("lb1"), virtualMac(cell, side)];
  const lines = text(cell, side).join("\n");
  const base = lines.includes("vmac_xmit_base") || cell.transport === "unicast";
  expect(new Set(adverts(stand, from).map(({ mac }) => mac))).toEqual(new Set([base ? own : (virtual ?? own)]));
  const told = stand.capture.heard.entries.filter(({ kind }) => kind !== "advert").map(({ mac }) => mac);
  expect(told).toContain(virtual ?? own);
  if (virtual !== undefined) expect(told).not.toContain(own);
}

function virtualMac(cell: Cell, side: Side): string | undefined {
  const lines = text(cell, side).join("\n");
  if (lines.includes("02:aa:bb:cc:dd")) return "02:aa:bb:cc:dd:33";
  const has = lines.includes("use_vmac") || (side === "peer" && cell.peer === "FRR 8.4");
  return has ? `00:00:5e:00:0${isSix(cell) ? 2 : 1}:33` : undefined;
}

/** From the resignation of one to the first advertisement of the other. */
function takeover(stand: Stand, from: number): Micros {
  const heard = adverts(stand, from);
  const last = heard.findLastIndex(({ priority }) => priority === 0);
  const next = heard.slice(last).find(({ priority }) => priority === LOW);
  return (next?.at ?? Number.NaN) - (heard[last]?.at ?? Number.NaN);
}

function adverts(stand: Stand, from: number): Extract<Heard, { kind: "advert" }>[] {
  return stand.capture.heard.entries.slice(from).filter((heard) => heard.kind === "advert");
}

/** What nobody says of a peer that fits. */
function complaints({ entries }: Journal<LogLine>): string[] {
  return entries
    .map(({ text }) => text)
    .filter((text) => !text.includes("Setting unicast VRRPv3 checksum to old version"))
    .filter((text) =>
      /invalid|mismatch|wrong|checksum|too short|too long|not present|expected|error|unicast source/i.test(text),
    );
}

/** The address is on the node, on an interface that works, and on no other. */
async function holds(stand: Stand, cell: Cell, node: Node): Promise<void> {
  const has = async (name: Node): Promise<boolean> =>
    (JSON.parse(await run(["ip", "-n", stand.lan.namespace(name), "-j", "address"])) as readonly KernelLink[]).some(
      ({ flags, addr_info }) => flags.includes("LOWER_UP") && addr_info.some(({ local }) => local === vip(cell)),
    );
  const other = node === "lb1" ? "lb2" : "lb1";
  const alone = async (): Promise<boolean> => (await has(node)) && !(await has(other));
  await until(`${vip(cell)} on ${node} alone`, alone, seconds(5));
}

interface KernelLink {
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly local?: string }[];
}

function isSix({ protocol }: Cell): boolean {
  return protocol === "v3 over IPv6";
}

function vip(cell: Cell): string {
  return isSix(cell) ? "fe80::100" : "192.0.2.100";
}

/** Seconds. */
function interval({ protocol, variant }: Cell): number {
  return protocol.startsWith("v2") || variant?.ours.includes("version 2") ? 1 : V3_INTERVAL;
}

async function router(stand: Stand, cell: Cell, node: Node, side: Side): Promise<Router> {
  const priority = node === "lb1" ? HIGH : LOW;
  if (side === "peer" && cell.peer === "FRR 8.4")
    return await FrrVrrp.prepare(stand.lan, node, {
      version: cell.protocol.startsWith("v3") ? 3 : 2,
      vrid: 51,
      priority,
      interval: 1000 * interval(cell),
      vip: vip(cell),
    });
  const implementation = side === "peer" ? "keepalived" : "ours";
  return stand.director(node, config(cell, { node, side, priority }), { implementation });
}

interface Place {
  readonly node: Node;
  readonly side: Side;
  readonly priority: number;
}

function config(cell: Cell, { node, side, priority }: Place): string {
  return `
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    ${[...text(cell, side), ...(cell.transport === "unicast" ? unicast(cell, node) : [])].join("\n    ")}
    virtual_ipaddress {
        ${vip(cell)}
    }
}
`;
}

/** What both nodes of a side say alike. */
function text(cell: Cell, side: Side): readonly string[] {
  const own = side === "ours" ? cell.variant?.ours : cell.variant?.peers;
  const timed = own?.some((line) => line.startsWith("advert_int")) ?? false;
  const version = own?.some((line) => line.startsWith("version")) ?? false;
  return [
    ...(version ? [] : [`version ${cell.protocol.startsWith("v3") ? 3 : 2}`]),
    ...(timed ? [] : [`advert_int ${interval(cell)}`]),
    ...authentication(cell),
    ...(cell.link === "vmac" ? ["use_vmac"] : []),
    ...(own ?? []),
  ];
}

function authentication({ protocol }: Cell): readonly string[] {
  const type = /^v2, (PASS|AH)$/.exec(protocol)?.[1];
  return type === undefined ? [] : ["authentication {", `  auth_type ${type}`, "  auth_pass s3cr3t", "}"];
}

function unicast(cell: Cell, node: Node): readonly string[] {
  const net = isSix(cell) ? "2001:db8::" : "192.0.2.";
  const [own, other] = node === "lb1" ? [11, 12] : [12, 11];
  return [`unicast_src_ip ${net}${own}`, "unicast_peer {", `  ${net}${other}`, "}"];
}
