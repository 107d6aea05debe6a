// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Conversion, convert, type Form } from "../../src/convert/convert.ts";
import { TOP } from "../../src/keywords/language.ts";
import { render } from "../../src/syntax/diagnostic.ts";
import { formatText } from "../../src/syntax/format.ts";
import type { Table } from "../../src/syntax/table.ts";
import { reading, sourceOf } from "../config/reading.ts";

const RUNS = { numRuns: 500 };
const FORMS: readonly Form[] = ["json", "conf"];

/** Every keyword of the language, whatever its block. */
function keywordsOf(table: Table): readonly string[] {
  return Object.entries(table).flatMap(([name, row]) =>
    row.kind === "block" ? [name, ...keywordsOf(row.children)] : [name],
  );
}

const blocks = ["global_defs", "vrrp_instance", "virtual_server", "real_server", "HTTP_GET", "virtual_server_group"];
const key = fc.oneof(
  fc.constantFrom(
    ...blocks,
    "name",
    "items",
    "below",
    "command",
    "user",
    "script",
    "notify",
    "__proto__",
    "constructor",
  ),
  fc.constantFrom(...keywordsOf(TOP)),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const scalar = fc.oneof(
  fc.constantFrom("true", "false", "null", "0", "-0", "1e400", "1.50", "9007199254740993", "1E5", "-1.5e-7"),
  fc.constantFrom(
    '"a b"',
    '"\\"a b\\" c"',
    '"\\u0000"',
    '"\\ud800"',
    '"a\\nb"',
    '"${_PWD}"',
    '"$A"',
    '"{"',
    '"a } b"',
    '"#"',
    '"\\\\"',
    '""',
  ),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const { value } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("object"), tie("array")),
  array: fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
  object: fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map(objectOf),
}));
const object = fc.array(fc.tuple(key, value), { maxLength: 6 }).map(objectOf);

function objectOf(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

test("whatever the JSON, what is made of it is a configuration that goes both ways", () => {
  fc.assert(
    fc.property(object, (text) => {
      const { text: conf } = converted(text, "conf");
      expect(formatText(conf)).toBe(conf);
      const { text: json } = converted(text, "json");
      expect(reading(converted(json, "conf").text).config).toEqual(reading(conf).config);
      expect(converted(conf, "json").text).toBe(json);
    }),
    RUNS,
  );
});

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...keywordsOf(TOP)) },
  fc.constantFrom(
    "{",
    "}",
    "\n",
    "\n",
    '"',
    "'",
    "#",
    "\\",
    "$A",
    "$A=b",
    "~SEQ(A,1,2)",
    "weight",
    "192.0.2.1",
    "80",
    "/bin/x",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const mess = fc
  .tuple(fc.array(piece, { maxLength: 80 }), fc.constantFrom(" ", "\n"))
  .map(([parts, with_]) => parts.join(with_));

test("converting never throws and always ends, whatever the text, and says where it loses something", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        mess,
        fc.string({ unit: "binary" }),
        fc.string().map((text) => `{${text}`),
      ),
      (text) => {
        for (const to of FORMS) {
          const { text: said, diagnostics } = converted(text, to);
          for (const diagnostic of diagnostics) render(diagnostic);
          if (to === "json" && said !== "") JSON.parse(said);
          if (text.startsWith("{") || diagnostics.some(({ code }) => code === "lossy")) continue;
          const conf = to === "conf" ? said : converted(said, "conf").text;
          expect(reading(conf).config).toEqual(reading(text).config);
        }
      },
    ),
    RUNS,
  );
});

function converted(text: string, to: Form): Conversion {
  return convert("k.conf", sourceOf({ "k.conf": text }), to);
}
