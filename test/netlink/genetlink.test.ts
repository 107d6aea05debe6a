import { expect, test } from "vitest";
import { answers, receive, startConversation } from "../../src/netlink/conversation.ts";
import { decodeFamilyId, decodeGeneric, genericBody, getFamily } from "../../src/netlink/genetlink.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { fromHex, golden } from "../golden.ts";

test("a family is asked for by its name, with the bytes of keepalived 2.2.7", () => {
  const [captured] = decodeMessages(golden("genetlink-getfamily"));
  const { type, body } = getFamily("IPVS");
  expect({ type, body }).toEqual({ type: captured?.type, body: captured?.body });
});

test("the kernel's answer says the number", () => {
  const start = startConversation([getFamily("IPVS")], 0x6b01_6ab0);
  const ack = fromHex("24000000 0200 0001 b06a016b 00000000 00000000 20000000 1000 0500 b06a016b 00000000");
  const [answer] = answers(receive(receive(start, golden("genetlink-family")), ack));
  expect(answer?.ok && decodeFamilyId(answer.messages)).toEqual({ ok: true, value: 0x20 });
});

test("an answer without messages or without number is dropped", () => {
  expect(decodeFamilyId([])).toEqual({ ok: false, reason: "truncated" });
  expect(decodeFamilyId([{ body: genericBody(1, 1) }])).toEqual({ ok: false, reason: "family-id" });
});

test("a generic message shorter than its header is dropped", () => {
  expect(decodeGeneric(fromHex("010100"))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeGeneric(genericBody(7, 1))).toEqual({ ok: true, value: { command: 7, attributes: new Map() } });
});
