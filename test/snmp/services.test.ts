import { expect, test } from "vitest";
import { asksTraffic } from "../../src/snmp/asks-traffic.ts";
import { mibObjects, subtrees } from "../../src/snmp/mib.ts";
import { CHECK, GLOBAL } from "../../src/snmp/names.ts";
import type { CheckersView, ServerView, ServiceTrafficView } from "../../src/snmp/services.ts";
import type { Oid } from "../../src/wire/agentx-value.ts";
import { reading } from "../config/reading.ts";

const GLOBALS = "global_defs {\nenable_snmp_checker\n}\n";

/** Columns of a table below CHECK, `column.index = value`, of a configuration that is as told. */
function rows(
  text: string,
  number: number,
  checkers?: CheckersView,
  traffic: ReadonlyMap<string, ServiceTrafficView> = new Map(),
): readonly string[] {
  const { config } = reading(GLOBALS + text);
  const objects = mibObjects({
    ...{ version: "v", routerId: "R1", config, now: 0, masterStartedAt: 0, vrrp: undefined, checkers, traffic },
    ...{ sessions: new Map(), items: [] },
  });
  const found: string[] = [];
  const [subtree, end] = [
    [...CHECK, number],
    [...CHECK, number + 1],
  ];
  for (let start: Oid = subtree; ; ) {
    const { oid, value } = objects.next({ start, include: false, end });
    if (!("value" in value)) return found;
    const is = value.type === "octets" ? shown(value.value) : String(value.value);
    found.push(`${oid.slice(subtree.length + (number < 5 ? 1 : 0)).join(".")} = ${is}`);
    start = oid;
  }
}

function shown(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return /^[ -~]+$/.test(text) ? text : [...bytes].join(" ");
}

/** What a table has in these columns. */
function columns(all: readonly string[], ...numbers: readonly number[]): readonly string[] {
  return all.filter((row) => numbers.includes(Number.parseInt(row, 10)));
}

const server = (host: number, lines = ""): string => `real_server 10.9.0.${host} 80 {\n${lines}\n}\n`;
const service = (name: string, lines: string): string => `virtual_server ${name} {\n${lines}\n}\n`;

test("the checkers' part is served with the global one, and only where it is asked for", () => {
  const of = (words: string) => subtrees(reading(`global_defs {\n${words}\n}\n`).config.global.snmp);
  expect(of("enable_snmp_checker")).toEqual([GLOBAL, CHECK]);
  expect(of("enable_snmp_vrrp")).not.toContainEqual(CHECK);
});

test("services stand in the order of the file, whatever leads to them", () => {
  const text =
    "virtual_server_group G {\n10.9.0.105 80\n}\n" +
    service("fwmark 9", server(11)) +
    service("10.9.0.100 80", `protocol TCP\nlb_algo rr\nlb_kind DR\nsnmp_name web\n${server(11)}${server(12)}`) +
    service("group G", `protocol SCTP\nlb_algo mh\nlb_kind TUN type gue port 6000 csum\n${server(11)}`);
  const all = rows(text, 3);
  expect(columns(all, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 68, 69, 70, 71)).toEqual([
    ...["2.1 = 1", "2.2 = 2", "2.3 = 3", "3.3 = G", "4.1 = 9", "5.1 = 1", "5.2 = 1", "5.3 = 1"],
    ...["6.2 = 10 9 0 100", "7.2 = 80", "8.1 = 4", "8.2 = 1", "8.3 = 3", "9.1 = 4", "9.2 = 1", "9.3 = 13"],
    ...["10.1 = 1", "10.2 = 2", "10.3 = 3", "20.1 = 1", "20.2 = 2", "20.3 = 1"],
    ...["68.3 = 2", "69.3 = 6000", "70.3 = 2", "71.2 = web"],
  ]);
});

test("of persistence a service has the granularity of its family, and a timeout where it is on", () => {
  const text =
    service(
      "10.9.0.100 80",
      `protocol TCP\npersistence_timeout 50\npersistence_granularity 255.255.254.0\n${server(11)}`,
    ) +
    service("2001:db8::1 80", "protocol TCP\npersistence_granularity 64\nreal_server fd00::11 80 {\n}\n") +
    service("10.9.0.101 80", `protocol TCP\n${server(11)}`);
  expect(columns(rows(text, 3), 13, 14, 15, 51)).toEqual([
    ...["13.1 = 1", "13.2 = 1", "13.3 = 2", "14.1 = 50", "14.2 = 360"],
    ...["15.1 = 255 255 254 0", "15.3 = 255 255 255 255", "51.2 = 64"],
  ]);
});

