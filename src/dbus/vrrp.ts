import type { StateChange } from "../base/notification.ts";
import type { DbusMessage } from "../wire/dbus.ts";
import type { DbusVariant } from "../wire/dbus-value.ts";
import type { DbusInterface, DbusObject } from "./objects.ts";

/** What Keepalived shows on the bus, as keepalived 2.2.7 is introspected; names do not follow `dbus_service_name`. */
export const VRRP: DbusInterface = {
  name: "org.keepalived.Vrrp1.Vrrp",
  methods: ["PrintData", "PrintStats", "PrintStatsClear", "ReloadConfig"],
  signals: [{ name: "VrrpStarted" }, { name: "VrrpReloaded" }, { name: "VrrpStopped" }],
  properties: [],
};

/** One of these for each `vrrp_instance`. */
export const INSTANCE: DbusInterface = {
  name: "org.keepalived.Vrrp1.Instance",
  methods: ["SendGarp"],
  signals: [{ name: "VrrpStatusChange", argument: { name: "status", type: "u" } }],
  properties: [
    { name: "Name", type: "s" },
    { name: "State", type: "(us)" },
  ],
};

/** What of the configuration the paths consist of. */
export interface BusNames {
  readonly namespace: string | undefined; // net_namespace
  readonly instance: string | undefined; // `instance` of this daemon
  readonly noInterface: string | undefined; // dbus_no_interface_name
}

/** Which virtual router. */
export type OnBus = Pick<StateChange, "interface" | "vrid" | "family">;
export type BusState = StateChange["state"] | "INIT";

const STATES: Readonly<Record<BusState, readonly [status: number, word: string]>> = {
  INIT: [0, "Init"],
  BACKUP: [1, "Backup"],
  MASTER: [2, "Master"],
  FAULT: [3, "Fault"],
  DELETED: [97, "Deleted"],
  STOP: [98, "Stop"],
};

/** `/org/keepalived/Vrrp1/Vrrp`; between the last two words those of the network namespace and of the daemon's instance. */
export function vrrpPath(names: BusNames): string {
  return `${root(names)}/Vrrp`;
}

/** `/org/keepalived/Vrrp1/Instance/eth0_7/51/IPv4`. */
export function instancePath(names: BusNames, { interface: carrier, vrid, family }: OnBus): string {
  const word = pathWord(carrier === "" ? (names.noInterface ?? "none") : carrier);
  return `${root(names)}/Instance/${word}/${vrid}/IPv${family}`;
}

/** The object of the whole. */
export function vrrpObject(names: BusNames): DbusObject {
  return { path: vrrpPath(names), interface: VRRP, read: () => ({ signature: "s", value: "" }) };
}

/** The object of an instance; `state` is asked when somebody wants to know. */
export function instanceObject(
  names: BusNames,
  one: OnBus & { readonly name: string },
  state: () => BusState,
): DbusObject {
  const read = (property: string): DbusVariant =>
    // Keepalived's name is a struct of one string, whatever its introspection says: who reads it expects that.
    property === "Name" ? { signature: "(s)", value: [one.name] } : { signature: "(us)", value: STATES[state()] };
  return { path: instancePath(names, one), interface: INSTANCE, read };
}

/** The signal that an instance has another state now. */
export function statusChange(path: string, state: BusState): Omit<DbusMessage, "serial"> {
  const [status] = STATES[state];
  return { ...SIGNAL, path, interface: INSTANCE.name, member: "VrrpStatusChange", signature: "u", body: [status] };
}

/** A signal of the whole. */
export function vrrpSignal(
  names: BusNames,
  member: "VrrpStarted" | "VrrpReloaded" | "VrrpStopped",
): Omit<DbusMessage, "serial"> {
  return { ...SIGNAL, path: vrrpPath(names), interface: VRRP.name, member, signature: "", body: [] };
}

const SIGNAL = { type: "signal", noReply: true } as const;

function root({ namespace, instance }: BusNames): string {
  const words = [namespace, instance].filter((word) => word !== undefined && word !== "");
  return ["/org/keepalived/Vrrp1", ...words.map((word) => pathWord(word ?? ""))].join("/");
}

/**
 * Bytes that a path may not have become `_`. Keepalived 2.2.7 does so with interfaces alone: with another sign in
 * `instance` it has no object at all.
 */
function pathWord(word: string): string {
  return Array.from(new TextEncoder().encode(word), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[A-Za-z0-9_]/.test(letter) ? letter : "_";
  }).join("");
}
