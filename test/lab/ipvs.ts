// node dist/lab/ipvs.js OUT.json: our checkers process beside keepalived's, each with an IPVS table of its own, on the
// same configurations, the same servers and the same accidents. Writes down both tables after each step; what must be
// true of them says ipvs.test.ts. Needs root and IPVS. `ipvs.js agent` is the machine whose ports open and close.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Micros, milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import { fetchOnce } from "./client.ts";
import { type Director, startDirector } from "./daemon.ts";
import { CASES, type Service, serviceText } from "./ipvs-cases.ts";
import type { IpvsRecord, Step } from "./ipvs-record.ts";
import { Lan } from "./lan.ts";
import { until, wallClock } from "./run.ts";
import { ipvsTable } from "./tables.ts";
import { WebServer } from "./web.ts";

if (process.argv[2] === "agent") agent();
else await main();

async function main(): Promise<void> {
  const [out = "/dev/stdout"] = process.argv.slice(2);
  const steps: Record<string, Step> = {};
  const record: Partial<Record<keyof IpvsRecord, unknown>> = { steps };
  const lans: Lan[] = [];
  try {
    const lan = await Lan.open([
      { name: "ours", interface: "eth0", addresses: ["10.79.9.1/24"] },
      { name: "kpd", interface: "eth0", addresses: ["10.79.9.2/24"] },
      { name: "rs", interface: "eth0", addresses: ["10.79.9.9/24"] },
    ]);
    lans.push(lan);
    const pair = new Pair(lan, steps);
    await tables(pair);
    await transitions(pair);
    record.complaints = pair.complaints();
    const road = await Lan.open(machines());
    lans.push(road);
    Object.assign(record, await traffic(road));
  } catch (error) {
    record.error = error instanceof Error ? error.stack : String(error);
  }
  writeFileSync(out, JSON.stringify(record, undefined, 1));
  for (const lan of lans) lan.close();
  process.exit(record.error === undefined ? 0 : 1);
}

type Side = "ours" | "kpd";
const SIDES: readonly Side[] = ["ours", "kpd"];

/** Services of somebody else; nothing that we do may touch them. */
const FOREIGN = [
  "-A -t 10.99.0.1:80 -s wrr",
  "-a -t 10.99.0.1:80 -r 10.88.0.11:80 -m -w 3",
  "-A -f 7 -s rr",
  "-a -f 7 -r 10.88.0.12:0 -g -w 1",
];

/** What a service's servers should be: `10.88.0.11 1` is host and weight. */
type Expected = Readonly<Record<string, readonly string[]>>;

/** Both implementations, given the same at the same time. */
class Pair {
  readonly lan: Lan;
  readonly agent: ChildProcess;
  readonly #steps: Record<string, Step>;
  readonly #directors = new Map<Side, Director>();
  readonly #marks = new Map<Side, number>();

  constructor(lan: Lan, steps: Record<string, Step>) {
    this.lan = lan;
    this.#steps = steps;
    const self = [process.execPath, process.argv[1] ?? "", "agent"];
    this.agent = spawn("ip", ["netns", "exec", lan.namespace("rs"), ...self], { stdio: ["pipe", "pipe", "inherit"] });
  }

