import { toSeconds } from "../base/time.ts";
import {
  CHECKER_KEYWORDS,
  type CheckerBase,
  type CheckerConfig,
  type CheckerTiming,
  type HttpCheckConfig,
  type HttpUrl,
  type SslCheckConfig,
} from "../config/model/check.ts";
import type { Report } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import type { Setting } from "../syntax/table.ts";
import type { DirectorServer } from "./compare-lvs.ts";
import { compareStatements, type Given, given } from "./disagreement.ts";

/** A checker of one director, and the blocks that it has its values from. */
interface DirectorChecker {
  readonly server: DirectorServer;
  readonly config: CheckerConfig;
  readonly settings: Given;
  readonly keyword: Span;
}

/** A value of a checker. `inherits`: the real server and its service may say it for all their checkers. */
interface Property {
  readonly name: string;
  readonly keywords: readonly string[];
  readonly inherits: boolean;
  readonly value: (config: CheckerConfig) => string | undefined; // undefined: it follows from another value
}

const PROPERTIES: readonly Property[] = [
  own(
    "connect_ip",
    connects(({ address }) => address),
  ),
  own(
    "connect_port",
    connects(({ port }) => `${port}`),
  ),
  shared(
    "connect_timeout",
    connects(({ connectTimeout }) => `${toSeconds(connectTimeout)}`),
  ),
  shared(
    "delay_loop",
    runs(({ delayLoop }) => `${toSeconds(delayLoop)}`),
  ),
  {
    ...shared(
      "retry",
      runs(({ retry }) => `${retry}`),
    ),
    keywords: ["retry", "nb_get_retry"],
  },
  shared(
    "delay_before_retry",
    runs(({ delayBeforeRetry }) => `${toSeconds(delayBeforeRetry)}`),
  ),
  shared(
    "warmup",
    runs(({ warmup, delayLoop }) => (warmup === delayLoop ? undefined : `${toSeconds(warmup)}`)),
  ),
  shared("alpha", (config) => (config.type === "file" ? undefined : config.alpha ? "on" : "off")),
  shared("virtualhost", (config) => ("virtualHost" in config ? (config.virtualHost ?? "none") : undefined)),
  own("http_protocol", (config) => (isWeb(config) ? config.protocol : undefined)),
  own("url", (config) => (isWeb(config) ? config.urls.map(urlName).join(", ") : undefined)),
  own("misc_path", (config) => (config.type === "misc" ? config.command.argv.join(" ") : undefined)),
  own("misc_dynamic", (config) => (config.type === "misc" ? (config.dynamicWeight ? "on" : "off") : undefined)),
  own("module", (config) => (config.type === "js" ? [config.module, ...config.arguments].join(" ") : undefined)),
  own("js_dynamic", (config) => (config.type === "js" ? (config.dynamic ? "on" : "off") : undefined)),
  own("type", (config) => (config.type === "dns" ? config.queryType : undefined)),
  own("service", (config) => (config.type === "grpc" ? config.service || "none" : undefined)),
  own("tls", (config) => (config.type === "grpc" ? (config.tls === undefined ? "off" : "on") : undefined)),
  own("name", (config) => (config.type === "dns" ? config.name : undefined)),
  own("helo_name", (config) => (config.type === "smtp" ? config.heloName : undefined)),
  own(
    "proxy_protocol",
    connects(({ proxyProtocol: given }) => (given === undefined ? "none" : `v${given.version} ${given.command}`)),
  ),
  own("username", (config) => ("username" in config ? (config.username ?? "none") : undefined)),
  own("database", (config) => ("database" in config ? (config.database ?? "none") : undefined)),
  own("allow_noauth", (config) => (config.type === "redis" ? (config.allowNoauth ? "on" : "off") : undefined)),
  own("payload", (config) => (config.type === "udp" ? config.payload : undefined)),
  own("require_reply", (config) =>
    config.type === "udp" ? (config.requireReply ? (config.reply ?? "on") : "off") : undefined,
  ),
];

function connects(value: (config: CheckerBase) => string | undefined): Property["value"] {
  return (config) => ("address" in config ? value(config) : undefined);
}

function runs(value: (config: CheckerTiming) => string | undefined): Property["value"] {
  return (config) => ("retry" in config ? value(config) : undefined);
}

