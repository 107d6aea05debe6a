import type { MYSQL_CHECK, PGSQL_CHECK, REDIS_CHECK } from "../../keywords/databases.ts";
import { last, type Settings } from "../../syntax/table.ts";
import type { LoginConfig, MysqlCheckConfig, PgsqlCheckConfig, RedisCheckConfig } from "../model/database.ts";
import type { CheckBody } from "./checkers.ts";
import { connection, type Inherited, STANDARD } from "./connection.ts";
import type { LvsContext } from "./lvs-context.ts";

/** `REDIS_CHECK`. */
export function redisCheck(
  body: CheckBody<typeof REDIS_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): RedisCheckConfig | undefined {
  const { settings } = body.value;
  const base = connection({ type: "redis", body, standard: STANDARD }, inherited, context);
  const { username, ...secret } = loginOf(settings);
  const secretive = secret.password !== undefined || secret.passwordFile !== undefined;
  const user = last(settings.username);
  if (user !== undefined && !secretive) {
    const help = "add `password` or `password_file`";
    context.report.error(["missing-keyword", "`username` has no effect without a password"], user.keyword, { help });
  }
  const allow = last(settings.allow_noauth);
  if (allow !== undefined && secretive) {
    const message = "`allow_noauth` has no effect beside a password: a login that is refused is a failure";
    context.report.warning(["no-effect", message], allow.keyword);
  }
  const allowNoauth = allow !== undefined && !secretive;
  return base === undefined
    ? undefined
    : { ...base, username: secretive ? username : undefined, ...secret, allowNoauth };
}

/** `MYSQL_CHECK`. */
export function mysqlCheck(
  body: CheckBody<typeof MYSQL_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): MysqlCheckConfig | undefined {
  const { settings } = body.value;
  const base = connection({ type: "mysql", body, standard: STANDARD }, inherited, context);
  const login = loginOf(settings);
  const secret = last<string>(settings.password, settings.password_file);
  if (secret !== undefined && login.username === undefined) {
    const message = "a password has no effect without `username`";
    context.report.error(["missing-keyword", message], secret.keyword, { help: "add `username`" });
  }
  return base === undefined ? undefined : { ...base, ...(login.username === undefined ? NOBODY : login) };
}

const NOBODY: LoginConfig = { username: undefined, password: undefined, passwordFile: undefined };

/** What a server reads in its log, of a check that has no `username`. */
const ANYBODY = "keepalived";

/** `PGSQL_CHECK`. */
export function pgsqlCheck(
  body: CheckBody<typeof PGSQL_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): PgsqlCheckConfig | undefined {
  const { settings } = body.value;
  const base = connection({ type: "pgsql", body, standard: STANDARD }, inherited, context);
  const username = last(settings.username)?.value ?? ANYBODY;
  return base === undefined ? undefined : { ...base, username, database: last(settings.database)?.value };
}

function loginOf(settings: Settings<Pick<typeof MYSQL_CHECK, "username" | "password" | "password_file">>): LoginConfig {
  return {
    username: last(settings.username)?.value,
    password: last(settings.password)?.value,
    passwordFile: last(settings.password_file)?.value,
  };
}
