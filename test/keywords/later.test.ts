import { expect, test } from "vitest";
import { explained } from "../../src/command/explain.ts";
import { manPage, markdownPage } from "../../src/command/keyword-pages.ts";
import { unimplemented } from "../../src/command/keywords.ts";
import { entriesOf } from "../../src/keywords/entries.ts";
import { optionWords } from "../../src/syntax/options.ts";
import { newParser } from "../../src/syntax/parse.ts";
import { preprocess } from "../../src/syntax/preprocess.ts";
import { newReport } from "../../src/syntax/report.ts";
import { block, choice, line } from "../../src/syntax/table.ts";
import { flag } from "../../src/syntax/types.ts";
import { sourceOf } from "../config/reading.ts";

/** A language with features that do not exist: a keyword, an option of one that does, a block. */
const later = { severity: "warning", effect: "it has no effect" } as const;
const options = optionWords(
  "<OPTIONS>",
  { red: choice("A colour", { later }), blue: choice("A colour") },
  { unknown: "" },
);
const LAMP = {
  lit: line(flag, { meaning: "Shines" }),
  dimmed: line(flag, { meaning: "Shines less", later: { severity: "error", effect: "it is bright" } }),
  colour: line(options, { meaning: "Its colours" }),
};
const TABLE = {
  lamp: block(flag, LAMP, { meaning: "A lamp" }),
  siren: block(
    flag,
    { loud: line(flag, { meaning: "Is heard", later }), slow: line(flag, { meaning: "Howls" }) },
    { meaning: "A siren", later },
  ),
};
const ENTRIES = [...entriesOf("(top)", TABLE)];

function read(text: string) {
  const report = newReport(() => undefined);
  const parser = newParser(block(flag, TABLE, { meaning: "" }), report, { file: "k", line: 0, column: 0, length: 0 });
  preprocess("k", text, { source: sourceOf({}), report, opened: () => {}, emit: (token) => parser.feed(token) });
  return { settings: parser.finished().settings, diagnostics: report.finished([]) };
}

test("what does not exist yet is read, and named once, as the table says how grave that is; Keepalived's status is 0", () => {
  const { settings, diagnostics } = read("lamp {\nlit\ndimmed\ncolour red blue\n}\nsiren {\nloud\nslow\n}\n");
  expect(settings.siren[0]?.value.settings.loud).toHaveLength(1);
  expect(diagnostics.map(({ severity, code, message, status }) => [severity, code, message, status])).toEqual([
    ["error", "not-implemented", "`dimmed` in `lamp` is accepted, but not implemented: it is bright", 0],
    ["warning", "not-implemented", "`red` is accepted, but not implemented: it has no effect", 0],
    ["warning", "not-implemented", "`siren` is accepted, but not implemented: it has no effect", 0],
  ]);
});

test("keywords --unimplemented lists it with all that is in its block, and counts", () => {
  expect(
    unimplemented(ENTRIES)
      .split("\n")
      .map((text) => text.split("\t")[0]),
  ).toEqual([
    ...["lamp.dimmed", "lamp.colour.red", "siren", "siren.loud", "siren.slow"],
    ...["5 of 9 keywords and options are not implemented", ""],
  ]);
});

test("explain and the pages say it where it is so", () => {
  const status = (name: string) =>
    ENTRIES.filter(({ keyword }) => keyword === name).flatMap((entry) =>
      explained(entry).filter((text) => text.includes("status:")),
    );
  expect(status("slow")).toEqual(["  status:  accepted, not implemented: it has no effect"]);
  expect(status("lit")).toEqual([]);
  for (const page of [markdownPage, manPage]) expect(page(ENTRIES).match(/; not implemented/g)).toHaveLength(5);
});
