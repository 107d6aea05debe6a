import { LANGUAGE } from "../keywords/language.ts";
import { last, type Setting } from "../syntax/table.ts";
import { error, type Finding, type Lint, type LintInput } from "./lint.ts";
import { find, searchFor } from "./walk.ts";

/** What the daemon would find out at its start: it is tried out. */
export const TRIAL_LINTS: readonly Lint[] = [
  {
    code: "K040",
    name: "pattern-invalid",
    meaning: "a `regex` does not compile",
    severity: ["error"],
    check: invalidPatterns,
  },
  {
    code: "K041",
    name: "tls-file-unfit",
    meaning: "a file of the `SSL` block cannot be used",
    severity: ["error"],
    check: unfitFiles,
  },
];

type Tried = Pick<LintInput, "tree" | "trial">;

/** Of each `url` the pattern that counts. Keepalived (2.2.7) finds it at the first check, and its process dies of it. */
export function* invalidPatterns({ tree, trial }: Tried): Iterable<Finding> {
  const { pattern: why } = trial ?? {};
  if (why === undefined) return;
  const known = new Map<string, string | undefined>();
  for (const { setting, beside } of find(PATTERNS, tree)) {
    if (setting !== beside["regex"]?.at(-1) || typeof setting.value !== "string") continue;
    const options = (beside["regex_options"] ?? []).flatMap(({ value }) => value as readonly string[]);
    const stack = beside["regex_stack"]?.at(-1)?.value as readonly [number, number] | undefined;
    const regex = { pattern: setting.value, options, stack };
    const text = JSON.stringify(regex);
    if (!known.has(text)) known.set(text, why(regex));
    const found = known.get(text);
    if (found !== undefined) yield error(`${found}: the check says nothing of its server`, setting.span, PATTERN_HELP);
  }
}
const PATTERNS = searchFor(LANGUAGE.children, (keyword, row) => keyword === "regex" && row.kind === "line");
const PATTERN_HELP = "pcre2pattern(3) says what a pattern may be; `\\\\` and quotes are undone once before";

/** The `SSL` block that counts, where there are services that need the checkers process. */
export function* unfitFiles({ tree, trial, config }: Tried & Pick<LintInput, "config">): Iterable<Finding> {
  const { virtualServers, fwmarkServers, groupServers, ssl } = config;
  const block = last(tree.SSL);
  if (ssl === undefined || block === undefined) return;
  if (virtualServers.length + fwmarkServers.length + groupServers.length === 0) return;
  const unfit = trial?.identity?.(ssl);
  if (unfit === undefined) return;
  const setting: Setting<unknown> | undefined = last(block.value.settings[unfit.keyword]);
  const help = "the daemon does not start with it; a reload keeps what was in force";
  yield error(unfit.why, setting?.span ?? block.keyword, help);
}
