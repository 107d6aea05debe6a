import type { SecureContext } from "node:tls";
import { certificateFault } from "../check/certificate.ts";
import type { CheckIo, Connected, TlsManner } from "../check/checker.ts";
import type { Clock } from "../io/clock.ts";
import { exchange } from "../io/datagram-exchange.ts";
import type { Poller } from "../io/poller.ts";
import { announce } from "../io/proxy-announcement.ts";
import { Stream } from "../io/stream.ts";
import { connect } from "../io/tcp-connector.ts";
import { shakeHands, type TlsStream } from "../io/tls-stream.ts";
import { Patterns } from "./patterns.ts";
import { SentFiles } from "./sent-files.ts";
import { TlsIdentity } from "./tls-identity.ts";

/** The world as the checkers see it; `identity`: what they show of us where they speak TLS. */
export function checkIo(
  clock: Clock,
  poller: Poller,
  identity = new TlsIdentity(),
  patterns = new Patterns(),
  files = new SentFiles(),
): CheckIo {
  return {
    now: () => clock.now(),
    wakeAt: (at, wake) => clock.wakeAt(at, wake),
    pattern: (regex) => patterns.of(regex),
    file: (path) => files.of(path),
    async connect({ tls, proxyProtocol, ...target }, deadline, signal) {
      const context = contextFor(tls, identity);
      if (typeof context === "string") return { ok: false, why: context, local: true };
      const result = await connect({ ...target, deadline }, clock, poller, signal);
      if (!result.ok) {
        const during = result.kind === "timeout" ? "waiting" : "connecting";
        return { ok: false, why: result.why, local: result.kind === "local", during };
      }
      if (proxyProtocol !== undefined) announce(result.fd, proxyProtocol, target);
      if (tls === undefined || context === undefined) return { ok: true, connection: new Stream(result.fd, poller) };
      const until = { deadline: clock.now() + tls.patience, signal };
      const secured = await shakeHands(result.fd, { ...tls, context }, clock, until);
      if (secured.ok) return judged(secured.stream, tls);
      return { ok: false, why: secured.why, local: false, during: secured.timedOut ? "waiting" : "handshake" };
    },
    exchange: (question, read, signal) => exchange(question, read, { clock, poller }, signal),
  };
}

/** A text: why there is none. Undefined: TLS is not spoken. */
function contextFor(tls: TlsManner | undefined, identity: TlsIdentity): SecureContext | string | undefined {
  if (tls === undefined) return undefined;
  return tls.verification === undefined ? identity.context : identity.trusting(tls.verification.authorities);
}

/** A connection to a server whose certificate will do. */
function judged(connection: TlsStream, { verification, expiryWarning }: TlsManner): Connected {
  if (verification === undefined && expiryWarning === undefined) return { ok: true, connection };
  const presented = connection.presented(verification?.name ?? "");
  const { chain: certificates } = presented;
  const why = verification && certificateFault(presented, verification, Date.now() / 1000);
  if (why === undefined) return { ok: true, connection, certificates };
  connection.abandon();
  return { ok: false, why, local: false, during: "certificate", certificates };
}
