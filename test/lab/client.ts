import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Micros } from "../../src/base/time.ts";
import { Journal } from "./journal.ts";
import type { Lan } from "./lan.ts";
import { PROJECT } from "./run.ts";

/** Requests one behind the other, each over a connection of its own: answers, or `refused`, `timeout`, `status N`. */
export async function fetchSeveral(
  lan: Lan,
  node: string,
  url: string,
  times: number,
  limit: Micros,
): Promise<string[]> {
  // BusyBox is linked statically: in the emulated kernel, loading curl's forty libraries takes seconds.
  const request = `busybox timeout ${Math.ceil(limit / 1_000_000)} busybox wget -q -O - ${url} 2>&1; echo "=$?"`;
  const text = await lan.run(node, ["busybox", "sh", "-c", Array(times).fill(request).join("\n")]);
  return [...text.matchAll(/([\s\S]*?)^=(\d+)$/gm)].map(([, said = "", status = ""]) => {
    if (status === "0") return said.trim();
    if (said.includes("refused")) return "refused";
    return status === "143" ? "timeout" : `status ${status}`;
  });
}

/** One request. */
export async function fetchOnce(lan: Lan, node: string, url: string, limit: Micros): Promise<string> {
  const [answer = ""] = await fetchSeveral(lan, node, url, 1, limit);
  return answer;
}

/** How one attempt of the prober went. */
export interface Probe {
  readonly startedAt: Micros; // wall clock
  readonly endedAt: Micros;
  readonly answer: string; //    the real server's name; empty = none came
}

export interface ProberOptions {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly interval: Micros;
  readonly timeout: Micros; // of one attempt
}

/** Asks the VIP again and again over new connections, so that a silence shows. Needs the built `dist/lab`. */
export class Prober {
  readonly probes: Journal<Probe>;
  readonly #process: ChildProcess;

  constructor(lan: Lan, { node, host, port, interval, timeout }: ProberOptions) {
    this.probes = new Journal(`prober on ${lan.namespace(node)}`);
    const agent = join(PROJECT, "dist/lab/client-agent.js");
    if (!existsSync(agent)) throw new Error(`${agent} is missing; run node scripts/build.mjs`);
    const argv = [process.execPath, agent, host, String(port), String(interval / 1000), String(timeout / 1000)];
    this.#process = lan.spawn(node, argv);
    if (this.#process.stdout === null) throw new Error("the prober has no output");
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.probes.push(parseProbe(line)));
  }

  /** The longest time between two answers from `from` to `to`, the edges counting as answers. */
  longestSilence(from: Micros, to: Micros): Micros {
    const answers = this.probes.entries.filter(
      ({ answer, endedAt }) => answer !== "" && endedAt > from && endedAt < to,
    );
    const times = [from, ...answers.map(({ endedAt }) => endedAt).sort((a, b) => a - b), to];
    return Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at)));
  }

  /** How many attempts that ended between `from` and `to` were answered, and how many were not. */
  count(from: Micros, to: Micros): { readonly answered: number; readonly silent: number } {
    const within = this.probes.entries.filter(({ endedAt }) => endedAt > from && endedAt < to);
    const answered = within.filter(({ answer }) => answer !== "").length;
    return { answered, silent: within.length - answered };
  }

  /** No further attempts until `resume()`, so that others' requests come one behind the other. */
  pause(): void {
    this.#process.kill("SIGSTOP");
  }

  resume(): void {
    this.#process.kill("SIGCONT");
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }
}

function parseProbe(line: string): Probe {
  const [startedAt, endedAt, answer] = JSON.parse(line) as [Micros, Micros, string];
  return { startedAt, endedAt, answer };
}
