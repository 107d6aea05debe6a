import { toSeconds } from "../base/time.ts";
import { type ValueRow, value } from "./shape.ts";

/** A span in microseconds, shown in seconds. */
export function seconds<V extends number | undefined>(words: string, more: Effect<V> = {}): ValueRow<V> {
  return value<V>(words, { unit: "s", show: toSeconds, ...more });
}

type Effect<V> = Pick<ValueRow<V>, "effect">;

/** A program that is run. */
export function command<V extends { readonly argv: readonly string[] } | undefined>(words: string): ValueRow<V> {
  return value<V>(words, { show: ({ argv }) => argv.join(" ") });
}

/** What is accepted and has no effect. */
export const NOT_YET = "not implemented: nothing happens";

/** An effect that does not depend on the values. */
export function always(effect: string): () => string {
  return () => effect;
}

/** The name of a field without a row: `advertInterval` is `advert interval`. */
export function nameInWords(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
