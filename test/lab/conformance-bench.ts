import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import { forge } from "../conformance/packet.ts";
import {
  type Flavour,
  INTERVAL,
  isTried,
  type Rule,
  type Seen,
  type Sighting,
  virtualAddress,
} from "../conformance/rule.ts";
import { PcapReader } from "./capture.ts";
import { advertFrame, questionFrame, readFrame } from "./conformance-frames.ts";
import { Director, type Implementation } from "./daemon.ts";
import { Journal } from "./journal.ts";
import { Lan } from "./lan.ts";
import { until, wallClock } from "./run.ts";
import { read } from "./stand.ts";

const SENDER = fileURLToPath(new URL("raw-sender.mjs", import.meta.url));
/** How late a machine that is busy with other tests may make things look; Keepalived does more of its work in one go. */
const TOLERANCE = { ours: milliseconds(150), keepalived: milliseconds(250) };
/** One rule begins so much after the other, lest all routers become master in one moment. */
const STAGGER = 20; // ms

/** A virtual router of the daemon: each rule has one of its own, so that all rules run at the same time. */
interface Played {
  readonly rule: Rule;
  readonly vrid: number;
  readonly seen: Journal<Seen>;
}

/** Plays every rule of a flavour with one daemon and a neighbour that sends what the rules say; by the rule's id. */
export async function playOnWire(
  implementation: Implementation,
  flavour: Flavour,
  rules: readonly Rule[],
): Promise<ReadonlyMap<string, Sighting>> {
  const played = rules
    .filter((rule) => isTried(rule, flavour))
    .map((rule, i) => ({ rule, vrid: i + 1, seen: new Journal<Seen>(`${rule.id} (${implementation}, ${flavour})`) }));
  const lan = await Lan.open(machines());
  let dropped: ReadonlyMap<string, ReadonlyMap<string, number>>;
  try {
    dropped = droppedByInstance(await play(lan, implementation, flavour, played));
  } finally {
    lan.close();
  }
  return new Map(
    played.map(({ rule, vrid, seen }) => {
      const sorted = seen.entries.toSorted((a, b) => a.at - b.at);
      const tolerance = TOLERANCE[implementation];
      const sighting: Sighting = { flavour, router: rule.router ?? {}, vrid, seen: sorted, tolerance };
      if (implementation === "keepalived") return [rule.id, sighting];
      return [rule.id, { ...sighting, dropped: dropped.get(nameOf(vrid)) ?? new Map<string, number>() }];
    }),
  );
}

async function play(
  lan: Lan,
  implementation: Implementation,
  flavour: Flavour,
  played: readonly Played[],
): Promise<string> {
  const config = join(lan.folder, "lb1.conf");
  writeFileSync(config, configuration(implementation, flavour, played));
  const see = (vrid: number, seen: Seen): void => played[vrid - 1]?.seen.push(seen);
  const all = (kind: "stop"): void => {
    for (const { vrid } of played) see(vrid, { kind, at: wallClock() });
  };
  await capture(lan, see);
  await watchAddresses(lan, see);
  const sender = spawn("nsenter", [...lan.command("lb2", [process.execPath, SENDER, "eth0"]).slice(1)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(sender.stdout, "data"); // it is ready
  const director = new Director(lan, { node: "lb1", implementation, config, options: ["-P"], quiet: true });
  followLog(director, see);
  director.start();
  sender.stdin.on("error", () => {}); // it has ended with the LAN
  const send = (frame: string): void => void sender.stdin.write(`${frame}\n`);
  let over = false;
  const acts = played.map((one) => perform(lan, flavour, one, send));
  const isOver = (): boolean => over;
  const leading = Promise.allSettled(
    played.map((one, i) => acts[i]?.then(() => lead(lan, flavour, one, send, isOver))),
  );
  await Promise.all(acts);
  const page = await lan.attempt("lb1", ["curl", "-s", "--max-time", "5", "http://127.0.0.1:9650/metrics"]);
  all("stop");
  await director.stop();
  over = true;
  await leading;
  await sleep(300);
  sender.stdin.end();
  return page.stdout;
}

/** What each instance refused, by reason, from the page of our daemon; Keepalived has none. */
function droppedByInstance(page: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const [, labels = "", count] of page.matchAll(/^keepalived_packets_dropped_total\{(.*)\} (\d+)$/gm)) {
    const [name, reason] = ["iname", "reason"].map((label) => new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1]);
    if (name === undefined || reason === undefined) continue;
    counts.set(name, (counts.get(name) ?? new Map<string, number>()).set(reason, Number(count)));
  }
  return counts;
}

/** The name of an instance. */
function nameOf(vrid: number): string {
  return `R_${vrid}`;
}

type Send = (frame: string) => void;

async function perform(lan: Lan, flavour: Flavour, { rule, vrid, seen }: Played, send: Send): Promise<void> {
  const [router, neighbour] = [lan.mac("lb1"), lan.mac("lb2")];
  await seen.waitFor("start", ({ kind }) => kind === "start");
  await sleep(vrid * STAGGER);
  for (const act of rule.acts) {
    if (act.type === "pause") await sleep((act.intervals * INTERVAL[flavour]) / 1000);
    if (act.type === "send") send(advertFrame(neighbour, forge(flavour, rule.router ?? {}, vrid, act.packet), router));
    if (act.type === "ask") send(questionFrame(neighbour, flavour, vrid));
    if (act.type === "await")
      await seen.waitFor(act.what, ({ kind }) => kind === act.what, act.what === "advert" ? { from: seen.mark() } : {});
  }
}

