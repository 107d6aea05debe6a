import { ip } from "../../src/base/ip.ts";
import { destinationName, type IpvsEntry, type IpvsService } from "../../src/base/ipvs.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import { type CheckSubject, healthWords } from "../../src/lvs/check-words.ts";
import {
  type HealthEffect,
  type HealthEvent,
  type HealthParameters,
  type HealthState,
  healthDeadline,
  healthStep,
  unchecked,
} from "../../src/lvs/health.ts";
import { plan } from "../../src/lvs/plan.ts";
import {
  EMPTY_POOL,
  type PoolEvent,
  type PoolState,
  poolStep,
  type VirtualServer,
  wantedTable,
} from "../../src/lvs/pool.ts";
import { poolWords, serverWords } from "../../src/lvs/words.ts";
import { applyChanges } from "../lvs/kernel.ts";
import { Timeline } from "./timeline.ts";

/** A web server: it answers at once, or refuses. `broken` lists paths that answer with an error. */
interface Web {
  running: boolean;
  readonly broken: Set<string>;
}

interface Checked {
  readonly parameters: HealthParameters;
  readonly subject: CheckSubject;
  readonly web: Web;
  state: HealthState;
  cancelWake: () => void;
}

/** What a story says of a real server. */
export interface FarmServer {
  readonly name: string;
  readonly address: string;
  readonly weight: number;
  readonly inhibit: boolean;
  readonly parameters: HealthParameters;
  readonly paths: readonly string[];
}

const WEB: IpvsService = {
  ...{ protocol: "tcp", address: ip("192.0.2.100"), port: 80, scheduler: "rr", flags: 0 },
  ...{ timeout: 0, netmask: 32, engine: undefined },
};

/** One virtual server, its real servers with a checker each, and the kernel's table. */
export class Farm extends Timeline {
  readonly #servers = new Map<string, Checked>();
  readonly #virtual: VirtualServer;
  #pool: PoolState = EMPTY_POOL;
  #kernel: readonly IpvsEntry[] = [];

  constructor(servers: readonly FarmServer[], quorum: number, sorry: boolean) {
    super();
    this.#virtual = {
      ...{ name: "[192.0.2.100]:tcp:80", protocol: "tcp", services: [WEB], quorum, hysteresis: 0 },
      realServers: servers.map(({ address, weight, inhibit }) => ({
        ...{ address: ip(address), port: 80, weight, forwarding: "nat", tunnel: undefined },
        ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: inhibit },
      })),
      sorryServer: sorry
        ? { address: ip("192.0.2.13"), port: 80, forwarding: "nat", tunnel: undefined, inhibitOnFailure: false }
        : undefined,
    };
    for (const { name, address, parameters, paths } of servers) {
      const realServer = serverWords({ address: ip(address), port: 80 }, "tcp");
      const urls = paths.map((path) => ({ path, digest: undefined }));
      const subject = { type: parameters.type, realServer, virtualServer: "", urls, script: "" };
      const state: HealthState = { name: "stopped", health: unchecked(parameters) };
      const web = { running: true, broken: new Set<string>() };
      this.#servers.set(name, { parameters, subject, web, state, cancelWake: () => {} });
    }
  }

  start(): void {
    this.#poolEvent({ type: "configured", alive: [...this.#servers.values()].map(({ state }) => state.health.up) });
    for (const name of this.#servers.keys()) this.#feed(name, { type: "start", jitter: 0 });
  }

  web(name: string): Web {
    return this.#server(name).web;
  }

  /** One line as `ipvsadm -Sn` groups it. */
  show(): void {
    for (const { destinations } of this.#kernel)
      this.say(`table ${destinations.map((row) => `${destinationName(row)} weight=${row.weight}`).join(", ")}`);
  }

  #feed(name: string, event: HealthEvent): void {
    const server = this.#server(name);
    const { state, effects } = healthStep(server.parameters, server.state, event, this.now);
    server.state = state;
    for (const effect of effects) this.#perform(name, server, effect);
    server.cancelWake();
    const at = healthDeadline(state);
    if (at !== undefined) server.cancelWake = this.wakeAt(at, () => this.#feed(name, { type: "timer" }));
  }

  #perform(name: string, server: Checked, effect: HealthEffect): void {
    const index = [...this.#servers.keys()].indexOf(name);
    switch (effect.type) {
      case "check":
        this.wakeAt(this.now + CHECK_TIME, () =>
          this.#feed(name, { type: "checked", result: this.#check(name, effect.url) }),
        );
        return;
      case "note":
        this.say(healthWords(server.subject, effect.note) ?? "");
        return;
      case "up":
      case "down":
        this.#poolEvent({ type: "changed", server: index, alive: effect.type === "up" });
        return;
      case "weighed":
      case "cancel":
        return;
    }
  }

  #check(name: string, url: number): { up: true } | { up: false; why: string; local: boolean } {
    const { web, subject } = this.#server(name);
    const [{ path } = { path: "" }] = subject.urls.slice(url);
    const up = web.running && !web.broken.has(path);
    this.say(`${name} check ${subject.type}${subject.type === "http" ? ` ${path}` : ""} ${up ? "ok" : "failed"}`);
    return up ? { up } : { up, why: web.running ? "HTTP status code error to" : "Error connecting", local: false };
  }

  #poolEvent(event: PoolEvent): void {
    const { state, notes } = poolStep(this.#virtual, this.#pool, event);
    this.#pool = state;
    for (const note of notes) this.say(poolWords(this.#virtual, note));
    const changes = plan(this.#kernel, wantedTable([{ server: this.#virtual, state }]), new Set());
    for (const change of changes)
      this.say(
        `kernel ${change.type}${"destination" in change ? ` ${destinationName(change.destination)} weight=${change.destination.weight}` : ""}`,
      );
    this.#kernel = applyChanges(this.#kernel, changes);
  }

  #server(name: string): Checked {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`no server ${name}`);
    return server;
  }
}

const CHECK_TIME: Micros = seconds(0.01);
