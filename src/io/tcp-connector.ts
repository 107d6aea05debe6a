import type { Outgoing } from "../base/outgoing.ts";
import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import type { Clock } from "./clock.ts";
import { EINPROGRESS, EPOLLOUT, IPPROTO_TCP, SOCK_STREAM } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import { openOutgoing, REFUSALS } from "./outgoing.ts";
import type { Poller } from "./poller.ts";
import { sockaddrIp } from "./sockaddr.ts";
import { takeError } from "./socket.ts";

/** Where to connect to, and from where. */
export interface TcpTarget extends Outgoing {
  readonly deadline?: Micros | undefined; // a point in time; none: the kernel's own patience, some two minutes
}

/** `local` is trouble of our own (no descriptors, no such source address): it says nothing about the server. */
export type TcpResult =
  | { readonly ok: true; readonly fd: number }
  | { readonly ok: false; readonly kind: "refused" | "timeout" | "unreachable" | "local"; readonly why: string };

/**
 * Connects without blocking. The descriptor is the caller's (for `Stream`). Never rejects; gives up with kind "timeout"
 * at the deadline or when `signal` fires.
 */
export function connect(target: TcpTarget, clock: Clock, poller: Poller, signal?: StopSignal): Promise<TcpResult> {
  if (signal?.aborted) return Promise.resolve(GIVEN_UP);
  let fd: number;
  let connecting: number;
  try {
    fd = openOutgoing(SOCK_STREAM, IPPROTO_TCP, target);
    connecting = native.connect(fd, sockaddrIp(target.address, target.port));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return Promise.resolve({ ok: false, kind: "local", why: error.message });
  }
  if (connecting !== -EINPROGRESS) return Promise.resolve(outcome(fd, -connecting, "local"));

  return new Promise((resolve) => {
    const settle = (result: () => TcpResult): void => {
      poller.remove(fd);
      cancel();
      signal?.removeEventListener("abort", giveUp);
      resolve(result());
    };
    const giveUp = (): void =>
      settle(() => {
        native.close(fd);
        return GIVEN_UP;
      });
    // Where we were held up ourselves (a suspended machine), the handshake may be done: sockets have one more turn.
    const late = (): void => {
      cancel = clock.wakeAt(clock.now(), giveUp);
    };
    let cancel = target.deadline === undefined ? () => {} : clock.wakeAt(target.deadline, late);
    signal?.addEventListener("abort", giveUp);
    // Once the connection was under way, every error is the network's: a firewall's EPERM, a proxy's EPROTO.
    poller.add(fd, () => settle(() => outcome(fd, takeError(fd), "unreachable")), EPOLLOUT);
  });
}

const GIVEN_UP: TcpResult = { ok: false, kind: "timeout", why: "connect: ETIMEDOUT (Connection timed out)" };

function outcome(fd: number, errno: number, otherwise: "local" | "unreachable"): TcpResult {
  if (errno === 0) return { ok: true, fd };
  native.close(fd);
  return { ok: false, kind: REFUSALS.get(errno) ?? otherwise, why: new KernelError("connect", errno).message };
}
