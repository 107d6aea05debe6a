import { createHash } from "node:crypto";
import { concat } from "../base/bytes.ts";
import type { StopSignal } from "../base/stopping.ts";
import { mysqlDialogue } from "../wire/mysql-visit.ts";
import type { CheckIo, Verdict } from "./checker.ts";
import { type Conversation, converse } from "./converse.ts";
import { type Credentials, passwordOf } from "./credentials.ts";

/** How a MYSQL_CHECK asks; config/model/database.ts `MysqlCheckConfig`. */
export interface MysqlExpectation extends Conversation, Credentials {}

/** What a server reads in its log, of a check that has no `username`. */
const ANYBODY = "keepalived";

/** Logs in and leaves. Without `username` it is enough that the server answers. See wire/mysql-visit.ts. */
export async function mysqlCheck(check: MysqlExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { username } = check;
  const password = passwordOf(check);
  if (!password.ok) return password.verdict;
  const { value = "" } = password;
  const prove = (plugin: string, nonce: Uint8Array): Uint8Array | undefined => proof(plugin, value, nonce);
  return await converse(
    check,
    mysqlDialogue({ user: username ?? ANYBODY, welcome: username !== undefined, prove }),
    io,
    signal,
  );
}

/**
 * What proves to a plugin of MySQL that we know a password without saying it; undefined: a plugin that has another way.
 * No password is proved by nothing.
 *
 *     mysql_native_password   SHA1(password) xor SHA1(nonce, SHA1(SHA1(password)))
 *     caching_sha2_password   SHA256(password) xor SHA256(SHA256(SHA256(password)), nonce)
 */
export function proof(plugin: string, password: string, nonce: Uint8Array): Uint8Array | undefined {
  const algorithm = ALGORITHMS.get(plugin);
  if (algorithm === undefined) return undefined;
  if (password === "") return new Uint8Array();
  const hash = (bytes: Uint8Array): Uint8Array => createHash(algorithm).update(bytes).digest();
  const once = hash(new TextEncoder().encode(password));
  const twice = hash(once);
  const mask = hash(algorithm === "sha1" ? concat(nonce, twice) : concat(twice, nonce));
  return once.map((byte, i) => byte ^ (mask[i] ?? 0));
}

const ALGORITHMS: ReadonlyMap<string, "sha1" | "sha256"> = new Map([
  ["mysql_native_password", "sha1"],
  ["caching_sha2_password", "sha256"],
]);
