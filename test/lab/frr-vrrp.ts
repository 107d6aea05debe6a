import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { LogLine, Reported } from "./daemon.ts";
import { Frr } from "./frr.ts";
import { Journal, type Wait } from "./journal.ts";
import type { Lan } from "./lan.ts";
import { run, wallClock } from "./run.ts";

/** A virtual router as FRR has it: multicast, preemption. */
export interface FrrRouter {
  readonly version: 2 | 3;
  readonly vrid: number;
  readonly priority: number;
  readonly interval: number; // milliseconds, in tens
  readonly vip: string; //      of either family; a prefix length is not part of it
}

const MACVLAN = "frr0";
const STATES: Readonly<Record<string, Reported>> = { Master: "MASTER", Backup: "BACKUP" };

interface Prepared {
  readonly node: string;
  readonly frr: Frr;
  readonly config: string; //              path
  readonly address: readonly string[]; //  of the macvlan, for ip(8)
}

/**
 * FRR's vrrpd on eth0 of a node. It wants a macvlan with the virtual MAC and the virtual address made for it, and sets
 * that `protodown` while it is backup. When vrrpd ends, 8.4 leaves the macvlan as it is, up: whoever runs it is to set it down.
 */
export class FrrVrrp {
  readonly log: Journal<LogLine>;
  readonly node: string;
  readonly #lan: Lan;
  readonly #frr: Frr;
  readonly #config: string;
  readonly #address: readonly string[];
  #process: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #startedAt = 0;

  private constructor(lan: Lan, { node, frr, config, address }: Prepared) {
    this.#lan = lan;
    this.node = node;
    this.#frr = frr;
    this.#config = config;
    this.#address = address;
    this.log = new Journal(`vrrpd on ${lan.namespace(node)}`);
  }

  /** Makes all that vrrpd needs. `start` starts it. */
  static async prepare(
    lan: Lan,
    node: string,
    { version, vrid, priority, interval, vip }: FrrRouter,
  ): Promise<FrrVrrp> {
    const six = vip.includes(":");
    const mac = `00:00:5e:00:0${six ? 2 : 1}:${vrid.toString(16).padStart(2, "0")}`;
    const ip = ["ip", "-n", lan.namespace(node)];
    await run([...ip, "link", "add", MACVLAN, "address", mac, "link", "eth0", "type", "macvlan", "mode", "bridge"]);
    const frr = await Frr.start(lan, node);
    const router = [
      `version ${version}`,
      `priority ${priority}`,
      `advertisement-interval ${interval}`,
      `${six ? "ipv6" : "ip"} ${vip}`,
    ];
    const lines = ["interface eth0", ...router.map((line) => ` vrrp ${vrid} ${line}`)];
    const address = six ? [`${vip}/64`, "nodad"] : [`${vip}/32`];
    return new FrrVrrp(lan, { node, frr, config: frr.configure("vrrpd", lines), address });
  }

  async start(): Promise<void> {
    await this.#link("up");
    const [address = "", ...flags] = this.#address; // of IPv6 a link that went down has none
    await run([...this.#ip(), "address", "replace", address, "dev", MACVLAN, ...flags]);
    this.#startedAt = this.log.mark();
    const child = this.#frr.spawn("vrrpd", ["-f", this.#config, "--log", "stdout"]);
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null)
        createInterface({ input: stream }).on("line", (text) => this.log.push({ at: wallClock(), text }));
    this.#process = child;
    this.#ended = new Promise((resolve) => child.on("exit", resolve));
  }

  /** By SIGTERM. Its macvlan goes down behind it. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Dies without a word, and its macvlan with it: as if the host had. */
  async killAll(): Promise<void> {
    await this.#end("SIGKILL");
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The state last reported since the last start. */
  get state(): Reported | undefined {
    const turns = this.log.entries.slice(this.#startedAt).map(({ text }) => / -> (Master|Backup)$/.exec(text)?.[1]);
    return STATES[turns.findLast((turn) => turn !== undefined) ?? ""];
  }

  async waitForState(state: Reported, wait: Wait = {}): Promise<LogLine> {
    return await this.log.waitFor(
      state,
      ({ text }) => STATES[/ -> (Master|Backup)$/.exec(text)?.[1] ?? ""] === state,
      wait,
    );
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.#process?.kill(signal);
    await this.#ended;
    await this.#link("down");
  }

  async #link(state: "up" | "down"): Promise<void> {
    await run([...this.#ip(), "link", "set", "dev", MACVLAN, state]);
  }

  #ip(): string[] {
    return ["ip", "-n", this.#lan.namespace(this.node)];
  }
}
