import type { CheckerBase } from "./check.ts";

/** Who a checker says that we are. */
export interface LoginConfig {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly passwordFile: string | undefined; // counts before `password`
}

/** `REDIS_CHECK`. */
export interface RedisCheckConfig extends CheckerBase, LoginConfig {
  readonly type: "redis";
  readonly allowNoauth: boolean; // a server that wants a password, which we have not, is up
}

/** `MYSQL_CHECK`. */
export interface MysqlCheckConfig extends CheckerBase, LoginConfig {
  readonly type: "mysql";
}

/** `PGSQL_CHECK`. */
export interface PgsqlCheckConfig extends CheckerBase {
  readonly type: "pgsql";
  readonly username: string;
  readonly database: string | undefined; // undefined: the server takes the user's name
}
