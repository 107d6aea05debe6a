import { expect, test } from "vitest";
import { reloadTime, timeWords } from "../../src/daemon/reload-time.ts";

const NOW = new Date(2026, 10, 21, 12, 0, 0);

function time(line: string, now = NOW): string {
  const found = reloadTime(line, now);
  return typeof found === "string" ? found : `${timeWords(found.at)}${found.daily ? " daily" : ""}`;
}

test("a time without a date is the next one: today's, or tomorrow's", () => {
  expect(time("12:00:01")).toBe("2026-11-21 12:00:01 daily");
  expect(time("12:00:00")).toBe("2026-11-22 12:00:00 daily");
  expect(time("00:00:00", new Date(2026, 11, 31, 12))).toBe("2027-01-01 00:00:00 daily");
});

test("a date has two or four digits of its year; what is past is not waited for", () => {
  expect(time("26-11-22 01:02:03")).toBe("2026-11-22 01:02:03");
  expect(time("2028-02-29 01:02:03")).toBe("2028-02-29 01:02:03");
  expect(time("2026-11-21 12:00:00")).toBe("past");
});

test("Z is UTC, whatever the zone of this host", () => {
  const now = new Date(Date.UTC(2026, 10, 21, 23, 59, 59));
  const at = (line: string) => {
    const found = reloadTime(line, now);
    return typeof found === "string" ? found : found.at.toISOString();
  };
  expect(at("23:59:58Z")).toBe("2026-11-22T23:59:58.000Z");
  expect(at("26-11-22 00:00:00Z")).toBe("2026-11-22T00:00:00.000Z");
});

test("whatever else stands there is no time", () => {
  const wrong = [
    "",
    "1:00:00",
    "24:00:00",
    "10:61:00",
    "10:00:60",
    " 10:00:00",
    "10:00:00 ",
    "10:00:00z",
    "2026-02-29 10:00:00",
    "126-01-01 10:00:00",
    "26-13-01 10:00:00",
    "26-1-1 10:00:00",
    "26-01-01  10:00:00",
  ];
  expect(wrong.map((line) => time(line))).toEqual(wrong.map(() => "invalid"));
});
