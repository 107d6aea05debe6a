import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { ChecksBench, farm, said } from "./checks-stand.ts";
import type { Director } from "./daemon.ts";
import type { Lan } from "./lan.ts";
import { until } from "./run.ts";
import { Stand } from "./stand.ts";

const bench = new ChecksBench();
afterAll(() => bench.close());

const SECURE = "global_defs {\n    enable_script_security\n}\n";
const RS = "[192.0.2.21]:tcp:80";
const VS = "[192.0.2.100]:tcp:80";

/** A file, never half. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** A module in the folder of the LAN, which does what the file `state` says; its check. */
function stateful(lan: Lan, more = "timeout 0.5"): { readonly check: string; readonly state: string } {
  const folder = join(lan.folder, "checks");
  mkdirSync(folder);
  const text = `import { readFileSync } from "node:fs";
const run = Object.getPrototypeOf(async () => {}).constructor;
export default (check) => run("check", "read", readFileSync("${folder}/state", "utf8"))(check, readFileSync);`;
  put(join(folder, "state"), "return true");
  put(join(folder, "check.mjs"), text);
  const timing = "warmup 0\nretry 0\nlog_all_failures";
  return {
    check: `JS_CHECK {\n module ./checks/check.mjs word\n ${timing}\n ${more}\n}`,
    state: join(folder, "state"),
  };
}

describe.concurrent("JS_CHECK", () => {
  test("a module answers, weighs, throws, hangs and ends its thread in a daemon that goes on; a reload loads it anew", async () => {
    await Stand.with(async ({ lan }) => {
      const { check, state } = stateful(lan, "timeout 0.5\njs_dynamic");
      const text = SECURE + farm({ 21: check, 22: "" }, "delay_loop 0.2");
      const lb1 = bench.start(lan, "lb1", text);
      const module = join(lan.folder, "checks/check.mjs");
      const which = `JS check for [${RS} VS ${VS}] by [${module}]`;
      const step = async (to: string, line: string): Promise<void> => {
        const from = lb1.log.mark();
        put(state, to);
        await lb1.waitForLog(new RegExp(line.replace(/[\\[\](){}.]/g, "\\$&")), { from });
      };
      await lb1.waitForLog(/JS check for .* succeeded/);
      const checkers = lb1.childPid("checkers");
      await step("return { up: true, weight: 9 }", "Changing weight from 7 to 9");
      await step(
        "return check.arguments[0] === 'word' && check.port === 80 && { up: false, why: check.address }",
        `${which} failed with retry disabled (192.0.2.21).`,
      );
      await step("return true", `${which} succeeded.`);
      await step("for (;;);", `${which} timed out with retry disabled.`);
      await step("return true", `${which} succeeded.`);
      await step(
        "process.exit(7)",
        `${which} failed with retry disabled (its module's thread ended: it ended with status 7).`,
      );
      await step("return true", `${which} succeeded.`);
      await step("throw new Error('no')", `${which} failed with retry disabled (threw Error: no).`);
      put(module, "export default () => true;");
      const from = lb1.log.mark();
      await bench.reload(lan, lb1, text);
      await lb1.waitForLog(/JS check for .* succeeded/, { from });
      expect(lb1.childPid("checkers")).toBe(checkers);
      expect(said(lb1, 0, /internal error|died/)).toEqual([]);
      expect(await lb1.stop()).toBe(0);
    });
  });

  test("a daemon stops though a module waits in a system call; its death leaves a dead server out", async () => {
    await Stand.with(async ({ lan }) => {
      const { check, state } = stateful(lan);
      put(state, "return false");
      const lb1 = bench.start(lan, "lb1", SECURE + farm({ 21: check, 22: "" }, "delay_loop 0.2"));
      await lb1.waitForLog(/failed with retry disabled \(returned false\)/);
      const page = () => lan.run("lb1", ["curl", "-s", "http://127.0.0.1:9650/metrics"]);
      const down = /^keepalived_real_server_up\{.*real_server="\[192\.0\.2\.21\]:80".*\} 0$/m;
      await until("the report", async () => down.test(await page()), seconds(10)); // what the next process begins with
      const from = lb1.log.mark();
      lb1.killChild("checkers");
      await lb1.waitForLog(/IPVS: new destination .* -> \[192\.0\.2\.22\]:80/, { from });
      await lan.run("lb1", ["mkfifo", join(lan.folder, "fifo")]);
      put(state, `return read("${lan.folder}/fifo")`);
      await new Promise((done) => setTimeout(done, 1500)); // it waits by now
      const at = Date.now();
      expect(await lb1.stop()).toBe(0);
      expect(milliseconds(Date.now() - at)).toBeLessThan(seconds(4));
      expect(said(lb1, from, /-> \[192\.0\.2\.21\]:80|force/)).toEqual([]);
    });
  });
});

/** The weights that a server was given, in order. */
const weights = (director: Director, from = 0): readonly number[] =>
  said(director, from, /IPVS: (new|set) destination .*21\]:80/).map((line) => Number(line.split(" ").at(-1)));

describe.concurrent("slow_start", () => {
  test("a server that returns rises each second; a process that is killed goes on with it, lvs_compare has nothing to say", async () => {
    await Stand.with(async ({ lan }) => {
      const { check, state } = stateful(lan, "timeout 20");
      const servers = farm({ 21: check, 22: "" }, "delay_loop 0.2\nslow_start 4");
      const text = `${SECURE.replace("}", "lvs_compare report 1\n}")}${servers.replace("rr", "wlc").replaceAll("weight 7", "weight 60")}`;
      const lb1 = bench.start(lan, "lb1", text);
      await lb1.waitForLog(/IPVS: new destination .*21\]:80 weight 60/);
      put(state, "return false");
      await lb1.waitForLog(/IPVS: delete destination .*21\]:80/);
      let from = lb1.log.mark();
      put(state, "return true");
      const begun = await lb1.waitForLog(/Slow start of service .* weight 1 to 60 in 4 seconds/, { from });
      await lb1.waitForLog(/IPVS: set destination .*21\]:80 weight (30|45)/, { from });
      const before = weights(lb1, from); // under load one may be passed over
      expect([before[0], [1, 15, 30, 45].filter((weight) => before.includes(weight))]).toEqual([1, before]);
      await bench.reload(lan, lb1, text);
      from = lb1.log.mark();
      lb1.killChild("checkers");
      await lb1.waitForLog(/died: Respawning/, { from });
      const ended = await lb1.waitForLog(/Slow start of service .* has ended: weight 60/, { from });
      expect(ended.at - begun.at).toBeGreaterThan(seconds(3.9));
      await lb1.waitForLog(/IPVS: (new|set) destination .*21\]:80 weight 60/, { from });
      const after = weights(lb1, from);
      expect(after[0]).toBeGreaterThanOrEqual(30);
      expect(after).toEqual([...after].sort((a, b) => a - b));
      expect(said(lb1, 0, /otherwise|settings than ours|is gone|not ours/)).toEqual([]);
      expect(said(lb1, 0, /Slow start/)).toHaveLength(2);
      await lb1.stop();
    });
  });
});
