import type { HostFacts } from "../base/host.ts";
import type { Reading } from "../config/read.ts";
import { type Diagnostic, inOrder } from "../syntax/diagnostic.ts";
import { newReport, type SourceLine } from "../syntax/report.ts";
import type { Finding, Lint, LintInput } from "./lint.ts";
import { LINTS } from "./lints.ts";
import type { Trial } from "./trial.ts";
import { everyService, writtenInstances } from "./written.ts";

/** What the lints are asked. */
export interface LintOptions {
  readonly off: ReadonlySet<string>; // codes or names; a fatal diagnostic is shown all the same
  readonly host?: HostFacts;
  readonly trial?: Trial;
  readonly peerVersion?: string; // Keepalived on the other director: `2.2.7`
  /** The text of a line, so that a diagnostic can show it. */
  readonly sourceLine?: SourceLine;
}

const MOST = 20; // findings of one lint; of the others only the number

/** Everything there is to say: by the reader, and by the lints. In the order of files, lines and columns. */
export function diagnose(reading: Reading, options: LintOptions): readonly Diagnostic[] {
  const lints = new Set(LINTS.flatMap(({ reader = [] }) => reader));
  const others = reading.diagnostics.filter(({ code }) => !lints.has(code));
  return inOrder([...others, ...lint(reading, options)], reading.files);
}

/** What the lints say, among it what the reader found for them. `Diagnostic.code` is the lint's: `K001`. */
export function lint(reading: Reading, options: LintOptions): readonly Diagnostic[] {
  const input: LintInput = {
    config: reading.config,
    tree: reading.tree,
    instances: writtenInstances(reading),
    services: everyService(reading),
    host: options.host,
    trial: options.trial,
    peerVersion: options.peerVersion,
  };
  const found = LINTS.flatMap((each) => {
    const off = options.off.has(each.code) || options.off.has(each.name);
    const read = reading.diagnostics
      .filter(({ code, fatal }) => each.reader?.includes(code) && (!off || fatal))
      .map((diagnostic) => ({ ...diagnostic, code: each.code }));
    return off ? read : [...read, ...checked(each, input, { ...options, includes: reading.includes })];
  });
  return inOrder(found, reading.files);
}

/** What one lint finds, bounded and fit for a terminal. Lints are no part of `-t`, so they have no status of it. */
function checked(
  each: Lint,
  input: LintInput,
  { sourceLine, includes }: LintOptions & Pick<Reading, "includes">,
): readonly Diagnostic[] {
  const kept: Finding[] = [];
  let more = 0;
  for (const finding of each.check(input)) {
    if (kept.length < MOST) kept.push(finding);
    else more++;
  }
  const report = newReport(sourceLine ?? (() => undefined), includes);
  for (const [i, { severity, message, span, help }] of kept.entries()) {
    const and = more > 0 && i === MOST - 1 ? ` (and ${more} more like this)` : "";
    report[severity]([each.code, message + and], span, help === undefined ? {} : { help });
  }
  return report.finished([]).map(({ status: _, ...diagnostic }) => diagnostic);
}
