import { family } from "../base/ip.ts";
import { toSeconds } from "../base/time.ts";
import type { Report } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import type { Setting } from "../syntax/table.ts";
import { compareAddresses } from "./compare-addresses.ts";
import {
  compareStatements,
  type Director,
  disagree,
  enumeration,
  given,
  type Match,
  matched,
  onlySome,
  wholeFile,
} from "./disagreement.ts";
import { type WrittenInstance, writtenInstances } from "./written.ts";

/** An instance of one director. */
export interface DirectorInstance extends WrittenInstance {
  readonly director: Director;
}

/** A value that all directors must share. */
interface Property {
  readonly name: string;
  readonly severity: "error" | "warning";
  readonly help: string;
  readonly value: (of: DirectorInstance) => string | undefined; // undefined: nothing to compare
}

/** The types as the configuration writes them. */
const AUTHENTICATIONS = { none: "none", pass: "PASS", ah: "AH" } as const;

const PROPERTIES: readonly Property[] = [
  {
    name: "virtual_router_id",
    severity: "error",
    help: "write the same number everywhere: routers of different numbers ignore each other, and both are master",
    value: ({ instance }) => `${instance.vrid}`,
  },
  {
    name: "version",
    severity: "error",
    help: "write the same `version` or `vrrp_version` everywhere: advertisements of the other version are dropped",
    value: (of) => `${versionOf(of)}`,
  },
  {
    name: "advert_int",
    severity: "error",
    help: "write the same interval everywhere: VRRPv2 drops advertisements with another one (RFC 3768 §7.1)",
    value: (of) => (versionOf(of) === 2 ? `${toSeconds(of.instance.advertInterval)}` : undefined),
  },
  {
    name: "advert_int",
    severity: "warning",
    help: "write the same interval everywhere: else the time of a failover depends on who was master",
    value: (of) => (versionOf(of) === 2 ? undefined : `${toSeconds(of.instance.advertInterval)}`),
  },
  {
    name: "auth_type",
    severity: "error",
    help: "write the same `authentication` everywhere: advertisements with another one are dropped",
    value: ({ instance: { authentication } }) => AUTHENTICATIONS[authentication.type],
  },
  {
    name: "auth_pass",
    severity: "error",
    help: "write the same password everywhere: advertisements with another one are dropped",
    value: ({ instance: { authentication } }) => (authentication.type === "none" ? undefined : authentication.password),
  },
];

/** Compares the virtual routers of directors: the same number and family is the same router. */
export function compareInstances(directors: readonly Director[], report: Report): void {
  const instances = directors.map((director) => writtenInstances(director.reading).map((it) => ({ ...it, director })));
  const rows = matched<DirectorInstance>(instances, [
    (of) => `${identity(of)} ${of.instance.name}`,
    (of) => `${identity(of)} ${of.instance.interface}`,
    identity,
    ({ instance }) => instance.name,
  ]);
  const names = new Map(directors.map((it) => [it, new Set(it.reading.tree.vrrp_instance.map((b) => b.value.header))]));
  for (const row of rows) {
    const present = row.filter((of) => of !== undefined);
    const [first] = present;
    if (first === undefined) continue;
    missing(first, row, { directors, names }, report);
    if (present.length < 2) continue;
    for (const property of PROPERTIES) compareProperty(property, present, report);
    comparePriorities(present, report);
    compareStates(present, report);
    compareAddresses(titleOf(first), present, report);
  }
}

function identity({ instance: { vrid, addresses } }: DirectorInstance): string {
  const [first] = addresses;
  return `${vrid} ${first === undefined ? 4 : family(first.address)}`;
}

/** How messages call an instance. */
function titleOf({ instance }: WrittenInstance): string {
  return `\`vrrp_instance ${instance.name}\``;
}

/** What is written, where the reader does not know the version yet. */
function versionOf({ instance, body, director }: DirectorInstance): number {
  const { value } = given(body.value.settings, "version") ?? standardVersion(director) ?? { value: instance.version };
  return typeof value === "number" ? value : instance.version;
}

function standardVersion({ reading }: Director): Setting<unknown> | undefined {
  return given({ version: reading.tree.global_defs.flatMap(({ value }) => value.settings.vrrp_version) }, "version");
}

