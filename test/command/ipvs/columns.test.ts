import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ip } from "../../../src/base/ip.ts";
import type { ListedServer, ListedService } from "../../../src/base/ipvs-row.ts";
import { renderDaemons, renderTimeouts } from "../../../src/command/ipvs/answers.ts";
import { readCommandLine } from "../../../src/command/ipvs/arguments.ts";
import { parseConnections, renderConnections } from "../../../src/command/ipvs/connections.ts";
import { NUMERIC } from "../../../src/command/ipvs/labels.ts";
import { renderTable } from "../../../src/command/ipvs/list.ts";
import type { Question } from "../../../src/command/ipvs/plan.ts";
import { NAMES } from "./names.ts";

/** What a golden file says of a command line, its lines ended by `<`. */
function captured(file: string): (readonly [string, string])[] {
  const text = readFileSync(new URL(`../../golden/${file}.txt`, import.meta.url), "utf8");
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [args = "", ...lines] = part.split("\n");
      return [args, lines.join("\n").replaceAll("<\n", "\n")] as const;
    });
}

function asked(args: string): Question {
  const plan = readCommandLine(args.split(" "), NAMES);
  if (plan.type !== "ask") throw new Error(`no question: ${args}`);
  return plan.question;
}

const COUNTS = [
  ...[0, 9999, 99999, 999999, 9999999, 99999998, 99999999, 100000000, 999999999, 4294967295, 99999999999],
  ...[99999998999, 100000000000, 99999999999999, 100000000000000],
];
const FORWARDINGS = ["masquerade", "local", "tunnel", "route", "unknown", "unknown", "unknown", "unknown"] as const;

function counted(count: number) {
  const narrow = count % 2 ** 32;
  return {
    ...{ connections: narrow, inPackets: narrow, outPackets: narrow, inBytes: count, outBytes: count },
    ...{ connectionRate: narrow, inPacketRate: narrow, outPacketRate: narrow, inByteRate: narrow, outByteRate: narrow },
  };
}

const servers = COUNTS.map(
  (count, i): ListedServer => ({
    ...{ family: 4, address: ip(`10.9.1.${i}`), port: 80, forwarding: FORWARDINGS[i % 8] ?? "unknown", weight: 1 },
    ...{ upperThreshold: count % 2 ** 32, lowerThreshold: count % 2 ** 32 },
    tunnel: { type: "ipip", port: 0, checksum: "none" },
    ...{ active: count % 2 ** 32, inactive: count % 2 ** 32, persistent: count % 2 ** 32 },
    statistics: counted(count),
  }),
);
const service: ListedService = {
  ...{ family: 4, fwmark: 0, protocol: "tcp", address: ip("10.9.0.1"), port: 80, scheduler: "rr", flags: 0 },
  ...{ timeout: 0, netmask: 0xffff_ffff, engine: "", statistics: counted(1234567), servers },
};

test.each(captured("ipvsadm-counters"))("numbers of every length stand as in ipvsadm: %s", (args, text) => {
  const question = asked(args);
  if (question.type !== "list") throw new Error(args);
  const table = { head: { version: 0x010201, size: 4096 }, services: [service] };
  expect(renderTable(table, question.shown, NUMERIC)).toBe(text);
});

const [[, proc] = ["", ""], ...listings] = captured("ipvsadm-connections");

test.each(listings)("connections are printed as by ipvsadm: %s", (args, text) => {
  const question = asked(args);
  if (question.type !== "connections") throw new Error(args);
  expect(renderConnections(parseConnections(proc), question.engine, NUMERIC)).toBe(text);
});

test("a line of the kernel's that is cut is left out", () => {
  expect(
    parseConnections("Pro\nTCP 0A090201 C000 0A090001\nTCP zz C000 0A090001 0050 0A090101 1F90 CLOSE 1\n\n"),
  ).toEqual([]);
});

test("timeouts and sync daemons are printed as by ipvsadm, the master first", () => {
  expect(renderTimeouts({ tcp: 900, tcpFin: 120, udp: 300 })).toBe("Timeout (tcp tcpfin udp): 900 120 300\n");
  const daemon = { interface: "lo", maxLength: 1472, group: ip("224.0.0.81"), port: 8848, ttl: 1 } as const;
  const backup = { ...daemon, state: "backup", id: 7, group: ip("ff02::1") } as const;
  expect(renderDaemons([backup, { ...daemon, state: "master", id: 0 }])).toBe(
    "master sync daemon (mcast=lo, syncid=0, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n" +
      "backup sync daemon (mcast=lo, syncid=7, maxlen=1472, group=ff02::1, port=8848, ttl=1)\n",
  );
});
