import { describe, expect, test } from "vitest";
import { answer } from "../../src/dbus/answer.ts";
import { objectTree } from "../../src/dbus/objects.ts";
import { instanceObject, vrrpObject } from "../../src/dbus/vrrp.ts";
import type { DbusMessage } from "../../src/wire/dbus.ts";
import { encodeMessage } from "../../src/wire/dbus.ts";
import { golden } from "../golden.ts";

const NAMES = { namespace: undefined, instance: undefined, noInterface: undefined };
const VRRP = "/org/keepalived/Vrrp1/Vrrp";
const INSTANCE = "/org/keepalived/Vrrp1/Instance/eth0/51/IPv4";
const one = { name: "VI_1", interface: "eth0", vrid: 51, family: 4 } as const;
const tree = objectTree([vrrpObject(NAMES), instanceObject(NAMES, one, () => "MASTER")]);

function ask(path: string, called: string, body: readonly string[] = [], more: Partial<DbusMessage> = {}) {
  const at = called.lastIndexOf(".");
  const named = at < 0 ? {} : { interface: called.slice(0, at) };
  const call: DbusMessage = {
    ...{ type: "call", noReply: false, serial: 2, path, member: called.slice(at + 1), sender: ":1.3" },
    ...{ ...named, signature: "s".repeat(body.length), body, ...more },
  };
  return answer(tree, call, "0123456789abcdef0123456789abcdef");
}

const FREE = "org.freedesktop.DBus";
const OURS = "org.keepalived.Vrrp1.Instance";

test("all properties are answered with keepalived's bytes", () => {
  const { reply } = ask(INSTANCE, `${FREE}.Properties.GetAll`, [OURS]);
  expect(reply && encodeMessage({ ...reply, serial: 7, sender: ":1.1" })).toEqual(golden("dbus-get-all"));
});

test("one property is answered as a variant", () => {
  const { reply } = ask(INSTANCE, `${FREE}.Properties.Get`, [OURS, "State"]);
  expect(reply).toMatchObject({ type: "return", replySerial: 2, destination: ":1.3", signature: "v" });
  expect(reply?.body).toEqual([{ signature: "(us)", value: [2, "Master"] }]);
  expect(ask(INSTANCE, "Get", [OURS, "Name"]).reply?.body).toEqual([{ signature: "(s)", value: ["VI_1"] }]);
});

test("GetAll of an interface without properties is empty", () => {
  const { reply } = ask(VRRP, `${FREE}.Properties.GetAll`, ["org.keepalived.Vrrp1.Vrrp"]);
  expect(reply).toMatchObject({ type: "return", signature: "a{sv}", body: [[]] });
});

describe("methods are carried out and answered with nothing", () => {
  test.each([
    [INSTANCE, `${OURS}.SendGarp`],
    [INSTANCE, "SendGarp"],
    [VRRP, "org.keepalived.Vrrp1.Vrrp.PrintData"],
    [VRRP, "org.keepalived.Vrrp1.Vrrp.PrintStats"],
    [VRRP, "org.keepalived.Vrrp1.Vrrp.PrintStatsClear"],
    [VRRP, "org.keepalived.Vrrp1.Vrrp.ReloadConfig"],
  ])("%s %s", (path, called) => {
    const { reply, invoked } = ask(path, called);
    expect(reply).toMatchObject({ type: "return", signature: "", body: [] });
    expect(invoked).toEqual({ path, method: called.slice(called.lastIndexOf(".") + 1) });
    expect(ask(path, called, [], { noReply: true })).toEqual({ reply: undefined, invoked });
  });
});

test("Peer and Introspectable answer everywhere, also where nothing is", () => {
  for (const path of [INSTANCE, "/org", "/nowhere"]) {
    expect(ask(path, `${FREE}.Peer.Ping`).reply).toMatchObject({ type: "return", body: [] });
    expect(ask(path, `${FREE}.Peer.GetMachineId`).reply?.body).toEqual(["0123456789abcdef0123456789abcdef"]);
    expect(ask(path, `${FREE}.Introspectable.Introspect`).reply).toMatchObject({ type: "return", signature: "s" });
  }
  const call = { type: "call", noReply: false, serial: 1, path: "/", member: "GetMachineId" } as const;
  expect(answer(tree, { ...call, signature: "", body: [] }, undefined).reply?.errorName).toBe(`${FREE}.Error.Failed`);
});

test.each<[string, string, readonly string[], string, string]>([
  [INSTANCE, `${FREE}.Properties.Get`, [OURS, "Nix"], "InvalidArgs", "No such property “Nix”"],
  [INSTANCE, `${FREE}.Properties.Get`, ["org.x", "Name"], "InvalidArgs", "No such interface “org.x”"],
  [INSTANCE, `${FREE}.Properties.GetAll`, [`${FREE}.Peer`], "InvalidArgs", `No such interface “${FREE}.Peer”`],
  [INSTANCE, `${FREE}.Properties.Nix`, [], "UnknownMethod", "No such method “Nix”"],
  [INSTANCE, `${OURS}.SendGarp`, ["x"], "InvalidArgs", "Type of message, “(s)”, does not match expected type “()”"],
  [INSTANCE, `${OURS}.Nix`, [], "UnknownMethod", "No such method “Nix”"],
  [VRRP, `${OURS}.SendGarp`, [], "UnknownMethod", `No such interface “${OURS}” on object at path ${VRRP}`],
  ["/nowhere", `${OURS}.SendGarp`, [], "UnknownMethod", "Object does not exist at path “/nowhere”"],
])("%s %s %j is refused as by GDBus", (path, called, body, error, why) => {
  const { reply, invoked } = ask(path, called, body);
  expect(reply).toMatchObject({ type: "error", errorName: `${FREE}.Error.${error}`, body: [why], replySerial: 2 });
  expect(invoked).toBeUndefined();
});

test("nothing can be written; the refusal has keepalived's bytes", () => {
  const set = { signature: "ssv", body: [OURS, "Name", { signature: "s", value: "x" }] };
  const { reply } = ask(INSTANCE, `${FREE}.Properties.Set`, [], { ...set, sender: ":1.4" });
  expect(reply && encodeMessage({ ...reply, serial: 8, sender: ":1.1" })).toEqual(golden("dbus-not-writable"));
});
