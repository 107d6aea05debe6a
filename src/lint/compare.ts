import { mergeGlobals } from "../config/global/global.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { newReport, type Report, type SourceLine } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import { compareServices } from "./compare-lvs.ts";
import { compareInstances } from "./compare-vrrp.ts";
import { type Director, disagree, given } from "./disagreement.ts";

/**
 * What directors of one cluster do not agree on, in the order of the first one's lines. An error: they will not
 * understand each other, or both be master. A warning: a failover changes the service. A hint: it works, and will
 * surprise. Nothing where they agree; a director whose file cannot be read is left out. Linear in the configurations.
 */
export function compareDirectors(
  directors: readonly Director[],
  sourceLine: SourceLine = () => undefined,
): readonly Diagnostic[] {
  const readable = directors.filter(({ reading }) => reading.files.length > 0);
  const includes = new Map(readable.flatMap(({ reading }) => [...reading.includes]).reverse());
  const report = newReport(sourceLine, includes);
  if (readable.length > 1) {
    compareNames(readable, report);
    compareInstances(readable, report);
    compareServices(readable, report);
  }
  const found = report.finished(readable.flatMap(({ reading }) => reading.files));
  return found.map(({ status: _, ...diagnostic }) => diagnostic); // it is no part of `-t`
}

/** `router_id` tells the directors apart in mails and logs. */
function compareNames(directors: readonly Director[], report: Report): void {
  const known = new Map<string, { readonly director: string; readonly span: Span }>();
  for (const { name, reading } of directors) {
    const { routerId } = reading.config.global;
    const setting = given(mergeGlobals(reading.tree.global_defs.map(({ value }) => value.settings)), "router_id");
    if (setting === undefined || routerId === undefined) continue;
    const twin = known.get(routerId);
    if (twin === undefined) {
      known.set(routerId, { director: name, span: setting.span });
      continue;
    }
    const message = `\`router_id\` is \`${routerId}\` in \`${twin.director}\` and in \`${name}\``;
    const help = "give each director a name of its own, so that its mails can be told apart";
    const places = [twin.span, { span: setting.span, message: "the same here" }] as const;
    disagree(message, places, { code: "equal-router-id", severity: "hint", help }, report);
  }
}