function isWeb(config: CheckerConfig): config is HttpCheckConfig | SslCheckConfig {
  return config.type === "http" || config.type === "ssl";
}

function own(name: string, value: Property["value"]): Property {
  return { name, keywords: [name], inherits: false, value };
}

function shared(name: string, value: Property["value"]): Property {
  return { name, keywords: [name], inherits: true, value };
}

function urlName({ path, statusCodes, digest, virtualHost }: HttpUrl): string {
  const codes = statusCodes.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(" ");
  return [path, codes, ...[digest, virtualHost].filter((each) => each !== undefined)].join(" ");
}

const HELP = "write the same check everywhere: else a failover changes which servers count as up";

/**
 * Compares the checks of one real server at several directors. What they have from the service is said once for all its
 * servers: `inherited` holds what was said.
 */
export function compareChecks(servers: readonly DirectorServer[], inherited: Set<string>, report: Report): void {
  const title = `\`real_server ${servers[0]?.real.address} ${servers[0]?.real.port}\``;
  const lists = servers.map(checkersOf);
  const kinds = servers.map((server, i) => {
    const value = server.real.checkers.map(({ type }) => CHECKER_KEYWORDS[type]).join(", ") || "none";
    return { director: server.director, value, given: true, span: lists[i]?.[0]?.keyword ?? server.body.span };
  });
  compareStatements(`the check of ${title}`, kinds, { code: "differs-check", severity: "warning", help: HELP }, report);
  if (kinds.some(({ value }) => value !== kinds[0]?.value)) return;
  for (const i of lists[0]?.keys() ?? []) {
    const checkers = lists.flatMap((list) => list.slice(i, i + 1));
    if (checkers.length < lists.length) continue;
    for (const property of PROPERTIES) compareProperty(property, checkers, { title, inherited }, report);
  }
}

type Block = Setting<{ readonly settings: Given }>;

/** Checkers with their blocks, where the reader left none out. */
function checkersOf(server: DirectorServer): readonly DirectorChecker[] {
  const { settings } = server.body.value;
  const blocks = Object.values(CHECKER_KEYWORDS)
    .flatMap((keyword): readonly Block[] => settings[keyword])
    .sort((a, b) => a.order - b.order);
  if (blocks.length !== server.real.checkers.length) return [];
  return server.real.checkers.flatMap((config, i) => {
    const block = blocks[i];
    return block === undefined ? [] : [{ server, config, settings: block.value.settings, keyword: block.keyword }];
  });
}

function compareProperty(
  { name, keywords, inherits, value }: Property,
  checkers: readonly DirectorChecker[],
  { title, inherited }: { readonly title: string; readonly inherited: Set<string> },
  report: Report,
): void {
  const values = checkers.flatMap(({ config }) => value(config) ?? []);
  const [first] = checkers;
  if (first === undefined || values.length < checkers.length || values.every((each) => each === values[0])) return;
  const places = checkers.map(({ settings, server: { body, owner } }) => ({
    inner: given(settings, ...keywords) ?? (inherits ? given(body.value.settings, ...keywords) : undefined),
    outer: inherits ? given(owner.body.value.settings, ...keywords) : undefined,
  }));
  // Said once for the service, where nothing nearer is written and the service says it at one director at least.
  const ofService = places.every(({ inner }) => inner === undefined) && places.some(({ outer }) => outer !== undefined);
  if (ofService && inherited.has(`check ${name}`)) return;
  if (ofService) inherited.add(`check ${name}`);
  const statements = checkers.map(({ server: { director, owner }, keyword }, i) => {
    const setting = places[i]?.inner ?? places[i]?.outer;
    const span = setting?.span ?? (ofService ? owner.body.span : keyword);
    return { director, value: values[i] ?? "", given: setting !== undefined, span };
  });
  const { address, port } = first.server.owner.service;
  const kind = CHECKER_KEYWORDS[first.config.type];
  const what = ofService ? `\`virtual_server ${address} ${port}\`` : `\`${kind}\` of ${title}`;
  const rule = { code: `differs-${name.replaceAll("_", "-")}`, severity: "warning", help: HELP } as const;
  compareStatements(`\`${name}\` of ${what}`, statements, rule, report);
}
