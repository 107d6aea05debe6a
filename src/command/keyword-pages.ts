import { ENTRIES, type Entry, usageOf } from "../keywords/entries.ts";

/** What stands before each group of entries that is no block of keywords. */
const TITLES: Readonly<Record<string, string>> = {
  "(top)": "Top level",
  "(lexer)": "The text itself",
  "(BOOL)": "Booleans",
  "(script)": "Commands",
};

/** docs/keywords.md: every keyword in a table for each block. */
export function markdownPage(entries: readonly Entry[] = ENTRIES): string {
  const sections = blocks(entries).map(([block, entries]) => {
    const rows = entries.map((entry) => {
      const { unit = "", default: standard = "", meaning } = entry.row;
      const cells = [entry.keyword, usageOf(entry.row), unit, standard, [meaning, ...remarks(entry)].join("; ")];
      return `| ${cells.map((cell, i) => markdown(cell, i < 2)).join(" | ")} |`;
    });
    return `## ${markdown(TITLES[block] ?? block)}\n\n| keyword | usage | unit | default | meaning |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  const head =
    "# Keywords\n\nWritten by `keepalived-ts keywords --markdown` from the tables that the parser reads by.\n";
  return [head, ...sections].join("\n");
}

/** man/keepalived-ts.conf.5. man(7). */
export function manPage(entries: readonly Entry[] = ENTRIES): string {
  const sections = blocks(entries).map(([block, entries]) => {
    const rows = entries.map((entry) => {
      const { unit, default: standard, meaning } = entry.row;
      const facts = [unit && `unit ${unit}`, standard && `default ${standard}`, ...remarks(entry)];
      const text = [meaning, ...facts.filter((fact) => fact !== undefined && fact !== "")].join("; ");
      return `.TP\n.B ${roff(entry.keyword)}\n\\fI${roff(usageOf(entry.row))}\\fR\n.br\n${roff(text)}.\n`;
    });
    return `.SS "${roff(TITLES[block] ?? block)}"\n${rows.join("")}`;
  });
  return `.TH KEEPALIVED-TS.CONF 5 "" "keepalived-ts" "File formats"
.SH NAME
keepalived-ts.conf \\- configuration of keepalived-ts, in the language of keepalived.conf
.SH DESCRIPTION
Keywords stand one on a line with their values behind them; blocks are enclosed in braces.
.B keepalived-ts explain KEYWORD
shows an example of each.
.SH KEYWORDS
${sections.join("")}.SH SEE ALSO
.BR keepalived.conf (5)
`;
}

function blocks(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.block, [...(groups.get(entry.block) ?? []), entry]);
  return [...groups];
}

function remarks({ row, later }: Entry): readonly string[] {
  return [
    row.note ?? "",
    row.since === undefined ? "" : `since Keepalived ${row.since}`,
    row.ours ? "of keepalived-ts alone" : "",
    row.build === undefined ? "" : `in Keepalived where built with ${row.build}`,
    later === undefined ? "" : "not implemented",
  ].filter((remark) => remark !== "");
}

/** Text of a cell; as code where it is one. */
function markdown(text: string, code = false): string {
  const escaped = text.replaceAll("|", "\\|");
  if (!code) return escaped.replace(/[<*_]/g, "\\$&");
  return escaped === "" ? "" : escaped.includes("`") ? escaped : `\`${escaped}\``;
}

function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&").replaceAll('"', "\\(dq");
}
