import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Micros, milliseconds } from "../../src/base/time.ts";
import { Journal } from "./journal.ts";
import type { Lan } from "./lan.ts";
import { PROJECT } from "./run.ts";

/** Where to connect to, from where, and how. */
export interface Connecting {
  readonly vip: string; //                 port 80
  readonly sources: readonly string[]; //  a connection from each, in this order
  readonly atOnce?: number; //             32
  readonly limit?: Micros; //              for each of them, 30 s
}

/** One of many, of a flow that went on. */
export interface Attempt {
  readonly startedAt: Micros; // wall clock, to the millisecond
  readonly endedAt: Micros;
  readonly answer: string; //    as in `ask`
}

/** A running connections.c: the servers of several nodes, or the clients of one. It ends with this process. */
export class Connections {
  readonly #process: ChildProcess;
  readonly #lines: Journal<string>;

  private constructor(words: readonly string[]) {
    this.#lines = new Journal(words.join(" "));
    const program = join(PROJECT, "dist/lab/connections");
    this.#process = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#process.stdout === null) throw new Error("no output");
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#lines.push(line));
    this.#process.on("exit", (status) => {
      if (status !== 0) this.#lines.push("");
    });
  }

  /** Servers on these nodes: port 80 says the node's name, port 81 is there while it is well. */
  static async serve(lan: Lan, nodes: readonly string[]): Promise<Connections> {
    return await Connections.#ready(["serve", ...nodes.map((node) => `${lan.namespace(node)}=${node}`)]);
  }

  /** Clients on a node. */
  static async from(lan: Lan, node: string): Promise<Connections> {
    return await Connections.#ready(["ask", lan.namespace(node)]);
  }

  static async #ready(words: readonly string[]): Promise<Connections> {
    const connections = new Connections(words);
    const line = await connections.#lines.waitFor("ready", () => true);
    if (line !== "ready") throw new Error(`connections ${words.join(" ")} ended`);
    return connections;
  }

  /** Closes or opens port 81 of a node. */
  async health(node: string, state: "sick" | "well"): Promise<void> {
    await this.#command(`${state} ${node}`);
  }

  /** One connection from each source: the servers' names in that order; `!connect`, `!read`, `!time` for what failed. */
  async ask(connecting: Connecting): Promise<readonly string[]> {
    return (await this.#command(`ask ${words(connecting)}`)).split(" ");
  }

  /** The same, and they stay open. */
  async hold(connecting: Connecting): Promise<readonly string[]> {
    return (await this.#command(`hold ${words(connecting)}`)).split(" ");
  }

  /** A line over each of those that are held, in the order of their beginning. */
  async touch(limit: Micros): Promise<readonly string[]> {
    return (await this.#command(`touch ${limit / 1000}`)).split(" ");
  }

  /** Closes those that are held. */
  async release(): Promise<void> {
    await this.#command("release");
  }

  /** Connects again and again until `still`. */
  flow(connecting: Connecting): void {
    this.#write(`flow ${words(connecting)}`);
  }

  /** Ends it when those under way have ended: all of them. */
  async still(): Promise<readonly Attempt[]> {
    const text = await this.#command("still");
    return text.split(" ").map((one) => {
      const [startedAt, endedAt, answer = ""] = one.split(",");
      return { startedAt: milliseconds(Number(startedAt)), endedAt: milliseconds(Number(endedAt)), answer };
    });
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }

  async #command(line: string): Promise<string> {
    const from = this.#lines.mark();
    this.#write(line);
    return await this.#lines.waitFor(line.slice(0, 60), () => true, { from, within: milliseconds(300_000) });
  }

  #write(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }
}

function words({ vip, sources, atOnce = 32, limit = milliseconds(30_000) }: Connecting): string {
  return [vip, 80, atOnce, limit / 1000, ...sources].join(" ");
}
