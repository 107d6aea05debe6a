import { expect, test } from "vitest";
import { objects } from "../../src/snmp/objects.ts";
import { heard, notify, open, retryDelay, type Session, type SessionStep } from "../../src/snmp/session.ts";
import type { AgentxQuestion } from "../../src/wire/agentx.ts";

const ROWS = [1, 2, 3].map((n) => ({ oid: [1, n], value: { type: "integer", value: n } }) as const);
const IDS = { session: 9, transaction: 0, packet: 0 };
const response = (error = 0) => ({ type: "response", upTime: 500, error, index: 0, bindings: [] }) as const;
const say = (session: Session, pdu: AgentxQuestion, packet = session.packet): SessionStep =>
  heard(session, { ids: { ...IDS, packet }, pdu }, () => objects([{ subtrees: [[1]], rows: () => ROWS }]));
const ready = (): Session => say(say(open([[1, 2]], [1], "it").session, response()).session, response()).session;

test("a session opens, registers its subtrees one after the other, and is ready then", () => {
  const first = open(
    [
      [1, 2],
      [1, 3],
    ],
    [1, 9],
    "it",
  );
  expect(first.send).toEqual([
    { ids: { session: 0, transaction: 0, packet: 1 }, pdu: { type: "open", id: [1, 9], description: "it" } },
  ]);
  const second = say(first.session, response());
  expect(second.send).toEqual([
    { ids: { session: 9, transaction: 0, packet: 2 }, pdu: { type: "register", subtree: [1, 2] } },
  ]);
  const third = say(second.session, response());
  expect(third.send[0]?.pdu).toEqual({ type: "register", subtree: [1, 3] });
  const last = say(third.session, response());
  expect(last).toMatchObject({ session: { phase: "ready", id: 9 }, send: [], notes: [{ name: "ready", upTime: 500 }] });
});

test("a subtree that another has is left to it; the rest is registered", () => {
  const registering = say(
    open(
      [
        [1, 2],
        [1, 3],
      ],
      [1],
      "it",
    ).session,
    response(),
  ).session;
  const next = say(registering, response(263));
  expect(next.notes).toEqual([{ name: "taken", subtree: [1, 2], error: 263 }]);
  expect(next.send[0]?.pdu).toEqual({ type: "register", subtree: [1, 3] });
});

test("a master that refuses a session, or ends it, has none", () => {
  expect(say(open([], [1], "it").session, response(5)).notes).toEqual([{ name: "closed", error: 5 }]);
  expect(say(ready(), { type: "close", reason: 5 }).notes).toEqual([{ name: "closed", error: 0 }]);
});

test("an answer that nobody waits for changes nothing", () => {
  const { session } = open([[1, 2]], [1], "it");
  expect(say(session, response(), 77)).toEqual({ session, send: [], notes: [] });
});

test("a notification is heard when the master has answered the last one", () => {
  const first = notify(ready(), []);
  const second = notify(first.session, []);
  const after = say(second.session, response(), first.session.packet);
  expect(after.session.heard).toBe(false);
  expect(say(after.session, response(), second.session.packet).session.heard).toBe(true);
});

test("questions are answered with the numbers of the question", () => {
  const range = (n: number, include = false) => ({ start: [1, n], include, end: [1, 3] });
  const ask = (pdu: AgentxQuestion) => {
    const [sent] = heard(ready(), { ids: { session: 9, transaction: 4, packet: 5 }, pdu }, () =>
      objects([{ subtrees: [[1]], rows: () => ROWS }]),
    ).send;
    expect(sent?.ids).toEqual({ session: 9, transaction: 4, packet: 5 });
    if (sent?.pdu.type !== "response") return undefined;
    return sent.pdu.error || sent.pdu.bindings.map(({ oid, value }) => `${oid.join(".")} ${value.type}`);
  };
  const ranges = [range(1), range(2)];
  expect(ask({ type: "get", foreign: false, ranges })).toEqual(["1.1 integer", "1.2 integer"]);
  expect(ask({ type: "get-next", foreign: false, ranges })).toEqual(["1.2 integer", "1.2 end-of-view"]);
  expect(ask({ type: "get-bulk", foreign: false, ranges, nonRepeaters: 1, maxRepetitions: 9 })).toEqual([
    "1.2 integer",
    "1.2 end-of-view",
  ]);
  expect(ask({ type: "get-bulk", foreign: false, ranges: [range(0)], nonRepeaters: 0, maxRepetitions: 9 })).toEqual([
    "1.1 integer",
    "1.2 integer",
    "1.2 end-of-view",
  ]);
  expect(ask({ type: "get", foreign: true, ranges })).toBe(262);
  expect(ask({ type: "test-set" })).toBe(17);
  expect(
    heard(ready(), { ids: IDS, pdu: { type: "cleanup-set" } }, () => objects([{ subtrees: [[1]], rows: () => ROWS }]))
      .send,
  ).toEqual([]);
});

test("attempts come after 1, 2, 4, 8 s, and then every 15 s", () => {
  expect([0, 1, 2, 3, 4, 5, 99].map(retryDelay)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});
