import type { StopSignal } from "../base/stopping.ts";
import { redisDialogue } from "../wire/redis.ts";
import type { CheckIo, Verdict } from "./checker.ts";
import { type Conversation, converse } from "./converse.ts";
import { type Credentials, passwordOf } from "./credentials.ts";

/** How a REDIS_CHECK asks; config/model/database.ts `RedisCheckConfig`. */
export interface RedisExpectation extends Conversation, Credentials {
  readonly allowNoauth: boolean;
}

/** AUTH where there is a password, and PING. Up: `+PONG`. See wire/redis.ts for what an error means. */
export async function redisCheck(check: RedisExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { username: user, allowNoauth } = check;
  const password = passwordOf(check);
  if (!password.ok) return password.verdict;
  const login = password.value === undefined ? undefined : { user, password: password.value };
  return await converse(check, redisDialogue({ login, allowNoauth }), io, signal);
}