  start(configuration: string): void {
    this.write(configuration);
    const started = SIDES.map((node) => {
      const implementation = node === "ours" ? "ours" : "keepalived";
      const known = this.#directors.get(node);
      known?.start();
      return known ?? startDirector(this.lan, { node, implementation, config: this.#config(node), options: ["-C"] });
    });
    for (const [i, node] of SIDES.entries()) {
      const director = started[i];
      if (director !== undefined) this.#directors.set(node, director);
    }
  }

  write(configuration: string): void {
    for (const node of SIDES) writeFileSync(this.#config(node), configuration);
  }

  reload(configuration: string): void {
    this.write(configuration);
    for (const node of SIDES) this.director(node).reload();
  }

  director(side: Side): Director {
    const director = this.#directors.get(side);
    if (director === undefined) throw new Error(`${side} was never started`);
    return director;
  }

  async stop(): Promise<void> {
    await Promise.all(SIDES.map((side) => this.director(side).stop()));
  }

  /** Opens or closes ports of the checked machine. */
  async ports(command: "open" | "close", ...ports: readonly number[]): Promise<void> {
    const { stdin, stdout } = this.agent;
    if (stdin === null || stdout === null) throw new Error("no agent");
    const lines = createInterface({ input: stdout });
    const done = new Promise((resolve) => lines.once("line", resolve));
    stdin.write(`${command} ${ports.join(" ")}\n`);
    await done;
    lines.close();
  }

  /** ipvsadm with these rules on both sides. */
  async byHand(rules: readonly string[], sides: readonly Side[] = SIDES): Promise<void> {
    for (const side of sides) for (const rule of rules) await this.lan.run(side, ["ipvsadm", ...rule.split(" ")]);
  }

  /** Waits until both tables hold what is expected, and for `rest` longer; then writes them down. */
  async step(name: string, expected: Expected, { within = seconds(15), rest = 300 } = {}): Promise<void> {
    const from = wallClock();
    const holds = async (): Promise<boolean> => {
      const both = await Promise.all(SIDES.map((side) => ipvsTable(this.lan, side)));
      return both.every((table) => Object.entries(expected).every(([at, want]) => servers(table, at) === join_(want)));
    };
    const reached = await until(name, holds, within).then(
      () => true,
      () => false,
    );
    await sleep(rest);
    const ours = this.#said("ours");
    const keepalived = this.#said("kpd");
    this.#steps[name] = {
      reached,
      ours: await ipvsTable(this.lan, "ours"),
      keepalived: await ipvsTable(this.lan, "kpd"),
      changes: ours.flatMap((text) => (text.startsWith("IPVS: ") ? [text.slice("IPVS: ".length)] : [])),
      said: { ours: phrases(ours), keepalived: phrases(keepalived) },
      took: toSeconds(wallClock() - from),
    };
    console.log(`${name}: ${reached ? "reached" : "NOT reached"} after ${toSeconds(wallClock() - from).toFixed(1)} s`);
  }

  /** What our daemon should never have said. */
  complaints(): string[] {
    const texts = this.director("ours").log.entries.map(({ text }) => text);
    return texts.filter((text) => /internal error|died|ERR_|TypeError/.test(text));
  }

  #said(side: Side): string[] {
    const { log } = this.director(side);
    const from = this.#marks.get(side) ?? 0;
    this.#marks.set(side, log.mark());
    return log.entries.slice(from).map(({ text }) => text.replace(/^\w+ \w+ [ \d]\d [\d:]+ \d+: /, ""));
  }

  #config(side: Side): string {
    return join(this.lan.folder, `${side}.conf`);
  }
}

const PHRASE =
  /^(Adding|Removing|Enabling|Disabling|Gained|Lost|Starting with quorum|Changing weight|service .* no longer|TCP_CHECK on|TCP connection to|Shutting down)/;

function phrases(texts: readonly string[]): string[] {
  return texts.filter((text) => PHRASE.test(text)).sort();
}

const join_ = (servers: readonly string[]): string => [...servers].sort().join(", ");

/** `10.88.0.11 1, 10.88.0.12 0`: hosts and weights of a TCP service. */
function servers(table: readonly string[], at: string): string {
  return join_(
    table.flatMap((line) => {
      const [, host, weight] = line.startsWith(`-a -t ${at} `) ? (/ -r ([\d.]+):\d+ .*-w (\d+)/.exec(line) ?? []) : [];
      return host === undefined ? [] : [`${host} ${weight}`];
    }),
  );
}

