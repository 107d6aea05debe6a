import type { REAL_SERVER } from "../keywords/real-server.ts";
import type { Setting, Settings } from "../syntax/table.ts";
import type { LvsContext } from "./lvs-context.ts";
import type { CheckerConfig } from "./model-check.ts";
import { dnsCheck, miscCheck, pingCheck, smtpChecks, tcpCheck, udpCheck } from "./resolve-checkers.ts";
import { type Inherited, serverName } from "./resolve-connection.ts";
import { bfdCheck, fileCheck } from "./resolve-follow.ts";
import { httpCheck, sslCheck } from "./resolve-http.ts";

type Given = Settings<typeof REAL_SERVER>;

const NONE: readonly CheckerConfig[] = [];

/** The checkers of a real server, in the order of reading. */
export function resolveCheckers(given: Given, inherited: Inherited, context: LvsContext): readonly CheckerConfig[] {
  const found: { readonly order: number; readonly checker: CheckerConfig }[] = [];
  const each = <B extends Setting<unknown>>(
    bodies: readonly B[],
    resolve: (body: B, inherited: Inherited, context: LvsContext) => CheckerConfig | undefined,
  ): void => {
    for (const body of bodies) {
      const checker = resolve(body, inherited, context);
      if (checker !== undefined) found.push({ order: body.order, checker });
    }
  };
  each(given.TCP_CHECK, tcpCheck);
  each(given.HTTP_GET, httpCheck);
  each(given.SSL_GET, sslCheck);
  each(given.DNS_CHECK, dnsCheck);
  each(given.UDP_CHECK, udpCheck);
  each(given.PING_CHECK, pingCheck);
  each(given.MISC_CHECK, miscCheck);
  each(given.FILE_CHECK, (body) => fileCheck(body, context));
  for (const body of given.SMTP_CHECK)
    for (const checker of smtpChecks(body, inherited, context)) found.push({ order: body.order, checker });
  if (given.BFD_CHECK.length > 0)
    for (const { body, checker } of followed(given, inherited, context)) found.push({ order: body.order, checker });
  if (found.length === 0) return NONE;
  if (found.length > 1) found.sort((a, b) => a.order - b.order);
  return found.map(({ checker }) => checker);
}

/** The BFD sessions that the server follows, each once. */
function* followed(given: Given, inherited: Inherited, context: LvsContext) {
  const seen = new Map<string, Given["BFD_CHECK"][number]>();
  for (const body of given.BFD_CHECK) {
    const checker = bfdCheck(body, inherited, context);
    if (checker === undefined) continue;
    const before = seen.get(checker.instance);
    if (before === undefined) {
      seen.set(checker.instance, body);
      yield { body, checker };
      continue;
    }
    const { at } = body.value.settings.name.find(({ value }) => value === checker.instance) ?? body;
    const keepalived = `${at}(${serverName(inherited)}) BFD_CHECK - RS already monitoring ${checker.instance}`;
    const related = [{ span: before.keyword, message: "this one counts" }];
    const message = `the real server follows \`${checker.instance}\` already; this one is left out`;
    context.report.error(["duplicate", message], body.keyword, { keepalived, related });
  }
}
