import { readFileSync } from "node:fs";
import type { StateChange } from "../base/notification.ts";
import type { Config } from "../config/model/model.ts";
import { busSockets, SYSTEM_BUS } from "../dbus/address.ts";
import { answer } from "../dbus/answer.ts";
import { type ObjectTree, objectTree } from "../dbus/objects.ts";
import {
  type BusNames,
  type BusState,
  instanceObject,
  instancePath,
  statusChange,
  vrrpObject,
  vrrpSignal,
} from "../dbus/vrrp.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import type { Log } from "../observe/log.ts";
import { instanceKeys } from "../plan/instance-shape.ts";
import { notifiedState } from "../vrrp/notification.ts";
import type { DbusMessage } from "../wire/dbus.ts";
import { DbusConnection } from "./dbus-connection.ts";
import type { VrrpReport } from "./messages.ts";

/** What the bus shows of the daemon, and may ask of it. */
export interface DbusHost {
  readonly log: Log;
  readonly report: () => VrrpReport | undefined; // the last one
  readonly announce: (key: string) => void; // the addresses of an instance, by `instanceKeys`
  readonly printData: () => void;
  readonly printStatistics: (then: { readonly clear: boolean }) => void;
  readonly reload: () => void;
}

/** An instance as the bus knows it. */
interface Shown {
  readonly key: string;
  readonly name: string;
}

/**
 * `enable_dbus`: shows the virtual routers on the system bus, in the supervisor, which knows them all and outlives the
 * process that runs them. Whoever may call our methods is the bus's affair: its policy files say so.
 */
export class DbusService {
  readonly #host: DbusHost;
  #world: { readonly poller: Poller; readonly clock: Clock } | undefined; // while there is a connection
  #connection: DbusConnection | undefined;
  #names: BusNames = { namespace: undefined, instance: undefined, noInterface: undefined };
  #tree: ObjectTree = objectTree([]);
  #shown: ReadonlyMap<string, Shown> = new Map(); // by path
  readonly #states = new Map<string, BusState>(); // as last told, by path
  #started = false; // VrrpStarted was sent

  constructor(host: DbusHost) {
    this.#host = host;
  }

  /** Shows what this configuration has, from now on. */
  show({ global, vrrpInstances }: Config): void {
    const { dbus, daemon } = global;
    if (dbus === undefined) {
      this.close();
      return;
    }
    const { namespace, instance } = daemon;
    this.#names = { namespace, instance, noInterface: dbus.noInterfaceName };
    const keys = instanceKeys(vrrpInstances);
    const paths = vrrpInstances.map((one) => instancePath(this.#names, one));
    const objects = vrrpInstances.map((one, i) => {
      const path = paths[i] ?? "";
      return instanceObject(this.#names, one, () => this.#stateOf(path));
    });
    this.#tree = objectTree([vrrpObject(this.#names), ...objects]);
    this.#shown = new Map(vrrpInstances.map((one, i) => [paths[i] ?? "", { key: keys[i] ?? "", name: one.name }]));
    if (this.#connection !== undefined && this.#connection.service !== dbus.service) this.close();
    if (this.#connection === undefined) this.#open(dbus.service);
  }

  /** An instance, perhaps one that is to go, has another state. */
  tell(change: StateChange | undefined): void {
    if (change === undefined || this.#connection === undefined) return;
    const path = instancePath(this.#names, change);
    this.#states.set(path, change.state);
    this.#connection.post(statusChange(path, change.state));
  }

  /** A reload is done. */
  reloaded(): void {
    for (const path of this.#states.keys()) if (!this.#shown.has(path)) this.#states.delete(path);
    this.#connection?.post(vrrpSignal(this.#names, "VrrpReloaded"));
  }

  /** Nothing is shown any more. */
  close(): void {
    this.#connection?.post(vrrpSignal(this.#names, "VrrpStopped"));
    this.#connection?.close();
    this.#connection = undefined;
    this.#world?.clock.close();
    this.#world?.poller.close();
    this.#world = undefined;
    this.#states.clear();
    this.#started = false;
  }

  #open(service: string): void {
    const poller = new Poller();
    this.#world = { poller, clock: new Clock(poller) };
    const address = process.env["DBUS_SYSTEM_BUS_ADDRESS"];
    this.#connection = new DbusConnection({
      ...this.#world,
      log: this.#host.log,
      service,
      sockets: busSockets(address === undefined || address === "" ? SYSTEM_BUS : address),
      acquired: () => this.#acquired(),
      called: (call) => this.#called(call),
    });
  }

  /** Who listens on a bus that is new knows nothing. */
  #acquired(): void {
    if (!this.#started) this.#connection?.post(vrrpSignal(this.#names, "VrrpStarted"));
    this.#started = true;
    for (const path of this.#shown.keys()) {
      const state = this.#stateOf(path);
      if (state !== "INIT") this.#connection?.post(statusChange(path, state));
    }
  }

  /** As last told; what was told before the bus was wanted is in the report. */
  #stateOf(path: string): BusState {
    const told = this.#states.get(path);
    if (told !== undefined) return told;
    const key = this.#shown.get(path)?.key;
    const reported = this.#host.report()?.instances.find((one) => one.key === key);
    return (reported && notifiedState(reported.state)) ?? "INIT";
  }

  #called(call: DbusMessage): void {
    const { reply, invoked } = answer(this.#tree, call, machineId());
    if (invoked !== undefined) this.#invoke(invoked.path, invoked.method);
    if (reply !== undefined) this.#connection?.answer(reply);
  }

  #invoke(path: string, method: string): void {
    const { log, announce, printData, printStatistics, reload } = this.#host;
    const shown = this.#shown.get(path);
    switch (method) {
      case "SendGarp":
        if (shown === undefined) return;
        log.info("Sending garps on {iname} on DBus request", { iname: shown.name });
        announce(shown.key);
        return;
      case "PrintData":
        log.info("Printing VRRP data on DBus request");
        printData();
        return;
      case "PrintStats":
        log.info("Printing VRRP stats on DBus request");
        printStatistics({ clear: false });
        return;
      case "PrintStatsClear":
        log.info("Printing and clearing VRRP stats on DBus request");
        printStatistics({ clear: true });
        return;
      case "ReloadConfig":
        log.info("Reloading on DBus request");
        setImmediate(reload); // after the answer
    }
  }
}

/** machine-id(5). */
function machineId(): string | undefined {
  for (const path of ["/etc/machine-id", "/var/lib/dbus/machine-id"]) {
    try {
      const id = readFileSync(path, "utf8").trim();
      if (/^[0-9a-f]{32}$/.test(id)) return id;
    } catch {
      // the next one
    }
  }
  return undefined;
}
