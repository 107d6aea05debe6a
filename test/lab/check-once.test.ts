import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { ChecksBench, said } from "./checks-stand.ts";
import type { Implementation } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { until } from "./run.ts";

// Ours and keepalived with one configuration beside each other, before the same servers. IPVS is stood in for.

const bench = new ChecksBench();
afterAll(() => bench.close());

const NODES = { lb1: "ours", lb2: "keepalived" } as const satisfies Readonly<Record<string, Implementation>>;
const ADDRESSES = { lb1: "192.0.2.11", lb2: "192.0.2.12" } as const;

/** Accepts at 8001 and 8002 and says from whom: `192.0.2.11 8001`. At SIGUSR2 8002 is closed, or open again. */
const SERVER = `
const { createServer } = require("node:net");
const at = (port) => createServer((socket) => {
  console.log(socket.remoteAddress + " " + port);
  socket.on("error", () => {}).end();
}).listen(port, "192.0.2.21");
at(8001);
let second = at(8002);
process.on("SIGUSR2", () => { second = second === undefined ? at(8002) : void second.close(); });
`;

/** This many services with the same two servers. */
function farm(services: number, fifo: string): string {
  const server = (host: number): string => `real_server 192.0.2.${host} 80 {
    weight 1
    TCP_CHECK {
      connect_ip 192.0.2.21
      connect_port ${8000 + host}
    }
  }`;
  const service = (n: number): string => `virtual_server 192.0.2.${100 + n} 80 {
  delay_loop 1
  warmup 0
  retry 1
  delay_before_retry 0
  lvs_sched rr
  lvs_method DR
  protocol TCP
  ${server(1)}
  ${server(2)}
}`;
  const all = Array.from({ length: services }, (_, i) => service(1 + i));
  return `global_defs {
  script_user root
  lvs_notify_fifo ${fifo}
  lvs_notify_fifo_script ${fifo}.sh
}
${all.join("\n")}
`;
}

test("ten services with the same servers ask once, and say and tell what ten times asking says and tells", async () => {
  const lan = await Lan.open([
    { name: "lb1", interface: "eth0", addresses: [`${ADDRESSES.lb1}/24`] },
    { name: "lb2", interface: "eth0", addresses: [`${ADDRESSES.lb2}/24`] },
    { name: "rs", interface: "eth0", addresses: ["192.0.2.21/24"] },
  ]);
  try {
    const asked: string[] = [];
    const server = lan.spawn("rs", [process.execPath, "-e", SERVER]);
    server.stdout?.on("data", (text: Buffer) => asked.push(...text.toString().trimEnd().split("\n")));
    const turn = (): boolean => process.kill(server.pid ?? 0, "SIGUSR2");
    const asking = (node: keyof typeof NODES): number =>
      asked.filter((line) => line.startsWith(`${ADDRESSES[node]} `)).length;

    const nodes = ["lb1", "lb2"] as const;
    const fifo = (node: string): string => join(lan.folder, `${node}-fifo`);
    const directors = nodes.map((node) => {
      writeFileSync(`${fifo(node)}.sh`, `#!/bin/sh\nexec cat "$1" >>${fifo(node)}.out\n`);
      chmodSync(`${fifo(node)}.sh`, 0o755);
      return bench.start(lan, node, farm(10, fifo(node)), NODES[node]);
    });
    const told = (node: string): string[] => {
      const file = `${fifo(node)}.out`;
      return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").sort() : [];
    };
    /** Until both have told of so many turns of this kind; everything that they have told by then is the same. */
    const same = async (count: number, state: string): Promise<void> => {
      const turns = (node: string): number =>
        told(node).filter((line) => line.startsWith("RS ") && line.endsWith(state)).length;
      await until(`${count} servers ${state}`, async () => nodes.every((node) => turns(node) >= count), seconds(60));
      expect(told("lb1")).toEqual(told("lb2"));
    };

    for (const director of directors)
      await until("checks", async () => asking(director.node as "lb1" | "lb2") >= 8, seconds(60));
    const before = { lb1: asking("lb1"), lb2: asking("lb2") };
    await until("more checks", async () => asking("lb2") >= before.lb2 + 60, seconds(60)); // three rounds
    expect(asking("lb1") - before.lb1).toBeLessThan((asking("lb2") - before.lb2) / 5);
    const page = await lan.run("lb1", ["curl", "-s", "http://127.0.0.1:9650/metrics"]);
    expect(page.match(/^keepalived_checks_\w+ \d+$/gm)).toEqual([
      ...["keepalived_checks_configured 20", "keepalived_checks_running 2", "keepalived_checks_saved 18"],
    ]);

    turn();
    await same(10, "DOWN");
    for (const director of directors) await bench.reload(lan, director, farm(11, fifo(director.node)));
    await same(11, "DOWN");
    turn();
    await same(11, "UP");
    const added = (): boolean => directors.every((director) => said(director, 0, /^Adding service/).length >= 11);
    await until("the last words", async () => added(), seconds(30));
    const words = /^(TCP_CHECK|TCP connection|Adding|Removing|Gained|Lost)/;
    const [ours, theirs] = directors.map((director) => [...said(director, 0, words)].sort());
    expect(ours).toEqual(theirs);
  } finally {
    lan.close();
  }
});
