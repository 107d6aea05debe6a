import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { findings, reading, service } from "./reading.ts";

/** Two servers of a service, the second one with these lines. */
const text = (lines: readonly string[], ...own: readonly string[]): string =>
  service(...lines).replace("}\n", `}\nreal_server 192.0.2.12 80 {\n${own.join("\n")}\n}\n`);
const spans = (source: string) =>
  reading(source).config.virtualServers[0]?.realServers.map(({ slowStart }) => slowStart);
const said = (source: string) => findings(reading(source));

test("servers have `slow_start` from their service, or their own; without it their weight is there at once", () => {
  expect(spans(text(["weight 100"]))).toEqual([undefined, undefined]);
  expect(spans(text(["weight 100", "slow_start 30"]))).toEqual([seconds(30), seconds(30)]);
  expect(spans(text(["weight 100", "slow_start 30"], "slow_start 60"))).toEqual([seconds(30), seconds(60)]);
  expect(spans(text(["weight 100", "slow_start 30"], "slow_start 0"))).toEqual([seconds(30), undefined]);
  expect(said(text(["weight 100", "slow_start 30"], "slow_start 60"))).toEqual([]);
});

test.each([
  ["slow_start", "error 5:1 `slow_start` needs a value"],
  ["slow_start soon", "error 5:12 `soon` is no whole number"],
  ["slow_start -1", "error 5:12 `-1` is negative"],
  ["slow_start 86401", "error 5:12 `86401` is not in the range 0 to 86400"],
])("%s is refused: %s", (line, message) => {
  expect(said(text([line]))).toEqual([message]);
  expect(spans(text([line]))).toEqual([undefined, undefined]);
});

test.each(["rr", "lc", "dh"])("`%s` does not look at weights: slow_start has no effect", (scheduler) => {
  const source = text(["weight 100", "slow_start 30"]).replace("wlc", scheduler);
  expect(said(source)).toEqual([`warning 6:1 \`slow_start\` has no effect: \`${scheduler}\` does not look at weights`]);
  expect(reading(source).diagnostics[0]?.status).toBe(0);
});

test("a weight of 1 has nothing to rise to, unless a checker gives another", () => {
  const message = "`slow_start` has no effect: a weight of 1 has nothing to rise to";
  expect(said(text(["slow_start 30"]))).toEqual([`warning 5:1 ${message}`]);
  expect(said(text([], "slow_start 30"))).toEqual([`warning 8:1 ${message}`]);
  expect(said(text(["slow_start 30"], "weight 2"))).toEqual([]);
  const script = ["MISC_CHECK {", "misc_path /bin/true", "misc_dynamic", "}"];
  const heard = said(text(["slow_start 30"], ...script));
  expect(heard.filter((one) => one.includes("slow_start"))).toEqual([]);
});
