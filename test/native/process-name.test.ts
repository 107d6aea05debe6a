import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { callProcess, nameProcess } from "../../src/io/process-name.ts";

const name = readFileSync("/proc/self/comm", "utf8").trim();
const words = readFileSync("/proc/self/cmdline", "utf8").split("\0");

afterAll(() => {
  nameProcess(name);
  callProcess(words);
});

const find = (...argv: readonly [string, ...string[]]): string =>
  execFileSync(argv[0], argv.slice(1), { encoding: "utf8" });
const ourWords = (): string => readFileSync("/proc/self/cmdline", "utf8");

test("the name is the one that pgrep and ps find, cut to 15 bytes", () => {
  nameProcess("named-by-a-test-of-ours");
  expect(readFileSync("/proc/self/comm", "utf8")).toBe("named-by-a-test\n");
  expect(find("pgrep", "-x", "named-by-a-test")).toContain(`${process.pid}\n`);
  expect(find("ps", "-C", "named-by-a-test", "-o", "pid=")).toContain(String(process.pid));
});

test("the words are those that ps shows, and the first one is what pidof finds", () => {
  const first = `called${process.pid}`;
  callProcess([first, "-n", "a b"]);
  expect(ourWords()).toMatch(/^called[0-9]+\0-n\0a b\0+$/);
  expect(find("pidof", first).trim()).toBe(String(process.pid));
});

test("words that do not fit are cut, and nothing behind them is touched", () => {
  const environment = readFileSync("/proc/self/environ", "utf8");
  const { length } = ourWords();
  callProcess(["x".repeat(length + 100)]);
  expect(ourWords()).toBe(`${"x".repeat(length - 1)}\0`);
  expect(readFileSync("/proc/self/environ", "utf8")).toBe(environment);
});