test("the hash schedulers' flags are shown of the scheduler that has them", () => {
  const of = (lines: string) =>
    columns(rows(service("fwmark 1", `${lines}\n${server(11)}`), 3), 37, 53, 54, 55, 62, 63);
  const flags = (...values: readonly number[]) =>
    [37, 53, 54, 55, 62, 63].map((column, i) => `${column}.1 = ${values[i]}`);
  expect(of("lb_algo sh\nsh-port")).toEqual(flags(2, 2, 1, 2, 2, 2));
  expect(of("lb_algo mh\nmh-fallback\nops")).toEqual(flags(1, 2, 2, 2, 1, 2));
  expect(of("lb_algo rr\nflag-1\nflag-2\nflag-3")).toEqual(flags(2, 2, 2, 1, 2, 2));
});

test("what a service says for its servers is shown in seconds and in microseconds, unset as 0", () => {
  const text = service(
    "10.9.0.100 80",
    `protocol TCP\ndelay_loop 2\nretry 3\nwarmup 1.5\nweight 7\nalpha\n${server(11)}`,
  );
  expect(columns(rows(text, 3), 16, 18, 57, 58, 59, 60, 64, 65, 66, 67)).toEqual([
    ...["16.1 = 2", "18.1 = 1", "57.1 = 3", "58.1 = 0", "59.1 = 1", "60.1 = 7"],
    ...["64.1 = 2000000", "65.1 = 0", "66.1 = 1500000", "67.1 = 5000000"],
  ]);
  const other = service(
    "10.9.0.100 80",
    `protocol TCP\nretry 3\nvirtualhost a\n${server(11, "delay_loop 1.5")}${server(12)}`,
  );
  expect(columns(rows(other, 4), 41, 43, 46, 50)).toEqual([
    ...["43.1.1 = 3", "43.1.2 = 3", "46.1.1 = 1", "46.1.2 = 60", "50.1.1 = 1500000", "50.1.2 = 60000000"],
  ]);
});

const WEB = "[10.9.0.100]:tcp:80";
const view = (host: number, up: boolean, weight: number, ...checkers: readonly boolean[]): ServerView => ({
  ...{ name: `[10.9.0.${host}]:80`, up, weight, checkers: checkers.map((is) => ({ up: is })) },
});
const told = (quorumUp: boolean, ...realServers: readonly ServerView[]): CheckersView => ({
  services: [{ name: WEB, quorumUp, realServers }],
});
const TWO = service(
  "10.9.0.100 80",
  `protocol TCP\n${server(11, "weight 2\nuthreshold 5")}${server(12, "weight 3\nsnmp_name b")}sorry_server 10.9.0.13 80`,
);

test("a sorry server is the first, without what only a real server has", () => {
  const all = rows(TWO, 4, told(true, view(11, true, 2), view(12, false, 0, true, false)));
  expect(columns(all, 2, 6, 7, 8, 10, 13, 47, 55)).toEqual([
    ...["2.1.1 = 2", "2.1.2 = 1", "2.1.3 = 1", "6.1.2 = 1", "6.1.3 = 2", "7.1.2 = 2", "7.1.3 = 3", "8.1.2 = 5"],
    ...["10.1.2 = 1", "10.1.3 = 1", "13.1.2 = 0", "13.1.3 = 1", "47.1.1 = 2", "47.1.2 = 1", "47.1.3 = 1", "55.1.3 = b"],
  ]);
});

test("the weight is the kernel's while a server gets clients, else the one it will have", () => {
  const weights = (...[quorumUp, ...servers]: Parameters<typeof told>) =>
    columns(rows(TWO, 4, told(quorumUp, ...servers)), 7);
  expect(weights(true, view(11, true, 9), view(12, true, 0))).toEqual(["7.1.2 = 9", "7.1.3 = 0"]);
  expect(weights(false, view(11, true, 0), view(12, false, 0))).toEqual(["7.1.2 = 2", "7.1.3 = 3"]);
});

test("a service is dead until something is reported of it, and without quorum until it is gained", () => {
  expect(columns(rows(TWO, 3), 11, 21, 23)).toEqual(["11.1 = 2", "21.1 = 0", "23.1 = 2"]);
  const some = told(true, view(11, true, 2), view(12, false, 0));
  expect(columns(rows(TWO, 3, some), 11, 21, 23)).toEqual(["11.1 = 1", "21.1 = 1", "23.1 = 1"]);
});