/** Everything that can stand in a table, at once. */
async function tables(pair: Pair): Promise<void> {
  await pair.byHand(FOREIGN);
  // One of ours exists already, and is otherwise: keepalived leaves it so.
  const taken = "10.78.2.250:80";
  const leftover = [
    `-A -t ${taken} -s sh -p 100`,
    `-a -t ${taken} -r 10.88.0.77:80 -g`,
    `-a -t ${taken} -r 10.88.0.11:80 -m -w 9`,
  ];
  await pair.byHand(leftover, ["ours"]);
  const takeover: Service = {
    at: "10.78.2.250 80",
    lines: ["protocol TCP", "lb_algo rr", "lb_kind NAT"],
    servers: [["10.88.0.11 80"], ["10.88.0.12 80"]],
  };
  pair.start([...CASES.values(), takeover].map(serviceText).join(""));
  await pair.step("tables", {
    [taken]: ["10.88.0.11 1", "10.88.0.12 1"],
    "10.78.2.1:80": ["10.88.0.11 1", "10.88.0.12 1"],
  });
  await pair.stop();
  await pair.step("tables stopped", { [taken]: [], "10.78.2.1:80": [] });
}

const PACE = ["delay_loop 1", "warmup 0", "retry 1", "delay_before_retry 1", "connect_timeout 3"];
const NAT = ["protocol TCP", "lb_algo rr", "lb_kind NAT"];

/** A real server whose health is a port of the checked machine. */
function checked(host: number, ...lines: readonly string[]): [string, ...string[]] {
  const check = `TCP_CHECK {\n  connect_ip 10.79.9.9\n  connect_port ${9000 + host}\n}`;
  return [`10.88.0.${host} 80`, ...lines, check];
}

const INHIBIT: Service = {
  at: "10.78.1.1 80",
  lines: [...PACE, ...NAT, "inhibit_on_failure"],
  servers: [checked(11), checked(12)],
};
const SORRY: Service = {
  at: "10.78.1.2 80",
  lines: [...PACE, ...NAT, "sorry_server 10.88.0.99 80"],
  servers: [checked(13), checked(14)],
};
const QUORUM: Service = {
  at: "10.78.1.3 80",
  lines: [...PACE, ...NAT, "quorum 3", "hysteresis 1", "sorry_server 10.88.0.98 80"],
  servers: [checked(21), checked(22), checked(23), checked(24)],
};
const SORRY_INHIBIT: Service = {
  at: "10.78.1.4 80",
  lines: [...PACE, ...NAT, "inhibit_on_failure", "sorry_server 10.88.0.97 80", "sorry_server_inhibit"],
  servers: [checked(31)],
};
const TWIN: Service = {
  at: "10.78.1.5 80",
  lines: [...PACE, ...NAT, "sorry_server 10.88.0.42 80"],
  servers: [checked(41), checked(42)],
};
const EDITED: Service = {
  at: "10.78.1.6 80",
  lines: [...PACE, ...NAT],
  servers: [checked(51), checked(52), checked(53, "inhibit_on_failure")],
};
const STILL: Service = { at: "10.78.1.7 80", lines: [...PACE, ...NAT], servers: [checked(51), checked(52)] };
const DYNAMIC = [INHIBIT, SORRY, QUORUM, SORRY_INHIBIT, TWIN, EDITED, STILL];

const hosts = (...all: readonly string[]): string[] =>
  all.map((one) => (one.includes(" ") ? `10.88.0.${one}` : `10.88.0.${one} 1`));

