import { type CheckIo, down, type Verdict } from "../check/checker.ts";
import { httpCheck, sslCheck } from "../check/http.ts";
import { tcpCheck } from "../check/tcp.ts";
import type { AskingChecker } from "../plan/check-shape.ts";

/** Asks a server once, as its checker says: `url` is the index into its urls. Never rejects; see `CheckIo` for `signal`. */
export async function ask(checker: AskingChecker, url: number, io: CheckIo, signal: AbortSignal): Promise<Verdict> {
  switch (checker.type) {
    case "tcp":
      return tcpCheck(checker, io, signal);
    case "http": {
      const asked = checker.urls[url];
      return asked === undefined ? down(`no url ${url}`) : httpCheck(checker, asked, io, signal);
    }
    case "ssl": {
      const asked = checker.urls[url];
      return asked === undefined ? down(`no url ${url}`) : sslCheck(checker, asked, io, signal);
    }
  }
}
