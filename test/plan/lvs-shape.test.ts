import { expect, test } from "vitest";
import { farm, lines } from "./planning.ts";

const slow = (span: string): string => farm(80, { 11: "TCP_CHECK {\n}" }).replace("TCP_CHECK", `${span}\nTCP_CHECK`);

test("a slow start that comes or changes is said with its effect, and so is one that goes", () => {
  const [WEB, REAL] = ["changed virtual_server [192.0.2.100]:tcp:80", "    changed real_server [192.0.2.11]:80"];
  expect([
    lines(slow(""), slow("slow_start 30")),
    lines(slow("slow_start 30"), slow("slow_start 60")),
    lines(slow("slow_start 30"), slow("slow_start 0")),
  ]).toEqual([
    [WEB, REAL, "        slow_start none → 30 s: counts when it returns, and where its weight rises"],
    [WEB, REAL, "        slow_start 30 s → 60 s: counts when it returns, and where its weight rises"],
    [WEB, REAL, "        slow_start 30 s → none: its weight is there at once"],
  ]);
});
