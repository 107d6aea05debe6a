import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DbusMessage,
  decodeMessage,
  encodeMessage,
  LONGEST_MESSAGE,
  lengthOfMessage,
} from "../../src/wire/dbus.ts";
import { golden } from "../golden.ts";

const INSTANCE = "org.keepalived.Vrrp1.Instance";
const PATH = "/org/keepalived/Vrrp1/Instance/kdb0/51/IPv4";

const GOLDEN: Readonly<Record<string, DbusMessage>> = {
  "dbus-status-change": {
    ...{ type: "signal", noReply: true, serial: 3, path: PATH, interface: INSTANCE, member: "VrrpStatusChange" },
    ...{ sender: ":1.1", signature: "u", body: [1] },
  },
  "dbus-request-name": {
    ...{ type: "call", noReply: false, serial: 4, path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus" },
    ...{ member: "RequestName", destination: "org.freedesktop.DBus", sender: ":1.1" },
    ...{ signature: "su", body: ["org.keepalived.Vrrp1", 0] },
  },
  "dbus-get-state": {
    ...{ type: "return", noReply: true, serial: 6, replySerial: 2, destination: ":1.2", sender: ":1.1" },
    ...{ signature: "v", body: [{ signature: "(us)", value: [2, "Master"] }] },
  },
  "dbus-get-all": {
    ...{ type: "return", noReply: true, serial: 7, replySerial: 2, destination: ":1.3", sender: ":1.1" },
    signature: "a{sv}",
    body: [
      [
        ["Name", { signature: "(s)", value: ["VI_1"] }],
        ["State", { signature: "(us)", value: [2, "Master"] }],
      ],
    ],
  },
  "dbus-not-writable": {
    ...{ type: "error", noReply: true, serial: 8, errorName: "org.freedesktop.DBus.Error.InvalidArgs" },
    ...{ replySerial: 2, destination: ":1.4", sender: ":1.1" },
    ...{ signature: "s", body: ["Property “Name” is not writable"] },
  },
};

describe("what keepalived sends", () => {
  test.each(Object.entries(GOLDEN))("%s is read, and written byte for byte", (name, message) => {
    expect(decodeMessage(golden(name))).toEqual({ ok: true, value: message });
    expect(encodeMessage(message)).toEqual(golden(name));
    expect(lengthOfMessage(golden(name).subarray(0, 16))).toEqual({ ok: true, value: golden(name).length });
  });
});

test("a call of dbus-send, whose fields have another order, is read", () => {
  const read = decodeMessage(golden("dbus-get-call"));
  expect(read).toMatchObject({ ok: true, value: { type: "call", noReply: false, path: PATH, member: "Get" } });
  expect(read).toMatchObject({ value: { signature: "ss", body: [INSTANCE, "State"] } });
});

/** The bytes of the first signal with some of them changed. */
function altered(changes: Readonly<Record<number, number>>): Uint8Array {
  const bytes = golden("dbus-status-change");
  for (const [at, byte] of Object.entries(changes)) bytes[Number(at)] = byte;
  return bytes;
}

test.each([
  ["of an unknown byte order", altered({ 0: 0x6d }), "endianness"],
  ["of another version", altered({ 3: 2 }), "version"],
  ["of type 0", altered({ 1: 0 }), "type"],
  ["of type 5", altered({ 1: 5 }), "type"],
  ["with serial 0", altered({ 8: 0 }), "serial"],
  ["whose path is a string", altered({ 18: 0x73 }), "field"],
  ["without its interface", altered({ 72: 0x40 }), "missing"],
  ["with bits in the padding", altered({ 70: 1 }), "padding"],
  ["whose body is of another type", altered({ 117: 0x73 }), "truncated"],
  ["with more body than its signature says", altered({ 117: 0x71 }), "length"],
  ["with a signature that is none", altered({ 117: 0x7a }), "signature"],
  ["that is cut off", golden("dbus-status-change").subarray(0, 170), "truncated"],
  ["of 15 bytes", golden("dbus-status-change").subarray(0, 15), "truncated"],
  ["of a megabyte and more", altered({ 6: 0xff }), "length"],
])("a message %s is not taken", (_, bytes, reason) => {
  expect(decodeMessage(bytes)).toEqual({ ok: false, reason });
});

test("a field of a later specification is skipped", () => {
  const read = decodeMessage(altered({ 152: 10 })); // was the sender
  expect(read).toMatchObject({ ok: true, value: { member: "VrrpStatusChange" } });
  expect(read).not.toHaveProperty("value.sender");
});

test("the length of a message is bounded", () => {
  const header = golden("dbus-status-change").subarray(0, 16);
  new DataView(header.buffer).setUint32(4, LONGEST_MESSAGE - 168, true);
  expect(lengthOfMessage(header)).toEqual({ ok: true, value: LONGEST_MESSAGE });
  new DataView(header.buffer).setUint32(4, LONGEST_MESSAGE - 167, true);
  expect(lengthOfMessage(header)).toEqual({ ok: false, reason: "length" });
  new DataView(header.buffer).setUint32(12, 0xffff_ffff, true);
  expect(lengthOfMessage(header)).toEqual({ ok: false, reason: "length" });
});

test("decoding never throws, whatever bits of a message are others", () => {
  const names = fc.constantFrom(...Object.keys(GOLDEN), "dbus-get-call");
  const changes = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(names, changes, (name, list) => {
      const bytes = golden(name);
      for (const [at, byte] of list) if (at < bytes.length) bytes[at] = byte;
      const read = decodeMessage(bytes);
      expect(typeof read.ok).toBe("boolean");
      if (read.ok) encodeMessage(read.value);
    }),
  );
});