/** The neighbour goes on as master, where the rule says so. */
async function lead(
  lan: Lan,
  flavour: Flavour,
  { rule, vrid }: Played,
  send: Send,
  isOver: () => boolean,
): Promise<void> {
  if (rule.followed === undefined) return;
  const packet = forge(flavour, rule.router ?? {}, vrid, { priority: 200 });
  for (; !isOver(); await sleep(INTERVAL[flavour] / 2000)) send(advertFrame(lan.mac("lb2"), packet, lan.mac("lb1")));
}

function configuration(implementation: Implementation, flavour: Flavour, played: readonly Played[]): string {
  const instances = played.map(({ rule: { router = {} }, vrid }) => {
    const { priority = 100, nopreempt, password, ignoresOthers } = router;
    return `
vrrp_instance ${nameOf(vrid)} {
    state ${priority === 255 ? "MASTER" : "BACKUP"}
    interface eth0
    version ${flavour === "v2" ? 2 : 3}
    virtual_router_id ${vrid}
    priority ${priority}
    advert_int ${toSeconds(INTERVAL[flavour])}
    ${nopreempt === undefined ? "" : "nopreempt"}
    ${password === undefined ? "" : `authentication {\n auth_type PASS\n auth_pass ${password}\n }`}
    ${ignoresOthers === undefined || implementation === "keepalived" ? "" : "owner_ignore_adverts"}
    virtual_ipaddress {
        ${virtualAddress(flavour, vrid)} dev eth0
    }
}`;
  });
  // Ours runs in real time by itself. By default Keepalived ends its own process that works for 10 ms at one go.
  const priority = implementation === "keepalived" ? "vrrp_rt_priority 50\nvrrp_rlimit_rttime 10000000" : "";
  const globals = ["vrrp_garp_master_repeat 1", "vrrp_garp_master_delay 0", priority];
  return `global_defs {\n${globals.join("\n")}\n}\n${instances.join("")}\n`;
}

/** tcpdump on the bridge, told apart by virtual router. */
async function capture(lan: Lan, see: (vrid: number, seen: Seen) => void): Promise<void> {
  const filter = "ip proto 112 or ip6 proto 112 or arp or icmp6";
  const tcpdump = lan.spawn("lan", ["tcpdump", "-i", "br0", "-n", "-U", "--immediate-mode", "-w", "-", filter]);
  const macs = { router: lan.mac("lb1"), neighbour: lan.mac("lb2") };
  const reader = new PcapReader((at, frame) => {
    const found = readFrame(at, frame, macs);
    if (found !== undefined) see(found.vrid, found.seen);
  });
  tcpdump.stdout?.on("data", (chunk: Uint8Array) => reader.write(chunk));
  await new Promise<void>((resolve, reject) => {
    tcpdump.stderr?.on("data", (chunk) => {
      if (String(chunk).includes("listening on")) resolve();
    });
    tcpdump.on("exit", () => reject(new Error("tcpdump has ended")));
  });
}

/** Which virtual addresses come to the router, and which go. */
async function watchAddresses(lan: Lan, see: (vrid: number, seen: Seen) => void): Promise<void> {
  let listens = false;
  read(lan.spawn("lb1", ["ip", "-o", "monitor", "address"]), (text) => {
    if (text.includes("127.9.9.9")) listens = true;
    const [, v4, v6] = / inet6? (?:198\.51\.100\.(\d+)|fe80::c0:([0-9a-f]+))\//.exec(text) ?? [];
    const vrid = v4 === undefined ? Number.parseInt(v6 ?? "0", 16) : Number(v4);
    see(vrid, { kind: text.startsWith("Deleted") ? "released" : "held", at: wallClock() });
  });
  const ready = async (): Promise<boolean> => {
    for (const change of ["add", "del"]) await lan.attempt("lb1", ["ip", "addr", change, "127.9.9.9/32", "dev", "lo"]);
    return listens && (await lan.run("lb1", ["ip", "-o", "link", "show", "dev", "eth0"])).includes(" state UP ");
  };
  await until("a link, and somebody who watches it", ready, seconds(10));
}

/** The states that the daemon reports; the first one is the start. */
function followLog({ log }: Director, see: (vrid: number, seen: Seen) => void): void {
  const started = new Set<number>();
  log.follow(({ at, text }) => {
    const [, name, state] = /\(R_(\d+)\) Entering (BACKUP|MASTER) STATE/.exec(text) ?? [];
    const vrid = Number(name);
    if (state === undefined) return;
    if (!started.has(vrid)) see(vrid, { kind: "start", at });
    started.add(vrid);
    see(vrid, { kind: state === "MASTER" ? "master" : "backup", at });
  });
}

/** The router, and its neighbour. Duplicate address detection is off, so that link-local addresses can be used at once. */
function machines(): Parameters<typeof Lan.open>[0] {
  const sysctls = ["all", "default", "eth0"]
    .map((on) => `net.ipv6.conf.${on}.accept_dad=0`)
    .concat("net.ipv6.conf.all.disable_ipv6=0");
  return [
    { name: "lb1", interface: "eth0", addresses: ["192.0.2.11/24"], sysctls },
    { name: "lb2", interface: "eth0", addresses: ["192.0.2.12/24"], sysctls },
  ];
}
