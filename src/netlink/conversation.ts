import { viewOf } from "../base/bytes.ts";
import { decodeAttributes, readString } from "./attributes.ts";
import {
  NLM_F_ACK,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_MIN_TYPE,
  NLMSGERR_ATTR_MSG,
} from "./constants.ts";
import { align, decodeMessages, encodeMessages, LITTLE_ENDIAN, type NetlinkMessage, NLMSG_HDRLEN } from "./message.ts";

/** What we ask of the kernel: `body` is the family's header and the attributes, without nlmsghdr. */
export interface Request {
  readonly type: number; //  RTM_* or the id of a generic family
  readonly flags: number; // NLM_F_DUMP, NLM_F_CREATE …; NLM_F_REQUEST is added, and NLM_F_ACK where it is wanted
  readonly body: Uint8Array;
}

/** What the kernel said to one request: the messages it sent, or its refusal. */
export type Answer =
  | { readonly ok: true; readonly messages: readonly { readonly type: number; readonly body: Uint8Array }[] }
  | {
      readonly ok: false;
      readonly errno: number; //            positive, such as 17 for EEXIST
      readonly text: string | undefined; // the kernel's own words (NETLINK_EXT_ACK)
    };

/**
 * Requests sent together, and what came back so far. A value: `receive` returns the next one and keeps the old, sharing
 * all that was received before, so thousands of answers cost linear time.
 */
export interface Conversation {
  /** All requests, for one send (or for several, cut between messages). */
  readonly bytes: Uint8Array;
  readonly firstSequence: number;
  readonly requests: number;
  readonly acknowledged: Acknowledged;
  readonly finished: boolean; // the last request has its final message
  readonly dumpInterrupted: boolean;
  readonly last: Received | undefined;
}

/**
 * Which requests the kernel acknowledges. It carries them out in their order and refuses by a message, so the last one's
 * acknowledgement says of all before it that were not refused that they are done.
 */
export type Acknowledged = "last" | "each";

/** A list from the newest message back to the oldest. */
interface Received {
  readonly before: Received | undefined;
  readonly request: number; // index
  readonly message: NetlinkMessage;
}

/** ENODATA: the answer given for a request that has none (yet). */
const NO_ANSWER: Answer = { ok: false, errno: 61, text: undefined };
const DONE: Answer = { ok: true, messages: [] };

/**
 * Requests numbered from `firstSequence` (u32, wraps). The kernel serves one dump at a time for a socket, and goes on with
 * the requests behind it meanwhile: put at most one dump into a conversation, as its last request.
 */
export function startConversation(
  requests: readonly Request[],
  firstSequence: number,
  acknowledged: Acknowledged = "last",
): Conversation {
  const last = requests.length - 1;
  const messages = requests.map(({ type, flags, body }, i) => ({
    type,
    flags: flags | NLM_F_REQUEST | (acknowledged === "each" || i === last ? NLM_F_ACK : 0),
    sequence: (firstSequence + i) >>> 0,
    body,
  }));
  return {
    bytes: encodeMessages(messages),
    firstSequence,
    requests: requests.length,
    acknowledged,
    finished: requests.length === 0,
    dumpInterrupted: false,
    last: undefined,
  };
}

/** Takes in one datagram, which it copies. Messages of other sequences are ignored. Never throws. */
export function receive(conversation: Conversation, datagram: Uint8Array): Conversation {
  let { last, finished, dumpInterrupted } = conversation;
  for (const message of decodeMessages(datagram.slice())) {
    const request = (message.sequence - conversation.firstSequence) >>> 0;
    if (request >= conversation.requests) continue;
    if (message.flags & NLM_F_DUMP_INTR) dumpInterrupted = true;
    if (isFinal(message)) finished ||= request === conversation.requests - 1;
    else if (message.type < NLMSG_MIN_TYPE) continue; // NLMSG_NOOP, NLMSG_OVERRUN
    last = { before: last, request, message };
  }
  return { ...conversation, last, finished, dumpInterrupted };
}

/** Whether the kernel's table changed during a dump (NLM_F_DUMP_INTR): the answer may be torn, so ask again. */
export function interrupted(conversation: Conversation): boolean {
  return conversation.dumpInterrupted;
}

/** The answers in the order of the requests; those still missing are ENODATA. */
export function answers({ requests, acknowledged, finished, last }: Conversation): readonly Answer[] {
  const silent = finished && acknowledged === "last";
  const result = new Array<Answer>(requests).fill(silent ? DONE : NO_ANSWER);
  const messages = new Map<number, { readonly type: number; readonly body: Uint8Array }[]>();
  for (const { request, message } of inOrder(last)) {
    const own = messages.get(request) ?? [];
    if (isFinal(message)) result[request] = refusal(message) ?? { ok: true, messages: own };
    else {
      messages.set(request, own);
      own.push({ type: message.type, body: message.body });
      if (silent) result[request] = { ok: true, messages: own };
    }
  }
  return result;
}

function isFinal({ type }: NetlinkMessage): boolean {
  return type === NLMSG_ERROR || type === NLMSG_DONE;
}

function inOrder(last: Received | undefined): readonly Received[] {
  const list: Received[] = [];
  for (let item = last; item !== undefined; item = item.before) list.push(item);
  return list.reverse();
}

/** Both final messages begin with an int: 0, or -errno. A DONE of an older kernel may be empty. */
function refusal(message: NetlinkMessage): Answer | undefined {
  const code = message.body.length < 4 ? 0 : viewOf(message.body).getInt32(0, LITTLE_ENDIAN);
  return code < 0 ? { ok: false, errno: -code, text: extendedText(message) } : undefined;
}

/**
 * linux/netlink.h `enum nlmsgerr_attrs`. In an error they follow the echoed request: all of it, or (NLM_F_CAPPED) only its
 * header. In NLMSG_DONE they follow the int.
 */
function extendedText({ type, flags, body }: NetlinkMessage): string | undefined {
  if (!(flags & NLM_F_ACK_TLVS)) return undefined;
  return readString(decodeAttributes(body.subarray(type === NLMSG_DONE ? 4 : echoEnd(flags, body))), NLMSGERR_ATTR_MSG);
}

function echoEnd(flags: number, body: Uint8Array): number {
  if (flags & NLM_F_CAPPED || body.length < 4 + NLMSG_HDRLEN) return 4 + NLMSG_HDRLEN;
  return 4 + align(viewOf(body).getUint32(4, LITTLE_ENDIAN));
}
