import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench, isAlive } from "./daemon-under-test.ts";

const bench = new Bench();
beforeAll(() => bench.build());
afterAll(() => bench.close());

test.concurrent("a child that dies is replaced and given the last report; TERM leaves nothing behind", async () => {
  const daemon = bench.start("respawn", "r1", "-nl");
  await daemon.says("life 1 with r1");
  await daemon.says("Startup complete");
  await settle();
  const first = daemon.childPid;
  process.kill(first, "SIGKILL");
  await daemon.says(`VRRP child process(${first}) died: Respawning`);
  await daemon.says("life 2 with r1");
  const second = daemon.childPid;
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect(daemon.lines.slice(-3)).toEqual(["Stopping", "Stopped", expect.stringMatching(/^Stopped Keepalived v/)]);
  expect([isAlive(second), daemon.leftPidFiles]).toEqual([false, false]);
});

test.concurrent("HUP with a bad file changes nothing and says why; with a good one the child is reloaded, not replaced", async () => {
  const daemon = bench.start("reload", "r1", "-nl");
  await daemon.says("Startup complete");
  const child = daemon.childPid;
  bench.write("reload", "r2", "nonsense\n");
  daemon.signal("SIGHUP");
  await daemon.says("unknown keyword `nonsense`");
  await daemon.says("Reload refused");
  bench.write("reload", "r3");
  daemon.signal("SIGHUP");
  await daemon.says("Reload plan: 1 global setting changed; 1 instance kept");
  await daemon.says("reloaded with r3");
  await daemon.says("Reload complete");
  expect([daemon.childPid, daemon.lines.some((line) => line.includes("r2"))]).toEqual([child, false]);
  daemon.signal("SIGINT");
  expect(await daemon.ended).toBe(0);
});

test.concurrent("a second TERM does not wait for a child that hangs", async () => {
  const daemon = bench.start("hang", "hang", "-nl");
  await daemon.says("Startup complete");
  const child = daemon.childPid;
  daemon.signal("SIGTERM");
  await daemon.says("Stopping");
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect([isAlive(child), daemon.leftPidFiles]).toEqual([false, false]);
});

test.concurrent("child_wait_time is how long a child that hangs is waited for, and a second at least", async () => {
  const daemon = bench.start("wait", "hang", "-nl");
  bench.write("wait", "hang", "child_wait_time 0\n");
  await daemon.says("Startup complete");
  daemon.signal("SIGHUP");
  await daemon.says("Reload complete");
  const child = daemon.childPid;
  const from = performance.now();
  daemon.signal("SIGTERM");
  await daemon.says("vrrp process failed to die - forcing termination");
  const took = performance.now() - from;
  expect(await daemon.ended).toBe(0);
  expect([isAlive(child), took > 900, took < 4000]).toEqual([false, true, true]);
});