/** The setting of a keyword of the instance, also of one in its `authentication`. */
function settingOf({ body, director }: DirectorInstance, keyword: string): Setting<unknown> | undefined {
  const { settings } = body.value;
  if (keyword === "version") return given(settings, keyword) ?? standardVersion(director);
  const blocks = settings.authentication.map(({ value }) => value.settings);
  const authentication = {
    auth_type: blocks.flatMap((b) => b.auth_type),
    auth_pass: blocks.flatMap((b) => b.auth_pass),
  };
  return given({ ...settings, ...authentication }, keyword);
}

function placeOf(of: DirectorInstance, keyword: string): Span {
  return settingOf(of, keyword)?.span ?? of.body.span;
}

function compareProperty(
  { name, severity, help, value }: Property,
  of: readonly DirectorInstance[],
  report: Report,
): void {
  const [first] = of;
  const statements = of.flatMap((each) => {
    const said = value(each);
    const setting = settingOf(each, name);
    const place = { given: setting !== undefined, span: setting?.span ?? each.body.span };
    return said === undefined ? [] : [{ director: each.director, value: said, ...place }];
  });
  if (first === undefined || statements.length < of.length) return;
  const code = `differs-${name.replaceAll("_", "-")}`;
  compareStatements(`\`${name}\` of ${titleOf(first)}`, statements, { code, severity, help }, report);
}

/** An instance that only some have; not where it is written, but cannot be used: the reader says that. */
function missing(
  first: DirectorInstance,
  row: Match<DirectorInstance>,
  { directors, names }: { readonly directors: readonly Director[]; readonly names: Map<Director, Set<string>> },
  report: Report,
): void {
  const what = `${titleOf(first)} with \`virtual_router_id ${first.instance.vrid}\``;
  const places = directors
    .map((director, i) => ({ director, span: row[i]?.body.span }))
    .filter(({ director, span }) => span !== undefined || names.get(director)?.has(first.instance.name) !== true);
  const help = "write it on every director that can take over, or delete it: alone it is never backed up";
  onlySome({ what, places, absent: wholeFile }, { code: "only-one-director", severity: "warning", help }, report);
}

/** Priorities are all different: then exactly one director is preferred. */
function comparePriorities(of: readonly DirectorInstance[], report: Report): void {
  const known = new Map<number, DirectorInstance>();
  for (const each of of) {
    const { priority } = each.instance;
    const twin = known.get(priority);
    if (twin === undefined) {
      known.set(priority, each);
      continue;
    }
    const both = `in \`${twin.director.name}\` and in \`${each.director.name}\``;
    const message = `\`priority\` of ${titleOf(twin)} is \`${priority}\` ${both}`;
    const places = [placeOf(twin, "priority"), { span: placeOf(each, "priority"), message: "the same here" }] as const;
    const severity = priority === 255 ? "error" : "warning";
    const help =
      priority === 255
        ? "only one director can own the addresses (RFC 3768 §5.3.4): give the others less"
        : "give each director a priority of its own: else the higher address of the interface decides";
    disagree(message, places, { code: "equal-priority", severity, help }, report);
  }
}

/** `state MASTER` stands at one director at most, and there the priority is highest. */
function compareStates(of: readonly DirectorInstance[], report: Report): void {
  const [master, ...others] = of.filter(({ instance }) => instance.wantedState === "master");
  if (master === undefined) return;
  const place = placeOf(master, "state");
  if (others.length > 0) {
    const names = enumeration([master, ...others].map(({ director }) => `\`${director.name}\``));
    const related = others.map((other) => ({ span: placeOf(other, "state"), message: "here too" }));
    const help = "write `state BACKUP` at all but the preferred director: who starts as master interrupts the other";
    const rule = { code: "two-masters", severity: "hint", help } as const;
    disagree(`${titleOf(master)} begins as master in ${names}`, [place, ...related], rule, report);
    return;
  }
  const preferred = of.reduce((a, b) => (b.instance.priority > a.instance.priority ? b : a));
  if (preferred.instance.priority === master.instance.priority) return;
  const values = [master, preferred].map((it) => `\`priority ${it.instance.priority}\` in \`${it.director.name}\``);
  const message = `${titleOf(master)} begins as master with ${values[0]}, below ${values[1]}`;
  const help = "write `state MASTER` where the priority is highest; the first election moves the addresses there";
  const related = { span: placeOf(preferred, "priority"), message: "the higher priority" };
  disagree(message, [place, related], { code: "master-not-preferred", severity: "hint", help }, report);
}
