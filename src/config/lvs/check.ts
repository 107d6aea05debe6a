import type { REAL_SERVER } from "../../keywords/real-server.ts";
import type { Setting, Settings } from "../../syntax/table.ts";
import type { CheckerConfig } from "../model/check.ts";
import { dnsCheck, miscCheck, pingCheck, smtpChecks, tcpCheck, udpCheck } from "./checkers.ts";
import { type Inherited, serverName } from "./connection.ts";
import { mysqlCheck, pgsqlCheck, redisCheck } from "./databases.ts";
import { bfdCheck, fileCheck } from "./follow.ts";
import { grpcCheck } from "./grpc.ts";
import { httpCheck, sslCheck } from "./http.ts";
import { jsCheck } from "./js-check.ts";
import type { LvsContext } from "./lvs-context.ts";

type Given = Settings<typeof REAL_SERVER>;

const NONE: readonly CheckerConfig[] = [];

/** A checker and where it stands. */
interface Found {
  readonly order: number;
  readonly checker: CheckerConfig;
}

/** The checkers of a real server, in the order of reading. */
export function resolveCheckers(given: Given, inherited: Inherited, context: LvsContext): readonly CheckerConfig[] {
  const found: Found[] = [];
  resolveEach(given.TCP_CHECK, tcpCheck, found, inherited, context);
  resolveEach(given.HTTP_GET, httpCheck, found, inherited, context);
  resolveEach(given.SSL_GET, sslCheck, found, inherited, context);
  resolveEach(given.DNS_CHECK, dnsCheck, found, inherited, context);
  resolveEach(given.UDP_CHECK, udpCheck, found, inherited, context);
  resolveEach(given.PING_CHECK, pingCheck, found, inherited, context);
  resolveEach(given.REDIS_CHECK, redisCheck, found, inherited, context);
  resolveEach(given.MYSQL_CHECK, mysqlCheck, found, inherited, context);
  resolveEach(given.PGSQL_CHECK, pgsqlCheck, found, inherited, context);
  resolveEach(given.GRPC_CHECK, grpcCheck, found, inherited, context);
  resolveEach(given.MISC_CHECK, miscCheck, found, inherited, context);
  resolveEach(given.JS_CHECK, jsCheck, found, inherited, context);
  resolveEach(given.FILE_CHECK, fileCheck, found, inherited, context);
  for (const body of given.SMTP_CHECK)
    for (const checker of smtpChecks(body, inherited, context)) found.push({ order: body.order, checker });
  if (given.BFD_CHECK.length > 0) found.push(...followed(given, inherited, context));
  if (found.length === 0) return NONE;
  if (found.length > 1) found.sort((a, b) => a.order - b.order);
  return found.map(({ checker }) => checker);
}

function resolveEach<B>(
  bodies: readonly Setting<B>[],
  resolve: (body: Setting<B>, inherited: Inherited, context: LvsContext) => CheckerConfig | undefined,
  found: Found[],
  inherited: Inherited,
  context: LvsContext,
): void {
  for (const body of bodies) {
    const checker = resolve(body, inherited, context);
    if (checker !== undefined) found.push({ order: body.order, checker });
  }
}

/** The BFD sessions that the server follows, each once. */
function* followed(given: Given, inherited: Inherited, context: LvsContext): Iterable<Found> {
  const seen = new Map<string, Given["BFD_CHECK"][number]>();
  for (const body of given.BFD_CHECK) {
    const checker = bfdCheck(body, inherited, context);
    if (checker === undefined) continue;
    const before = seen.get(checker.instance);
    if (before === undefined) {
      seen.set(checker.instance, body);
      yield { order: body.order, checker };
      continue;
    }
    const { at } = body.value.settings.name.find(({ value }) => value === checker.instance) ?? body;
    const keepalived = `${at}(${serverName(inherited)}) BFD_CHECK - RS already monitoring ${checker.instance}`;
    const related = [{ span: before.keyword, message: "this one counts" }];
    const message = `the real server follows \`${checker.instance}\` already; this one is left out`;
    context.report.error(["duplicate", message], body.keyword, { keepalived, related });
  }
}
