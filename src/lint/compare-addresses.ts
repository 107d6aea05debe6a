import type { VirtualAddress } from "../config/model/model.ts";
import type { Report } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import type { DirectorInstance } from "./compare-vrrp.ts";
import { compareStatements, disagree, enumeration, type Rule } from "./disagreement.ts";

type Keyword = "virtual_ipaddress" | "virtual_ipaddress_excluded";

/** A list of addresses as one director has it. */
interface List {
  readonly of: DirectorInstance;
  readonly held: ReadonlyMap<string, VirtualAddress>;
  readonly places: ReadonlyMap<string, Span>;
  readonly place: Span; // of the list, or of the instance that has none
}

const RULES: Readonly<Record<Keyword, Rule>> = {
  virtual_ipaddress: {
    code: "differs-virtual-ipaddress",
    severity: "error",
    help: "write the same addresses everywhere: Keepalived up to 2.3.2 drops advertisements with others, and both are master",
  },
  virtual_ipaddress_excluded: {
    code: "differs-virtual-ipaddress-excluded",
    severity: "warning",
    help: "write the same addresses everywhere: the others are gone after a failover",
  },
};

const SHOWN = 4; // addresses of one director that a message names

/** Compares the virtual addresses of an instance with those of the first director, in any order. */
export function compareAddresses(title: string, of: readonly DirectorInstance[], report: Report): void {
  for (const keyword of ["virtual_ipaddress", "virtual_ipaddress_excluded"] as const) {
    const [first, ...others] = of.map((each) => listOf(each, keyword));
    for (const other of others) {
      if (first === undefined) continue;
      compareMembers(`\`${keyword}\` of ${title}`, [first, other], RULES[keyword], report);
      comparePrefixes(title, [first, other], report);
    }
  }
}

function listOf(of: DirectorInstance, keyword: Keyword): List {
  const { addresses, excludedAddresses } = of.instance;
  const items = keyword === "virtual_ipaddress" ? addresses : excludedAddresses;
  const blocks = of.body.value.settings[keyword];
  return {
    of,
    held: new Map(items.map((item) => [item.address, item])),
    places: new Map(blocks.flatMap(({ value }) => value.map((item) => [item.value.address, item.span]))),
    place: blocks.at(-1)?.keyword ?? of.body.span,
  };
}

function compareMembers(what: string, [first, other]: readonly [List, List], rule: Rule, report: Report): void {
  const here = without(first, other);
  const there = without(other, first);
  if (here.length + there.length === 0) return;
  const parts = [onlyIn(first, here), onlyIn(other, there)].filter((part) => part !== "");
  const related = { span: placeOf(other, there[0]), message: there.length > 0 ? "only here" : "missing here" };
  disagree(`${what} differs: ${enumeration(parts)}`, [placeOf(first, here[0]), related], rule, report);
}

function without(list: List, other: List): readonly string[] {
  return [...list.held.keys()].filter((address) => !other.held.has(address));
}

function onlyIn({ of }: List, addresses: readonly string[]): string {
  const names = addresses.slice(0, SHOWN).map((address) => `\`${address}\``);
  const more = addresses.length - names.length;
  if (names.length === 0) return "";
  const verb = addresses.length === 1 ? "is" : "are";
  return `${enumeration(more > 0 ? [...names, `${more} more`] : names)} ${verb} only in \`${of.director.name}\``;
}

function comparePrefixes(title: string, [first, other]: readonly [List, List], report: Report): void {
  for (const [address, { prefixLength }] of first.held) {
    const twin = other.held.get(address);
    if (twin === undefined || twin.prefixLength === prefixLength) continue;
    const statements = [first, other].map((list) => ({
      director: list.of.director,
      value: `/${list.held.get(address)?.prefixLength}`,
      given: true,
      span: placeOf(list, address),
    }));
    const help = "write the same prefix everywhere: the routes of a director depend on it";
    const rule = { code: "differs-prefix", severity: "warning", help } as const;
    compareStatements(`the prefix of \`${address}\` of ${title}`, statements, rule, report);
  }
}

function placeOf({ places, place }: List, address: string | undefined): Span {
  return places.get(address ?? "") ?? place;
}
