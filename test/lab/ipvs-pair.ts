import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds, toSeconds } from "../../src/base/time.ts";
import { type Director, startDirector } from "./daemon.ts";
import type { Step } from "./ipvs-record.ts";
import type { Lan } from "./lan.ts";
import { until, wallClock } from "./run.ts";
import { ipvsTable } from "./tables.ts";

/** A director of the pair, by its node. */
export type Side = "ours" | "kpd";
/** Both. */
export const SIDES: readonly Side[] = ["ours", "kpd"];

/** What a service's servers should be: `10.88.0.11 1` is host and weight. */
export type Expected = Readonly<Record<string, readonly string[]>>;

/** Both implementations, given the same at the same time. */
export class Pair {
  readonly lan: Lan;
  readonly agent: ChildProcess;
  readonly #steps: Record<string, Step>;
  readonly #directors = new Map<Side, Director>();
  readonly #marks = new Map<Side, number>();

  constructor(lan: Lan, steps: Record<string, Step>) {
    this.lan = lan;
    this.#steps = steps;
    const self = [process.execPath, process.argv[1] ?? "", "agent"];
    this.agent = spawn("ip", ["netns", "exec", lan.namespace("rs"), ...self], { stdio: ["pipe", "pipe", "inherit"] });
  }

  start(configuration: string): void {
    this.write(configuration);
    const started = SIDES.map((node) => {
      const implementation = node === "ours" ? "ours" : "keepalived";
      const known = this.#directors.get(node);
      known?.start();
      return known ?? startDirector(this.lan, { node, implementation, config: this.#config(node), options: ["-C"] });
    });
    for (const [i, node] of SIDES.entries()) {
      const director = started[i];
      if (director !== undefined) this.#directors.set(node, director);
    }
  }

  write(configuration: string): void {
    for (const node of SIDES) writeFileSync(this.#config(node), configuration);
  }

  async reload(configuration: string): Promise<void> {
    this.write(configuration);
    const done = SIDES.map(async (side) => {
      const from = this.director(side).log.mark();
      this.director(side).reload();
      await this.director(side).waitForLog(/Reload complete/, { from, within: seconds(10) });
    });
    await Promise.all(done);
  }

  director(side: Side): Director {
    const director = this.#directors.get(side);
    if (director === undefined) throw new Error(`${side} was never started`);
    return director;
  }

  async stop(): Promise<void> {
    await Promise.all(SIDES.map((side) => this.director(side).stop()));
  }

  /** Opens or closes ports of the checked machine. */
  async ports(command: "open" | "close", ...ports: readonly number[]): Promise<void> {
    const { stdin, stdout } = this.agent;
    if (stdin === null || stdout === null) throw new Error("no agent");
    const lines = createInterface({ input: stdout });
    const done = new Promise((resolve) => lines.once("line", resolve));
    stdin.write(`${command} ${ports.join(" ")}\n`);
    await done;
    lines.close();
  }

  /** ipvsadm with these rules on both sides. */
  async byHand(rules: readonly string[], sides: readonly Side[] = SIDES): Promise<void> {
    for (const side of sides) for (const rule of rules) await this.lan.run(side, ["ipvsadm", ...rule.split(" ")]);
  }

  /**
   * Waits until both tables hold what is expected, for `rest` longer, and until one has said what the other has said;
   * then writes them down.
   */
  async step(name: string, expected: Expected, { within = seconds(60), rest = 300 } = {}): Promise<void> {
    const from = wallClock();
    const holds = async (): Promise<boolean> => {
      const both = await Promise.all(SIDES.map((side) => ipvsTable(this.lan, side)));
      return both.every((table) => Object.entries(expected).every(([at, want]) => servers(table, at) === join_(want)));
    };
    const reached = await until(name, holds, within).then(
      () => true,
      () => false,
    );
    await sleep(rest);
    const agree = async (): Promise<boolean> =>
      phrases(this.#said("ours")).join("\n") === phrases(this.#said("kpd")).join("\n");
    await until("the same words", agree, seconds(3)).catch(() => {}); // compared by the reader
    const [ours, keepalived] = [this.#said("ours"), this.#said("kpd")];
    for (const side of SIDES) this.#marks.set(side, this.director(side).log.mark());
    this.#steps[name] = {
      reached,
      ours: await whole(this.lan, "ours"),
      keepalived: await whole(this.lan, "kpd"),
      changes: ours.flatMap((text) => (text.startsWith("IPVS: ") ? [text.slice("IPVS: ".length)] : [])),
      said: { ours: phrases(ours), keepalived: phrases(keepalived) },
      took: toSeconds(wallClock() - from),
    };
    console.log(`${name}: ${reached ? "reached" : "NOT reached"} after ${toSeconds(wallClock() - from).toFixed(1)} s`);
  }

  /** What our daemon should never have said. */
  complaints(): string[] {
    const texts = this.director("ours").log.entries.map(({ text }) => text);
    const once = texts.findIndex((text) => text.includes("died: Respawning")); // the one that we killed
    return texts.filter((text, i) => i !== once && /internal error|died|ERR_|TypeError/.test(text));
  }

  /** What our daemon said of requests that the kernel refused. */
  refusals(): string[] {
    const texts = this.director("ours").log.entries.map(({ text }) => text);
    return texts.flatMap((text) => /(new|set|delete) (service|destination) .*: IPVS: E.*/.exec(text)?.[0] ?? []);
  }

  /** Since the last step. */
  #said(side: Side): string[] {
    const { log } = this.director(side);
    return log.entries
      .slice(this.#marks.get(side) ?? 0)
      .map(({ text }) => text.replace(/^\w+ \w+ [ \d]\d [\d:]+ \d+: /, ""));
  }

  #config(side: Side): string {
    return join(this.lan.folder, `${side}.conf`);
  }
}

const PHRASE =
  /^(Adding|Removing|Enabling|Disabling|Gained|Lost|Starting with quorum|Changing weight|service .* no longer|TCP_CHECK on|TCP connection to|Shutting down)/;

function phrases(texts: readonly string[]): string[] {
  return texts.filter((text) => PHRASE.test(text)).sort();
}

const join_ = (servers: readonly string[]): string => [...servers].sort().join(", ");

/** `ipvsadm -Sn`, and behind it the thresholds, which that leaves out: `10.78.1.6:80 10.88.0.51:80 50 20`. */
async function whole(lan: Lan, side: Side): Promise<string[]> {
  const found: string[] = [];
  let service = "";
  for (const line of (await lan.run(side, ["ipvsadm", "-Ln", "--thresholds"])).split("\n")) {
    const [first = "", second = "", upper = "0", lower = "0"] = line.trim().split(/\s+/);
    if (first !== "->") service = second;
    else if (/^\d+$/.test(upper) && upper + lower !== "00") found.push(`${service} ${second} ${upper} ${lower}`);
  }
  return [...(await ipvsTable(lan, side)), ...found.sort()];
}

/** `10.88.0.11 1, 10.88.0.12 0`: hosts and weights of a TCP service. */
function servers(table: readonly string[], at: string): string {
  return join_(
    table.flatMap((line) => {
      const [, host, weight] = line.startsWith(`-a -t ${at} `) ? (/ -r ([\d.]+):\d+ .*-w (\d+)/.exec(line) ?? []) : [];
      return host === undefined ? [] : [`${host} ${weight}`];
    }),
  );
}
