import { native } from "./native.ts";

/** A regular expression of PCRE2; pcre2pattern(3). Compiled once, for any number of subjects. */
export class CompiledPattern {
  readonly #pattern: object;
  readonly lookbehind: number; // how far a match may look back, characters
  readonly utf: boolean; // subjects are characters, not bytes

  /** For `compilePattern` alone. */
  constructor(pattern: object, lookbehind: number, utf: boolean) {
    this.#pattern = pattern;
    this.lookbehind = lookbehind;
    this.utf = utf;
  }

  /** Looks for a match that starts from `from` to `last`. `partial`: more may follow. */
  match(subject: Uint8Array, { from, last, partial }: MatchRange): MatchResult {
    const numbers = Int32Array.of(from, last, partial ? PARTIAL_HARD : 0);
    const result = native.patternMatch(this.#pattern, subject, numbers);
    if (result < 0 && result !== PARTIAL) return result === NO_MATCH ? "none" : { failed: messageOf(result) };
    const [at = 0] = numbers;
    if (at > last) return "none"; // PCRE2's JIT (10.42) goes a little further than it is told
    return result === PARTIAL ? { partialAt: at } : "match";
  }
}

/** Offsets in bytes. */
export interface MatchRange {
  readonly from: number;
  readonly last: number;
  readonly partial: boolean;
}

/** `partialAt`: a match may begin there, which the end of the subject cut off. `failed`: why that cannot be said. */
export type MatchResult = "match" | "none" | { readonly partialAt: number } | { readonly failed: string };

/** Why no pattern compiles at all. */
export const NO_PCRE2 = "`regex` needs libpcre2-8.so.0, which is not installed";

/** Steps that a match may take from one start, of PCRE2's own 10,000,000: some milliseconds. */
const MATCH_LIMIT = 1_000_000;

// pcre2api(3)
const UTF = 1 << 19;
const USE_OFFSET_LIMIT = 1 << 23;
const MATCH_INVALID_UTF = 1 << 26;
const PARTIAL_HARD = 0x20;
const NO_MATCH = -1;
const PARTIAL = -2;

/** The options that have a keyword, in the order of their bits. Seen in what keepalived 2.2.7 hands to PCRE2. */
export const PATTERN_OPTIONS: readonly string[] = [
  ..."allow_empty_class alt_bsux auto_callout caseless dollar_endonly dotall dupnames extended firstline".split(" "),
  ..."match_unset_backref multiline never_ucp never_utf no_auto_capture no_auto_possess no_dotstar_anchor".split(" "),
  ..."no_start_optimize ucp ungreedy utf never_backslash_c alt_circumflex alt_verbnames use_offset_limit".split(" "),
];

/** Compiles a pattern with options of `PATTERN_OPTIONS`; a text: why not. `stack`: sizes of the JIT's, bytes. */
export function compilePattern(
  pattern: string,
  options: readonly string[],
  stack: readonly [start: number, max: number] | undefined,
): CompiledPattern | string {
  if (native.patternOpen() !== 0) return NO_PCRE2;
  const given = options.reduce((bits, option) => bits | (1 << PATTERN_OPTIONS.indexOf(option)), USE_OFFSET_LIMIT);
  // A byte that is no character must not make a server fail, as long as the pattern matches elsewhere.
  const wanted = (given & UTF) === 0 ? given : given | MATCH_INVALID_UTF;
  const [start = 0, max = 0] = stack ?? [];
  const numbers = Int32Array.of(0, 0, MATCH_LIMIT, Math.min(start, MOST_STACK), Math.min(max, MOST_STACK));
  const compiled = native.patternCompile(new TextEncoder().encode(pattern), wanted, numbers);
  const [first = 0, second = 0] = numbers;
  if (compiled === undefined) return `Invalid regex: '${pattern}' at offset ${second}: ${messageOf(first)}`;
  return new CompiledPattern(compiled, second, (first & UTF) !== 0);
}

const MOST_STACK = 64 << 20; // bytes

function messageOf(error: number): string {
  const text = new Uint8Array(256);
  const length = native.patternMessage(error, text);
  return length < 0 ? `PCRE2 error ${error}` : new TextDecoder().decode(text.subarray(0, length));
}
