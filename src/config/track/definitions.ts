import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import type { TrackWeight } from "../model/track.ts";
import { firstAt } from "../reference.ts";

/** What a block defines for others to name: its weight counts where they say none. */
export interface Defined<T> extends TrackWeight {
  readonly config: T;
  readonly order: number; // of its place: what names it stands below in Keepalived
  readonly place: Span;
}

/** Definitions of one kind by name, in the order of reading. */
export type Definitions<T> = ReadonlyMap<string, Defined<T>>;

/** The blocks of one kind that define something. Keepalived accepts a name twice without a word: the first counts. */
export function definitions<
  B extends { readonly span: Span; readonly order: number },
  T extends TrackWeight & { readonly name: string },
>(block: string, bodies: readonly B[], report: Report, define: (body: B) => T | undefined): Definitions<T> {
  const found = new Map<string, Defined<T>>();
  for (const body of bodies) {
    const config = define(body);
    if (config === undefined) continue;
    const { name, weight, reverse } = config;
    const first = found.get(name);
    if (first === undefined) found.set(name, { config, weight, reverse, order: body.order, place: body.span });
    else {
      const message = `${block} \`${name}\` is defined twice; the first counts`;
      report.warning(["duplicate", message], body.span, firstAt(first.place));
    }
  }
  return found;
}

/** What was defined, as a list of the model. */
export function configs<T>(defined: Definitions<T>): readonly T[] {
  return [...defined.values()].map(({ config }) => config);
}
