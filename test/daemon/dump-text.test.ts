import { expect, test } from "vitest";
import type { CheckerConfig } from "../../src/config/model/check.ts";
import { dumpText } from "../../src/daemon/dump-text.ts";
import { question } from "../../src/plan/check-shape.ts";
import { reading, server } from "../config/reading.ts";

function checker(lines: string): CheckerConfig {
  const [found] = reading(server(lines)).config.virtualServers[0]?.realServers[0]?.checkers ?? [];
  if (found === undefined) throw new Error("there is no checker");
  return found;
}

test("the password of a checker is not dumped, whatever its characters", () => {
  const config = checker('MYSQL_CHECK {\nusername u\npassword a"b\\c\n}');
  const secret = { ...config, password: 'q"u\\"x, "y":"z' };
  const masked = { ...config, password: "********" };
  const report = { services: [{ checkers: [{ type: "mysql", identity: question(secret), up: true }] }] };
  const text = dumpText(report) ?? "";
  expect(text).not.toMatch(/"z|x, /);
  const dumped = JSON.parse(text) as typeof report;
  expect(dumped.services[0]?.checkers[0]).toEqual({
    ...{ type: "mysql", up: true },
    identity: question(masked),
  });
});

test("everything else is as it was reported", () => {
  const report = { identity: "192.0.2.1:80", n: 1, inner: { password: "no identity" } };
  expect(JSON.parse(dumpText(report) ?? "")).toEqual(report);
  expect(dumpText(undefined)).toBeUndefined();
});
