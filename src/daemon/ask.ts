import { type CheckIo, down, type Verdict } from "../check/checker.ts";
import { dnsCheck } from "../check/dns.ts";
import { httpCheck } from "../check/http.ts";
import { pingCheck } from "../check/ping.ts";
import { tcpCheck } from "../check/tcp.ts";
import { udpCheck } from "../check/udp.ts";
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
    case "dns":
      return dnsCheck(checker, io, signal);
    case "udp":
      return udpCheck(checker, io, signal);
    case "ping":
      return pingCheck(checker, io, signal);
  }
}
