import { beforeAll, describe, expect, test } from "vitest";
import { boot } from "./emulated.ts";
import { CASES, FOREIGN, linesOf, markedLines } from "./ipvs-cases.ts";
import type { IpvsRecord, Step } from "./ipvs-record.ts";

let record: IpvsRecord;

beforeAll(async () => {
  const command = "modprobe ip_vs && node dist/lab/ipvs.js /out/result.json";
  const { status, stdout, stderr, read } = await boot({ command, timeout: 800 });
  const result = read("result.json");
  if (status !== 0) throw new Error(`ended with status ${status}:\n${stdout}\n${stderr}\n${result}`);
  record = JSON.parse(result) as IpvsRecord;
});

function step(name: string): Step {
  const found = record.steps[name];
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
}

const sorted = (lines: readonly string[]): string[] => [...lines].sort();

describe("a configuration gives the table that keepalived makes of it", () => {
  test.each([...CASES])("%s", (_, service) => {
    const { ours, keepalived } = step("tables");
    const [found] = linesOf(ours, service);
    if (found === undefined)
      expect(service.lines).toContain("lb_algo twos"); // Debian's kernel is built without it
    else expect(linesOf(ours, service).length).toBeGreaterThan(1);
    expect(sorted(linesOf(ours, service))).toEqual(sorted(linesOf(keepalived, service)));
  });

  test("services by mark, and by group one for each member with the same servers", () => {
    const { ours, keepalived } = step("tables");
    expect(markedLines(ours)).toHaveLength(40);
    expect(sorted(markedLines(ours))).toEqual(sorted(markedLines(keepalived)));
  });

  test("what the kernel refuses is said once, with what is missing", () => {
    const twos = record.refused.filter((line) => line.includes("twos"));
    for (const line of twos) expect(line).toMatch(/^new service \[.*\]:tcp:80: IPVS: ENOENT .*: no scheduler twos\?$/);
    expect(twos.length).toBeLessThanOrEqual(1);
    const others = record.refused.filter((line) => !line.includes("twos"));
    expect(others).toEqual([
      expect.stringMatching(/^new destination .* -> \[224\.0\.0\.5\]:80 weight 1: IPVS: EINVAL /),
    ]);
  });

  test("with the same thresholds", () => {
    const { ours, keepalived } = step("tables");
    const thresholds = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith("-"));
    expect(thresholds(ours)).toHaveLength(2);
    expect(thresholds(ours)).toEqual(thresholds(keepalived));
  });

  test("but a service that exists already is taken over, where keepalived leaves what it finds", () => {
    const lines = step("tables").ours.filter((line) => line.includes("10.78.2.250"));
    expect(sorted(lines)).toEqual([
      "-A -t 10.78.2.250:80 -s rr",
      "-a -t 10.78.2.250:80 -r 10.88.0.11:80 -m -w 1",
      "-a -t 10.78.2.250:80 -r 10.88.0.12:80 -m -w 1",
    ]);
  });

  test("a clean stop leaves nothing of it", () => {
    expect(step("tables").reached && step("tables stopped").reached).toBe(true);
    expect(sorted(step("tables stopped").ours)).toEqual(sorted(FOREIGN));
    expect(sorted(step("tables stopped").keepalived)).toEqual(sorted(FOREIGN));
  });
});

describe("servers that die and return change the table as with keepalived, and are said so", () => {
  test.each([
    "start with two dead servers",
    "all alive",
    "half of them dead",
    "quorum lost",
    "one alive is quorum enough, three of four are not",
    "all alive again",
    "stopped",
  ])("%s", (name) => {
    const { reached, ours, keepalived, said } = step(name);
    expect(reached).toBe(true);
    expect(sorted(ours)).toEqual(sorted(keepalived));
    expect(said.ours).toEqual(said.keepalived);
  });

  test("the sorry server comes before the last one goes: the pool is never empty", () => {
    expect(step("quorum lost").changes.filter((change) => change.includes("[10.78.1.3]:tcp:80"))).toEqual([
      "new destination [10.78.1.3]:tcp:80 -> [10.88.0.98]:80 weight 1",
      ...["24", "23"].map((host) => `delete destination [10.78.1.3]:tcp:80 -> [10.88.0.${host}]:80`),
    ]);
  });
});

