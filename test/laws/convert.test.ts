import fc from "fast-check";
import { expect, test } from "vitest";
import { type Conversion, convert, type Form } from "../../src/convert/convert.ts";
import { formatText } from "../../src/syntax/format.ts";
import { reading, sourceOf } from "../config/reading.ts";
import { configurations } from "../convert/configurations.ts";

const RUNS = { numRuns: 100 };

test("conf to JSON to conf changes neither the model nor what is written", () => {
  fc.assert(
    fc.property(configurations, (text) => {
      const back = ok(ok(text, "json"), "conf");
      expect(values(reading(back))).toEqual(values(reading(text)));
    }),
    RUNS,
  );
});

test("conf to conf changes neither the model nor what is written", () => {
  fc.assert(
    fc.property(configurations, (text) => {
      const back = ok(text, "conf");
      expect(values(reading(back))).toEqual(values(reading(text)));
      expect(ok(back, "conf")).toBe(back);
    }),
    RUNS,
  );
});

test("JSON to conf to JSON changes nothing", () => {
  fc.assert(
    fc.property(configurations, (text) => {
      const json = ok(text, "json");
      expect(ok(ok(json, "conf"), "json")).toBe(json);
      expect(ok(json, "json")).toBe(json);
    }),
    RUNS,
  );
});

/** The other form: nothing may be lost, and a conf is formatted already. */
function ok(text: string, to: Form): string {
  const { text: said, diagnostics } = converted(text, to);
  expect(diagnostics.filter(({ code }) => code === "lossy" || code.startsWith("json-"))).toEqual([]);
  if (to === "conf") expect(formatText(said)).toBe(said);
  return said;
}

function converted(text: string, to: Form): Conversion {
  return convert("k.conf", sourceOf({ "k.conf": text }), to);
}

/** The model and the settings, without the places where they stand. */
function values({ config, tree }: ReturnType<typeof reading>): unknown {
  return JSON.parse(
    JSON.stringify({ config, tree }, (key, value) =>
      key === "span" || key === "keyword" || key === "end" || key === "at" || key === "order" ? undefined : value,
    ),
  );
}
