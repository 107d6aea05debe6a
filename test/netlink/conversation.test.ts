import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { NLM_F_ACK_TLVS, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_MULTI } from "../../src/netlink/constants.ts";
import {
  answers,
  type Conversation,
  interrupted,
  type Request,
  receive,
  startConversation,
} from "../../src/netlink/conversation.ts";
import { decodeMessages, encodeMessages } from "../../src/netlink/message.ts";
import { fromHex, golden } from "../golden.ts";

const request: Request = { type: 20, flags: 0x400, body: Uint8Array.of(1, 2, 3, 4) };
const ERROR = 2;
const DONE = 3;

function message(type: number, sequence: number, body: Uint8Array, flags = 0): Uint8Array {
  return encodeMessages([{ type, flags, sequence, body }]);
}

/** NLMSG_ERROR with the echoed header of a request without body. */
function error(sequence: number, errno: number): Uint8Array {
  const code = new Uint8Array(Int32Array.of(-errno).buffer);
  return message(ERROR, sequence, concat(code, message(20, sequence, new Uint8Array())));
}

function after(conversation: Conversation, ...datagrams: readonly Uint8Array[]): Conversation {
  return datagrams.reduce(receive, conversation);
}

test("requests are numbered one after the other, with REQUEST; the last, or each, with ACK", () => {
  const requests = [request, { ...request, flags: NLM_F_DUMP }];
  const flags = (...args: Parameters<typeof startConversation>): readonly unknown[] =>
    decodeMessages(startConversation(...args).bytes).map((sent) => ({ ...sent, body: sent.body.length }));
  expect(flags(requests, 0xffff_ffff)).toEqual([
    { type: 20, flags: 0x401, sequence: 0xffff_ffff, body: 4 },
    { type: 20, flags: 0x305, sequence: 0, body: 4 },
  ]);
  expect(flags(requests, 0xffff_ffff, "each")).toEqual([
    { type: 20, flags: 0x405, sequence: 0xffff_ffff, body: 4 },
    { type: 20, flags: 0x305, sequence: 0, body: 4 },
  ]);
});

test("what was not refused is done when the last request is; where each is acknowledged, it is unknown", () => {
  const start = startConversation([request, request, request, request], 7);
  const said = [message(20, 7, Uint8Array.of(5)), error(8, 17)];
  expect(answers(after(start, ...said)).map(({ ok }) => ok)).toEqual([false, false, false, false]);
  const whole = after(start, ...said, error(10, 0));
  expect(answers(whole)).toEqual([
    { ok: true, messages: [{ type: 20, body: Uint8Array.of(5) }] },
    { ok: false, errno: 17, text: undefined },
    { ok: true, messages: [] },
    { ok: true, messages: [] },
  ]);
  const each = after(startConversation([request, request, request, request], 7, "each"), ...said, error(10, 0));
  expect(answers(each).map((one) => (one.ok ? 0 : one.errno))).toEqual([61, 17, 61, 0]);
});

test("a conversation without requests is finished", () => {
  const conversation = startConversation([], 1);
  expect(conversation.finished).toBe(true);
  expect(answers(conversation)).toEqual([]);
});

test("every request gets its own answer, in the order of the requests", () => {
  const start = startConversation([request, request, request], 7);
  const half = after(start, error(7, 0), error(8, 17));
  expect(half.finished).toBe(false);
  const whole = after(half, error(9, 0));
  expect(whole.finished).toBe(true);
  expect(answers(whole)).toEqual([
    { ok: true, messages: [] },
    { ok: false, errno: 17, text: undefined },
    { ok: true, messages: [] },
  ]);
});

test("what has not been answered is ENODATA", () => {
  expect(answers(startConversation([request], 7))).toEqual([{ ok: false, errno: 61, text: undefined }]);
});

test("earlier conversations stay as they were", () => {
  const start = startConversation([request], 7);
  receive(start, error(7, 0));
  expect(start.finished).toBe(false);
});

test("acknowledgements may come in one datagram", () => {
  const start = startConversation([request, request], 7);
  expect(after(start, concat(error(7, 0), error(8, 0))).finished).toBe(true);
});

test("an answer may come before its acknowledgement", () => {
  const start = startConversation([request], 7);
  expect(answers(after(start, message(20, 7, Uint8Array.of(5)), error(7, 0)))).toEqual([
    { ok: true, messages: [{ type: 20, body: Uint8Array.of(5) }] },
  ]);
});

