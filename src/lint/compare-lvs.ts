import { destinationName, serviceName } from "../base/ipvs.ts";
import type { VirtualServerConfig } from "../config/model/lvs.ts";
import type { Report } from "../syntax/report.ts";
import type { Setting } from "../syntax/table.ts";
import { compareChecks } from "./compare-checks.ts";
import {
  compareStatements,
  type Director,
  given,
  type Match,
  matched,
  onlySome,
  type Rule,
  type Statement,
  wholeFile,
} from "./disagreement.ts";
import { type WrittenServer, type WrittenService, writtenServices } from "./written.ts";

/** A virtual server of one director. */
interface DirectorService extends WrittenService<VirtualServerConfig> {
  readonly director: Director;
}

/** A real server of one director, with the service it belongs to. */
export interface DirectorServer extends WrittenServer {
  readonly director: Director;
  readonly owner: DirectorService;
}

/** A value that a failover should not change. */
interface Property<T> {
  readonly name: string;
  readonly keywords: readonly string[]; // synonyms; the first names the finding's code
  readonly help: string;
  readonly value: (of: T) => string;
}

const SAME_SERVICE = "write the same value everywhere: else a failover changes how the service behaves";
const SAME_METHOD = "write the same method everywhere: the real servers are prepared for one";
const SAME_SPREAD = "write the same scheduler everywhere: else a failover changes how connections are spread";
const SAME_FLAGS = "write the same flags everywhere: else a failover changes how connections are spread";
const SAME_SHARE = "write the same weight everywhere: else a failover changes the share of the server";
const SAME_LIMIT = "write the same limit everywhere: else a failover changes how many connections the server gets";

const ON = ["off", "on"] as const;

const OF_SERVICE: readonly Property<DirectorService>[] = [
  service("protocol", ["protocol"], "write the same protocol everywhere", (it) => it.protocol.toUpperCase()),
  service("lb_algo", ["lb_algo", "lvs_sched"], SAME_SPREAD, (it) => it.scheduler),
  service("flag-1", ["flag-1", "sh-fallback", "mh-fallback"], SAME_FLAGS, (it) => onOff(it.schedulerFlags & 0x08)),
  service("flag-2", ["flag-2", "sh-port", "mh-port"], SAME_FLAGS, (it) => onOff(it.schedulerFlags & 0x10)),
  service("flag-3", ["flag-3"], SAME_FLAGS, (it) => onOff(it.schedulerFlags & 0x20)),
  service("ops", ["ops"], SAME_FLAGS, (it) => onOff(it.schedulerFlags & 0x04)),
  service("persistence_timeout", ["persistence_timeout"], SAME_SERVICE, (it) => `${it.persistenceTimeout}`),
  service("persistence_granularity", ["persistence_granularity"], SAME_SERVICE, (it) => `/${it.persistenceNetmask}`),
  service("quorum", ["quorum"], SAME_SERVICE, (it) => `${it.quorum}`),
  service("hysteresis", ["hysteresis"], SAME_SERVICE, (it) => `${it.hysteresis}`),
  service("sorry_server", ["sorry_server"], SAME_SERVICE, ({ sorryServer: it }) =>
    it === undefined ? "none" : `${it.address} ${it.port}`,
  ),
];

const METHOD = ["lb_kind", "lvs_method"] as const;

const OF_SERVER: readonly Property<DirectorServer>[] = [
  { name: "weight", keywords: ["weight"], help: SAME_SHARE, value: ({ real }) => `${real.weight}` },
  { name: "lvs_method", keywords: METHOD, help: SAME_METHOD, value: ({ real }) => real.forwarding.toUpperCase() },
  { name: "uthreshold", keywords: ["uthreshold"], help: SAME_LIMIT, value: ({ real }) => `${real.upperThreshold}` },
  { name: "lthreshold", keywords: ["lthreshold"], help: SAME_LIMIT, value: ({ real }) => `${real.lowerThreshold}` },
  {
    name: "inhibit_on_failure",
    keywords: ["inhibit_on_failure"],
    help: SAME_SERVICE,
    value: ({ real }) => onOff(Number(real.inhibitOnFailure)),
  },
];

function service(
  name: string,
  keywords: readonly string[],
  help: string,
  value: (service: VirtualServerConfig) => string,
): Property<DirectorService> {
  return { name, keywords, help, value: (of) => value(of.service) };
}

function onOff(flag: number): string {
  return ON[flag === 0 ? 0 : 1];
}

/** Compares the virtual servers of directors: the same address, port and protocol is the same service. */
export function compareServices(directors: readonly Director[], report: Report): void {
  const services = directors.map((director) => writtenServices(director.reading).map((it) => ({ ...it, director })));
  const rows = matched<DirectorService>(services, [
    ({ service: it }) => serviceName(it),
    ({ service: it }) => `${it.address} ${it.port}`,
  ]);
  const blocks = new Map(directors.map((director) => [director, endpointsOf(director)]));
  for (const row of rows) {
    const present = row.filter((of) => of !== undefined);
    const [first] = present;
    if (first === undefined) continue;
    missingService(first, row, { directors, blocks }, report);
    if (present.length < 2) continue;
    for (const property of OF_SERVICE) {
      const statements = present.map((of) =>
        statement(property, of, given(of.body.value.settings, ...property.keywords)),
      );
      compareStatements(`\`${property.name}\` of ${titleOf(first)}`, statements, ruleOf(property), report);
    }
    compareServers(present, report);
  }
}

