import { expect, test } from "vitest";
import { findings, reading, server } from "../config/reading.ts";

function patternOf(regex: string): { readonly pattern: unknown; readonly said: readonly string[] } {
  const result = reading(server("HTTP_GET {", "url {", "path /", regex, "}", "}"));
  const [http] = result.tree.virtual_server[0]?.value.settings.real_server[0]?.value.settings.HTTP_GET ?? [];
  const pattern = http?.value.settings.url[0]?.value.settings.regex.at(-1)?.value;
  const said = findings(result);
  return { pattern, said };
}

/** keepalived 2.2.7 takes each of these as one field. */
test.each([
  ["regex sorry", "sorry"],
  ['regex "two words"', "two words"],
  ["regex 'two words'", "two words"],
  ['regex "\\"status\\" *: *\\"UP\\""', '"status" *: *"UP"'],
  ["regex a\\\\.b", "a\\.b"],
])("%s", (line, pattern) => {
  expect(patternOf(line)).toEqual({ pattern, said: [] });
});

/** Of these it logs `regex missing or too many fields`; `-t` ends with 0. */
test.each(["regex", "regex two words", 'regex "a b" c', "regex a\\.b 'd e'"])("%s is no pattern", (line) => {
  const { pattern, said } = patternOf(line);
  expect(pattern).toBeUndefined();
  expect(said).toEqual([expect.stringContaining("nothing is searched")]);
});