describe("a reload asks the kernel for what differs, and for nothing else", () => {
  const EDITED = "[10.78.1.6]:tcp:80";
  const server = (host: number, weight?: number): string =>
    `destination ${EDITED} -> [10.88.0.${host}]:80${weight === undefined ? "" : ` weight ${weight}`}`;

  test.each([
    ["nothing", []],
    ["a weight", [`set ${server(51, 4)}`]],
    ["a server more", [`new ${server(54, 1)}`]],
    ["a server less", [`delete ${server(52)}`]],
    ["another scheduler", [`set service ${EDITED}`]],
    ["a scheduler flag", [`set service ${EDITED}`]],
    ["persistence", [`set service ${EDITED}`]],
    ["another method", [`set ${server(51, 4)}`, `set ${server(53, 1)}`, `set ${server(54, 1)}`]],
    ["how a server is checked", []],
    ["thresholds", [`set ${server(51, 4)}`]],
    ["a sorry server", []],
    [
      "a service more",
      [
        "new service [10.78.1.60]:tcp:80",
        "new destination [10.78.1.60]:tcp:80 -> [10.88.0.11]:80 weight 1",
        "new destination [10.78.1.60]:tcp:80 -> [10.88.0.57]:80 weight 1",
        "delete destination [10.78.1.60]:tcp:80 -> [10.88.0.57]:80",
      ],
    ],
    ["a service less", ["delete service [10.78.1.60]:tcp:80"]],
    [
      "dead servers more, and others less",
      [
        ...[`new ${server(55, 1)}`, `new ${server(56, 1)}`, `delete ${server(54)}`, `delete ${server(53)}`],
        ...[`delete ${server(55)}`, `set ${server(56, 0)}`],
      ],
    ],
    [
      "all as in the beginning",
      [
        ...[`set service ${EDITED}`, `new ${server(52, 1)}`, `new ${server(53, 1)}`],
        ...[`set ${server(51, 1)}`, `delete ${server(56)}`],
      ],
    ],
  ])("%s", (name, changes) => {
    const { reached, ours, keepalived, said, ...rest } = step(`edit: ${name}`);
    expect(reached).toBe(true);
    expect(sorted(rest.changes)).toEqual(sorted(changes));
    // Keepalived 2.2.7 does not push thresholds to a server that is there already.
    const same = (lines: readonly string[]): string[] => sorted(lines.filter((line) => line.startsWith("-")));
    expect(same(ours)).toEqual(same(keepalived));
    expect(said.ours).toEqual(said.keepalived);
  });

  test("the new thresholds are the kernel's", () => {
    expect(step("edit: thresholds").ours).toContain("10.78.1.6:80 10.88.0.51:80 50 20");
  });

  test("connection counters go on", () => {
    expect(record.counters.after).toBe(record.counters.before);
    expect(record.counters.before).toMatch(/-> 10\.79\.1\.11:8080 2 /);
  });
});

describe("other hands in the table, and a killed process", () => {
  test.each([
    "a server removed by hand, another one dies",
    "the service removed by hand, a server comes",
    "the service removed by hand, a server dies",
    "a server added by hand before it comes",
    "a server removed by hand before it dies",
    "another scheduler by hand, then a reload",
    "kill -9 of the checkers process",
    "all well again",
  ])("%s: the table becomes what it should be", (name) => {
    const { reached, ours, keepalived } = step(`accident: ${name}`);
    expect(reached).toBe(true);
    expect(sorted(ours)).toEqual(sorted(keepalived));
  });

  test("after kill -9 the kernel is asked for nothing, and no dead server comes back", () => {
    expect(step("accident: kill -9 of the checkers process").changes).toEqual([]);
  });

  test("services of others stay as they are, whatever happens", () => {
    for (const { ours, keepalived } of Object.values(record.steps))
      for (const table of [ours, keepalived]) expect(table).toEqual(expect.arrayContaining(FOREIGN));
  });

  test("no process failed by itself", () => {
    expect(record.complaints).toEqual([]);
  });
});

describe("traffic goes through", () => {
  test("NAT, to another port and to the same", () => {
    expect(sorted(record.traffic.nat)).toEqual(["rs1", "rs1", "rs2", "rs2"]);
    expect(record.traffic.nat[0]).toBe(record.traffic.nat[2]);
  });

  test("TUN and DR", () => {
    expect(record.traffic.tun).toEqual(["rs3", "rs3"]);
    expect(record.traffic.dr).toEqual(["rs4", "rs4"]);
  });
});

describe("the kernel's sync daemons follow the instance", () => {
  const shown = (name: string) => record.sync.ours.steps[name]?.map((line) => line.replace(/ \(.*/, ""));

  test.each([
    ["master", ["master sync daemon"]],
    ["fault", ["backup sync daemon"]],
    ["master again", ["master sync daemon"]],
    ["the same file", ["master sync daemon"]],
    ["options", ["master sync daemon"]],
    ["a killed daemon", ["master sync daemon"]],
    ["stopped", []],
    ["without an instance", ["backup sync daemon", "master sync daemon"]],
    ["stopped, too", []],
  ])("%s: %j, with keepalived's numbers", (name, daemons) => {
    expect(shown(name)).toEqual(daemons);
    expect(record.sync.ours.steps[name]).toEqual(record.sync.keepalived.steps[name]);
  });

  test("a killed vrrp process changes nothing, and what a killed daemon left gives way to what is configured now", () => {
    expect(record.sync.ours.steps["a killed vrrp process"]).toEqual(record.sync.ours.steps["options"]);
    expect(record.sync.ours.steps["started again"]).toEqual(record.sync.ours.steps["master"]);
  });

  test("nothing is asked of the kernel that is so already: not by a reload of the same file, nor by a respawn", () => {
    const [backup, master, other] = ["backup on eth0 id 51", "master on eth0 id 51", "master on eth0 id 9"];
    const asked = [
      ...[`start ${master}`, `stop ${master}`, `start ${backup}`, `stop ${backup}`, `start ${master}`],
      ...[`stop ${master}`, `start ${other}`, `stop ${other}`, `start ${master}`, `stop ${master}`],
    ];
    expect(record.sync.ours.changes).toEqual(asked.map((change) => `${change} sync daemon`));
  });
});
