import type { DatagramQuestion, DatagramResult } from "../base/datagram.ts";
import { family } from "../base/ip.ts";
import type { StopSignal } from "../base/stopping.ts";
import type { Clock } from "./clock.ts";
import {
  EACCES,
  EAGAIN,
  IP_RECVERR,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  IPV6_RECVERR,
  SOCK_DGRAM,
} from "./constants.ts";
import { check, KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import { openOutgoing, REFUSALS } from "./outgoing.ts";
import type { Poller } from "./poller.ts";
import { ReceiveArena } from "./receive-arena.ts";
import { addressOf, sockaddrIp } from "./sockaddr.ts";
import { NOTHING } from "./socket.ts";

/** Shared by all: `read` sees its datagram before anything else is received. No datagram is longer. */
const arena = new ReceiveArena(1, 0x10000);
/** Datagrams read a turn, so that a flood to one socket does not hold up the others. */
const READS = 16;

/**
 * Sends a datagram over a connected socket of its own, and hands what comes back to `read` until that makes an answer of
 * one; undefined: it is none, and others are waited for. Bytes are valid until `read` returns. Never rejects; `signal`
 * ends it at once with "silence". ip(7), IP_RECVERR; icmp(7).
 */
export function exchange<Answer>(
  question: DatagramQuestion,
  read: (datagram: Uint8Array) => Answer | undefined,
  { clock, poller }: { readonly clock: Clock; readonly poller: Poller },
  signal: StopSignal,
): Promise<DatagramResult<Answer>> {
  if (signal.aborted) return Promise.resolve({ type: "silence" });
  const opened = open(question);
  if (opened instanceof KernelError) return Promise.resolve({ type: "local", error: opened });
  const fd = opened;
  const sent = send(fd, question);
  if (sent !== undefined) {
    native.close(fd);
    return Promise.resolve({ type: REFUSALS.has(sent.errno) ? "unreachable" : "local", error: sent });
  }
  return new Promise((resolve) => {
    const settle = (result: DatagramResult<Answer>): void => {
      poller.remove(fd);
      native.close(fd);
      cancel();
      signal.removeEventListener("abort", giveUp);
      resolve(result);
    };
    const giveUp = (): void => settle({ type: "silence" });
    // Where we were held up ourselves (a suspended machine), the answer may lie there unread: sockets have one more turn.
    const late = (): void => {
      cancel = clock.wakeAt(clock.now(), giveUp);
    };
    let cancel = clock.wakeAt(question.deadline, late);
    signal.addEventListener("abort", giveUp);
    poller.add(fd, () => {
      for (let i = 0; i < READS; i++) {
        const count = arena.receive(fd);
        if (count === -EAGAIN) return;
        // Once it was sent, every error is the network's: a router's EPROTO, a firewall's EACCES.
        if (count < 0) return settle({ type: "refused", error: new KernelError("receive", -count) });
        const answer = isFrom(question) ? read(arena.data(0)) : undefined;
        if (answer !== undefined) return settle({ type: "answer", answer });
      }
    });
  });
}

/** UDP sockets hear whom they are connected to, and ping sockets everybody. */
function isFrom({ protocol, address, port }: DatagramQuestion): boolean {
  return protocol === "udp" || addressOf(arena.sender(0)) === addressOf(sockaddrIp(address, port));
}

/** The descriptor. */
function open(question: DatagramQuestion): number | KernelError {
  const [protocol, level, option] = PROTOCOLS[question.protocol][family(question.address)];
  let fd: number;
  try {
    fd = openOutgoing(SOCK_DGRAM, protocol, question);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const ours = question.protocol === "ping" && error.errno === EACCES;
    return ours ? new KernelError("socket", EACCES, "net.ipv4.ping_group_range leaves our group out") : error;
  }
  try {
    // Without it a host or network that is unreachable is silence.
    check(native.setsockopt(fd, level, option, 1), "IP_RECVERR");
  } catch (error) {
    native.close(fd);
    if (!(error instanceof KernelError)) throw error;
    return error;
  }
  return fd;
}

const PROTOCOLS = {
  udp: { 4: [IPPROTO_UDP, IPPROTO_IP, IP_RECVERR], 6: [IPPROTO_UDP, IPPROTO_IPV6, IPV6_RECVERR] },
  ping: { 4: [IPPROTO_ICMP, IPPROTO_IP, IP_RECVERR], 6: [IPPROTO_ICMPV6, IPPROTO_IPV6, IPV6_RECVERR] },
} as const;

/** Connects and sends; what the kernel says against it. */
function send(fd: number, { protocol, address, port, request }: DatagramQuestion): KernelError | undefined {
  const connected = native.connect(fd, sockaddrIp(address, protocol === "ping" ? 0 : port));
  if (connected < 0) return new KernelError("connect", -connected);
  const sent = native.sendmsg(fd, request, NOTHING, NOTHING, 0);
  return sent < 0 ? new KernelError("send", -sent) : undefined;
}
