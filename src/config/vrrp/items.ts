import type { AddressItem } from "../../keywords/read-address.ts";
import type { STATIC_ROUTE, VIRTUAL_ROUTE } from "../../keywords/route.ts";
import type { STATIC_RULE, VIRTUAL_RULE } from "../../keywords/rule.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { ItemOption, ItemValue, RouteConfig, RuleConfig, StaticAddress } from "../model/network.ts";
import { knownNames, usedAbove } from "../reference.ts";
import { virtualAddress } from "./addresses.ts";

type Blocks<T> = readonly Setting<readonly Setting<T>[]>[];
type Words = Readonly<Record<string, readonly Setting<unknown>[]>>;

/** What items of static lists may name: track groups that stand above them. */
interface ItemContext {
  readonly groups: ReadonlyMap<string, { readonly order: number; readonly place: Span }>;
  readonly report: Report;
}

/** `static_ipaddress`. `standard`: the interface of items without `dev`. */
export function staticAddresses(
  blocks: Blocks<AddressItem>,
  standard: string,
  context: ItemContext,
): readonly StaticAddress[] {
  return blocks.flatMap(({ value }) =>
    value.map((item) => {
      const group = { given: item.value.trackGroup, device: undefined };
      return { ...virtualAddress(item.value, standard), trackGroup: groupOf(item, group, "address", context) };
    }),
  );
}

/**
 * `virtual_routes` and `static_routes`. Keepalived differs (2.2.7): it does not track a route without an interface. A
 * tracked one is marked as Keepalived's, whatever \`protocol\` it is given.
 */
export function routes(
  blocks: Blocks<Settings<typeof VIRTUAL_ROUTE> | Settings<typeof STATIC_ROUTE>>,
  context: ItemContext,
): readonly RouteConfig[] {
  return blocks.flatMap(({ value }) =>
    value.map((item) => {
      const destination = last(item.value["<DEST>[/<PREFIX>]"], item.value.to)?.value.text;
      const device = last<unknown>(item.value.dev, item.value.oif);
      const wanted = item.value.no_track.length === 0;
      if (wanted && device === undefined) untracked(item, destination, context);
      return {
        destination,
        tracked: wanted,
        trackGroup: groupOf(item, { given: named(item), device }, "route", context),
        options: optionsOf(item.value, ["<DEST>[/<PREFIX>]", "to", ...apart(wanted)]),
      };
    }),
  );
}

/** What is no option of the kernel's. */
function apart(tracked: boolean): readonly string[] {
  return ["no_track", "track_group", ...(tracked ? ["protocol"] : [])];
}

function untracked({ at, span }: Setting<unknown>, destination = "", { report }: ItemContext): void {
  const keepalived = `${at}Warning - cannot track route ${destination} with no interface specified, not tracking`;
  const message = `Keepalived (2.2) does not watch the route to \`${destination}\`: it names no interface`;
  report.warning(["untracked-route", message], span, {
    status: 5,
    keepalived,
    help: "add `dev INTERFACE`, or `no_track`",
  });
}

const FIRST_PRIORITY = 16384; // of rules that say none; each next one of the file has one less

/** Priorities of rules that say none, in the order of the file. */
export type RulePriorities = ReadonlyMap<Setting<unknown>, number>;

type RuleBlocks = Blocks<Settings<typeof VIRTUAL_RULE>>;

/** Numbers the rules without a priority downwards, static and virtual ones together. */
export function rulePriorities(lists: Iterable<RuleBlocks>, report: Report): RulePriorities {
  const unnumbered = [...lists]
    .flatMap((blocks) => blocks.flatMap(({ value }) => value.filter((item) => priorityOf(item.value) === undefined)))
    .sort((a, b) => a.order - b.order);
  return new Map(
    unnumbered.map((item, i) => {
      const priority = FIRST_PRIORITY - i;
      const keepalived = `${item.at}Rule has no preference specified - setting to ${priority}. This is probably not what you want.`;
      const message = `the rule says no \`priority\`; ${priority} is used, and changes with the rules before it`;
      report.warning(["missing-value", message], item.span, { status: 5, keepalived, help: "add `priority NUMBER`" });
      return [item, priority];
    }),
  );
}

function priorityOf({ priority, preference, order }: Settings<typeof VIRTUAL_RULE>): number | undefined {
  return last(priority, preference, order)?.value;
}

/** `virtual_rules` and `static_rules`. */
export function rules(
  blocks: RuleBlocks | Blocks<Settings<typeof STATIC_RULE>>,
  priorities: RulePriorities,
  context: ItemContext,
): readonly RuleConfig[] {
  return blocks.flatMap(({ value }) =>
    value.map((item) => ({
      priority: priorityOf(item.value) ?? priorities.get(item) ?? FIRST_PRIORITY,
      tracked: item.value.no_track.length === 0,
      trackGroup: groupOf(
        item,
        { given: named(item), device: last<unknown>(item.value.dev, item.value.iif) },
        "rule",
        context,
      ),
      options: optionsOf(item.value, ["priority", "preference", "order", ...apart(item.value.no_track.length === 0)]),
    })),
  );
}

type Static = Setting<object>;

/** The group that a route or a rule names. */
function named({ value }: Static): string | undefined {
  return "track_group" in value ? (value.track_group as readonly Setting<string>[]).at(-1)?.value : undefined;
}

/** The group that a static item names; a route and a rule also need their interface. */
function groupOf(
  item: Static,
  { given: name, device }: { readonly given: string | undefined; readonly device: Setting<unknown> | undefined },
  what: keyof typeof NEEDS,
  { groups, report }: ItemContext,
): string | undefined {
  if (name === undefined) return undefined;
  const group = groups.get(name);
  const keepalived = `${item.at}track_group ${name} not found`;
  if (group === undefined) {
    const message = `no track_group \`${name}\`: nothing fails with this ${what}`;
    const help = knownNames(name, groups, `define it with \`track_group ${name} { group { ... } }\``);
    report.error(["unknown-reference", message], item.span, { keepalived, help });
    return undefined;
  }
  if (group.order > item.order)
    usedAbove({ what: "track_group", name, span: item.span, place: group.place, status: 5, keepalived }, report);
  const needs = NEEDS[what];
  if (device !== undefined || needs === undefined) return name;
  const message = `\`track_group\` of a ${what} needs its interface`;
  report.error(["missing-value", message], item.span, { keepalived: item.at + needs, help: "add `dev INTERFACE`" });
  return undefined;
}

/** What Keepalived says about a static item with a track group and without an interface. */
const NEEDS = {
  address: undefined,
  route: "Static route cannot have track group if no oif specified",
  rule: "Static rule cannot have track_group if dev/iif not specified",
} as const;

/** The option words of an item in the order of writing, with their values. */
function optionsOf(item: object, apart: readonly string[]): readonly ItemOption[] {
  const found: { readonly order: number; readonly option: ItemOption }[] = [];
  for (const [word, given] of Object.entries(item as Words))
    if (!apart.includes(word))
      for (const { value, order } of given) found.push({ order, option: [word, plain(value)] });
  return found.sort((a, b) => a.order - b.order).map(({ option }) => option);
}

/** A value as data; one that has options of its own (`nexthop`) as their list. */
function plain(value: unknown): ItemValue {
  const hasOptions = typeof value === "object" && value !== null && Object.values(value).every(Array.isArray);
  return hasOptions && !Array.isArray(value) ? optionsOf(value, []) : (value as ItemValue);
}
