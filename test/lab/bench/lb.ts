// npm run bench -- lb [SECONDS]: what the load-balancing half costs, ours beside Debian's keepalived in one run. Needs root.
// IPVS itself is stood in for (test/lab/ipvs-stand-in.c), so that both are measured at this machine's own speed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, seconds } from "../../../src/base/time.ts";
import { Capture } from "../capture.ts";
import type { Implementation } from "../daemon.ts";
import { Lan } from "../lan.ts";
import { until } from "../run.ts";
import { instance } from "../stand.ts";
import { CountedDirector, IPVS } from "./lb-director.ts";
import { CHECKS, type Farm, farm } from "./lb-farm.ts";
import { bothNamed, percentile } from "./table.ts";

const SECONDS = Number(process.argv[2] ?? 30);
const SMALL: Farm = { services: 500, servers: 10 };
const LARGE: Farm = { services: 2277, servers: 16, extra: 773 };
const size = ({ services, servers, extra = 0 }: Farm): number => services * servers + extra;
const ms = (micros: number): string => (micros / 1000).toFixed(0);

/** A director alone on a machine where everything of 127.0.0.0/8 answers on port 80, and 10.0.0.0/8 never. */
async function alone(
  implementation: Implementation,
  use: (director: CountedDirector, lan: Lan) => Promise<void>,
  options: readonly string[] = ["-C"],
): Promise<void> {
  const lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.11/24"] }]);
  try {
    await lan.run("lb1", "ip neighbour add 192.0.2.99 lladdr 02:00:00:00:00:99 dev eth0 nud permanent".split(" "));
    await lan.run("lb1", ["ip", "route", "add", "10.0.0.0/8", "via", "192.0.2.99"]); // nobody's
    await lan.run("lb1", ["sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000", "net.ipv4.tcp_tw_reuse=1"]);
    await webServer(lan);
    const director = new CountedDirector(lan, "lb1", implementation, options);
    await use(director, lan);
    await director.director.stop().catch(() => {}); // 2.2.7 takes its time
  } finally {
    lan.close();
  }
}

