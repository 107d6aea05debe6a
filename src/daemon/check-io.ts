import type { CheckIo } from "../check/checker.ts";
import type { Clock } from "../io/clock.ts";
import { exchange } from "../io/datagram-exchange.ts";
import type { Poller } from "../io/poller.ts";
import { Stream } from "../io/stream.ts";
import { connect } from "../io/tcp-connector.ts";

/** The world as the checkers see it. */
export function checkIo(clock: Clock, poller: Poller): CheckIo {
  return {
    now: () => clock.now(),
    wakeAt: (at, wake) => clock.wakeAt(at, wake),
    async connect(target, deadline, signal) {
      const result = await connect({ ...target, deadline }, clock, poller, signal);
      if (result.ok) return { ok: true, connection: new Stream(result.fd, poller) };
      return { ok: false, why: result.why, local: result.kind === "local" };
    },
    exchange: (question, read, signal) => exchange(question, read, { clock, poller }, signal),
  };
}