async function transitions(pair: Pair): Promise<void> {
  const text = (services: readonly Service[]): string => services.map(serviceText).join("");
  const all = [11, 12, 13, 14, 21, 22, 23, 24, 31, 41, 42, 51, 52, 53].map((host) => 9000 + host);
  await pair.ports("open", ...all.filter((port) => port !== 9012 && port !== 9024));
  pair.start(text(DYNAMIC));
  // 24 is dead from the beginning: four are needed, so the quorum is not gained.
  await pair.step("start with two dead servers", {
    "10.78.1.1:80": hosts("11", "12 0"),
    "10.78.1.2:80": hosts("13", "14"),
    "10.78.1.3:80": hosts("21", "22", "23"),
    "10.78.1.4:80": hosts("31", "97 0"),
  });
  await pair.ports("open", 9012, 9024);
  await pair.step("all alive", {
    "10.78.1.1:80": hosts("11", "12"),
    "10.78.1.3:80": hosts("21", "22", "23", "24"),
  });
  await pair.ports("close", 9011, 9013, 9021, 9022, 9041);
  await pair.step("half of them dead", {
    "10.78.1.1:80": hosts("11 0", "12"),
    "10.78.1.2:80": hosts("14"),
    "10.78.1.3:80": hosts("23", "24"),
    "10.78.1.5:80": hosts("42"),
  });
  await pair.ports("close", 9012, 9014, 9023, 9031, 9042);
  await pair.step("quorum lost", {
    "10.78.1.1:80": hosts("11 0", "12 0"),
    "10.78.1.2:80": hosts("99"),
    "10.78.1.3:80": hosts("98"),
    "10.78.1.4:80": hosts("31 0", "97"),
    "10.78.1.5:80": hosts("42"),
  });
  await pair.ports("open", 9013, 9021, 9022);
  await pair.step("one alive is quorum enough, three of four are not", {
    "10.78.1.2:80": hosts("13"),
    "10.78.1.3:80": hosts("98"),
  });
  await pair.ports("open", 9011, 9012, 9014, 9023, 9031, 9041, 9042);
  await pair.step("all alive again", {
    "10.78.1.1:80": hosts("11", "12"),
    "10.78.1.2:80": hosts("13", "14"),
    "10.78.1.3:80": hosts("21", "22", "23", "24"),
    "10.78.1.4:80": hosts("31", "97 0"),
    "10.78.1.5:80": hosts("41", "42"),
  });
  await edits(pair, text);
  await accidents(pair);
  await pair.stop();
  await pair.step("stopped", { "10.78.1.1:80": [], "10.78.1.7:80": [] });
}

/** One reload an edit; all other services stay as they are. */
async function edits(pair: Pair, text: (services: readonly Service[]) => string): Promise<void> {
  const others = DYNAMIC.filter((service) => service !== EDITED);
  const reload = async (name: string, edited: readonly Service[], expected: readonly string[]): Promise<void> => {
    pair.reload(text([...others, ...edited]));
    for (const side of SIDES)
      await pair.director(side).log.waitFor("reload", reloaded(pair, side), { within: seconds(10) });
    await pair.step(`edit: ${name}`, { "10.78.1.6:80": hosts(...expected) }, { within: seconds(6), rest: 500 });
  };
  const [a, b, c] = [checked(51), checked(52), checked(53, "inhibit_on_failure")];
  const with_ = (servers: Service["servers"], lines = EDITED.lines): Service[] => [{ ...EDITED, lines, servers }];
  await reload("nothing", with_([a, b, c]), ["51", "52", "53"]);
  const heavy = checked(51, "weight 4");
  await reload("a weight", with_([heavy, b, c]), ["51 4", "52", "53"]);
  await reload("a server more", with_([heavy, b, c, ["10.88.0.54 80"]]), ["51 4", "52", "53", "54"]);
  await reload("a server less", with_([heavy, c, ["10.88.0.54 80"]]), ["51 4", "53", "54"]);
  const lines = (...more: readonly string[]): string[] => [...PACE, "protocol TCP", ...more];
  const three = [heavy, c, ["10.88.0.54 80"]] as const;
  const expected = ["51 4", "53", "54"];
  await reload("another scheduler", with_(three, lines("lb_algo sh", "lb_kind NAT")), expected);
  await reload("a scheduler flag", with_(three, lines("lb_algo sh", "sh-port", "lb_kind NAT")), expected);
  const persistent = ["lb_algo sh", "sh-port", "lb_kind NAT", "persistence_timeout 90"];
  await reload("persistence", with_(three, lines(...persistent)), expected);
  const dr = persistent.map((line) => line.replace("NAT", "DR"));
  await reload("another method", with_(three, lines(...dr)), expected);
  const patient = checked(53, "inhibit_on_failure").map((line) => line.replace("}", "  retry 2\n}"));
  const [at = "", ...rest] = patient;
  await reload("how a server is checked", with_([heavy, [at, ...rest], ["10.88.0.54 80"]], lines(...dr)), expected);
  const limited = checked(51, "weight 4", "uthreshold 50", "lthreshold 20");
  const last: Service["servers"] = [limited, [at, ...rest], ["10.88.0.54 80"]];
  await reload("thresholds", with_(last, lines(...dr)), expected);
  const sorry = lines(...dr, "sorry_server 10.88.0.96 80");
  await reload("a sorry server", with_(last, sorry), expected);
  const more: Service = { ...EDITED, at: "10.78.1.60 80", servers: [["10.88.0.11 80"]] };
  await reload("a service more", [...with_(last, sorry), more], expected);
  await reload("a service less", with_(last, sorry), expected);
  const dead: Service["servers"] = [limited, checked(55), checked(56, "inhibit_on_failure")];
  await reload("dead servers more, and others less", with_(dead, sorry), ["51 4", "56 0"]);
  await reload("all as in the beginning", with_([a, b, c]), ["51", "52", "53"]);
}

