import { setTimeout as sleep } from "node:timers/promises";
import { type Micros, milliseconds, seconds } from "../../../src/base/time.ts";
import { elected, type Implementation } from "../daemon.ts";
import { Metronome } from "../metronome.ts";
import { wallClock } from "../run.ts";
import { instance, Stand } from "../stand.ts";
import { bothNamed, percentile } from "./table.ts";

const INTERVAL = milliseconds(10);

/** A master and a backup at 10 ms that nobody disturbs, of each implementation at once: rows of a table, and what the machine did. */
export async function calm(length: Micros): Promise<string[]> {
  const metronome = new Metronome();
  const from = wallClock();
  const running: Promise<string>[] = [];
  await bothNamed(async (implementation, name) => {
    running.push(pair(implementation, length).then((cells) => `| ${name} | ${cells.join(" | ")} |`));
  });
  const rows = await Promise.all(running);
  metronome.stop();
  return [...rows, `\nMeanwhile ${metronome.between(from, wallClock())}.`];
}

/** Transitions that both logs report, adverts of the backup, and the gaps between those of the master. */
async function pair(implementation: Implementation, length: Micros): Promise<string[]> {
  let cells: string[] = [];
  await Stand.with(async (stand) => {
    const start = (node: string, priority: number) => {
      const text = instance({ priority, advertInterval: INTERVAL / 1_000_000, more: "version 3" });
      return stand.start(node, text, { implementation, quiet: true });
    };
    const [lb1, lb2] = [start("lb1", 100), start("lb2", 50)];
    await elected(lb1, lb2, seconds(20));
    await sleep(1000);
    const logs = [lb1, lb2].map(({ log }) => ({ log, mark: log.mark() }));
    const heard = stand.capture.heard.mark();
    await sleep(length / 1000);
    const transitions = logs.flatMap(({ log, mark }) =>
      log.entries.slice(mark).filter(({ text }) => / Entering [A-Z]+ STATE/.test(text)),
    );
    const gaps = stand.advertGaps("lb1", heard).sort((a, b) => a - b);
    const spread = [0.5, 0.99, 0.999, 1].map((share) => percentile(gaps, share).toFixed(1));
    const foreign = stand.capture.adverts(stand.lan.mac("lb2"), heard).length;
    cells = [String(transitions.length), String(foreign), spread.join(" / ")];
    await Promise.all([lb1.stop(), lb2.stop()]);
  });
  return cells;
}
