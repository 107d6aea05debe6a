// npm run bench -- config: reads large configurations, ours beside Debian's keepalived, in one run. Prints medians of
// ROUNDS runs: wall time, processor time, peak memory; `read` is the processor time above that of an empty file. With
// `--write` the table of docs/performance.md is replaced by it.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";

const ROUNDS = 5;
const OURS = [process.execPath, new URL("../dist/main.js", import.meta.url).pathname];
const PROGRAMS = {
  "keepalived -t": (file) => ["keepalived", "-t", "-f", file],
  "ours -t": (file) => [...OURS, "-t", "-f", file],
  "ours check": (file) => [...OURS, "check", file],
};
const PAGE = new URL("../docs/performance.md", import.meta.url).pathname;
const TABLE = /(?<=<!-- npm run bench -- config --write -->\n).*?(?=<!-- end -->)/s;

/** 50 lines a service. */
function services(count) {
  const server = (i, n) => `    real_server 10.${i >> 8}.${i & 255}.${n} 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
            retry 2
            delay_before_retry 1
        }
    }
`;
  const service = (i) => `virtual_server 172.${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255} 80 {
    delay_loop 6
    lb_algo rr
    lb_kind NAT
    protocol TCP
    persistence_granularity 255.255.255.0
    persistence_timeout 50
    quorum 1
    hysteresis 0
${[1, 2, 3, 4, 5].map((n) => server(i, n)).join("")}}
`;
  return Array.from({ length: count }, (_, i) => service(i)).join("");
}

function instances(count, addresses) {
  const instance = (i) => `vrrp_instance VI_${i} {
    interface eth${i >> 7}
    virtual_router_id ${(i % 250) + 1}
    priority 100
    virtual_ipaddress {
${Array.from({ length: addresses }, (_, n) => `        10.${i >> 8}.${i & 255}.${n + 1}/24`).join("\n")}
    }
}
`;
  return Array.from({ length: count }, (_, i) => instance(i)).join("");
}

function definitions(count) {
  return `${Array.from({ length: count }, (_, i) => `$NAME_${i}=10.${i >> 8}.${i & 255}.1`).join("\n")}\n${services(100).replaceAll("10.0.", `\${NAME_7}0.`)}`;
}

const FILES = {
  empty: "",
  "2,000 services of 5 servers": services(2000),
  "10,000 services of 5 servers": services(10_000),
  "500 instances of 20 addresses": instances(500, 20),
  "10,000 definitions": definitions(10_000),
};

/** Wall and processor seconds, and the peak of resident memory in MB, sampled every 5 ms. */
async function run(argv) {
  const from = performance.now();
  const child = spawn("bash", ["-c", 'TIMEFORMAT="%U %S"; time "$@" 2>/dev/null', "bash", ...argv], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  let peak = 0;
  const sample = setInterval(() => {
    for (const pid of children(child.pid)) peak = Math.max(peak, highWater(pid));
  }, 5);
  await new Promise((resolve) => child.on("close", resolve));
  clearInterval(sample);
  const [user = 0, system = 0] = text.trim().split(/\s+/).slice(-2).map(Number);
  return { wall: (performance.now() - from) / 1000, cpu: user + system, peak };
}

function children(pid) {
  try {
    return [pid, ...readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean)];
  } catch {
    return [];
  }
}

function highWater(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const page = [];
function say(line) {
  console.log(line);
  page.push(`${line}\n`);
}

const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-bench-"));
try {
  const version = spawnSync("keepalived", ["-v"], { encoding: "utf8" }).stderr.split("\n")[0];
  const memory = Math.round(totalmem() / 2 ** 30);
  say(`${cpus().length} x ${cpus()[0]?.model.trim()}, ${memory} GiB, Node ${process.version}; ${version}\n`);
  say(
    "| file | lines | program | wall s | processor s | read s | peak MB |\n| --- | --- | --- | --- | --- | --- | --- |",
  );
  const start = {};
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, "k.conf");
    writeFileSync(file, text);
    const results = Object.fromEntries(Object.keys(PROGRAMS).map((program) => [program, []]));
    for (let round = 0; round < ROUNDS; round++)
      for (const [program, argv] of Object.entries(PROGRAMS)) results[program].push(await run(argv(file)));
    for (const [program, runs] of Object.entries(results)) {
      const [wall, cpu, peak] = ["wall", "cpu", "peak"].map((key) => median(runs.map((each) => each[key])));
      start[program] ??= cpu;
      const cells = [wall.toFixed(2), cpu.toFixed(2), (cpu - start[program]).toFixed(2), peak.toFixed(0)];
      say(`| ${name} | ${text.split("\n").length - 1} | ${program} | ${cells.join(" | ")} |`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (process.argv.includes("--write")) writeFileSync(PAGE, readFileSync(PAGE, "utf8").replace(TABLE, page.join("")));
