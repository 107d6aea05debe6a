import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessages } from "../../src/netlink/message.ts";
import { decodeProcessEvent, listenToProcesses } from "../../src/netlink/process-events.ts";
import { golden } from "../golden.ts";

const body = (name: string): Uint8Array => decodeMessages(golden(`process-${name}`))[0]?.body ?? new Uint8Array();

test("the request to listen is the one that the kernel accepts", () => {
  expect(listenToProcesses()).toEqual(golden("process-listen"));
});

test.each([
  ["answer", { type: "answer", errno: 0 }],
  ["fork", { type: "fork", parent: 22900, pid: 22945 }],
  ["comm", { type: "renamed", pid: 22945 }],
  ["exec", { type: "exec", pid: 22945 }],
  ["exit", { type: "exit", pid: 22945 }],
])("the kernel's %s is read", (name, value) => {
  expect(decodeProcessEvent(body(name))).toEqual({ ok: true, value });
});

test("what a thread does is not what its process does", () => {
  for (const [name, at] of [
    ["fork", 44],
    ["comm", 36],
    ["exit", 36],
  ] as const) {
    const thread = Uint8Array.from(body(name));
    thread[at] = 1;
    expect(decodeProcessEvent(thread)).toEqual({ ok: true, value: { type: "other" } });
  }
});

test("other events mean nothing, other connectors and cut messages are refused", () => {
  const other = Uint8Array.from(body("exec"));
  other[20] = 4; // PROC_EVENT_UID
  expect(decodeProcessEvent(other)).toEqual({ ok: true, value: { type: "other" } });
  other[0] = 2;
  expect(decodeProcessEvent(other)).toEqual({ ok: false, reason: "not-process" });
  other[0] = 1;
  other[4] = 2;
  expect(decodeProcessEvent(other)).toEqual({ ok: false, reason: "not-process" });
  expect(decodeProcessEvent(body("exec").subarray(0, 43))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeProcessEvent(body("fork").subarray(0, 51))).toEqual({ ok: false, reason: "truncated" });
});

test("reading never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void decodeProcessEvent(bytes)));
});
