import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { instance, Stand } from "./stand.ts";

const said = ({ log }: Director): string => log.entries.map(({ text }) => text).join("\n");

describe.concurrent("two address owners", () => {
  // lb2 has the higher address. Keepalived 2.2.7 goes whatever its address is, and stays at 254.
  test.each<[Implementation, Implementation]>([
    ["ours", "ours"],
    ["keepalived", "ours"],
    ["ours", "keepalived"],
  ])("%s at the lower address, %s at the higher: one is left, and the error has a name", async (lower, higher) => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance(), { implementation: lower });
      await lb1.waitForState("MASTER");
      const lb2 = stand.start("lb2", instance(), { implementation: higher });
      await lb2.waitForState("MASTER");
      await lb1.waitForState("BACKUP");
      await sleep(5000);
      expect([lb1.state, lb2.state]).toEqual(["BACKUP", "MASTER"]);
      expect([await stand.vips("lb1"), (await stand.vips("lb2")).length]).toEqual([[], 1]);
      expect(said(lb1)).toMatch(/CONFIGURATION ERROR: local instance and .* both configured as address owner/);
    });
  });

  test("the lower one listens to nobody: the other one goes, and is back when it is gone", async () => {
    await Stand.with(async (stand) => {
      const lb2 = stand.start("lb2", instance());
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", instance({ more: "owner_ignore_adverts" }));
      await lb2.waitForLog(/CONFIGURATION ERROR: 192.0.2.11 goes on as address owner, yielding to it/);
      await lb2.waitForState("BACKUP");
      expect(lb1.state).toBe("MASTER");
      const mark = lb2.log.mark();
      await lb1.stop();
      await lb2.waitForState("MASTER", { from: mark, within: seconds(1) });
    });
  });
});