/** Every virtual server that is written, usable or not. */
function endpointsOf({ reading }: Director): ReadonlySet<string> {
  const headers = reading.tree.virtual_server.map(({ value }) => value.header);
  return new Set(headers.flatMap((header) => ("address" in header ? [`${header.address} ${header.port}`] : [])));
}

function titleOf({ service: { address, port } }: DirectorService): string {
  return `\`virtual_server ${address} ${port}\``;
}

function ruleOf({ keywords, help }: Pick<Property<never>, "keywords" | "help">): Rule {
  return { code: `differs-${(keywords[0] ?? "").replaceAll("_", "-")}`, severity: "warning", help };
}

function statement<T extends DirectorService | DirectorServer>(
  { value }: Property<T>,
  of: T,
  setting: Setting<unknown> | undefined,
): Statement {
  const { director, body } = of;
  return { director, value: value(of), given: setting !== undefined, span: setting?.span ?? body.span };
}

/** A service that only some have; not where it is written, but cannot be used: the reader says that. */
function missingService(
  first: DirectorService,
  row: Match<DirectorService>,
  {
    directors,
    blocks,
  }: { readonly directors: readonly Director[]; readonly blocks: Map<Director, ReadonlySet<string>> },
  report: Report,
): void {
  const name = `${first.service.address} ${first.service.port}`;
  const places = directors
    .map((director, i) => ({ director, span: row[i]?.body.span }))
    .filter(({ director, span }) => span !== undefined || blocks.get(director)?.has(name) !== true);
  const help = "write it on every director, or delete it: after a failover it is gone";
  const rule = { code: "only-one-director", severity: "warning", help } as const;
  onlySome({ what: titleOf(first), places, absent: wholeFile }, rule, report);
}

/** The same real servers with the same weights, methods and checks. */
function compareServers(owners: readonly DirectorService[], report: Report): void {
  const servers = owners.map((owner) => owner.servers.map((it) => ({ ...it, owner, director: owner.director })));
  const written = owners.map(
    ({ body }) => new Set(body.value.settings.real_server.map(({ value }) => endpoint(value))),
  );
  const inherited = new Set<string>(); // what was said of the service, and so of all its servers
  for (const row of matched<DirectorServer>(servers, [({ real }) => destinationName(real)])) {
    const present = row.filter((of) => of !== undefined);
    const [first] = present;
    if (first === undefined) continue;
    const what = `\`real_server ${first.real.address} ${first.real.port}\` of ${titleOf(first.owner)}`;
    const places = owners
      .map(({ director }, i) => ({ director, span: row[i]?.body.span, block: written[i] }))
      .filter(({ span, block }) => span !== undefined || block?.has(endpoint(first.body.value)) !== true);
    const headers = new Map(owners.map(({ director, body }) => [director, body.span]));
    const absent = (director: Director): Statement["span"] => headers.get(director) ?? wholeFile(director);
    const help = "write it on every director, or delete it: else a failover changes where connections go";
    onlySome({ what, places, absent }, { code: "only-one-director", severity: "warning", help }, report);
    if (present.length < 2) continue;
    for (const property of OF_SERVER) compareInherited(property, present, inherited, report);
    compareChecks(present, inherited, report);
  }
}

function endpoint({ header }: WrittenServer["body"]["value"]): string {
  return `${header.address} ${header.port}`;
}

/** A value of the real server, or else of its service: then it is said once for all servers of the service. */
function compareInherited(
  property: Property<DirectorServer>,
  of: readonly DirectorServer[],
  inherited: Set<string>,
  report: Report,
): void {
  const [first] = of;
  const values = of.map(property.value);
  if (first === undefined || values.every((value) => value === values[0])) return;
  const own = of.map(({ body }) => given(body.value.settings, ...property.keywords));
  const outer = own.every((setting) => setting === undefined);
  if (outer && inherited.has(property.name)) return;
  if (outer) inherited.add(property.name);
  const statements = of.map((each, i) => {
    const shared = given(each.owner.body.value.settings, ...property.keywords);
    const span = own[i]?.span ?? (outer ? (shared?.span ?? each.owner.body.span) : each.body.span);
    return { ...statement(property, each, own[i] ?? shared), span };
  });
  const title = outer ? titleOf(first.owner) : `\`real_server ${first.real.address} ${first.real.port}\``;
  const name = outer ? property.keywords[0] : property.name;
  compareStatements(`\`${name}\` of ${title}`, statements, ruleOf(property), report);
}
