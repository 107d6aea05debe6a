import { LANGUAGE } from "../keywords/language.ts";
import type { TestStatus } from "../syntax/diagnostic.ts";
import type { Span } from "../syntax/span.ts";
import type { Row, Setting } from "../syntax/table.ts";
import { interfaceName } from "../syntax/types.ts";
import { error, type Finding, type Lint, type LintInput } from "./lint.ts";
import { find, type Search, searchFor } from "./walk.ts";

/** Whether the interfaces are there. */
export const INTERFACE_LINTS: readonly Lint[] = [
  {
    code: "K027",
    name: "interface-absent",
    meaning: "the host has no interface of that name",
    severity: ["error"],
    check: interfaceAbsent,
  },
];

function* interfaceAbsent({ tree, host }: Pick<LintInput, "tree" | "host">): Iterable<Finding> {
  yield* absentInterfaces({ tree, host });
  yield* absent(valuesOf(BINDING, tree), { tree, host });
}

/** Those that `-t` of Keepalived 2.2.7 looks for, too: with its status. With `dynamic_interfaces` they come and go. */
export function absentInterfaces({ tree, host }: Pick<LintInput, "tree" | "host">): Iterable<Finding> {
  const bodies = tree.vrrp_instance.map(({ value }) => value.settings);
  const own = bodies.flatMap((body) => [...body.virtual_ipaddress, ...body.virtual_ipaddress_excluded]);
  const devices = [...tree.static_ipaddress, ...own].flatMap(({ value }) =>
    value.flatMap(({ value: { interface: name, interfaceSpan }, span }) =>
      name === undefined ? [] : [{ name, span: interfaceSpan ?? span }],
    ),
  );
  const tracking = [...bodies, ...tree.vrrp_sync_group.map(({ value }) => value.settings)];
  const tracked = tracking.flatMap(({ track_interface }) => itemsOf(track_interface, ({ name }) => name));
  const watched = [
    ...itemsOf(tree.linkbeat_interfaces, (item) => item.interface),
    ...itemsOf(tree.interface_up_down_delays, (item) => item.interface),
  ];
  return absent(
    [
      ...[...valuesOf(INTERFACES, tree), ...devices, ...tracked].map((named) => ({ ...named, status: 5 as const })),
      ...watched.map((named) => ({ ...named, status: 4 as const })),
    ],
    { tree, host },
  );
}

function* absent(named: readonly Named[], { tree, host }: Pick<LintInput, "tree" | "host">): Iterable<Finding> {
  const dynamic = tree.global_defs.some(({ value }) => value.settings.dynamic_interfaces.length > 0);
  if (host?.interfaces === undefined || dynamic) return;
  const names = new Set(host.interfaces.map(({ name }) => name));
  const shown = [...names].slice(0, MOST_SHOWN).map((name) => `\`${name}\``);
  const help = `the host has ${shown.length === 0 ? "none" : shown.join(", ")}`;
  for (const { name, span, status } of named)
    if (!names.has(name) && !isMade(name))
      yield { ...error(`there is no interface \`${name}\``, span, help), ...(status === undefined ? {} : { status }) };
}
const MOST_SHOWN = 8;

/** Whether Keepalived makes it: `use_vmac` without a name. */
function isMade(name: string): boolean {
  return /^vrrp6?\.\d+$/.test(name);
}

/** The default interface matters only where nothing else is named. */
const INTERFACES = searchFor(
  LANGUAGE.children,
  (keyword, row) => keyword !== "bind_if" && keyword !== "default_interface" && namesInterface(row),
);
const BINDING = searchFor(LANGUAGE.children, (keyword) => keyword === "bind_if");

function namesInterface(row: Row): boolean {
  return row.kind === "line" && row.type.read === interfaceName.read;
}

/** A name, and what `-t` counts where there is no such interface. */
interface Named {
  readonly name: string;
  readonly span: Span;
  readonly status?: TestStatus;
}

function valuesOf(search: Search, tree: LintInput["tree"]): readonly Named[] {
  return find(search, tree).flatMap(({ setting: { value, span } }) =>
    typeof value === "string" ? [{ name: value, span }] : [],
  );
}

function itemsOf<T>(blocks: readonly Setting<readonly Setting<T>[]>[], nameOf: (item: T) => string): readonly Named[] {
  return blocks.flatMap(({ value: items }) =>
    items.map(({ value, keyword }) => ({ name: nameOf(value), span: keyword })),
  );
}
