import type { Span } from "./span.ts";

const TAB = 8;
const WIDEST = 160; // columns of a source line that are shown

/** How a source line is shown: what stands left of it, and what underlines it. */
export interface Frame {
  readonly gutter: string; // as wide as the longest line number
  readonly mark: "^" | "-";
}

/** A source line with its number and the underlined span; nothing for a file as a whole. */
export function shownLine(span: Span, source: string, { gutter, mark }: Frame): readonly string[] {
  if (span.line === 0) return [];
  const { before, marked, after } = excerpt(source, span);
  const shownBefore = terminal(before, 0);
  const shownMarked = terminal(marked, shownBefore.width);
  const shownAfter = terminal(after, shownBefore.width + shownMarked.width);
  const text = `${shownBefore.text}${shownMarked.text}${shownAfter.text}`;
  return [
    `${gutter} |`,
    `${String(span.line).padEnd(gutter.length)} | ${text}`.replace(/[ \t]+$/, ""),
    `${gutter} | ${" ".repeat(shownBefore.width)}${mark.repeat(Math.max(1, shownMarked.width))}`,
  ];
}

/** The part of a long line around the span. */
function excerpt(line: string, { column, length }: Span): { before: string; marked: string; after: string } {
  const at = column - 1;
  const from = at > WIDEST / 2 ? at - 40 : 0;
  const end = at + Math.min(length, WIDEST);
  const to = Math.max(end, from + WIDEST);
  return {
    before: (from > 0 ? "..." : "") + line.slice(from, at),
    marked: line.slice(at, end),
    after: line.slice(end, to) + (line.length > to ? "..." : ""),
  };
}

/** Text as a terminal shows it from column `start` on: tabs expanded, control characters made visible, its width. */
function terminal(text: string, start: number): { text: string; width: number } {
  let shown = "";
  let width = 0;
  for (const character of text) {
    if (character === "\t") {
      const blanks = TAB - ((start + width) % TAB);
      shown += " ".repeat(blanks);
      width += blanks;
    } else {
      shown += isControl(character) ? "\uFFFD" : character;
      width += columns(character);
    }
  }
  return { text: shown, width };
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000);
}

const NARROWEST = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Terminal columns of one character: Unicode Standard Annex #11 (East Asian Width), the blocks in common use. */
function columns(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (NARROWEST.test(character)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}
