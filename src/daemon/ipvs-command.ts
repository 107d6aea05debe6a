import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { IpAddress } from "../base/ip.ts";
import { renderDaemons, renderTimeouts } from "../command/ipvs/answers.ts";
import { parseConnections, renderConnections } from "../command/ipvs/connections.ts";
import { daemonsJson, tableJson } from "../command/ipvs/json.ts";
import { renderTable } from "../command/ipvs/list.ts";
import type { Change, Plan, Question } from "../command/ipvs/plan.ts";
import { refusalWords } from "../command/ipvs/refusal.ts";
import { restoreLines } from "../command/ipvs/restore.ts";
import { renderSave } from "../command/ipvs/save.ts";
import { errnoText } from "../io/errno.ts";
import { IpvsRows } from "../io/ipvs-rows.ts";
import { KernelError } from "../io/kernel-error.ts";
import { IpvsNames } from "./ipvs-names.ts";
import { requestOf } from "./ipvs-requests.ts";

/** Where a command's words go, and where `-R` reads. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly input: () => Promise<string>;
  readonly terminal: boolean; // standard output is one
}

const CONNECTIONS = "/proc/net/ip_vs_conn";
const REFUSED = 255;
const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** Does what ipvsadm(8) does with these arguments; its exit status. With `--watch` it ends when it is interrupted. */
export async function runIpvs(args: readonly string[], streams: Streams): Promise<number> {
  const program = new Ipvsadm(streams);
  try {
    return await program.run(args);
  } catch (error) {
    if (error instanceof KernelError) {
      streams.error(`${error.message}\n`);
      return REFUSED;
    }
    if (!(error instanceof NoIpvs)) throw error;
    streams.error(`Can't initialize ipvs: ${error.message}\n`);
    streams.error("Are you sure that IP Virtual Server is built in the kernel or as module?\n");
    return 2;
  } finally {
    program.close();
  }
}

/** The kernel has no IPVS, or not for us. */
class NoIpvs extends Error {}

/** What one call of the program keeps: the kernel's table, once it is needed, and the names that were found. */
class Ipvsadm {
  readonly #streams: Streams;
  readonly #names = new IpvsNames();
  #kernel: IpvsRows | undefined;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  async run(args: readonly string[]): Promise<number> {
    const plan = await this.#names.read(args);
    if (plan.type !== "restore") return (await this.#carryOut(plan)).status;
    return await this.#restore(restoreLines(await this.#streams.input()));
  }

  close(): void {
    this.#kernel?.close();
  }

  /** The changes of all lines together, as far as nothing between them wants an answer. */
  async #restore(lines: readonly (readonly string[])[]): Promise<number> {
    let changes: Change[] = [];
    let status = 0;
    const flush = (): void => {
      if (changes.length > 0) status = this.#change(changes);
      changes = [];
    };
    for (const line of lines) {
      const plan = await this.#names.read(line);
      if (plan.type === "change") {
        changes.push(plan.change);
        continue;
      }
      flush();
      const done = await this.#carryOut(plan.type === "restore" ? await this.#names.read(["-"]) : plan);
      if (done.ends) return done.status;
      status = done.status;
    }
    flush();
    return status;
  }

  /** `ends`: nothing behind it is carried out. */
  async #carryOut(plan: Plan): Promise<{ readonly status: number; readonly ends: boolean }> {
    switch (plan.type) {
      case "change":
        return { status: this.#change([plan.change]), ends: false };
      case "ask": {
        const status = await this.#answer(plan);
        return { status, ends: status !== 0 };
      }
      case "save": {
        const services = this.#table().all();
        this.#streams.out(
          renderSave(services, plan.thresholds, await this.#names.labels(plan.numeric, addressesOf(services))),
        );
        return { status: 0, ends: false };
      }
      case "answer":
        this.#streams.out(plan.text);
        return { status: 0, ends: true };
      case "refuse":
        this.#streams.error(plan.text);
        return { status: plan.status, ends: true };
      default:
        return { status: 0, ends: true };
    }
  }

  /** The status of the last change; each refusal is said. */
  #change(changes: readonly Change[]): number {
    const refusals = this.#table().change(changes.map((change) => (to) => requestOf(change, to)));
    for (const [i, refusal] of refusals.entries()) {
      const change = changes[i];
      if (refusal !== undefined && change !== undefined)
        this.#streams.error(`${refusalWords(change.type, refusal.errno, errnoText(refusal.errno))}\n`);
    }
    return refusals.at(-1) === undefined ? 0 : REFUSED;
  }

  async #answer({ question, json, every }: Extract<Plan, { type: "ask" }>): Promise<number> {
    for (;;) {
      const answer = await this.#ask(question, json);
      if ("refused" in answer) {
        this.#streams.error(`${answer.refused}\n`);
        return 1;
      }
      const text = "text" in answer ? answer.text : `${JSON.stringify(answer.json, undefined, every ? 0 : 2)}\n`;
      this.#streams.out(every !== undefined && this.#streams.terminal && !json ? `${CLEAR_SCREEN}${text}` : text);
      if (every === undefined) return 0;
      await pause(every * 1000);
    }
  }

  async #ask(question: Question, json: boolean): Promise<Answer> {
    switch (question.type) {
      case "list":
        return await this.#list(question, json);
      case "connections":
        return await this.#connections(question, json);
      case "timeouts": {
        const timeouts = this.#table().timeouts();
        return json ? { json: timeouts } : { text: renderTimeouts(timeouts) };
      }
      case "daemons": {
        const daemons = this.#table().syncDaemons();
        return json ? { json: daemonsJson(daemons) } : { text: renderDaemons(daemons) };
      }
    }
  }

  async #list({ place, shown }: Extract<Question, { type: "list" }>, json: boolean): Promise<Answer> {
    const kernel = this.#table();
    try {
      const services = place === undefined ? kernel.all() : kernel.one(place);
      if (json) return { json: tableJson(services, shown.sorted) };
      const { version, connectionTableSize: size } = kernel.info;
      const head = place === undefined ? { version, size } : undefined;
      const labels = await this.#names.labels(shown.numeric, addressesOf(services));
      return { text: renderTable({ head, services }, shown, labels) };
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return { refused: refusalWords("list", error.errno, errnoText(error.errno)) };
    }
  }

  async #connections({ numeric, engine }: Extract<Question, { type: "connections" }>, json: boolean): Promise<Answer> {
    this.#table(); // loads the module, which makes the file
    let text: string;
    try {
      text = readFileSync(CONNECTIONS, "utf8");
    } catch {
      return { refused: `cannot open file ${CONNECTIONS}` };
    }
    const connections = parseConnections(text);
    if (json) return { json: connections };
    const ends = connections.flatMap(({ source, virtual, destination }) => [source, virtual, destination]);
    const labels = await this.#names.labels(
      numeric,
      ends.map(({ address }) => address),
    );
    return { text: renderConnections(connections, engine, labels) };
  }

  #table(): IpvsRows {
    try {
      this.#kernel ??= new IpvsRows();
      return this.#kernel;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw new NoIpvs(
        error.code === "ENOENT" ? "Protocol not available" : refusalWords("list", error.errno, errnoText(error.errno)),
      );
    }
  }
}

/** What is shown, or why not. */
type Answer = { readonly text: string } | { readonly json: unknown } | { readonly refused: string };

function addressesOf(services: ReturnType<IpvsRows["all"]>): IpAddress[] {
  return services.flatMap(({ fwmark, address, servers }) => [
    ...(fwmark === 0 ? [address] : []),
    ...servers.map((server) => server.address),
  ]);
}