/** A line that ends a reload, said after the step before. */
function reloaded(pair: Pair, side: Side): (line: { readonly text: string }) => boolean {
  const from = pair.director(side).log.entries.at(-1);
  const { entries } = pair.director(side).log;
  const begun = from === undefined ? 0 : entries.lastIndexOf(from);
  return (line) =>
    entries.lastIndexOf(line as (typeof entries)[number]) >= begun && /Reload complete|Reload finished/.test(line.text);
}

/** Other hands in the table, and a killed process. */
async function accidents(pair: Pair): Promise<void> {
  const ours: readonly Side[] = ["ours"];
  const at = "10.78.1.7:80";
  const before = await ipvsTable(pair.lan, "ours");

  await pair.byHand([`-d -t ${at} -r 10.88.0.51:80`], ours);
  await pair.ports("close", 9052);
  await pair.step("accident: a server removed by hand, another one dies", { [at]: hosts("51") });
  await pair.byHand([`-D -t ${at}`], ours);
  await pair.ports("open", 9052);
  await pair.step("accident: the service removed by hand, a server comes", { [at]: hosts("51", "52") });
  await pair.byHand([`-D -t ${at}`], ours);
  await pair.ports("close", 9052);
  await pair.step("accident: the service removed by hand, a server dies", { [at]: hosts("51") });
  await pair.byHand([`-a -t ${at} -r 10.88.0.52:80 -g -w 9`], ours);
  await pair.ports("open", 9052);
  await pair.step("accident: a server added by hand before it comes", { [at]: hosts("51", "52") });
  await pair.byHand([`-d -t ${at} -r 10.88.0.52:80`], ours);
  await pair.ports("close", 9052);
  await pair.step("accident: a server removed by hand before it dies", { [at]: hosts("51") });
  await pair.byHand([`-E -t ${at} -s lc`, `-a -t ${at} -r 10.88.0.60:80 -m`], ours);
  pair.director("ours").reload();
  await pair.step("accident: another scheduler by hand, then a reload", { [at]: hosts("51") }, { rest: 3000 });

  const pid = pair.director("ours").killChild("checkers");
  const seen = new Set<string>();
  const ready = async (): Promise<boolean> => {
    seen.add((await ipvsTable(pair.lan, "ours")).join("\n"));
    return ![undefined, pid].includes(pair.director("ours").childPid("checkers"));
  };
  await until("another checkers process", ready, seconds(20));
  const end = wallClock() + seconds(4);
  while (wallClock() < end) await ready();
  await pair.step("accident: kill -9 of the checkers process", { [at]: hosts("51") });
  await pair.ports("open", 9052);
  await pair.step("accident: all well again", { [at]: hosts("51", "52") });
  if (seen.size !== 1) throw new Error(`the table changed after kill -9: ${[...seen].join("\n---\n")}`);
  if ((await ipvsTable(pair.lan, "ours")).join("\n") !== before.join("\n"))
    throw new Error("the table is not as before");
}

const VIP = { nat: "10.79.0.100", tun: "10.79.0.101", dr: "10.79.0.102" } as const;

