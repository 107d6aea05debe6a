import { expect, test } from "vitest";
import { findings, reading } from "../config/reading.ts";

/** Measured on keepalived 2.2.7: `-t` ends with 0. */
test.each(["init_file", "init_file 5", "init_file overwrite", "init_file 5 overwrite", "init_file overwrite 5"])(
  "%s is accepted",
  (line) => {
    const said = findings(reading(`track_file F {\nfile /tmp/f\n${line}\n}\n`));
    expect(said).toEqual([]);
  },
);

test("init_file with another word is refused", () => {
  const said = findings(reading("track_file F {\nfile /tmp/f\ninit_file overwritten\n}\n"));
  expect(said.filter((each) => each.startsWith("error"))).toHaveLength(1);
});
