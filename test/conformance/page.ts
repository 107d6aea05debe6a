import { ELSEWHERE } from "./elsewhere.ts";
import { interoperationTable, type Matrix } from "./interoperation.ts";
import { cell, table } from "./markdown.ts";
import { type Deviation, FLAVOURS, type Flavour, isTried, type Rule } from "./rule.ts";
import { RULES } from "./rules.ts";

const NAMES: Record<Flavour, string> = { v2: "v2", v3: "v3 IPv4", "v3-ipv6": "v3 IPv6" };

/** docs/conformance.md, whole. `matrix`: of routers of different make. */
export function conformancePage(matrix: Matrix | undefined): string {
  return `# Conformance

What the RFCs ask of a VRRP router, rule by rule, and who does it. This page is written by the tests
(\`UPDATE=1 npx vitest run --project fast test/conformance\`) from the tables in \`test/conformance\`.

Each rule is played three times in each of its forms (VRRPv2, VRRPv3 over IPv4, VRRPv3 over IPv6): in virtual time
(\`test/conformance/stories.test.ts\`), and on a wire, with forged packets, against our daemon and against Debian's
Keepalived 2.2.7 (\`test/lab/conformance.test.ts\`). "as the rule" is what the test asserts; where another thing is said,
the test asserts that. The RFCs' words for our states: Active or Master is *master*, Backup is *backup*.

## Rules

${table(["rule", "source", "in", "story", "ours on the wire", "Keepalived 2.2.7 on the wire", "counted as", "note"], RULES.map(ruleRow))}

## By subject

The subjects are those of the UNH-IOL test suite for VRRP.

${table(["subject", "rules"], subjects().map(subjectRow))}

${matrix === undefined ? "" : interoperation(matrix)}## Elsewhere

Rules that need more than a router and a neighbour who sends packets.

${table(
  ["rule", "source", "test"],
  ELSEWHERE.map(({ sentence, source, tests }) => [
    sentence,
    source,
    tests.map(({ file, name }) => `\`${file}\`: ${cell(name)}`).join("<br>"),
  ]),
)}
`;
}

function interoperation(matrix: Matrix): string {
  return `## Interoperation

Two routers, ours and another make's: they elect one of them, the other takes over and gives back, nobody flaps, and
tshark finds nothing wrong in what they send (\`test/lab/interop.test.ts\`).

${interoperationTable(matrix)}

`;
}

function ruleRow(rule: Rule): string[] {
  const forms = FLAVOURS.filter((flavour) => isTried(rule, flavour));
  const ours = verdict(rule.ours, forms);
  const where = forms.length === FLAVOURS.length ? "all" : listed(forms);
  const counted = rule.counted === undefined ? "" : `\`${rule.counted.as}\``;
  return [rule.sentence, rule.source, where, ours, ours, verdict(rule.keepalived, forms), counted, rule.note ?? ""];
}

function verdict(deviation: Deviation | undefined, forms: readonly Flavour[]): string {
  if (deviation === undefined) return "as the rule";
  const where = forms.filter((flavour) => isTried(deviation, flavour));
  return where.length === forms.length ? deviation.note : `${listed(where)}: ${deviation.note}; else as the rule`;
}

function listed(forms: readonly Flavour[]): string {
  return forms.map((form) => NAMES[form]).join(", ");
}

function subjects(): string[] {
  return [...new Set(RULES.map(({ unh }) => unh))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function subjectRow(subject: string): string[] {
  return [
    subject,
    RULES.filter(({ unh }) => unh === subject)
      .map(({ id }) => id)
      .join(", "),
  ];
}
