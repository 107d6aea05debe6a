import type { CheckIo } from "../check/checker.ts";
import type { Clock } from "../io/clock.ts";
import { exchange } from "../io/datagram-exchange.ts";
import type { Poller } from "../io/poller.ts";
import { announce } from "../io/proxy-announcement.ts";
import { Stream } from "../io/stream.ts";
import { connect } from "../io/tcp-connector.ts";
import { shakeHands } from "../io/tls-stream.ts";
import { Patterns } from "./patterns.ts";
import { TlsIdentity } from "./tls-identity.ts";

/** The world as the checkers see it; `identity`: what they show of us where they speak TLS. */
export function checkIo(
  clock: Clock,
  poller: Poller,
  identity = new TlsIdentity(),
  patterns = new Patterns(),
): CheckIo {
  return {
    now: () => clock.now(),
    wakeAt: (at, wake) => clock.wakeAt(at, wake),
    pattern: (regex) => patterns.of(regex),
    async connect({ tls, proxyProtocol, ...target }, deadline, signal) {
      const result = await connect({ ...target, deadline }, clock, poller, signal);
      if (!result.ok) {
        const during = result.kind === "timeout" ? "waiting" : "connecting";
        return { ok: false, why: result.why, local: result.kind === "local", during };
      }
      if (proxyProtocol !== undefined) announce(result.fd, proxyProtocol, target);
      if (tls === undefined) return { ok: true, connection: new Stream(result.fd, poller) };
      const { context } = identity;
      const until = { deadline: clock.now() + tls.patience, signal };
      const secured = await shakeHands(result.fd, { ...tls, context }, clock, until);
      if (secured.ok) return { ok: true, connection: secured.stream };
      return { ok: false, why: secured.why, local: false, during: secured.timedOut ? "waiting" : "handshake" };
    },
    exchange: (question, read, signal) => exchange(question, read, { clock, poller }, signal),
  };
}
