import { toSeconds } from "../base/time.ts";
import { type ListRow, list, type Shown, type ValueRow, value } from "./shape.ts";

/** A span in microseconds, shown in seconds. */
export function seconds<V extends number | undefined>(words: string, more: Effect<V> = {}): ValueRow<V> {
  return value<V>(words, { unit: "s", show: toSeconds, ...more });
}

type Effect<V> = Pick<ValueRow<V>, "effect">;

/** A program that is run. */
export function command<V extends { readonly argv: readonly string[] } | undefined>(
  words: string,
  more: Effect<V> = {},
): ValueRow<V> {
  return value<V>(words, { show: ({ argv }) => argv.join(" "), ...more });
}

/** A keyword that is on where the value is false: `nopreempt` for `preempt`. */
export function unless(words: string, more: Effect<boolean> = {}): ValueRow<boolean> {
  return value<boolean>(words, { show: (on) => !on, ...more });
}

/** Names of other things. */
export function names(words: string): ListRow<string> {
  return list<string>({ words, key: (name) => name, title: (name) => `\`${name}\``, shape: {} });
}

/** An item is what its name is. */
export const BY_NAME = {
  key: ({ name }: { readonly name: string }): string => name,
  title: ({ name }: { readonly name: string }): string => `\`${name}\``,
} as const;

/** Effects of several settings. */
export const AT_A_START = "counts at the next start only";
export const AT_ALL = "every director needs the same";

/** An effect that does not depend on the values. */
export function always(effect: string): () => string {
  return () => effect;
}

/** The name of a field without a row: `advertInterval` is `advert interval`. */
export function nameInWords(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A value without words of its own. What a field's name calls a secret is not shown, whoever forgets its row. */
export function inPlainWords(value: unknown, field = ""): Shown {
  const shown = secretly(field, value);
  if (typeof shown === "string" || typeof shown === "number" || typeof shown === "boolean") return shown;
  return JSON.stringify(shown, secretly);
}

function secretly(field: string, value: unknown): unknown {
  return value !== undefined && /passw|secret|^keys?$/i.test(field) ? "********" : value;
}
