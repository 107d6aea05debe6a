import { beforeAll, expect, test } from "vitest";
import { boot } from "./emulated.ts";

let observed: ReadonlyMap<string, string>;
let metrics: string;
let journal: string;

beforeAll(async () => {
  const { stdout, stderr, read } = await boot({ command: "bash test/lab/unit.sh", timeout: 240, systemd: true });
  const lines = read("observations").trim().split("\n");
  observed = new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1).join(" ")]));
  metrics = read("metrics");
  journal = `${read("journal")}\n${read("promtool")}`;
  if (observed.size < 2) throw new Error(`the scenario did not run:\n${stdout}\n${stderr}`);
});

/** One observation, with the daemon's log beside it where it is not as expected. */
function expectObserved(name: string, value: string): void {
  expect(`${name} ${observed.get(name)}`, journal).toBe(`${name} ${value}`);
}

test("the unit is well formed, and `keepalived.service` is an alias of it", () => {
  expectObserved("verify", "0");
  expect(observed.get("alias")).toMatch(/keepalived-ts\.service$/);
});

test("systemctl start returns when both children are ready", () => {
  expectObserved("start", "0");
  expectObserved("active", "active");
  expectObserved("children-at-ready", "2");
});

test("the daemon does its work under the unit's restrictions: VIP and IPVS service", () => {
  expectObserved("vip-while-master", "1");
  expectObserved("services-while-running", "1");
});

test("promtool finds nothing to say about /metrics", () => {
  expectObserved("promtool", "0");
  expectObserved("promtool-words", "0");
});

test("/metrics tells of every instance and every real server", () => {
  const wanted = [
    /^keepalived_up 1$/m,
    /^keepalived_vrrp_state\{iname="VI_1",intf="eth0",vrid="78",ip_address="10\.78\.0\.100"\} 2$/m,
    /^keepalived_advertisements_sent_total\{.*\} [1-9]/m,
    /^keepalived_advertisements_received_total\{.*\} 0$/m,
    /^keepalived_become_master_total\{iname="VI_1",intf="eth0",vrid="78"\} 1$/m,
    /^keepalived_release_master_total\{iname="VI_1",intf="eth0",vrid="78"\} 0$/m,
    /^keepalived_real_server_up\{.*8080.*\} 1$/m,
    /^keepalived_real_server_up\{.*8081.*\} 0$/m,
    /^keepalived_real_server_weight\{.*8080.*\} 1$/m,
    /^keepalived_checker_latency_seconds\{.*8080.*\} 0\.\d+$/m,
  ];
  for (const pattern of wanted) expect(metrics).toMatch(pattern);
});

test("systemctl reload applies a good file, and a bad one changes nothing", () => {
  expectObserved("reload", "0");
  expectObserved("weight-after-reload", "1");
  expectObserved("weight-after-bad-reload", "1");
  expectObserved("active-after-bad-reload", "active");
  expectObserved("refused", "1");
});

test("after kill -9 systemd starts the daemon again, and it is master again", () => {
  expectObserved("active-after-kill", "active");
  expectObserved("vip-after-kill", "1");
});

test("systemctl stop leaves nothing behind", () => {
  expectObserved("stop", "0");
  expectObserved("result", "success");
  expectObserved("vip-after-stop", "0");
  expectObserved("services-after-stop", "0");
  expectObserved("processes-after-stop", "0");
});
