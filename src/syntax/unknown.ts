import { nearest } from "./suggest.ts";
import type { Table } from "./table.ts";
import { mean } from "./types.ts";

/** Help for words that stand in many files and are no keywords. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ["nat_mask", "`nat_mask` no longer exists: NAT needs no mask; delete the line"],
  ["nb_get_retry", "this checker has no `nb_get_retry`: write `retry`; until then its default of 1 holds"],
  ["HTTP_CHECK", "the checker of web pages is `HTTP_GET`, over TLS `SSL_GET`"],
  ["HTTPS_CHECK", "the checker of web pages over TLS is `SSL_GET`"],
  ["HTTPS_GET", "the checker of web pages over TLS is `SSL_GET`"],
  ["SSL_CHECK", "the checker of web pages over TLS is `SSL_GET`"],
]);

/**
 * What to do about a word that is no keyword of its block. A keyword of a block around it: most likely that one was not
 * closed. Else the near one, or the block that has it: one within, one beside, or any.
 */
export function helpFor(word: string, block: Table, top: Table): string | undefined {
  const retired = RETIRED.get(word);
  if (retired !== undefined) return retired;
  const blocks = blocksOf(top);
  const around = [...outwards(blocks, block)].slice(1).find(({ keywords }) => Object.hasOwn(keywords, word));
  if (around !== undefined) return `${belongs(word, around)}: is a \`}\` missing above it?`;
  const near = nearest(word, Object.keys(block));
  if (near !== undefined) return mean(near);
  const owners = [...blocks.values()].filter(({ keywords }) => Object.hasOwn(keywords, word));
  const parent = blocks.get(block)?.outer;
  const owner =
    owners.find(({ outer }) => outer === block) ?? owners.find(({ outer }) => outer === parent) ?? owners[0];
  if (owner === undefined) return undefined;
  return block === top ? `${belongs(word, owner)}: is a \`}\` too many above it?` : belongs(word, owner);
}

function belongs(word: string, { name }: Block): string {
  return name === "" ? `\`${word}\` belongs at the top level` : `\`${word}\` belongs in \`${name}\``;
}

/** A block of the language. */
interface Block {
  readonly name: string; // its keyword; "" for the top
  readonly keywords: Table;
  readonly outer: Table | undefined;
}

const known = new WeakMap<Table, ReadonlyMap<Table, Block>>();

/** Every block, by its keywords, outer ones first. */
function blocksOf(top: Table): ReadonlyMap<Table, Block> {
  const before = known.get(top);
  if (before !== undefined) return before;
  const blocks = new Map<Table, Block>([[top, { name: "", keywords: top, outer: undefined }]]);
  for (const [table] of blocks)
    for (const [keyword, row] of Object.entries(table))
      if (row.kind === "block" && !blocks.has(row.children))
        blocks.set(row.children, { name: keyword, keywords: row.children, outer: table });
  known.set(top, blocks);
  return blocks;
}

/** A block, the one around it, and so on to the top. */
function* outwards(blocks: ReadonlyMap<Table, Block>, inner: Table): Iterable<Block> {
  for (let block = blocks.get(inner); block !== undefined; ) {
    yield block;
    block = block.outer === undefined ? undefined : blocks.get(block.outer);
  }
}
