import { family, type IpAddress, ip } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Clock } from "./clock.ts";
import {
  AF_INET,
  AF_INET6,
  ECONNABORTED,
  ECONNREFUSED,
  ECONNRESET,
  EHOSTDOWN,
  EHOSTUNREACH,
  EINPROGRESS,
  ENETDOWN,
  ENETUNREACH,
  EPOLLOUT,
  ETIMEDOUT,
  IP_BIND_ADDRESS_NO_PORT,
  IPPROTO_IP,
  IPPROTO_TCP,
  SO_BINDTODEVICE,
  SO_MARK,
  SO_REUSEADDR,
  SOCK_STREAM,
  SOL_SOCKET,
} from "./constants.ts";
import { check, KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { deviceName, sockaddrIp } from "./sockaddr.ts";
import { openSocket, takeError } from "./socket.ts";

/** Where to connect to, and from where. Zero and undefined mean: the kernel's choice. */
export interface TcpTarget {
  readonly address: IpAddress;
  readonly port: number;
  readonly bindAddress?: IpAddress | undefined;
  readonly bindPort?: number | undefined;
  readonly bindInterface?: string | undefined;
  readonly fwmark?: number | undefined;
  readonly deadline?: Micros | undefined; // a point in time; none: the kernel's own patience, some two minutes
}

/** `local` is trouble of our own (no descriptors, no such source address): it says nothing about the server. */
export type TcpResult =
  | { readonly ok: true; readonly fd: number }
  | { readonly ok: false; readonly kind: "refused" | "timeout" | "unreachable" | "local"; readonly why: string };

const KINDS: ReadonlyMap<number, "refused" | "timeout" | "unreachable"> = new Map([
  [ECONNREFUSED, "refused"],
  [ECONNRESET, "refused"],
  [ECONNABORTED, "refused"],
  [ETIMEDOUT, "timeout"],
  [ENETUNREACH, "unreachable"],
  [EHOSTUNREACH, "unreachable"],
  [EHOSTDOWN, "unreachable"],
  [ENETDOWN, "unreachable"],
]);

/**
 * Connects without blocking. The descriptor is the caller's (for `Stream`). Never rejects; gives up with kind "timeout"
 * at the deadline or when `signal` fires.
 */
export function connect(target: TcpTarget, clock: Clock, poller: Poller, signal?: AbortSignal): Promise<TcpResult> {
  if (signal?.aborted) return Promise.resolve(GIVEN_UP);
  let fd: number;
  let connecting: number;
  try {
    fd = openConfigured(target);
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
  return { ok: false, kind: KINDS.get(errno) ?? otherwise, why: new KernelError("connect", errno).message };
}

/** Throws KernelError: all of it is our own trouble. */
function openConfigured({ address, bindAddress, bindPort = 0, bindInterface, fwmark = 0 }: TcpTarget): number {
  const v4 = family(address) === 4;
  return openSocket([v4 ? AF_INET : AF_INET6, SOCK_STREAM, IPPROTO_TCP], "socket", (fd) => {
    if (fwmark !== 0) check(native.setsockopt(fd, SOL_SOCKET, SO_MARK, fwmark | 0), `SO_MARK ${fwmark}`);
    if (bindInterface !== undefined)
      check(native.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, deviceName(bindInterface)), `bind to ${bindInterface}`);
    if (bindAddress === undefined && bindPort === 0) return;
    const source = bindAddress ?? ip(v4 ? "0.0.0.0" : "::");
    // With a port of its own, the connection before is often in TIME_WAIT. Without one, the kernel chooses the port
    // when it knows the destination, so one source address is not limited to 28,000 connections in all.
    if (bindPort !== 0) check(native.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
    else native.setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    check(native.bind(fd, sockaddrIp(source, bindPort)), `bind to ${source} port ${bindPort}`);
  });
}
