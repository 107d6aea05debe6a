import { ENTRIES, type Entry, pathOf, usageOf } from "../keywords/entries.ts";
import { exampleOf } from "../keywords/example.ts";
import { nearest } from "../syntax/suggest.ts";
import { refuse } from "./arguments.ts";
import type { Command, CommandHost } from "./command.ts";

/** Prints what is known of a keyword; of all keywords of that name, where the name alone is given. */
export const explain: Command = {
  name: "explain",
  usage: "KEYWORD",
  meaning: "what a keyword means: `explain virtual_server.persistence_timeout`",
  run([wanted = "", ...more], host) {
    if (wanted === "" || more.length > 0)
      return refuse(explain, "`explain` takes one keyword, such as `vrrp_instance.priority`", host);
    const found = ENTRIES.filter((entry) => pathOf(entry) === wanted || entry.keyword === wanted);
    const best = found.filter((entry) => pathOf(entry) === wanted);
    const shown = best.length > 0 ? best : found;
    if (shown.length === 0) return unknown(wanted, host);
    host.out(shown.map((entry) => `${explained(entry).join("\n")}\n`).join("\n"));
    return 0;
  },
};

function unknown(wanted: string, host: CommandHost): number {
  const near = nearest(wanted, new Set(ENTRIES.flatMap((entry) => [entry.keyword, pathOf(entry)])));
  const help = near === undefined ? "`keepalived-ts keywords` lists all of them" : `did you mean \`${near}\`?`;
  return refuse(explain, `no keyword \`${wanted}\``, host, help);
}

/** Everything that the tables say of a keyword, as lines. */
export function explained(entry: Entry): readonly string[] {
  const { row, keyword, later } = entry;
  const example = exampleOf(entry);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [
      "usage",
      /[(<]/.test(keyword) ? usageOf(row) : `${keyword} ${usageOf(row).replace(/^\((flag|word)\)$/, "")}`.trim(),
    ],
    ["unit", row.unit],
    ["default", row.default],
    ["note", row.note],
    ["since", row.since && `Keepalived ${row.since}`],
    ["origin", row.ours && "keepalived-ts; Keepalived does not know it"],
    ["build", row.build && `Keepalived only where built with ${row.build}`],
    ["status", later && `accepted, not implemented: ${later.effect}`],
  ];
  return [
    pathOf(entry),
    `  ${row.meaning}`,
    ...facts.flatMap(([name, text]) => (text ? [`  ${`${name}:`.padEnd(9)}${text}`] : [])),
    ...(example === undefined ? [] : ["  example:", ...example.map((line) => `    ${line}`)]),
  ];
}
