import { concat } from "../base/bytes.ts";
import type { Micros } from "../base/time.ts";
import type { PatternText, Search } from "./checker.ts";

/** A compiled pattern; io/pattern.ts `CompiledPattern`. Offsets are of the subject, in bytes. */
export interface Matcher {
  readonly lookbehind: number; // how far a match may look back, characters
  readonly utf: boolean; // subjects are characters, not bytes
  match(
    subject: Uint8Array,
    range: { readonly from: number; readonly last: number; readonly partial: boolean },
  ): "match" | "none" | { readonly partialAt: number } | { readonly failed: string };
}

/** The longest match that is found. */
const LONGEST = 1 << 20;
/** `block`: what comes of a body before it is searched; most are shorter. `starts`: that are tried in one call, to end soon. */
const SIZES = { block: 64 * 1024, starts: 1024 } as const;
/** Of the processor, for one body. */
const BUDGET: Micros = 100_000;

/**
 * A search in a body that comes in pieces, as exact as one in the whole: what a match that began may need is kept, and
 * what it may look back to. A pattern that says something of where a search begins (`\G`, verbs, `firstline`) needs the
 * whole body at once. `spent`: what this process has taken of the processor.
 * (Keepalived differs, 2.2.7: it searches what a read brings, 4095 bytes of which it keeps at most what a match needs that
 * began there, with the headers where they come along. `^` matches wherever a read begins, `$` never at the end.)
 */
export function patternSearch(
  matcher: Matcher,
  { pattern, options, minOffset, maxOffset }: PatternText,
  spent: () => Micros,
  { block, starts }: Readonly<Record<keyof typeof SIZES, number>> = SIZES,
): Search {
  const atOnce = options.includes("firstline") || /\\G|\(\*/.test(pattern);
  const first = Math.max(0, minOffset);
  const final = maxOffset ?? Number.POSITIVE_INFINITY;
  let pieces: Uint8Array[] = [];
  let base = 0; // offset in the body of the first byte that is held
  let held = 0;
  let fresh = 0; // of them, those that came since the last search
  let next = first; // where a match may start that was not found yet, offset in the body
  let found: boolean | string | undefined;
  let taken: Micros = 0;

  function scan(last: boolean): void {
    const all = concat(...pieces);
    const subject = last ? all : all.subarray(0, lineful(matcher.utf ? all.subarray(0, characters(all)) : all));
    const end = Math.min(subject.length, final - base);
    const begunAt = spent();
    let partial = false;
    while (found === undefined && !partial && next - base <= end) {
      const from = next - base;
      const until = atOnce ? end : Math.min(end, from + starts);
      const result = matcher.match(subject, { from, last: until, partial: !last });
      if (result === "match") found = true;
      else if (result === "none") next = base + until + 1;
      else if ("failed" in result) found = result.failed;
      else {
        next = base + result.partialAt;
        partial = true;
      }
      if (found === undefined && taken + spent() - begunAt > BUDGET) found = "the search takes too long";
    }
    taken += spent() - begunAt;
    const place = Math.min(next, base + subject.length); // the end may be a start once more follows
    if (found === undefined && (last || place > final)) found = false;
    if (found === undefined) keep(all, place);
  }

  /** From the place on, and what a match there may look back to. */
  function keep(all: Uint8Array, place: number): void {
    const back = Math.max(1, matcher.lookbehind) * (matcher.utf ? 4 : 1);
    const from = Math.max(0, place - base - back);
    next = Math.max(first, place);
    pieces = [all.slice(from)];
    held = all.length - from;
    base += from;
    fresh = 0;
    if (held > LONGEST) found = "a match would be longer than 1 MiB";
  }

  return {
    take(piece) {
      if (found !== undefined || piece.length === 0) return;
      pieces.push(piece.slice());
      held += piece.length;
      fresh += piece.length;
      if (atOnce && held > LONGEST) found = "the pattern needs the whole body, which is longer than 1 MiB";
      else if (!atOnce && fresh >= block) scan(false);
    },
    end() {
      if (found === undefined) scan(true);
      pieces = [];
      return found ?? false;
    },
  };
}

/** How many bytes are whole characters, if it is UTF-8: at most three of the last one may be missing. */
function characters(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return at + (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

/** How many bytes are there without the newlines at the end: PCRE2 takes `^` for wrong behind the last one, not for partial. */
function lineful(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > bytes.length - MOST_NEWLINES && bytes[length - 1] === 10) length--;
  return length;
}

const MOST_NEWLINES = 4096;
