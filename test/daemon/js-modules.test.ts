import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { JsCheckConfig } from "../../src/config/model/check.ts";
import { JsModules } from "../../src/daemon/js-modules.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";
import { createLog } from "../../src/observe/log.ts";
import { real, service } from "./pool-bench.ts";

const RULES = { enableScriptSecurity: false };
const program = resolve("dist/js-check.js"); // scripts/build.mjs
const poller = new Poller();
const clock = new Clock(poller);
const said: string[] = [];
let folder: string;
let modules: JsModules;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "js-modules-"));
  modules = new JsModules(RULES, { log: createLog([({ text }) => said.push(text)], true), clock, program });
});
beforeEach(() => {
  said.length = 0;
});
afterAll(async () => {
  await modules.close();
  clock.close();
  poller.close();
  rmSync(folder, { recursive: true });
});

const server = { address: ip("10.9.0.11"), port: 8080, virtualServer: "[10.9.0.100]:tcp:80" };
const checkOf = (module: string, change: Partial<JsCheckConfig> = {}): JsCheckConfig => ({
  ...{ type: "js", module, arguments: [], timeLimit: seconds(20), dynamic: false, server },
  ...{ delayLoop: seconds(10), retry: 0, delayBeforeRetry: seconds(1), warmup: 0, alpha: false, logAllFailures: false },
  ...change,
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

let made = 0;

/** Runs a module of this text. */
function run(text: string, change: Partial<JsCheckConfig> = {}) {
  return modules.run(checkOf(file(`${++made}.mjs`, text), change), new AbortController().signal);
}

const up = { up: true, why: undefined, weight: undefined };
const calls = (body: string): string => `export default async (check) => { ${body} };`;

test.each<[string, string, object]>([
  ["returns true", "return true", up],
  ["returns false", "return false", { ...up, up: false }],
  ["says why", "return { up: false, why: 'old' }", { up: false, why: "old", weight: undefined }],
  ["asks for a weight", "return { up: true, weight: 7 }", { up: true, why: undefined, weight: 7 }],
  ["returns nothing", "", { strange: "undefined" }],
  ["returns a string", "return 'up'", { strange: "a string" }],
  ["returns an array", "return [true]", { strange: "an array" }],
  ["returns an object without up", "return { ok: true }", { strange: "an object whose `up` is undefined" }],
  ["returns a why that is no text", "return { up: true, why: {} }", { strange: "an object whose `why` is an object" }],
  ["returns a getter that throws", "return { get up() { throw 'no' } }", { threw: "no" }],
  ["throws", "throw new TypeError('x')", { threw: "TypeError: x" }],
  ["rejects", "return Promise.reject(new Error('y'))", { threw: "Error: y" }],
  ["throws something without words", "throw { toString() { throw 1 } }", { threw: "something without words" }],
  [
    "loads an addon",
    "process.dlopen({ exports: {} }, '/x.node')",
    { threw: "Error: a check's module loads no addons" },
  ],
])("a module that %s", async (_, body, end) => {
  expect(await run(calls(body))).toEqual(end);
});

test.each([
  ["throws while it is loaded", "throw new Error('z')", "Error: z"],
  ["has no default export", "export const check = 1", "its default export is undefined, not a function"],
  ["is no JavaScript", "export default )", "SyntaxError: Unexpected token ')'"],
  ["ends its process while it is loaded", "process.exit(3)", "it ended with status 3"],
])("a module that %s is not run", async (_, text, notRun) => {
  expect(await run(text)).toEqual({ notRun });
});

test("a module that is not there is not run", async () => {
  const end = await modules.run(checkOf("/nonexistent/check.mjs"), new AbortController().signal);
  expect(end).toEqual({ notRun: expect.stringContaining("Cannot find module '/nonexistent/check.mjs'") });
});

test("it is told of the server, frozen, and has no environment, arguments or input of ours", async () => {
  const body = `const seen = [Object.isFrozen(check), Object.isFrozen(check.arguments), check.address, check.port,
    check.virtualServer, check.arguments, check.timeout, check.signal.aborted, Object.keys(process.env), process.argv.length,
    process.execArgv, process.send]; return { up: true, why: JSON.stringify(seen) };`;
  const end = await run(calls(body), { arguments: ["a b", "c"], timeLimit: milliseconds(2_500) });
  const { why } = end as { why: string };
  const expected = [true, true, "10.9.0.11", 8080, server.virtualServer, ["a b", "c"], 2500, false, [], 2, [], null];
  expect(JSON.parse(why)).toEqual(expected);
});

test("what it writes is for the log, line by line", async () => {
  await run(calls("console.log('one\\ntwo\\u001b[31m'); console.error('three'); return true"));
  await expect.poll(() => said.map((line) => line.replace(/.*: /, "")).sort()).toEqual(["one", "three", "two [31m"]);
});

test("of a module that writes without an end the log has twenty lines a second at most", async () => {
  await run(calls("for (let i = 0; i < 500; i++) console.log(i); return true"));
  await expect.poll(() => said.length).toBeGreaterThanOrEqual(20);
  expect(said.length).toBeLessThanOrEqual(60);
});

test("its signal tells when its time is over, and it has timed out", async () => {
  const body =
    "await new Promise((done) => check.signal.addEventListener('abort', () => { console.log('told'); done() }))";
  expect(await run(calls(`${body}; return true`), { timeLimit: milliseconds(300) })).toEqual({ timedOut: true });
  await expect.poll(() => said.join()).toContain("told");
});

test.concurrent.each([
  ["turns in a loop", "for (;;);"],
  ["waits for a lock", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"],
  ["is lost in a pattern", "/^(a+)+$/.test('a'.repeat(99) + '!')"],
])("a module that %s is ended, and goes on with the next call", async (_, body) => {
  const path = file(`${++made}.mjs`, calls(`if (check.arguments[0] === 'hang') ${body}; return true`));
  const signal = new AbortController().signal;
  const hung = modules.run(checkOf(path, { arguments: ["hang"], timeLimit: milliseconds(200) }), signal);
  expect(await hung).toEqual({ timedOut: true });
  expect(await modules.run(checkOf(path), signal)).toEqual(up);
});

test.concurrent.each([
  ["ends its process", "process.exit(3)", "it ended with status 3"],
  [
    "throws where nobody waits",
    "setTimeout(() => { throw new Error('lost') }); await new Promise(() => {})",
    "uncaught Error: lost",
  ],
  ["loses a rejection", "Promise.reject(new Error('lost')); await new Promise(() => {})", "uncaught Error: lost"],
  ["takes all the memory", "const all = []; for (;;) all.push(new Array(1e5).fill(0))", "more than 64 MB of memory"],
])("a module that %s, twice, has that for its reason, and goes on with the next call", async (_, body, died) => {
  const path = file(`${++made}.mjs`, calls(`if (check.arguments[0] === 'die') { ${body} }; return true`));
  const signal = new AbortController().signal;
  expect(await modules.run(checkOf(path, { arguments: ["die"] }), signal)).toEqual({ died });
  expect(await modules.run(checkOf(path), signal)).toEqual(up);
});

const configured = (checkers: readonly JsCheckConfig[]) => [service([real(11, { checkers })])];

test("a reload loads it anew, with what it imports; one that is broken now stays as it was", async () => {
  const imported = file("said.mjs", "export const said = 'old';");
  const path = file("reload.mjs", `import { said } from './said.mjs'; ${calls("return { up: true, why: said }")}`);
  const ask = async () => {
    const end = await modules.run(checkOf(path), new AbortController().signal);
    return "why" in end ? end.why : end;
  };
  expect(await ask()).toBe("old");
  writeFileSync(imported, "export const said = 'new';");
  expect(await ask()).toBe("old");
  modules.configure(RULES, configured([checkOf(path)]));
  await expect.poll(ask, { timeout: 10_000 }).toBe("new");
  writeFileSync(imported, "export const said = ;");
  modules.configure(RULES, configured([checkOf(path)]));
  await expect
    .poll(() => said, { timeout: 10_000 })
    .toEqual([`JS_CHECK ${path}: SyntaxError: Unexpected token ';'; what was loaded before stays`]);
  expect(await ask()).toBe("new");
});

test("with script security it is not loaded where others than root may write", async () => {
  const path = file("open.mjs", calls("return true"));
  chmodSync(path, 0o666);
  const strict = new JsModules({ enableScriptSecurity: true }, { log: createLog([], true), clock, program });
  const end = await strict.run(checkOf(path), new AbortController().signal);
  await strict.close();
  expect(end).toEqual(
    process.getuid?.() === 0
      ? { notRun: `SECURITY VIOLATION - it would run as root, and \`${path}\` may be written by others` }
      : up,
  );
});

test("a check that ends does not wait for its module", async () => {
  const control = new AbortController();
  const end = modules.run(checkOf(file("never.mjs", calls("await new Promise(() => {})"))), control.signal);
  await sleep(50);
  control.abort();
  expect(await end).toEqual({ timedOut: true });
});
