import { ENTRIES, pathOf, usageOf } from "../keywords/entries.ts";
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
    const shown = ENTRIES.filter(({ later }) => flag === undefined || later !== undefined);
    for (const entry of shown) host.out(`${pathOf(entry)}\t${usageOf(entry.row)}\t${entry.row.meaning}\n`);
    if (flag !== undefined) host.out(`${shown.length} of ${ENTRIES.length} keywords and options are not implemented\n`);
    return 0;
  },
};
