import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { readConfig } from "../../src/config/read.ts";
import { findings, reading, server, sourceOf } from "./reading.ts";

const SECURE = "global_defs {\nenable_script_security\nscript_user u\n}\n";
const text = (...lines: readonly string[]): string => SECURE + server("JS_CHECK {", ...lines, "}");
const checker = (...lines: readonly string[]) =>
  reading(text(...lines)).config.virtualServers[0]?.realServers[0]?.checkers[0];

test("a JS_CHECK says what is called with which words, and has a check's timing and its server", () => {
  expect(checker('module /etc/check.mjs "a b" c', "timeout 2.5", "js_dynamic", "retry 3", "delay_loop 7")).toEqual({
    ...{ type: "js", module: "/etc/check.mjs", arguments: ["a b", "c"] },
    ...{ timeLimit: seconds(2.5), dynamic: true },
    server: { address: "192.0.2.11", port: 80, virtualServer: "[192.0.2.254]:tcp:80" },
    ...{ delayLoop: seconds(7), retry: 3, delayBeforeRetry: seconds(1), warmup: seconds(7) },
    ...{ alpha: false, logAllFailures: false },
  });
  expect(checker("module /etc/check.mjs")).toMatchObject({
    ...{ arguments: [], timeLimit: seconds(5), dynamic: false, delayLoop: seconds(60), retry: 0 },
  });
});

test.each([
  ["k.conf", "./check.mjs", "check.mjs"],
  ["k.conf", "checks/a.mjs", "checks/a.mjs"],
  ["/etc/keepalived/k.conf", "./check.mjs", "/etc/keepalived/check.mjs"],
  ["/etc/keepalived/k.conf", ".//./check.mjs", "/etc/keepalived/check.mjs"],
  ["/etc/keepalived/k.conf", "../check.mjs", "/etc/keepalived/../check.mjs"],
  ["/etc/keepalived/k.conf", "/opt/check.mjs", "/opt/check.mjs"],
])("a path counts from the folder of its file: in %s, %s is %s", (file, path, module) => {
  const { config } = readConfig(file, sourceOf({ [file]: text(`module ${path}`) }));
  expect(config.virtualServers[0]?.realServers[0]?.checkers).toMatchObject([{ module }]);
});

test("in an included file it counts from the folder of that one", () => {
  const files = {
    "/etc/k.conf": `${SECURE}include /etc/web/*.conf`,
    "/etc/web/a.conf": server("JS_CHECK {", "module ./a.mjs", "}"),
  };
  const { config } = readConfig("/etc/k.conf", sourceOf(files));
  expect(config.virtualServers[0]?.realServers[0]?.checkers).toMatchObject([{ module: "/etc/web/a.mjs" }]);
});

test.each([
  [["timeout 3"], "error 10:1 `JS_CHECK` has no `module`: it checks nothing and is left out"],
  [["module", "timeout 3"], "error 11:1 `module` needs a value"],
  [["module /a.mjs", "timeout soon"], "error 12:9 `soon` is no number"],
  [["module /a.mjs", "timeout 0"], "error 12:9 `0` is not in the range 0.001 to 3600 seconds"],
  [["module /a.mjs", "connect_port 80"], "error 12:1 unknown keyword `connect_port` in `JS_CHECK`"],
])("%j: %s", (lines, message) => {
  expect(findings(reading(text(...lines)))).toContain(message);
});

test("without script security a module is warned of as a script is", () => {
  const { diagnostics } = reading(server("JS_CHECK {", "module /a.mjs", "}"));
  expect(diagnostics.map(({ code, status }) => [code, status])).toEqual([["script-security", 6]]);
});