async function webServer(lan: Lan): Promise<void> {
  const folder = join(lan.folder, "nginx");
  mkdirSync(folder);
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log /dev/null;
events { worker_connections 8192; }
http { access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
server { listen 80 backlog=65535; location / { return 200 "well\\n"; } } }`,
  );
  lan.spawn("lb1", ["nginx", "-p", folder, "-c", join(folder, "nginx.conf")]);
  const answers = async (): Promise<boolean> =>
    (await lan.attempt("lb1", ["curl", "-s", "http://127.0.0.1/"])).stdout === "well\n";
  await until("nginx", answers, seconds(10));
}

console.log("| | | programmed ms | reload: same, changes / CPU ms | 1 % of weights ms | 100 % ms |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const size_ of [SMALL, LARGE])
  await bothNamed(async (implementation, name) => {
    await alone(implementation, async (counted) => {
      const all = size(size_);
      counted.start(farm(size_));
      const { last } = await counted.until(IPVS.newDestination, all, 120);
      const programmed = last - counted.startedAt;
      await counted.calm(60);
      const same = await reloaded(counted, farm(size_));
      const one = await reweighed(counted, size_, (n) => (n % 100 === 0 ? 2 : 1), Math.ceil(all / 100));
      const every = await reweighed(counted, size_, () => 3, all);
      const cells = [ms(programmed), `${same.changes} / ${(1000 * same.processor).toFixed(0)}`, ms(one), ms(every)];
      console.log(`| ${size_.services} services, ${all} servers | ${name} | ${cells.join(" | ")} |`);
    });
  });

/** A reload: commands that it sent, and what its checkers process took. */
async function reloaded(counted: CountedDirector, text: string): Promise<{ changes: number; processor: number }> {
  const [changes, { processor }] = [counted.changes(), counted.usage()];
  const from = counted.director.log.mark();
  counted.write(text);
  counted.director.reload();
  await counted.director.waitForLog(/Reload complete/, { from, within: seconds(120) });
  await counted.calm(60);
  return { changes: counted.changes() - changes, processor: counted.usage().processor - processor };
}

/** From SIGHUP to the last weight. */
async function reweighed(
  counted: CountedDirector,
  size_: Farm,
  weight: (n: number) => number,
  count: number,
): Promise<number> {
  const before = counted.sent(IPVS.setDestination).count;
  counted.write(farm({ ...size_, weight }));
  const at = Number(process.hrtime.bigint() / 1000n);
  counted.director.reload();
  const { last } = await counted.until(IPVS.setDestination, before + count, 120);
  await counted.calm(60);
  return last - at;
}

console.log(`\nHealth checks, delay_loop 6, over ${SECONDS} s: processor time of the checkers process.\n`);
console.log("| | | % of a processor | us a check | bytes a check |\n| --- | --- | --- | --- | --- |");
const CHECKED: readonly (readonly [string, Farm])[] = [
  ["5,000 TCP", { services: 500, servers: 10, check: CHECKS.tcp }],
  ["50,000 TCP", { services: 500, servers: 100, check: CHECKS.tcp }],
  ["5,000 HTTP", { services: 500, servers: 10, check: CHECKS.http }],
];
for (const [what, checked] of CHECKED)
  await bothNamed(async (implementation, name) => {
    let empty = 0;
    await alone(implementation, async (counted) => {
      counted.start(farm({ ...checked, services: 1, servers: 1 }));
      await counted.until(IPVS.newDestination, 1, 60);
      await sleep(8_000);
      empty = counted.usage().resident;
    });
    await alone(implementation, async (counted) => {
      counted.start(farm(checked));
      await counted.until(IPVS.newDestination, size(checked), 120);
      await sleep(20_000); // the first round, and what it warms up
      const before = counted.usage();
      await sleep(SECONDS * 1000);
      const after = counted.usage();
      const processor = after.processor - before.processor;
      const checks = (size(checked) * SECONDS) / 6;
      const gone = counted.sent(IPVS.deleteDestination).count;
      if (gone > 0) console.log(`${name}: ${gone} removed`);
      const cells = [
        ((100 * processor) / SECONDS).toFixed(1),
        ((1_000_000 * processor) / checks).toFixed(1),
        ((after.resident - empty) / size(checked)).toFixed(0),
      ];
      console.log(`| ${what} | ${name} | ${cells.join(" | ")} |`);
    });
  });

console.log(`\n100 services with the same 50 servers, TCP_CHECK and HTTP_GET, delay_loop 6, over ${SECONDS} s.\n`);
console.log("| | | connections a second | % of a processor | RSS MB |\n| --- | --- | --- | --- | --- |");
const SHARED: Farm = { services: 100, servers: 50, same: true };
const WAYS: readonly (readonly [string, Implementation, string])[] = [
  ["ours", "ours", ""],
  ["ours, `check_once off`", "ours", "check_once off"],
  ["keepalived 2.2.7", "keepalived", ""],
];
for (const kind of ["tcp", "http"] as const)
  for (const [name, implementation, global] of WAYS)
    await alone(implementation, async (counted, lan) => {
      counted.start(farm({ ...SHARED, check: CHECKS[kind], global }));
      await counted.until(IPVS.newDestination, size(SHARED), 120);
      await sleep(20_000);
      const [opened, before] = [await accepted(lan), counted.usage()];
      await sleep(SECONDS * 1000);
      const [now, { processor, resident }] = [await accepted(lan), counted.usage()];
      const each = [(now - opened) / SECONDS, (100 * (processor - before.processor)) / SECONDS, resident / 2 ** 20];
      console.log(`| ${kind} | ${name} | ${each.map((value) => value.toFixed(1)).join(" | ")} |`);
    });

/** TCP connections that the machine has accepted so far. */
async function accepted(lan: Lan): Promise<number> {
  const [names, values] = (await lan.run("lb1", ["grep", "^Tcp:", "/proc/net/snmp"])).split("\n");
  const at = names?.split(" ").indexOf("PassiveOpens") ?? -1;
  return Number(values?.split(" ")[at]);
}

console.log(
  "\n5,100 dead servers, connect_timeout 1, warmup 0: from 2 s after they were in the table until all are out.\n",
);
console.log("| | ms |\n| --- | --- |");
const DEAD: Farm = { services: 510, servers: 10, network: 10, check: CHECKS.dead };
await bothNamed(async (implementation, name) => {
  await alone(implementation, async (counted) => {
    counted.start(farm(DEAD));
    const { first } = await counted.until(IPVS.newDestination, size(DEAD), 120);
    const { last } = await counted.until(IPVS.deleteDestination, size(DEAD), 120);
    console.log(`| ${name} | ${ms(last - first - seconds(2))} |`);
  });
});

console.log(
  `\nA master at 100 ms beside 5,000 TCP checks a second in the checkers process, ${SECONDS} s: gaps between adverts.\n`,
);
console.log("| | p50 / p99 / p99.9 / max ms |\n| --- | --- |");
await bothNamed(async (implementation, name) => {
  await alone(
    implementation,
    async (counted, lan) => {
      const capture = await Capture.start(lan);
      const router = instance({ advertInterval: 0.1, more: "version 3" });
      counted.start(router + farm({ services: 300, servers: 100, check: CHECKS.tcp }));
      await counted.until(IPVS.newDestination, 30_000, 120);
      await sleep(15_000);
      const mark = capture.heard.mark();
      await sleep(SECONDS * 1000);
      const times = capture.adverts(lan.mac("lb1"), mark).map(({ at }) => at);
      const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at) - milliseconds(100));
      gaps.sort((a, b) => a - b);
      const cells = [0.5, 0.99, 0.999, 1].map((part) => (percentile(gaps, part) / 1000).toFixed(2));
      console.log(`| ${name} | ${cells.join(" / ")} |`);
    },
    [],
  );
});
process.exit();
