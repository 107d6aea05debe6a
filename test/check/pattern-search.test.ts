import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatternText } from "../../src/check/checker.ts";
import { patternSearch } from "../../src/check/pattern-search.ts";
import { type CompiledPattern, compilePattern } from "../../src/io/pattern.ts";

const free = (): number => 0;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function asked(pattern: string, change: Partial<PatternText> = {}): PatternText {
  return { pattern, options: [], minOffset: 0, maxOffset: undefined, stack: undefined, ...change };
}

function compiled({ pattern, options, stack }: PatternText): CompiledPattern {
  const made = compilePattern(pattern, options, stack);
  if (typeof made === "string") throw new Error(made);
  return made;
}

/** Searches a body that comes in these pieces. */
function searched(text: PatternText, pieces: readonly (string | Uint8Array)[]): boolean | string {
  const search = patternSearch(compiled(text), text, free);
  for (const piece of pieces) search.take(typeof piece === "string" ? bytes(piece) : piece);
  return search.end();
}

describe("a search", () => {
  test.each<[string, readonly string[], Partial<PatternText>, boolean]>([
    ["o w", ["hello ", "world"], {}, true],
    ["(?<=hello )world", ["hello ", "world"], {}, true],
    ["^world", ["hello ", "world"], {}, false], // 2.2.7: true, as a read begins there
    ["world$", ["hello ", "world"], {}, true], //  2.2.7: false, as more might follow
    ["^$", [], {}, true],
    ["hello \\Kworld", ["hello world"], { maxOffset: 0 }, true],
    ["hello", ["hello world"], { minOffset: 1 }, false],
    ["world", ["hello world"], { minOffset: 6 }, true],
    ["world", ["hello world"], { minOffset: 7 }, false],
    ["world", ["hello world"], { minOffset: 20 }, false],
    ["world", ["hello world"], { maxOffset: 6 }, true],
    ["world", ["hello world"], { maxOffset: 5 }, false],
    ["world", ["hello world"], { minOffset: -3, maxOffset: 6 }, true],
  ])("for %s in %j with %j: %j", (pattern, pieces, change, found) => {
    expect(searched(asked(pattern, change), pieces)).toBe(found);
  });

  // Bits of keepalived 2.2.7, seen in its calls of pcre2_compile_8: each means what pcre2api(3) says.
  test.each<[option: string, pattern: string, body: string, without: boolean, having: boolean]>([
    ["allow_empty_class", "a[]b]c", "abc", true, false],
    ["alt_bsux", "\\U0041", "U0041", false, true],
    ["auto_callout", "abc", "abc", true, true],
    ["caseless", "abc", "ABC", false, true],
    ["dollar_endonly", "abc$", "abc\n", true, false],
    ["dotall", "a.c", "a\nc", false, true],
    ["dupnames", "(?<n>a)(?<n>b)", "ab", false, true],
    ["extended", "a b", "ab", false, true],
    ["firstline", "abc", "x\nabc", true, false],
    ["match_unset_backref", "(a)?\\1b$", "b", false, true],
    ["multiline", "^abc", "x\nabc", false, true],
    ["never_ucp", "(*UCP)a", "a", true, false],
    ["never_utf", "(*UTF)a", "a", true, false],
    ["no_auto_capture", "(a)\\1", "aa", true, false],
    ["no_auto_possess", "a+b", "aab", true, true],
    ["no_dotstar_anchor", ".*a", "a", true, true],
    ["no_start_optimize", "(*COMMIT)abc", "xabc", true, false],
    ["ucp", "(*UTF)\\x{e9}\\b", "é!", false, true],
    ["ungreedy", "^a+?$(?<=aa)", "aa", true, true],
    ["utf", "^.$", "é", false, true],
    ["never_backslash_c", "a\\Cb", "a.b", true, false],
    ["alt_circumflex", "(?m)a\n^", "a\n", false, true],
    ["alt_verbnames", "(*MARK:a\\))a", "a", false, true],
    ["use_offset_limit", "a", "a", true, true],
  ])("with option %s searches for %s otherwise than without", (option, pattern, body, without, withIt) => {
    const find = (options: readonly string[]): boolean => {
      const made = compilePattern(pattern, options, undefined);
      return typeof made !== "string" && searched(asked(pattern, { options }), [body]) === true;
    };
    expect([find([]), find([option])]).toEqual([without, withIt]);
  });

  test("for characters passes over bytes that are none", () => {
    const utf = asked("b.d", { options: ["utf"] });
    expect(searched(utf, [Uint8Array.of(0xff, 0x61, 0xe9), "b\u20acd"])).toBe(true);
  });

  test("takes what stands in the stack of the compiler, or does without it", () => {
    const deep = `(${"a".repeat(50)}|b)*c`;
    const body = `${"b".repeat(20_000)}c`;
    for (const stack of [undefined, [1024, 2048], [32_768, 1 << 20]] as const)
      expect(searched(asked(deep, { stack }), [body])).toBe(true);
  });

  test("that a body could keep busy for ever ends, and says why", () => {
    const body = "a".repeat(200_000);
    const startedAt = performance.now();
    expect(searched(asked("(a+)+$(?<!a)"), [body])).toBe("match limit exceeded");
    let now = 0;
    const costly = asked("a(?:.*x|.*y)");
    const search = patternSearch(compiled(costly), costly, () => (now += 30_000));
    for (let i = 0; i < 20; i++) search.take(bytes("\n".repeat(9999)));
    expect(search.end()).toBe("the search takes too long");
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test("holds no more than a megabyte", () => {
    const piece = bytes("a".repeat(100_000));
    for (const [pattern, why] of [
      ["a+b", "a match would be longer than 1 MiB"],
      ["\\Ga+b", "the pattern needs the whole body, which is longer than 1 MiB"],
    ] as const)
      expect(
        searched(
          asked(pattern),
          Array.from({ length: 30 }, () => piece),
        ),
      ).toBe(why);
    expect(searched(asked("b"), [...Array.from({ length: 30 }, () => piece), "b"])).toBe(true);
  });
});

test("a pattern that PCRE2 refuses is said as Keepalived says it (2.2.7, which then dies of a signal)", () => {
  expect(compilePattern("(unclosed", [], undefined)).toBe(
    "Invalid regex: '(unclosed' at offset 9: missing closing parenthesis",
  );
});

test("law: however a body is cut, the search finds what one search of the whole finds", () => {
  const atom = fc.constantFrom(
    "a",
    "b",
    "é",
    ".",
    "[^a]",
    "\\n",
    "\\b",
    "^",
    "$",
    "(?<=ab)",
    "(?<!b)",
    "(?=a)",
    "\\z",
    "\\A",
  );
  const part = fc
    .tuple(atom, fc.constantFrom("", "", "", "+", "?", "*", "{2}"))
    .map(([one, times]) => (/^[ab.é]|^\[/.test(one) ? one + times : one));
  const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
  const options = fc.subarray(["utf", "multiline", "dotall", "dollar_endonly", "ungreedy", "firstline"]);
  const pieces = fc
    .tuple(
      fc.array(fc.constantFrom("a", "b", "\n", "é", " "), { maxLength: 40 }),
      fc.array(fc.nat(9), { maxLength: 8 }),
    )
    .map(([letters, cuts]) => {
      let left = bytes(letters.join(""));
      const cut = cuts.map((at) => {
        const piece = left.subarray(0, at);
        left = left.subarray(at);
        return piece;
      });
      return [...cut, left];
    });
  const sizes = fc.record({ block: fc.integer({ min: 1, max: 9 }), starts: fc.integer({ min: 1, max: 5 }) });
  const offsets = fc.record({
    minOffset: fc.integer({ min: -1, max: 12 }),
    maxOffset: fc.option(fc.integer({ min: -1, max: 20 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(pattern, options, pieces, sizes, offsets, (text, given, body, size, range) => {
      // PCRE2's shortcuts for the start of a match err: 10.42 does not find (?=a)a*a in "a".
      const wanted = asked(text, { options: [...given, "no_start_optimize"], ...range });
      const matcher = compiled(wanted);
      const whole = Uint8Array.from(body.flatMap((piece) => [...piece]));
      const from = Math.max(0, range.minOffset);
      const last = Math.min(range.maxOffset ?? whole.length, whole.length);
      const expected = from <= last && matcher.match(whole, { from, last, partial: false }) === "match";
      const search = patternSearch(matcher, wanted, free, size);
      for (const piece of body) search.take(piece);
      expect(search.end()).toBe(expected);
    }),
    { numRuns: Number(process.env["RUNS"] ?? 1000) },
  );
});