test("a dump ends with NLMSG_DONE", () => {
  const start = startConversation([{ ...request, flags: NLM_F_DUMP }], 7);
  const part = after(
    start,
    message(20, 7, Uint8Array.of(1), NLM_F_MULTI),
    concat(message(20, 7, Uint8Array.of(2), NLM_F_MULTI), message(20, 7, Uint8Array.of(3), NLM_F_MULTI)),
  );
  expect(part.finished).toBe(false);
  const whole = after(part, message(DONE, 7, new Uint8Array(4), NLM_F_MULTI));
  expect(whole.finished).toBe(true);
  expect(interrupted(whole)).toBe(false);
  expect(answers(whole)).toEqual([
    { ok: true, messages: [1, 2, 3].map((n) => ({ type: 20, body: Uint8Array.of(n) })) },
  ]);
});

test("the datagram is copied, so its buffer may be used again", () => {
  const datagram = message(20, 7, Uint8Array.of(5));
  const conversation = receive(startConversation([request], 7), datagram);
  datagram.fill(0);
  expect(answers(after(conversation, error(7, 0)))).toEqual([
    { ok: true, messages: [{ type: 20, body: Uint8Array.of(5) }] },
  ]);
});

test("the error code of NLMSG_DONE is honoured, with its text", () => {
  const start = startConversation([request], 7);
  expect(answers(after(start, message(DONE, 7, fromHex("f4ffffff"))))).toEqual([
    { ok: false, errno: 12, text: undefined },
  ]);
  const text = fromHex("f4ffffff 0700 0100 6e6f00 00");
  expect(answers(after(start, message(DONE, 7, text, NLM_F_ACK_TLVS)))).toEqual([{ ok: false, errno: 12, text: "no" }]);
});

test("a NLMSG_DONE without code is success", () => {
  expect(answers(after(startConversation([request], 7), message(DONE, 7, new Uint8Array())))).toEqual([
    { ok: true, messages: [] },
  ]);
});

test("a dump that the kernel could not keep consistent is interrupted", () => {
  const start = startConversation([request], 7);
  expect(interrupted(after(start, message(20, 7, new Uint8Array(), NLM_F_MULTI | NLM_F_DUMP_INTR)))).toBe(true);
  expect(interrupted(after(start, message(DONE, 7, new Uint8Array(4), NLM_F_MULTI | NLM_F_DUMP_INTR)))).toBe(true);
  expect(interrupted(after(start, message(20, 8, new Uint8Array(), NLM_F_DUMP_INTR)))).toBe(false);
});

test("other sequences, NLMSG_NOOP and NLMSG_OVERRUN are ignored", () => {
  const start = startConversation([request], 7);
  const noise = after(
    start,
    error(6, 0),
    error(8, 0),
    message(20, 0, Uint8Array.of(1)), // a notification
    message(1, 7, new Uint8Array()),
    message(4, 7, new Uint8Array()),
  );
  expect(noise.finished).toBe(false);
  expect(answers(after(noise, error(7, 0)))).toEqual([{ ok: true, messages: [] }]);
});

test.each(["netlink-error", "netlink-error-capped"])("the kernel's words are read: %s", (name) => {
  const conversation = receive(startConversation([request], 3), golden(name));
  expect(answers(conversation)).toEqual([{ ok: false, errno: 22, text: "ipv4: Invalid scope value" }]);
});

test("an acknowledgement of the kernel is success", () => {
  expect(answers(receive(startConversation([request], 4), golden("netlink-ack")))).toEqual([
    { ok: true, messages: [] },
  ]);
});

test("an error too short for its echo has no text", () => {
  const datagram = message(ERROR, 7, fromHex("eaffffff 0000"), NLM_F_ACK_TLVS);
  expect(answers(receive(startConversation([request], 7), datagram))).toEqual([
    { ok: false, errno: 22, text: undefined },
  ]);
});

test("thousands of requests take linear time", () => {
  const count = 20_000;
  const start = startConversation(new Array<Request>(count).fill(request), 1);
  const whole = Array.from({ length: count }, (_, i) => error(1 + i, i % 2)).reduce(receive, start);
  expect(whole.finished).toBe(true);
  expect(answers(whole).filter(({ ok }) => ok).length).toBe(count / 2);
});
