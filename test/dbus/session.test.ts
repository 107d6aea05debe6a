import { expect, test } from "vitest";
import { concat, fromByteString, toByteString } from "../../src/base/bytes.ts";
import { type BusEffect, type BusSession, busHeard, openSession, post, releaseName } from "../../src/dbus/session.ts";
import { type DbusMessage, decodeMessage, encodeMessage } from "../../src/wire/dbus.ts";

const SERVICE = "org.keepalived.Vrrp1";
const BUS = { sender: "org.freedesktop.DBus", serial: 9, noReply: true } as const;
const OK = fromByteString("OK 0123456789abcdef0123456789abcdef\r\n");

type Talking = Extract<BusSession, { name: "talking" }>;

function talking(): Talking {
  const { session } = busHeard(openSession(SERVICE, 0).session, OK);
  if (session.name !== "talking") throw new Error("it does not talk");
  return session;
}

function signal(member: string, name = SERVICE): DbusMessage {
  const where = { path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus" };
  return { ...BUS, ...where, type: "signal", member, signature: "s", body: [name] };
}

const types = (effects: readonly BusEffect[]): string[] => effects.map(({ type }) => type);
const hear = (session: BusSession, ...messages: readonly DbusMessage[]) =>
  busHeard(session, concat(...messages.map(encodeMessage)));

test("it begins with a NUL and the user's number, digit by digit in hexadecimal", () => {
  const [effect] = openSession(SERVICE, 1000).effects;
  expect(effect?.type === "send" && toByteString(effect.bytes)).toBe("\0AUTH EXTERNAL 31303030\r\n");
});

test("after OK come BEGIN, Hello and the request for the name, as keepalived makes it", () => {
  const { session, effects } = busHeard(openSession(SERVICE, 0).session, OK);
  const [sent] = effects;
  if (sent?.type !== "send") throw new Error("nothing is sent");
  expect(toByteString(sent.bytes.subarray(0, 7))).toBe("BEGIN\r\n");
  const hello = sent.bytes.subarray(7, 7 + 128);
  expect(decodeMessage(hello)).toMatchObject({ value: { type: "call", serial: 1, member: "Hello", body: [] } });
  const request = decodeMessage(sent.bytes.subarray(7 + 128));
  expect(request).toMatchObject({ value: { type: "call", serial: 2, member: "RequestName", body: [SERVICE, 0] } });
  expect(session).toMatchObject({ name: "talking", serial: 2, owned: false });
});

test("the answer may come byte by byte", () => {
  let session = openSession(SERVICE, 0).session;
  for (const byte of OK.subarray(0, -1)) {
    const step = busHeard(session, Uint8Array.of(byte));
    expect(step.effects).toEqual([]);
    session = step.session;
  }
  expect(types(busHeard(session, OK.subarray(-1)).effects)).toEqual(["send"]);
  let talks: BusSession = talking();
  const bytes = encodeMessage(signal("NameAcquired"));
  for (const byte of bytes.subarray(0, -1)) talks = busHeard(talks, Uint8Array.of(byte)).session;
  expect(types(busHeard(talks, bytes.subarray(-1)).effects)).toEqual(["acquired"]);
});

test.each([
  ["REJECTED EXTERNAL\r\n", "it refuses us: REJECTED EXTERNAL"],
  ["HTTP/1.1 400 Bad Request\r\n", "it refuses us: HTTP/1.1 400 Bad Request"],
  ["x".repeat(5000), "it does not speak D-Bus"],
])("another answer is the end: %#", (text, why) => {
  const { effects } = busHeard(openSession(SERVICE, 0).session, fromByteString(text));
  expect(effects).toEqual([{ type: "over", why }]);
});

test("the name is ours when the bus says so, whoever asks for another, and no longer when it says that", () => {
  const asked = hear(talking(), signal("NameAcquired", ":1.7"), signal("NameAcquired"));
  expect(types(asked.effects)).toEqual(["acquired"]);
  expect(asked.session).toMatchObject({ owned: true });
  const lost = hear(asked.session, signal("NameLost"));
  expect(types(lost.effects)).toEqual(["lost"]);
  expect(lost.session).toMatchObject({ owned: false });
});

test("somebody who says so in the bus's place is not believed", () => {
  expect(hear(talking(), { ...signal("NameAcquired"), sender: ":1.66" }).effects).toEqual([]);
});

test("a name that is taken is waited for; one that is refused ends the session", () => {
  const answer = { ...BUS, type: "return", replySerial: 2, signature: "u", body: [2] } as const;
  expect(types(hear(talking(), answer).effects)).toEqual(["lost"]);
  expect(hear(talking(), { ...answer, body: [1] }).effects).toEqual([]);
  const error = {
    ...BUS,
    type: "error",
    errorName: "a.b",
    replySerial: 2,
    signature: "s",
    body: ["no policy"],
  } as const;
  expect(hear(talking(), error).effects).toEqual([{ type: "over", why: `it refuses the name ${SERVICE}: no policy` }]);
  expect(hear(talking(), { ...error, signature: "", body: [] }).effects).toMatchObject([{ type: "over" }]);
  expect(hear(talking(), { ...error, replySerial: 7 }).effects).toEqual([]);
});

test("calls are handed on; a message that cannot be read is left out, and the next one counts", () => {
  const call: DbusMessage = {
    ...{ type: "call", noReply: false, serial: 4, path: "/", member: "Ping", sender: ":1.2", signature: "", body: [] },
  };
  const broken = encodeMessage(call);
  broken[3] = 9;
  const { effects } = busHeard(talking(), concat(broken, encodeMessage(call)));
  expect(effects).toEqual([{ type: "called", call }]);
});

test("what is no message at all ends the session, after what came before it", () => {
  const { effects } = busHeard(talking(), concat(encodeMessage(signal("NameAcquired")), new Uint8Array(16)));
  expect(effects).toEqual([{ type: "acquired" }, { type: "over", why: "a message of it cannot be read: endianness" }]);
});

test("messages are counted, past the largest number from 1 on", () => {
  const { session, bytes } = post({ ...talking(), serial: 0xffff_fffe }, releaseName(SERVICE));
  expect(decodeMessage(bytes)).toMatchObject({ value: { serial: 0xffff_ffff, member: "ReleaseName" } });
  expect(post(session, releaseName(SERVICE)).session.serial).toBe(1);
});
