// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import fc from "fast-check";
import { expect, test } from "vitest";
import { TOP } from "../../src/keywords/language.ts";
import { render } from "../../src/syntax/diagnostic.ts";
import type { Table } from "../../src/syntax/table.ts";
import { reading } from "../config/reading.ts";

const keywords = words(TOP);

/** Every keyword of the language, whatever its block. */
function words(table: Table): readonly string[] {
  return Object.entries(table).flatMap(([name, row]) =>
    row.kind === "block" ? [name, ...words(row.children)] : [name],
  );
}

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...keywords) },
  fc.constantFrom(
    "{",
    "}",
    "\n",
    " ",
    '"',
    "'",
    "#",
    "!",
    "\\",
    "\u3000",
    "\t",
    "\r\n",
    "\0",
    "$A",
    "${A}",
    "$A=",
    "@x ",
  ),
  fc.constantFrom(
    "include k.conf",
    "~SEQ(A,1,2)",
    "weight",
    "dev",
    "label",
    "MASTER",
    "PASS",
    "TCP",
    "rr",
    "DR",
    "reverse",
  ),
  fc.constantFrom("192.0.2.1", "192.0.2.1/24", "fe80::1", "80", "0", "-1", "1.5", "256", "99999999999"),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const mess = fc.array(piece, { maxLength: 120 }).map((parts) => parts.join(" "));
const lines = fc.array(piece, { maxLength: 120 }).map((parts) => parts.join("\n"));

test("reading never throws and always ends, whatever the text", () => {
  fc.assert(
    fc.property(fc.oneof(mess, lines, fc.string({ unit: "binary" })), (text) => {
      const { config, diagnostics } = reading(text);
      expect(diagnostics.length).toBeLessThanOrEqual(101);
      for (const diagnostic of diagnostics) render(diagnostic);
      expect(JSON.parse(JSON.stringify(config))).toBeTypeOf("object");
    }),
    { numRuns: 1500 },
  );
});

test("every diagnostic points into a line that is there", () => {
  fc.assert(
    fc.property(fc.oneof(mess, lines), (text) => {
      const source = text.split("\n");
      for (const { span } of reading(text).diagnostics) {
        if (span.line === 0) continue;
        const line = source[span.line - 1] ?? "";
        expect(span.column - 1 + span.length).toBeLessThanOrEqual(line.length);
      }
    }),
    { numRuns: 1000 },
  );
});

test("ten megabytes of noise end soon, with a bounded number of diagnostics", () => {
  let seed = 1;
  const noise = Array.from({ length: 10_000_000 / 8 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(
      seed & 0x7f,
      (seed >> 7) & 0xff,
      (seed >> 9) & 0x7f,
      0xfffd,
      (seed >> 16) & 0x7f,
      10 + ((seed >> 20) & 0x3f),
      32,
      97,
    );
  }).join("");
  const before = performance.now();
  const { diagnostics } = reading(noise);
  expect(performance.now() - before).toBeLessThan(15_000); // 0.4 s on an idle core
  expect(diagnostics.length).toBe(101);
  expect(diagnostics.at(-1)?.message).toMatch(/^and \d+ more like these$/);
}, 40_000);
