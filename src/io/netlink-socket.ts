import { concat } from "../base/bytes.ts";
import {
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  NLM_F_DUMP,
  SOL_NETLINK,
} from "../netlink/constants.ts";
import {
  type Answer,
  answers,
  type Conversation,
  interrupted,
  type Request,
  receive,
  startConversation,
} from "../netlink/conversation.ts";
import { decodeMessages, NLMSG_HDRLEN } from "../netlink/message.ts";
import { AF_NETLINK, EAGAIN, EMSGSIZE, ENOBUFS, MSG_TRUNC, SOCK_RAW } from "./constants.ts";
import { check, KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { ReceiveArena } from "./receive-arena.ts";
import { sockaddrNl } from "./sockaddr.ts";
import {
  type BufferWish,
  growReceiveBuffer,
  growSendBuffer,
  NOTHING,
  openSocket,
  sizeReceiveBuffer,
} from "./socket.ts";

/** Requests that go out by one system call, so that the refusals of all fit into the receive buffer together. */
const BATCH_MESSAGES = 1024;
const BATCH_BYTES = 256 * 1024;
const RECEIVE_BUFFER = 4 << 20;
/** Receive calls before others get their turn; more than the receive buffer holds. */
const TURNS = 4096;
/** How often a dump is asked for, when the table changes under it each time. */
const ATTEMPTS = 10;

/** Shared by all sockets, since nothing is kept from one `receive` to the next. No kernel datagram exceeds 32 KiB. */
const arena = new ReceiveArena(16, 32 * 1024);

/** The receive buffers of those who ask and of those who listen; a `ProcessConfig` has them. */
export interface NetlinkBuffers {
  readonly netlinkCommandBuffer: BufferWish;
  readonly netlinkMonitorBuffer: BufferWish;
}

/**
 * A conversation with the kernel over rtnetlink or generic netlink. The kernel answers within the sending system call,
 * so no event loop is needed: a transaction is over when `transact` returns. For subscriptions: NetlinkMonitor.
 */
export class NetlinkSocket {
  readonly #fd: number;
  #sequence = 1;

  /** `protocol`: NETLINK_ROUTE, NETLINK_GENERIC or NETLINK_NETFILTER. Throws KernelError. */
  constructor(protocol: number) {
    this.#fd = openNetlink(protocol, 0);
  }

  /**
   * The answers, in the order of the requests, in which the kernel also carries them out; a refusal does not stop the
   * later ones. Throws KernelError only where the conversation itself breaks down.
   */
  transact(requests: readonly Request[]): readonly Answer[] {
    return batches(requests).flatMap((batch) => answers(this.#converse(batch)));
  }

  /**
   * The same for requests of which the kernel carries out all or none: between two messages that it does not answer
   * (nfnetlink's batch).
   */
  transactAtomically(requests: readonly Request[], [begin, end]: readonly [Uint8Array, Uint8Array]): readonly Answer[] {
    return answers(this.#ask(startConversation(requests, this.#sequence, "each"), begin, end));
  }

  /** A larger receive buffer; never less than what a batch needs. */
  buffer(wish: BufferWish): void {
    sizeReceiveBuffer(this.#fd, wish, RECEIVE_BUFFER);
  }

  close(): void {
    native.close(this.#fd);
  }

  /** Only a dump may be asked again: anything else may have been done already. */
  #converse(batch: readonly Request[]): Conversation {
    const attempts = batch.some(isDump) ? ATTEMPTS : 1;
    for (let attempt = 1; ; attempt++) {
      const conversation = this.#ask(startConversation(batch, this.#sequence));
      if (conversation.finished && (!interrupted(conversation) || attempt >= attempts)) return conversation;
      if (attempt >= attempts) throw new KernelError("the kernel's answer is incomplete", EAGAIN);
    }
  }

  #ask(start: Conversation, before: Uint8Array = NOTHING, after: Uint8Array = NOTHING): Conversation {
    let conversation = start;
    this.#sequence = (this.#sequence + conversation.requests) >>> 0;
    const bytes = before === NOTHING ? conversation.bytes : concat(before, conversation.bytes, after);
    check(native.sendmsg(this.#fd, bytes, sockaddrNl(), NOTHING, 0), "cannot ask the kernel");
    while (!conversation.finished) {
      const count = arena.receive(this.#fd);
      if (count === -ENOBUFS) {
        // Reported once; what came before is still there. A refusal may be lost, so that silence is no success any more.
        conversation = { ...conversation, acknowledged: "each" };
        continue;
      }
      if (count < 0) break;
      for (const datagram of fromKernel(count)) conversation = receive(conversation, datagram);
    }
    return conversation;
  }
}

/** Hears what changes in the kernel's tables: rtnetlink multicast groups. */
export class NetlinkMonitor {
  readonly #poller: Poller;
  readonly #fd: number;

  /**
   * `groups`: RTMGRP_* bits. `onMessage` gets each message without nlmsghdr, and its flags; its bytes are valid until it
   * returns.
   * `onSettled` comes when there are no more for now: what the kernel tells of one change is never seen by halves.
   * `overrun`: messages were lost, so the tables must be read anew. Throws KernelError.
   */
  constructor(
    poller: Poller,
    groups: number,
    onMessage: (type: number, body: Uint8Array, flags: number) => void,
    onSettled: (overrun: boolean) => void,
  ) {
    this.#fd = openNetlink(0, groups);
    this.#poller = poller;
    poller.add(this.#fd, () => onSettled(this.#drain(onMessage)));
  }

  /** A larger receive buffer: what does not fit is lost, and everything read anew. */
  buffer(wish: BufferWish): void {
    sizeReceiveBuffer(this.#fd, wish, RECEIVE_BUFFER);
  }

  close(): void {
    this.#poller.remove(this.#fd);
    native.close(this.#fd);
  }

  /** Whether messages were lost. After that what is still queued is older than the loss, so all of it is read too. */
  #drain(onMessage: (type: number, body: Uint8Array, flags: number) => void): boolean {
    let overrun = false;
    for (let turn = 0; turn < TURNS; turn++) {
      const count = arena.receive(this.#fd);
      if (count === -EAGAIN) break;
      if (count < 0) overrun = true;
      for (const datagram of fromKernel(Math.max(count, 0)))
        for (const { type, body, flags } of decodeMessages(datagram)) onMessage(type, body, flags);
    }
    return overrun;
  }
}

function openNetlink(protocol: number, groups: number): number {
  const what = "cannot open a netlink socket";
  return openSocket([AF_NETLINK, SOCK_RAW, protocol], what, (fd) => {
    growReceiveBuffer(fd, RECEIVE_BUFFER);
    growSendBuffer(fd, RECEIVE_BUFFER); // a message, or nfnetlink's batch, is one datagram
    // Extended errors without the echo of the request, strict dump filters: Linux 4.12, 4.20. Without them we say less.
    for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK])
      native.setsockopt(fd, SOL_NETLINK, option, 1);
    check(native.bind(fd, sockaddrNl(groups)), what);
  });
}

/** The datagrams just received, without those of other processes. */
function fromKernel(count: number): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (arena.netlinkSender(i) !== 0) continue;
    if (arena.flags(i) & MSG_TRUNC) throw new KernelError("a netlink message does not fit", EMSGSIZE);
    datagrams.push(arena.data(i));
  }
  return datagrams;
}

/** Cut so that the answers of a batch fit into the receive buffer, and that a dump is alone. */
function batches(requests: readonly Request[]): Request[][] {
  const list: Request[][] = [];
  let room = 0;
  let last: Request[] = [];
  for (const request of requests) {
    const size = NLMSG_HDRLEN + request.body.length;
    if (size > room || last.length === BATCH_MESSAGES || isDump(request)) {
      last = [];
      list.push(last);
      room = BATCH_BYTES;
    }
    last.push(request);
    room = isDump(request) ? 0 : room - size;
  }
  return list;
}

function isDump({ flags }: Request): boolean {
  return (flags & NLM_F_DUMP) === NLM_F_DUMP;
}
