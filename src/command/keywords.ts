import { ENTRIES, type Entry, pathOf, usageOf } from "../keywords/entries.ts";
import { refuse } from "./arguments.ts";
import type { Command } from "./command.ts";
import { manPage, markdownPage } from "./keyword-pages.ts";

const FLAGS: ReadonlySet<string> = new Set(["--unimplemented", "--markdown", "--man"]);

/** Prints one line a keyword: its place, its usage, its meaning. */
export const keywords: Command = {
  name: "keywords",
  usage: "[--unimplemented | --markdown | --man]",
  meaning: "every keyword, those that are accepted but not implemented, or a page of documentation",
  run(args, host) {
    const [flag, ...more] = args;
    if ((flag !== undefined && !FLAGS.has(flag)) || more.length > 0)
      return refuse(keywords, `unknown argument \`${args.at(-1)}\``, host);
    if (flag === "--markdown" || flag === "--man") {
      host.out(flag === "--man" ? manPage() : markdownPage());
      return 0;
    }
    host.out(flag === undefined ? lines(ENTRIES) : unimplemented(ENTRIES));
    return 0;
  },
};

/** Those of `entries` that are accepted and do nothing, and how many they are. */
export function unimplemented(entries: readonly Entry[]): string {
  const shown = entries.filter(({ later }) => later !== undefined);
  return `${lines(shown)}${shown.length} of ${entries.length} keywords and options are not implemented\n`;
}

function lines(entries: readonly Entry[]): string {
  return entries.map((entry) => `${pathOf(entry)}\t${usageOf(entry.row)}\t${entry.row.meaning}\n`).join("");
}
