import { nearest } from "./suggest.ts";
import type { Table } from "./table.ts";
import { mean } from "./types.ts";

/** Help for words that stand in many files and are no keywords. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ["nat_mask", "`nat_mask` no longer exists: NAT needs no mask; delete the line"],
  ["nb_get_retry", "this checker has no `nb_get_retry`: write `retry`; until then its default of 1 holds"],
]);

/** What to do about a word that is no keyword of its block: the near one, or the block that has it. */
export function helpFor(word: string, block: Table, top: Table): string | undefined {
  const retired = RETIRED.get(word);
  if (retired !== undefined) return retired;
  const near = nearest(word, Object.keys(block));
  if (near !== undefined) return mean(near);
  const owner = ownersOf(top).get(word);
  if (owner === undefined) return undefined;
  return owner === "" ? `\`${word}\` belongs at the top level` : `\`${word}\` belongs in \`${owner}\``;
}

const known = new WeakMap<Table, ReadonlyMap<string, string>>();

/** For each keyword a block that has it, the outermost. */
function ownersOf(top: Table): ReadonlyMap<string, string> {
  const before = known.get(top);
  if (before !== undefined) return before;
  const owners = new Map<string, string>();
  const level: [string, Table][] = [["", top]];
  for (const [block, children] of level) {
    for (const [keyword, row] of Object.entries(children)) {
      if (!owners.has(keyword)) owners.set(keyword, block);
      if (row.kind === "block") level.push([keyword, row.children]);
    }
  }
  known.set(top, owners);
  return owners;
}
