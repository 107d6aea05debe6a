// node dist/lab/ipvs.js OUT.json: our checkers process beside keepalived's, each with an IPVS table of its own, on the
// same configurations, the same servers and the same accidents. Writes down both tables after each step; what must be
// true of them says ipvs.test.ts. Needs root and IPVS. `ipvs.js agent` is the machine whose ports open and close.
import { writeFileSync } from "node:fs";
import { seconds } from "../../src/base/time.ts";
import { agent } from "./ipvs-agent.ts";
import { CASES, FILES, FOREIGN, GROUPS, MARKED, PACE, type Service, serviceText } from "./ipvs-cases.ts";
import { type Expected, Pair, type Side } from "./ipvs-pair.ts";
import type { IpvsRecord, Step } from "./ipvs-record.ts";
import { syncLives } from "./ipvs-sync.ts";
import { machines, traffic } from "./ipvs-traffic.ts";
import { Lan } from "./lan.ts";
import { until, wallClock } from "./run.ts";
import { ipvsTable } from "./tables.ts";

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
    const road = await Lan.open(machines());
    lans.push(road);
    const [travelled] = await Promise.all([traffic(road), tables(pair)]);
    await transitions(pair);
    Object.assign(record, travelled, { sync: await syncLives() }); // alone: the kernel waits for its threads
    record.complaints = pair.complaints();
    record.refused = pair.refusals();
  } catch (error) {
    record.error = error instanceof Error ? error.stack : String(error);
  }
  writeFileSync(out, JSON.stringify(record, undefined, 1));
  for (const lan of lans) lan.close();
  process.exit(record.error === undefined ? 0 : 1);
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
  pair.start(FILES + GROUPS + [...CASES.values(), ...MARKED, takeover].map(serviceText).join(""));
  await pair.step("tables", {
    [taken]: ["10.88.0.11 1", "10.88.0.12 1"],
    "10.78.2.1:80": ["10.88.0.11 1", "10.88.0.12 1"],
  });
  await pair.stop();
  await pair.step("tables stopped", { [taken]: [], "10.78.2.1:80": [] });
}

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
  await pair.step(
    "one alive is quorum enough, three of four are not",
    {
      "10.78.1.2:80": hosts("13"),
      "10.78.1.3:80": hosts("98"),
    },
    { rest: 1200 },
  );
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
  const reload = async (name: string, edited: readonly Service[], expected: readonly string[], more?: Expected) => {
    await pair.reload(text([...others, ...edited]));
    const wanted = { "10.78.1.6:80": hosts(...expected), ...more };
    await pair.step(`edit: ${name}`, wanted, { rest: 800 });
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
  const more: Service = { ...EDITED, at: "10.78.1.60 80", servers: [["10.88.0.11 80"], checked(57)] };
  await reload("a service more", [...with_(last, sorry), more], expected, { "10.78.1.60:80": hosts("11") });
  await reload("a service less", with_(last, sorry), expected);
  const dead: Service["servers"] = [limited, checked(55), checked(56, "inhibit_on_failure")];
  await reload("dead servers more, and others less", with_(dead, sorry), ["51 4", "56 0"]);
  await reload("all as in the beginning", with_([a, b, c]), ["51", "52", "53"]);
}

/** Other hands in the table, and a killed process. */
async function accidents(pair: Pair): Promise<void> {
  const ours: readonly Side[] = ["ours"];
  const at = "10.78.1.7:80";
  const well = { [at]: hosts("51", "52"), "10.78.1.6:80": hosts("51", "52", "53") };
  const half = { [at]: hosts("51"), "10.78.1.6:80": hosts("51", "53") };
  const before = await ipvsTable(pair.lan, "ours");

  await pair.byHand([`-d -t ${at} -r 10.88.0.51:80`], ours);
  await pair.ports("close", 9052);
  await pair.step("accident: a server removed by hand, another one dies", half);
  await pair.byHand([`-D -t ${at}`], ours);
  await pair.ports("open", 9052);
  await pair.step("accident: the service removed by hand, a server comes", well);
  await pair.byHand([`-D -t ${at}`], ours);
  await pair.ports("close", 9052);
  await pair.step("accident: the service removed by hand, a server dies", half);
  await pair.byHand([`-a -t ${at} -r 10.88.0.52:80 -g -w 9`], ours);
  await pair.ports("open", 9052);
  await pair.step("accident: a server added by hand before it comes", well);
  await pair.byHand([`-d -t ${at} -r 10.88.0.52:80`], ours);
  await pair.ports("close", 9052);
  await pair.step("accident: a server removed by hand before it dies", half, { rest: 1500 });
  await pair.byHand([`-E -t ${at} -s lc`, `-a -t ${at} -r 10.88.0.60:80 -m`], ours);
  pair.director("ours").reload();
  await pair.step("accident: another scheduler by hand, then a reload", half, { rest: 1000 });

  const pid = pair.director("ours").killChild("checkers");
  const seen = new Set<string>();
  const ready = async (): Promise<boolean> => {
    seen.add((await ipvsTable(pair.lan, "ours")).join("\n"));
    return ![undefined, pid].includes(pair.director("ours").childPid("checkers"));
  };
  await until("another checkers process", ready, seconds(20));
  const end = wallClock() + seconds(4);
  while (wallClock() < end) await ready();
  await pair.step("accident: kill -9 of the checkers process", half);
  await pair.ports("open", 9052);
  await pair.step("accident: all well again", well);
  if (seen.size !== 1) throw new Error(`the table changed after kill -9: ${[...seen].join("\n---\n")}`);
  if ((await ipvsTable(pair.lan, "ours")).join("\n") !== before.join("\n"))
    throw new Error("the table is not as before");
}

if (process.argv[2] === "agent") agent();
else await main();
