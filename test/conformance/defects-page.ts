import { DEFECTS, type Defect } from "./defects.ts";
import { cell, table } from "./markdown.ts";

/** docs/defects.md, whole. */
export function defectsPage(): string {
  return `# Defects of Keepalived's VRRP, and where they are absent

Each was seen on Keepalived 2.2.7 or is in 2.4. The rows are those of [differences.md](differences.md), which says what
we do instead. This page is written by the tests (\`UPDATE=1 npx vitest run --project fast test/conformance\`) from
\`test/conformance/defects.ts\`; a test sees that every test and every row that it names is there.

${table(
  ["#", "severity", "Keepalived", "here", "a keyword for Keepalived's way", "shown by"],
  DEFECTS.map((defect) => [
    String(defect.number),
    defect.severity,
    defect.defect,
    here(defect),
    defect.keyword === "" ? "–" : `\`${defect.keyword}\``,
    defect.tests.map(({ file, name }) => `\`${file}\`: ${cell(name)}`).join("<br>"),
  ]),
)}
`;
}

function here({ rows, kept }: Defect): string {
  return kept === undefined ? rows.join(", ") : `as Keepalived: ${kept}`;
}
