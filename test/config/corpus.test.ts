import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runCommand } from "../../src/command/commands.ts";
import { readConfig } from "../../src/config/read.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { formatText } from "../../src/syntax/format.ts";
import { CONFIG_ID, CORPUS_FILES, DISK, FOLDER, SPECIMENS, type Specimen } from "./corpus.ts";
import { sourceOf } from "./reading.ts";

const NAMED = SPECIMENS.map((specimen) => [specimen.title, specimen] as const);
const source = sourceOf(DISK, CONFIG_ID);

test("no name occurs twice in the corpus", () => {
  expect([FOLDER, ...CORPUS_FILES.map(({ path }) => path)].sort()).toEqual(Object.keys(DISK).sort());
});

test.each(NAMED)("%s: check says what is expected, and -t ends as expected", (_, specimen) => {
  const said = `${checked(specimen)}-t ends with ${testStatus(readConfig(specimen.path, source).diagnostics)}\n`;
  if (process.env["UPDATE"] === "1") writeFileSync(specimen.expected, said);
  expect(said).toBe(readFileSync(specimen.expected, "utf8"));
});

test.each(NAMED)("%s reads the same when it is formatted, and formatting again changes nothing", (_, specimen) => {
  const once = formatText(specimen.text);
  expect(formatText(once)).toBe(once);
  const [{ config, diagnostics }, formatted] = [
    readConfig(specimen.path, source),
    readConfig(specimen.path, sourceOf({ ...DISK, [specimen.path]: once }, CONFIG_ID)),
  ];
  expect(formatted.config).toEqual(config);
  expect(codes(formatted.diagnostics)).toEqual(codes(diagnostics));
});

/** What `check` prints. */
function checked({ path }: Specimen): string {
  let said = "";
  const host = {
    source,
    facts: () => {
      throw new Error("these files are of other hosts");
    },
    out(text: string) {
      said += text;
    },
    error(text: string) {
      throw new Error(text);
    },
    write: () => "the corpus is only read",
  };
  runCommand(["check", "-i", CONFIG_ID, path], host);
  return said;
}

/** What is found, wherever it stands now: formatting takes out blanks that are worth a warning. */
function codes(diagnostics: readonly { readonly code: string; readonly message: string }[]): readonly string[] {
  const found = diagnostics.filter(({ code }) => code !== "foreign-blank");
  return found.map(({ code }) => code).sort();
}
