import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { advertisementFrame, sendFrames } from "./forge.ts";
import { instance, Stand } from "./stand.ts";

const BOTH: readonly Implementation[] = ["ours", "keepalived"];

describe.concurrent("timers and answers, as keepalived has them", () => {
  test.each(BOTH)("down_timer_adverts 2 (%s): two silent intervals and Skew_Time", async (implementation) => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance());
      const lb2 = stand.start("lb2", instance({ priority: 100, more: "down_timer_adverts 2" }), { implementation });
      await Promise.all([lb1.waitForState("MASTER"), lb2.waitForState("BACKUP")]);
      await sleep(2000);
      await lb1.killAll();
      await lb2.waitForState("MASTER");
      await sleep(500);
      const last = stand.capture.adverts(stand.lan.mac("lb1")).at(-1)?.at ?? 0;
      const first = stand.capture.adverts(stand.lan.mac("lb2"))[0]?.at ?? 0;
      expect(Math.abs(first - last - seconds(2.609)) / 1000).toBeLessThan(100);
    });
  });

  test.each(BOTH.flatMap((it) => [[it, ""] as const, [it, "lower_prio_no_advert"] as const]))(
    "a master (%s) answers a lower advert at once, but not with `%s` where that says so",
    async (implementation, more) => {
      await Stand.with(async (stand) => {
        const lb1 = stand.start("lb1", instance({ priority: 200, more }), { implementation });
        await lb1.waitForState("MASTER");
        await sleep(1200);
        const from = stand.capture.heard.mark();
        await sendFrames(stand, [advertisementFrame(stand)], 310, 6); // not in step with the adverts
        await sleep(200);
        const ours = stand.capture.adverts(stand.lan.mac("lb1"), from);
        const answered = stand.capture
          .adverts(stand.lan.mac("lb2"), from)
          .filter(({ at }) => ours.some((advert) => advert.at > at && advert.at - at < 30_000));
        if (more === "") expect(answered.length).toBeGreaterThanOrEqual(4);
        else expect(answered.length).toBeLessThanOrEqual(2);
      });
    },
  );

  test.each(BOTH.flatMap((it) => [[it, ""] as const, [it, "higher_prio_send_advert"] as const]))(
    "a master (%s) with `%s` that hears a higher one goes without resigning",
    async (implementation, more) => {
      await Stand.with(async (stand) => {
        const lb1 = stand.start("lb1", instance({ priority: 100, more }), { implementation });
        await lb1.waitForState("MASTER");
        await sleep(1300);
        const from = stand.capture.heard.mark();
        await sendFrames(stand, [advertisementFrame(stand, { priority: 254 })], 0, 1);
        await lb1.waitForState("BACKUP", { from: lb1.log.mark() - 3 });
        await sleep(300);
        const [higher] = stand.capture.adverts(stand.lan.mac("lb2"), from);
        const after = stand.capture.adverts(stand.lan.mac("lb1"), from).filter(({ at }) => at > (higher?.at ?? 0));
        expect(after.map(({ priority }) => priority)).toEqual(more === "" ? [] : [100]);
      });
    },
  );

  test.each(BOTH)("preempt_delay (%s) does not wait where the lower master resigns", async (implementation) => {
    await Stand.with(async (stand) => {
      const lb2 = stand.start("lb2", instance({ priority: 100 }));
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", instance({ priority: 200, more: "preempt_delay 60" }), { implementation });
      await lb1.waitForLog(/start preempt delay/);
      const mark = lb1.log.mark();
      await lb2.stop();
      await lb1.waitForState("MASTER", { from: mark, within: seconds(1.5) });
    });
  });
});
