import type { StopSignal } from "../base/stopping.ts";
import { pgsqlDialogue } from "../wire/pgsql-visit.ts";
import type { CheckIo, Verdict } from "./checker.ts";
import { type Conversation, converse } from "./converse.ts";

/** How a PGSQL_CHECK asks; config/model/database.ts `PgsqlCheckConfig`. */
export interface PgsqlExpectation extends Conversation {
  readonly username: string;
  readonly database: string | undefined;
}

/** Says for whom it comes, and no password. Up: the server accepts connections. See wire/pgsql-visit.ts. */
export async function pgsqlCheck(check: PgsqlExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { username: user, database } = check;
  return await converse(check, pgsqlDialogue({ user, database }), io, signal);
}
