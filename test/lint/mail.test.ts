import { expect, test } from "vitest";
import { instance } from "../config/reading.ts";
import { codes, found } from "./linting.ts";

const TO = "notification_email {\na@b.example\n}";
const globals = (...lines: readonly string[]): string => `global_defs {\n${lines.join("\n")}\n}\n`;

test("recipients without a relay are a hint", () => {
  expect(found("K026", globals(TO))).toEqual(["hint 2:1 nobody gets a mail: there is no `smtp_server`"]);
});

test("alerts without a relay or without recipients are a warning each", () => {
  expect(found("K026", globals(TO, "smtp_alert"))[0]).toMatch(/^warning .* there is no `smtp_server`$/);
  expect(found("K026", globals("smtp_server 192.0.2.25") + instance("smtp_alert"))[0]).toMatch(
    /^warning .* there is no `notification_email`$/,
  );
});

test("with both, without alerts, or with alerts that are off, nothing is said", () => {
  expect(codes(globals(TO, "smtp_server 192.0.2.25", "smtp_alert"))).toEqual([]);
  expect(codes(globals("smtp_server 192.0.2.25"))).toEqual([]);
  expect(codes(instance("smtp_alert off"))).toEqual([]);
  expect(codes(globals("notification_email {\n}"))).toEqual([]);
});
