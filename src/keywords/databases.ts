import { line, type Table } from "../syntax/table.ts";
import { flag } from "../syntax/types.ts";
import { TCP_CHECK } from "./check.ts";
import { ours } from "./ours.ts";
import { absolutePath, credential } from "./read-credential.ts";

/** What a checker of ours takes that asks over TCP. */
const ASKING = ours(TCP_CHECK);

const LOGIN = {
  password: line(credential("<PASSWORD>"), {
    default: "none",
    meaning: "Password to log in with",
    note: "a password_file keeps it out of the configuration",
    ours: true,
    missing: "",
  }),
  password_file: line(absolutePath, {
    default: "none",
    meaning: "File whose first line is the password",
    note: "read at each check; counts before password",
    ours: true,
    missing: "",
  }),
} satisfies Table;

/** Keywords of `REDIS_CHECK`. */
export const REDIS_CHECK = {
  ...ASKING,
  username: line(credential("<NAME>"), {
    default: "the server's default user",
    meaning: "User to log in as, with AUTH",
    note: "needs a password; Redis 6.0 and newer",
    ours: true,
    missing: "",
  }),
  ...LOGIN,
  allow_noauth: line(flag, {
    default: "off",
    meaning: "A server that wants a password is up, without one",
    note: "without a password it cannot say that it loads, or has lost its master",
    ours: true,
  }),
} satisfies Table;

/** Keywords of `MYSQL_CHECK`. */
export const MYSQL_CHECK = {
  ...ASKING,
  username: line(credential("<NAME>"), {
    default: "none: it is enough that the server answers a login",
    meaning: "User to log in as; the login must succeed",
    note: "no rights are needed; without password where none is given",
    ours: true,
    missing: "",
  }),
  ...LOGIN,
} satisfies Table;

/** Keywords of `PGSQL_CHECK`. */
export const PGSQL_CHECK = {
  ...ASKING,
  username: line(credential("<NAME>"), {
    default: "keepalived",
    meaning: "User to ask for",
    note: "need not be there, as with pg_isready",
    ours: true,
    missing: "",
  }),
  database: line(credential("<NAME>"), {
    default: "as the user",
    meaning: "Database to ask for; it must be there",
    note: "only a server that lets the user in without a password tells",
    ours: true,
    missing: "",
  }),
} satisfies Table;