test("what was counted is shown in 32 bits, which begin again, and in 64, rates in halves", () => {
  const big = 2 ** 32 + 5;
  const statistics = {
    ...{ connections: big, inPackets: big, outPackets: 25, inBytes: 2 ** 40, outBytes: 1445 },
    ...{ connectionRate: 1, inPacketRate: 3, outPacketRate: 3, inByteRate: big, outByteRate: 897 },
  };
  const servers = ["[10.9.0.12]:80", "[10.9.0.13]:80"].map((name) => ({
    ...{ name, statistics, connections: { active: 1, inactive: 4, persistent: 2 } },
  }));
  const traffic = new Map([[WEB, { statistics, servers }]]);
  const services = rows(TWO, 3, undefined, traffic);
  expect(columns(services, 27, 28, 29, 30, 31, 35, 36, 38, 39, 47, 48, 49)).toEqual([
    ...["27.1 = 4294967295", "28.1 = 5", "29.1 = 25", "30.1 = 1099511627776", "31.1 = 1445", "35.1 = 4294967295"],
    ...["36.1 = 897", "38.1 = 4294967301", "39.1 = 4294967301", "47.1 = 5", "48.1 = 1", "49.1 = 897"],
  ]);
  const all = rows(TWO, 4, undefined, traffic);
  expect(columns(all, 14, 15, 16, 17, 18, 27, 36, 37)).toEqual([
    ...["14.1.1 = 4294967295", "14.1.2 = 0", "14.1.3 = 4294967295", "15.1.1 = 1", "15.1.2 = 0", "15.1.3 = 1"],
    ...["16.1.1 = 4", "16.1.2 = 0", "16.1.3 = 4", "17.1.1 = 2", "17.1.2 = 0", "17.1.3 = 2"],
    ...["18.1.1 = 5", "18.1.2 = 0", "18.1.3 = 5", "27.1.1 = 4294967301", "27.1.2 = 0", "27.1.3 = 4294967301"],
    ...["36.1.1 = 5", "36.1.2 = 0", "36.1.3 = 5", "37.1.1 = 1", "37.1.2 = 0", "37.1.3 = 1"],
  ]);
});

test("members of a group are numbered with the firewall marks first", () => {
  const text = `virtual_server_group G {\n10.9.0.101 80\n10.9.0.102-104 81\nfwmark 7\n}\n${service("group G", `protocol TCP\n${server(11)}`)}`;
  expect(rows(text, 1)).toEqual(["2.1 = G"]);
  expect(rows(text, 2)).toEqual([
    ...["2.1.1 = 1", "2.1.2 = 2", "2.1.3 = 3", "3.1.1 = 7", "4.1.2 = 1", "4.1.3 = 1", "5.1.2 = 10 9 0 101"],
    ...["6.1.3 = 10 9 0 102", "7.1.3 = 10 9 0 104", "8.1.2 = 80", "8.1.3 = 81"],
  ]);
});

test("the sync daemon has its objects where there is one, a timeout of the kernel's none", () => {
  expect([rows("", 6), rows("", 7)]).toEqual([["1.0 = 2"], []]);
  const text = "global_defs {\nlvs_timeouts tcp 901\nlvs_sync_daemon lo id 7 ttl 3\n}\n";
  expect(rows(text, 6)).toEqual([
    ...["1.0 = 1", "2.0 = lo", "4.0 = 7", "5.0 = 0", "6.0 = 8848", "7.0 = 3", "8.0 = 1", "9.0 = 224 0 0 81"],
  ]);
  expect(rows(text, 7)).toEqual(["1.0 = 901"]);
});

test("what the kernel counted is asked for where the answer may show it", () => {
  const get = (...start: Oid) =>
    asksTraffic({ type: "get", foreign: false, ranges: [{ start, include: false, end: [] }] });
  const next = (start: Oid, end: Oid) =>
    asksTraffic({ type: "get-next", foreign: false, ranges: [{ start, include: false, end }] });
  expect([get(...CHECK, 3, 1, 27, 1), get(...CHECK, 2, 1, 2, 1, 1), get(...CHECK, 6, 1, 0)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(next([...CHECK], [...CHECK.slice(0, -1), 4])).toBe(true);
  expect(next([...CHECK, 5], [])).toBe(false);
  expect(next(GLOBAL, [...CHECK.slice(0, -1), 2])).toBe(false);
  expect(next([...CHECK, 4, 1, 55], [])).toBe(true);
  expect(asksTraffic({ type: "cleanup-set" })).toBe(false);
});
