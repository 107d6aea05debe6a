import type { Report } from "./report.ts";
import type { Source } from "./source.ts";
import type { Span } from "./span.ts";

/** `${_RANDOM [MIN [MAX]]}` or `${_ENV NAME}`, as it is written. */
export interface BuiltinUse {
  readonly name: string; // without its underscore
  readonly words: readonly string[];
  readonly text: string; // all of it
  readonly span: Span;
}

const MOST_RANDOM = 32_767; // unless MAX is given

/** Its value; undefined where it makes no sense, which is then reported, and the use stays as it stands. */
export function builtin(use: BuiltinUse, source: Source, report: Report): string | undefined {
  return use.name === "ENV" ? environment(use, source, report) : random(use, source, report);
}

function environment({ words, text, span }: BuiltinUse, source: Source, report: Report): string | undefined {
  const [name, ...more] = words;
  if (name !== undefined && more.length === 0) return source.environment(name) ?? "";
  report.error(["wrong-builtin", `\`${text}\` is not the name of one environment variable`], span, {
    help: "write one name between the braces: `_ENV NAME`",
  });
  return undefined;
}

function random({ words, text, span }: BuiltinUse, source: Source, report: Report): string | undefined {
  const [least = 0, most = MOST_RANDOM, ...more] = words.map((word) =>
    /^\d+$/.test(word) ? Number(word) : Number.NaN,
  );
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || more.length > 0) {
    report.error(["wrong-builtin", `\`${text}\` is not a random number`], span, {
      help: "write `_RANDOM`, `_RANDOM MIN` or `_RANDOM MIN MAX` with decimal numbers between the braces",
    });
    return undefined;
  }
  if (most < least) {
    report.warning(["wrong-builtin", `\`${text}\` is always ${least}, since ${most} is the largest number`], span);
    return String(least);
  }
  return String(Math.min(most, least + Math.floor(source.random() * (most - least + 1))));
}
