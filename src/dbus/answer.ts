import type { DbusMessage } from "../wire/dbus.ts";
import type { DbusValue } from "../wire/dbus-value.ts";
import { type DbusObject, introspection, type ObjectTree } from "./objects.ts";

/** What a call is answered, and whether a method of ours is to be carried out. */
export interface Answer {
  readonly reply: Omit<DbusMessage, "serial"> | undefined; // undefined: the caller wants none
  readonly invoked: { readonly path: string; readonly method: string } | undefined;
}

type Outcome =
  | { readonly type: "values"; readonly signature: string; readonly body: readonly DbusValue[] }
  | { readonly type: "invoke"; readonly method: string }
  | { readonly type: "error"; readonly error: "UnknownMethod" | "InvalidArgs" | "Failed"; readonly why: string };

const FREEDESKTOP = "org.freedesktop.DBus";

/** Errors are those of GDBus, on which Keepalived stands (measured, 2.2.7); `machineId` as /etc/machine-id has it. */
export function answer(tree: ObjectTree, call: DbusMessage, machineId: string | undefined): Answer {
  const { noReply, serial, sender, path = "" } = call;
  const outcome = outcomeOf(tree, call, machineId);
  const invoked = outcome.type === "invoke" ? { path, method: outcome.method } : undefined;
  if (noReply) return { reply: undefined, invoked };
  const to = { noReply: true, destination: sender, replySerial: serial };
  if (outcome.type === "error") {
    const errorName = `${FREEDESKTOP}.Error.${outcome.error}`;
    return { reply: { ...to, type: "error", errorName, signature: "s", body: [outcome.why] }, invoked };
  }
  const { signature, body } = outcome.type === "values" ? outcome : NOTHING;
  return { reply: { ...to, type: "return", signature, body }, invoked };
}

const NOTHING = { type: "values", signature: "", body: [] } as const;

function outcomeOf(tree: ObjectTree, call: DbusMessage, machineId: string | undefined): Outcome {
  const { path = "", interface: name, member = "" } = call;
  const object = tree.objects.get(path);
  const called = `${name ?? ""} ${member}`;
  if (isCall(called, "Introspectable", "Introspect", name))
    return expecting("", call, () => text(introspection(tree, path)));
  if (isCall(called, "Peer", "Ping", name)) return expecting("", call, () => NOTHING);
  if (isCall(called, "Peer", "GetMachineId", name))
    return expecting("", call, () =>
      machineId === undefined ? fail("Failed", "there is no machine id") : text(machineId),
    );
  if (object === undefined) return fail("UnknownMethod", `Object does not exist at path “${path}”`);
  for (const method of ["Get", "GetAll", "Set"] as const)
    if (isCall(called, "Properties", method, name))
      return expecting(PROPERTIES[method], call, () => properties(object, method, call.body.map(String)));
  if (name === undefined || name === object.interface.name) {
    if (object.interface.methods.includes(member))
      return expecting("", call, () => ({ type: "invoke", method: member }));
    return fail("UnknownMethod", `No such method “${member}”`);
  }
  if (STANDARD.includes(name)) return fail("UnknownMethod", `No such method “${member}”`);
  return fail("UnknownMethod", `No such interface “${name}” on object at path ${path}`);
}

const PROPERTIES = { Get: "ss", GetAll: "s", Set: "ssv" } as const;
const STANDARD = ["Introspectable", "Peer", "Properties"].map((name) => `${FREEDESKTOP}.${name}`);

/** A call may leave the interface out. */
function isCall(called: string, name: string, member: string, given: string | undefined): boolean {
  return called === `${given === undefined ? "" : `${FREEDESKTOP}.${name}`} ${member}`;
}

function properties(object: DbusObject, method: keyof typeof PROPERTIES, words: readonly string[]): Outcome {
  const [name, property = ""] = words;
  const { interface: offered, read } = object;
  if (name !== offered.name) return fail("InvalidArgs", `No such interface “${name}”`);
  if (method === "GetAll") {
    const all = offered.properties.map((one): DbusValue => [one.name, read(one.name)]);
    return { type: "values", signature: "a{sv}", body: [all] };
  }
  if (!offered.properties.some((one) => one.name === property))
    return fail("InvalidArgs", `No such property “${property}”`);
  if (method === "Set") return fail("InvalidArgs", `Property “${property}” is not writable`);
  return { type: "values", signature: "v", body: [read(property)] };
}

function expecting(signature: string, call: DbusMessage, then: () => Outcome): Outcome {
  if (call.signature === signature) return then();
  return fail("InvalidArgs", `Type of message, “(${call.signature})”, does not match expected type “(${signature})”`);
}

function text(value: string): Outcome {
  return { type: "values", signature: "s", body: [value] };
}

function fail(error: (Outcome & { type: "error" })["error"], why: string): Outcome {
  return { type: "error", error, why };
}
