import { expect, test } from "vitest";
import { DIFFERENCES, differing, explained } from "./differences.ts";
import { MOMENTS } from "./life.ts";
import type { ServicesRecord } from "./record.ts";

/** What was played. */
interface Played {
  readonly files: number; //     at least
  readonly complete: boolean; // every edit of all of the corpus
}

/** What must be true of the corpus, however it was played. `record` is there when the tests run. */
export function judge(record: () => ServicesRecord, { files, complete }: Played): void {
  test("every file was played to its end, and our daemon had no trouble with itself", () => {
    expect(record().files.length).toBeGreaterThanOrEqual(files);
    expect(record().files.flatMap(({ name, error }) => (error === undefined ? [] : [`${name}: ${error}`]))).toEqual([]);
    expect(record().files.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  test("at every moment the table is keepalived's, but for the differences with a reason", () => {
    expect(differing(record()).filter((each) => explained(each).length === 0)).toEqual([]);
  });

  if (complete)
    test("every reason is met", () => {
      const met = new Set(differing(record()).flatMap(explained));
      expect(DIFFERENCES.filter((known) => known.sometimes !== true && !met.has(known))).toEqual([]);
    });

  test("something is in the tables, and each kind of accident changes some of them", () => {
    const filled = record().files.filter(({ moments }) => moments[0]?.ours.some((line) => line.startsWith("-a")));
    expect(filled.length).toBeGreaterThan(0.9 * record().files.length);
    for (const name of MOMENTS) {
      const changed = record().files.filter(({ moments }) => {
        const at = moments.findIndex((moment) => moment.name === name);
        return at > 0 && moments[at]?.ours.join("\n") !== moments[at - 1]?.ours.join("\n");
      });
      expect([name, changed.length > 0]).toEqual([name, true]);
    }
  });

  test("at the end nothing is left", () => {
    for (const { name, moments } of record().files) {
      const last = moments.at(-1);
      expect([name, last?.name, last?.ours.filter((line) => line.startsWith("-"))]).toEqual([name, "stop", []]);
    }
  });
}
