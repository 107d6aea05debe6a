import { type Micros, toSeconds } from "../base/time.ts";
import type { CheckerBase, CheckerConfig, CheckerTiming } from "../config/model/check.ts";
import { REAL_SERVER } from "../keywords/real-server.ts";
import { type Body, last, type Setting, type Settings, type Table } from "../syntax/table.ts";
import { type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";
import type { WrittenServer, WrittenService } from "./written.ts";

/** Whether the checks say what the service's users see, and soon enough. */
export const CHECK_LINTS: readonly Lint[] = [
  {
    code: "K018",
    name: "checker-port",
    meaning: "no checker of a real server asks the port that the service uses",
    severity: ["hint"],
    check: checkerPort,
  },
  {
    code: "K019",
    name: "slow-verdict",
    meaning: "`delay_loop` is shorter than the timeouts beneath it: a silent server is out much later",
    severity: ["hint"],
    check: slowVerdict,
  },
  {
    code: "K020",
    name: "no-checker",
    meaning: "a real server without a checker gets traffic while it is dead",
    severity: ["warning", "hint"],
    check: noChecker,
  },
];

function* checkerPort({ services }: LintInput): Iterable<Finding> {
  for (const { service, servers } of services) {
    for (const { real, body } of servers) {
      // The port as written: what direct routing makes of it is K001.
      const port = body.value.header.port !== 0 ? body.value.header.port : "port" in service ? service.port : 0;
      const asked = real.checkers.filter(asksPort).filter(({ address }) => address === real.address);
      const [first] = asked;
      if (first === undefined || port === 0 || asked.some((checker) => checker.port === port)) continue;
      const place = last(...inCheckers(body, "connect_port"));
      const message = `port ${first.port} is checked, and port ${port} is used: when only the service dies, nobody notices`;
      yield hint(message, place?.span ?? body.span, "delete `connect_port`, or add a `TCP_CHECK` without it");
    }
  }
}

/** Checkers that ask a port of the server. */
function asksPort(checker: CheckerConfig): checker is Extract<CheckerConfig, CheckerBase> {
  return "port" in checker && checker.type !== "ping";
}

/** A checker whose attempts end at a time, at the latest. */
type Timed = Extract<CheckerConfig, CheckerTiming>;

/** How long one attempt lasts that runs into its timeout, and the keyword of that. */
function timeoutOf(checker: Timed): readonly [Micros, keyword: string] {
  if (checker.type === "js") return [checker.timeLimit, "timeout"];
  return checker.type === "misc" ? [checker.timeout, "misc_timeout"] : [checker.connectTimeout, "connect_timeout"];
}

/** One finding for a service: its real servers are mostly checked alike. */
function* slowVerdict({ services }: LintInput): Iterable<Finding> {
  for (const written of services) {
    const slow = written.servers.find(({ real }) => real.checkers.some(isSlow));
    const checker = slow?.real.checkers.find(isSlow);
    if (slow === undefined || checker === undefined) continue;
    const { delayLoop, retry, delayBeforeRetry } = checker;
    const [timeout, keyword] = timeoutOf(checker);
    const each = `${toSeconds(timeout)} seconds`;
    const attempts = retry === 0 ? `one attempt of ${each} comes` : `${retry + 1} attempts of ${each} come`;
    const most = toSeconds(delayLoop + (retry + 1) * timeout + retry * delayBeforeRetry);
    const message = `a server that goes silent is out after up to ${most} seconds, not ${toSeconds(delayLoop)}: ${attempts} on top`;
    yield hint(message, loopPlace(written, slow), `lower \`${keyword}\`, \`retry\` or \`delay_before_retry\``);
  }
}

/** Whether all attempts of one verdict, each into its timeout, outlast the delay between checks. */
function isSlow(checker: CheckerConfig): checker is Timed {
  return "retry" in checker && (checker.retry + 1) * timeoutOf(checker)[0] > checker.delayLoop;
}

/** The `delay_loop` that counts, of the checker, its real server or its virtual server. */
function loopPlace({ body: service }: WrittenService, { body: server }: WrittenServer): Finding["span"] {
  const own = last(...inCheckers(server, "delay_loop"));
  return (
    (own ?? last(server.value.settings.delay_loop) ?? last(service.value.settings.delay_loop))?.span ?? service.span
  );
}

/** The checkers that a real server may have: keywords of blocks. */
const CHECKERS = Object.keys(REAL_SERVER).filter((name) => /_(?:CHECK|GET)$/.test(name));

/** What is written for a keyword, in each block of a checker, and in the `host` blocks of `SMTP_CHECK`. */
function inCheckers({ value }: WrittenServer["body"], keyword: string): readonly (readonly Setting<unknown>[])[] {
  const blocks = CHECKERS.flatMap((name) => blocksOf(value.settings, name));
  const all = blocks.flatMap((block) => [block, ...blocksOf(block.value.settings, "host")]);
  return all.map((block) => block.value.settings[keyword] ?? []);
}

function blocksOf(settings: Settings<Table>, name: string): readonly Setting<Body<unknown, Table>>[] {
  return (settings[name] ?? []) as readonly Setting<Body<unknown, Table>>[];
}

function* noChecker({ services }: LintInput): Iterable<Finding> {
  for (const { body, servers } of services) {
    const bare = servers.filter((server) => !isChecked(server));
    if (bare.length === 0) continue;
    const help = "add `TCP_CHECK { }` or `HTTP_GET { }` to each `real_server`";
    if (bare.length === servers.length) {
      const message = "no real server of this service is checked: a dead one goes on getting its share";
      yield hint(message, body.span, help);
      continue;
    }
    for (const { real, body: place } of bare)
      yield warning(`\`${real.address}\` is not checked, others of its service are`, place.span, help);
  }
}

/** A checker that is written counts, also one that the reader leaves out: it says so. */
function isChecked({ real, body }: WrittenServer): boolean {
  if (real.checkers.length > 0) return true;
  const settings: Settings<Table> = body.value.settings;
  return CHECKERS.some((name) => (settings[name] ?? []).length > 0);
}
