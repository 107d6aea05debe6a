import { beforeAll, expect, test } from "vitest";
import { boot } from "../lab/emulated.ts";
import type { ServicesLife, ServicesRecord } from "../lab/snmp-services-record.ts";

/** Rows that are others than those of keepalived 2.2.7, and why. */
const DIFFERENCES: readonly (readonly [why: string, row: RegExp])[] = [
  ["how the kernel cuts a stream into packets is no matter of ours", /^[34]\.1\.(2[0-9]|1[89]|28|29|30|31|39|40)\./],
  ["rates are of the moment", /^(3\.1\.(3[2-6]|4[1-9]|50)|4\.1\.(2[2-6]|3[0-9]))\./],
  ["so are connections that end", /^4\.1\.1[56]\./],
];
const COUNTED = /^ *\S+ +(?:\[?[\d.:a-f]+\]?:\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$/; // a server's begins with an arrow

let ours: ServicesLife;
let keepalived: ServicesLife;

beforeAll(async () => {
  const modules = ["ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_wlc", "ip_vs_sh", "ip_vs_lblcr"];
  const command = `modprobe -a ${modules.join(" ")} && node dist/lab/snmp-services.js /out/result.json`;
  const { status, stdout, stderr, read } = await boot({ command, timeout: 900 });
  const record = JSON.parse(read("result.json") || "{}") as ServicesRecord;
  if (record.ours === undefined || record.keepalived === undefined)
    throw new Error(`ended with status ${status}: ${record.error}\n${stdout}\n${stderr}`);
  ({ ours, keepalived } = record);
});

test("a walk of the checkers' part is that of keepalived, row by row, but for what each kernel counted", () => {
  for (const [mine, theirs] of [
    [ours.rows, keepalived.rows],
    [ours.dead, keepalived.dead],
  ] as const) {
    const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    const differing = [...names].filter((name) => mine[name] !== theirs[name]);
    const unexplained = differing.filter((name) => !DIFFERENCES.some(([, row]) => row.test(name)));
    expect(unexplained.map((name) => `${name}: ${theirs[name]} → ${mine[name]}`)).toEqual([]);
    expect(names.size).toBeGreaterThan(500);
  }
});

test("connections are those of ipvsadm at the same moment, and of the metrics page", () => {
  const [service = [], ...servers] = ours.counted.slice(0, 3).map((line) => COUNTED.exec(line)?.slice(1) ?? []);
  expect(service[0]).toBe("5");
  expect([ours.rows["3.1.38.1"], ours.rows["3.1.27.1"]]).toEqual(["Counter64: 5", "Gauge32: 5"]);
  const shown = ["2", "3"].map((index) => ours.rows[`4.1.27.1.${index}`]);
  expect(shown.toSorted()).toEqual(servers.map(([connections]) => `Counter64: ${connections}`).toSorted());
  const sample = 'keepalived_virtual_server_connections_total{virtual_server="[10.78.0.1]:tcp:80"} 5';
  expect(ours.metrics).toContain(sample);
});

test("managers are told the same, in the same order of each service, but for the number of SCTP", () => {
  for (const when of ["start", "dead", "back", "stop"] as const)
    expect([when, byService(ours.told[when])]).toEqual([when, byService(keepalived.told[when].map(withSctp))]);
});

/** Keepalived 2.2.7 tells of SCTP as of UDP. */
function withSctp(trap: string): string {
  return trap.includes("20 01 0D B8") ? trap.replace("3.3.1.8 = INTEGER: 2", "3.3.1.8 = INTEGER: 3") : trap;
}

/** What is told of each service, in order: of different ones the order may be another. */
function byService(told: readonly string[]): readonly string[] {
  const service = (trap: string): string => /3\.3\.1\.6 = Hex-STRING: ([^,]*)/.exec(trap)?.[1] ?? "";
  const pairs = told.map((trap) => [service(trap), trap] as const);
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, trap]) => trap);
}
