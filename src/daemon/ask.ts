import type { StopSignal } from "../base/stopping.ts";
import { type CheckIo, down } from "../check/checker.ts";
import { dnsCheck } from "../check/dns.ts";
import { grpcCheck } from "../check/grpc.ts";
import { httpCheck, sslCheck } from "../check/http.ts";
import { mysqlCheck } from "../check/mysql.ts";
import { pgsqlCheck } from "../check/pgsql.ts";
import { pingCheck } from "../check/ping.ts";
import { redisCheck } from "../check/redis.ts";
import { smtpCheck } from "../check/smtp.ts";
import { tcpCheck } from "../check/tcp.ts";
import { udpCheck } from "../check/udp.ts";
import type { JsCheckConfig, MiscCheckConfig } from "../config/model/check.ts";
import type { CheckResult } from "../lvs/health.ts";
import { type JsEnd, jsVerdict } from "../lvs/js-check.ts";
import { type ScriptEnd, scriptVerdict } from "../lvs/script-check.ts";
import type { AskingChecker } from "../plan/check-shape.ts";

/** What the checkers need of the world. */
export interface AskIo extends CheckIo {
  /** Runs the script of a MISC_CHECK to its end; ends it as soon as `signal` fires. Never rejects. */
  runScript(check: MiscCheckConfig, signal: StopSignal): Promise<ScriptEnd>;
  /** Calls the module of a JS_CHECK; no longer than until `signal` fires. Never rejects. */
  runModule(check: JsCheckConfig, signal: StopSignal): Promise<JsEnd>;
}

/** Asks a server once, as its checker says: `url` is the index into its urls. Never rejects; see `CheckIo` for `signal`. */
export async function ask(checker: AskingChecker, url: number, io: AskIo, signal: StopSignal): Promise<CheckResult> {
  switch (checker.type) {
    case "tcp":
      return tcpCheck(checker, io, signal);
    case "smtp":
      return smtpCheck(checker, io, signal);
    case "misc":
      return scriptVerdict(checker, await io.runScript(checker, signal));
    case "js":
      return jsVerdict(checker, await io.runModule(checker, signal));
    case "http": {
      const asked = checker.urls[url];
      return asked === undefined ? down(`no url ${url}`) : httpCheck(checker, asked, io, signal);
    }
    case "ssl": {
      const asked = checker.urls[url];
      return asked === undefined ? down(`no url ${url}`) : sslCheck(checker, asked, io, signal);
    }
    case "dns":
      return dnsCheck(checker, io, signal);
    case "udp":
      return udpCheck(checker, io, signal);
    case "ping":
      return pingCheck(checker, io, signal);
    case "redis":
      return redisCheck(checker, io, signal);
    case "mysql":
      return mysqlCheck(checker, io, signal);
    case "pgsql":
      return pgsqlCheck(checker, io, signal);
    case "grpc":
      return grpcCheck(checker, io, signal);
  }
}
