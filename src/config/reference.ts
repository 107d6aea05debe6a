import type { Diagnostic } from "../syntax/diagnostic.ts";
import type { Report } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import { nearest } from "../syntax/suggest.ts";
import type { Setting } from "../syntax/table.ts";
import { mean } from "../syntax/types.ts";

const SHOWN = 8; // names that a help line lists

/** Help for a name that nothing has: the one that was probably meant, or all there are. `define` says how to add it. */
export function knownNames(given: string, names: ReadonlyMap<string, unknown>, define: string): string {
  const near = nearest(given, names.keys());
  if (near !== undefined && near !== given) return mean(near);
  const all = [...names.keys()];
  if (all.length === 0) return define;
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : "";
  const shown = all.slice(0, SHOWN).map((name) => `\`${name}\``);
  return `defined are ${shown.join(", ")}${more}`;
}

/** The related place of what was there first. */
export function firstAt(span: Span, message = "it is here first"): { readonly related: readonly Related[] } {
  return { related: [{ span, message }] };
}

/** A name that is used above its definition, and what Keepalived does about it. */
interface EarlyUse {
  readonly what: string; // the keyword of what is named
  readonly name: string;
  readonly span: Span;
  readonly place: Span; // of the definition
  readonly keepalived: string; // what it logs
  readonly status: NonNullable<Diagnostic["status"]>; // with which its `-t` ends
}

/** Says that a name is used above its definition: it counts here, wherever it stands, and not in Keepalived. */
export function usedAbove({ what, name, span, place, ...logged }: EarlyUse, report: Report): void {
  const message = `${what} \`${name}\` is defined below: it counts here, Keepalived leaves this line out`;
  const help = `move the ${what} up, so that both do the same`;
  report.warning(["used-above-definition", message], span, {
    ...logged,
    ...firstAt(place, "it is defined here"),
    help,
  });
}

interface Related {
  readonly span: Span;
  readonly message: string;
}

/**
 * The setting that counts where Keepalived keeps the first one and refuses the others, each with an error. `logged` is
 * its line behind the place.
 */
export function givenOnce<T>(
  keyword: string,
  settings: readonly Setting<T>[],
  logged: (value: T) => string,
  report: Report,
): Setting<T> | undefined {
  const [first, ...others] = settings;
  for (const other of others) {
    const message = `\`${keyword}\` is given already; this one is ignored`;
    const keepalived = other.at + logged(other.value);
    if (first !== undefined)
      report.error(["duplicate", message], other.keyword, { keepalived, ...firstAt(first.keyword) });
  }
  return first;
}