test.concurrent("of processes that are started while the file is read, the one that nothing wants is gone", async () => {
  bench.write("ahead", "r1", "# a virtual_server will come\n".repeat(3000));
  const daemon = bench.start("early", "r1", "-nl", "-f", bench.path("ahead", "conf"));
  await daemon.says("Startup complete");
  const children = (): string[] =>
    readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, "utf8").trim().split(" ");
  await expect.poll(children, { timeout: 10_000 }).toEqual([`${daemon.childPid}`]);
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

const SLOW = 'global_defs {\nstartup_script "/bin/sleep 60"\nstartup_script_timeout 1\n}\n';

test.concurrent("a startup script that does not end holds up the processes until its timeout, and no longer", async () => {
  bench.write("slow", "r1", SLOW);
  const daemon = bench.start("slowly", "r1", "-nl", "-f", bench.path("slow", "conf"));
  await daemon.says("Running startup script /bin/sleep 60");
  await daemon.says("startup script timed out");
  await daemon.says("Starting VRRP child process");
  await daemon.says("Startup complete");
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

test.concurrent("TERM during the startup script ends the script and the daemon; no process is started", async () => {
  bench.write("early", "r1", SLOW.replace("timeout 1", "timeout 100"));
  const daemon = bench.start("earlier", "r1", "-nl", "-f", bench.path("early", "conf"));
  await daemon.says("Running startup script");
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect(daemon.lines.filter((line) => line.startsWith("Starting VRRP"))).toEqual([]);
});

test.concurrent("reload_check_config: what is wrong with a file that is to be loaded stands in its log", async () => {
  const log = bench.path("check", "log");
  const checked = `global_defs {\nreload_check_config ${log}\n}\n`;
  bench.write("check", "r1", checked);
  const daemon = bench.start("checker", "r1", "-nl", "-f", bench.path("check", "conf"));
  await daemon.says("Startup complete");
  bench.write("check", "r2", `${checked}nonsense\n`);
  daemon.signal("SIGHUP");
  await daemon.says("Reload refused");
  expect(readFileSync(log, "utf8")).toMatch(/^error: unknown keyword `nonsense`/m);
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

test.concurrent("a reload that removes the last service is put in force by the checkers process before it is stopped", async () => {
  const servers = "real_server 192.0.2.11 80 {\n}";
  const farm = `virtual_server 192.0.2.9 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n${servers}\n}\n`;
  bench.write("farm", "r1", farm);
  const daemon = bench.start("farmer", "r1", "-nl", "-f", bench.path("farm", "conf"));
  await daemon.says("Startup complete");
  bench.write("farm", "r2");
  daemon.signal("SIGHUP");
  await daemon.says("Reload complete");
  const said = daemon.lines.filter((line) => line === "reloaded with r2" || line === "Stopped");
  expect(said.sort()).toEqual(["Stopped", "reloaded with r2", "reloaded with r2"]);
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

test.concurrent("a reload that would give the daemon another name is refused", async () => {
  const daemon = bench.start("name", "r1", "-nl");
  await daemon.says("Startup complete");
  bench.write("name", "r2", "instance east\n");
  daemon.signal("SIGHUP");
  await daemon.says("Cannot change instance name at a reload - please restart");
  await daemon.says("Reload refused");
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

test.concurrent("when the supervisor is killed its child stops in order", async () => {
  const daemon = bench.start("orphan", "r1", "-nl");
  await daemon.says("Startup complete");
  const child = daemon.childPid;
  daemon.signal("SIGKILL");
  await daemon.says("Stopped");
  while (isAlive(child)) await settle();
});

test.concurrent("a permanent error of a child ends the daemon with the child's status", async () => {
  const daemon = bench.start("permanent", "permanent", "-nl");
  expect(await daemon.ended).toBe(4);
  expect(daemon.lines.join("\n")).toMatch(
    /not allowed\npid \d+ exited with permanent error missing permission. Terminating/,
  );
  expect(daemon.leftPidFiles).toBe(false);
});

test.concurrent("a reload is the remedy for a child that crashes again and again at start", async () => {
  const daemon = bench.start("crash", "crash", "-nl");
  await daemon.says("internal error: Error: a bug");
  await daemon.says("delayed 0 seconds");
  await daemon.says("delayed 1 seconds");
  bench.write("crash", "r2");
  daemon.signal("SIGHUP");
  await daemon.says("life 1 with r2");
  await daemon.says("Startup complete");
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

test.concurrent("without -n the call returns when the daemon is ready, or with its failure", async () => {
  const daemon = bench.start("background", "r1");
  expect(await daemon.ended).toBe(0);
  const { pid, childPid } = daemon;
  expect([isAlive(pid), isAlive(childPid)]).toEqual([true, true]);
  process.kill(pid, "SIGTERM");
  while (isAlive(pid) || isAlive(childPid)) await settle();
  expect(await bench.start("failure", "permanent").ended).toBe(4);
  expect(await bench.start("missing", "r1", "-f/nonexistent").ended).toBe(6);
});

test.concurrent("a second daemon finds the pid file in use and ends with 0", async () => {
  const daemon = bench.start("twice", "r1", "-nl");
  await daemon.says("Startup complete");
  const second = bench.start("twice", "r1", "-nl");
  expect(await second.ended).toBe(0);
  expect(second.lines).toContain("daemon is already running");
  daemon.signal("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

/** Reports leave 100 ms apart. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