function machines(): Parameters<typeof Lan.open>[0] {
  const loose = ["net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth0.rp_filter=0"];
  const director = ["10.79.0.1/24", "10.79.1.1/24", ...Object.values(VIP).map((vip) => `${vip}/32`)];
  return [
    { name: "lb", interface: "eth0", addresses: director, sysctls: ["net.ipv4.ip_forward=1", ...loose] },
    { name: "rs1", interface: "eth0", addresses: ["10.79.1.11/24"], gateway: "10.79.1.1" },
    { name: "rs2", interface: "eth0", addresses: ["10.79.1.12/24"], gateway: "10.79.1.1" },
    { name: "rs3", interface: "eth0", addresses: ["10.79.0.13/24"], tunnel: [VIP.tun], sysctls: loose },
    { name: "rs4", interface: "eth0", addresses: ["10.79.0.14/24"], loopback: [VIP.dr] },
    { name: "client", interface: "eth0", addresses: ["10.79.0.200/24"] },
  ];
}

/** Requests through our director by each way; and a reload that does not touch a server keeps its counters. */
async function traffic(lan: Lan): Promise<Pick<IpvsRecord, "traffic" | "counters">> {
  await Promise.all(["rs1", "rs2", "rs3", "rs4"].map((node) => WebServer.start(lan, node, [80, 8080])));
  const config = join(lan.folder, "lb.conf");
  const http = "HTTP_GET {\n  url {\n    path /healthz\n    status_code 200\n  }\n}";
  const base = [...PACE, "protocol TCP", "lb_algo rr"];
  const service = (kind: keyof typeof VIP, ...all: Service["servers"]): Service => ({
    at: `${VIP[kind]} 80`,
    lines: [...base, `lb_kind ${kind.toUpperCase()}`, "alpha"],
    servers: all,
  });
  const nat = service("nat", ["10.79.1.11 8080", http], ["10.79.1.12 80", http]);
  const others = [service("tun", ["10.79.0.13 80", http]), service("dr", ["10.79.0.14 80", http])];
  writeFileSync(config, [nat, ...others].map(serviceText).join(""));
  const director = startDirector(lan, { node: "lb", implementation: "ours", config, options: ["-C"] });
  const whole = async (): Promise<boolean> =>
    (await ipvsTable(lan, "lb")).filter((line) => line.startsWith("-a")).length === 4;
  await until("four servers", whole, seconds(20));
  const ask = async (kind: keyof typeof VIP, times: number): Promise<string[]> => {
    const answers: string[] = [];
    while (answers.length < times)
      answers.push(await fetchOnce(lan, "client", `http://${VIP[kind]}/`, milliseconds(2500)));
    return answers;
  };
  const answers = { nat: await ask("nat", 4), tun: await ask("tun", 2), dr: await ask("dr", 2) };
  const before = await counters(lan);
  const [first, second] = nat.servers;
  if (first === undefined || second === undefined) throw new Error("no servers");
  const [at, ...lines] = second;
  writeFileSync(
    config,
    [{ ...nat, servers: [first, [at, "weight 2", ...lines]] as const }, ...others].map(serviceText).join(""),
  );
  director.reload();
  await until("weight 2", async () => (await ipvsTable(lan, "lb")).some((line) => line.endsWith("-w 2")), seconds(15));
  const after = await counters(lan);
  await director.stop();
  return { traffic: answers, counters: { before, after } };
}

/** Connections and packets of each server so far. */
async function counters(lan: Lan): Promise<string> {
  const text = await lan.run("lb", ["ipvsadm", "-Ln", "--stats", "--exact"]);
  return text
    .split("\n")
    .flatMap((line) => (/^(TCP| {2}->)\s+\d/.test(line) ? [line.trim().replace(/\s+/g, " ")] : []))
    .sort()
    .join("\n");
}

/** Opens and closes ports as it is told on standard input; whoever connects is hung up on. */
function agent(): void {
  const servers = new Map<number, Server>();
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const [command, ...ports] = line.split(" ");
      const each = ports.map(
        (port) =>
          new Promise<void>((resolve) => {
            const known = servers.get(Number(port));
            servers.delete(Number(port));
            if (command === "close") {
              if (known === undefined) resolve();
              else known.close(() => resolve());
            } else {
              const server = known ?? createServer((socket) => socket.on("error", () => {}).end());
              servers.set(Number(port), server);
              if (known === undefined) server.listen(Number(port), () => resolve());
              else resolve();
            }
          }),
      );
      Promise.all(each).then(() => console.log("done"));
    })
    .on("close", () => process.exit(0));
}
