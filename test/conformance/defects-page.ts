import { DEFECTS, type Defect } from "./defects.ts";
import { LVS_DEFECTS } from "./lvs-defects.ts";
import { cell, table } from "./markdown.ts";
import type { NamedTest } from "./named-tests.ts";

/** docs/defects.md, whole. */
export function defectsPage(): string {
  return `# Defects of Keepalived, and where they are absent

Each was seen on Keepalived 2.2.7 or is in 2.4. The rows are those of [differences.md](differences.md), which says what
we do instead. This page is written by the tests (\`UPDATE=1 npx vitest run --project fast test/conformance\`) from
\`test/conformance/defects.ts\` and \`lvs-defects.ts\`; a test sees that every test and every row that they name is there.

## VRRP

${table(
  ["#", "severity", "Keepalived", "here", "a keyword for Keepalived's way", "shown by"],
  DEFECTS.map((defect) => [
    String(defect.number),
    defect.severity,
    defect.defect,
    here(defect),
    defect.keyword === "" ? "–" : `\`${defect.keyword}\``,
    shownBy(defect.tests),
  ]),
)}

## Load balancing and BFD

What \`test/lab/lvs-defects.test.ts\` shows it shows beside Keepalived 2.2.7, and asserts that the defect is there.

${table(
  ["#", "Keepalived", "here", "shown by"],
  LVS_DEFECTS.map((defect) => [defect.item, defect.defect, here(defect), shownBy(defect.tests)]),
)}
`;
}

function shownBy(tests: readonly NamedTest[]): string {
  return tests.map(({ file, name }) => `\`${file}\`: ${cell(name)}`).join("<br>");
}

function here({ rows, kept }: Pick<Defect, "rows" | "kept">): string {
  return kept === undefined ? rows.join(", ") : `as Keepalived: ${kept}`;
}
