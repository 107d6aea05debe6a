import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "../lab/daemon.ts";
import { Metronome } from "../lab/metronome.ts";
import { wallClock } from "../lab/run.ts";
import { DURATION } from "./duration.ts";
import { type Footprint, footprint, footprintWords } from "./footprint.ts";
import { allElected, INTERVAL, LongStand, turns } from "./stand.ts";

const INSTANCES = 255;
const CHECKS = 1_000; // a second
const LOAD = fileURLToPath(new URL("load.mjs", import.meta.url));
/** When caches are full, and memory is to grow no more. */
const WARM = DURATION / 5;

test.each<[Implementation, Implementation]>([
  ["ours", "ours"],
  ["ours", "keepalived"],
])(
  "255 routers at 100 ms beside 1,000 checks a second: nothing turns, nothing is late, nothing grows; %s, %s backup",
  async (first, second) => {
    await LongStand.with(async (stand) => {
      const metronome = new Metronome();
      const lb1 = stand.start("lb1", first, INSTANCES, 200);
      const lb2 = stand.start("lb2", second, INSTANCES, 100);
      await allElected(lb1, lb2, INSTANCES);
      const load = stand.lan.spawn("lb1", [process.execPath, LOAD, String(CHECKS)]);
      await sleep(10_000); // the second round of announcements
      const [begin, marks] = [wallClock(), [lb1.log.mark(), lb2.log.mark()] as const];
      stand.watch.reset();
      await sleep(WARM / 1000);
      const warm = [footprint(lb1), footprint(lb2)] as const;
      await sleep((DURATION - WARM) / 1000);
      const late = [5_000, 9_900, 9_990].map((part) => stand.watch.late(part, INTERVAL));
      const words = stand.watch.words(INTERVAL);
      const [speakers, resignations] = [[...stand.watch.speakers.keys()], stand.watch.resignations];
      const stood = metronome.between(begin, wallClock());
      load.kill("SIGTERM");
      const [checks] = load.stdout === null ? [0] : await once(load.stdout, "data");
      console.log(`${first} master, ${second} backup, ${DURATION / 1_000_000} s: ${words}; ${stood}; ${checks} checks`);
      for (const [i, director] of [lb1, lb2].entries()) {
        const [before, after] = [warm[i], footprint(director)];
        if (before !== undefined) isFlat(director, before, after);
      }
      expect([turns(lb1, marks[0]), turns(lb2, marks[1])], stood).toEqual([[], []]);
      expect([speakers, resignations]).toEqual([[stand.lan.mac("lb1")], 0]);
      expect(late[0]).toBeLessThan(milliseconds(2));
      expect(late[1], stood).toBeLessThan(milliseconds(20));
      metronome.stop();
    });
  },
);

/** The same memory and descriptors, but for what the heap breathes. */
function isFlat(director: Director, before: Footprint, after: Footprint): void {
  const processor = (100 * (after.processor - before.processor)) / ((DURATION - WARM) / seconds(1));
  console.log(
    `${director.implementation} on ${director.node}: ${footprintWords(before)}, then ${footprintWords(after)}; ${processor.toFixed(1)} % of a processor`,
  );
  expect(after.descriptors).toBe(before.descriptors);
  expect(after.resident).toBeLessThan(1.1 * before.resident + 8);
}
