import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Micros } from "../../../src/base/time.ts";
import { Director, type Implementation } from "../daemon.ts";
import { standInForIpvs } from "../ipvs-stand-in.ts";
import type { Lan } from "../lan.ts";

/** IPVS_CMD_*, linux/ip_vs.h. */
export const IPVS = { newService: 1, newDestination: 5, setDestination: 6, deleteDestination: 7 } as const;
const COMMANDS = 32;
/** Those that change the table. */
const CHANGES = [1, 2, 3, 5, 6, 7, 17];

/** What was sent of one command, and when: CLOCK_MONOTONIC. */
export interface Sent {
  readonly count: number;
  readonly first: Micros;
  readonly last: Micros;
}

/** Processor time so far, seconds, and resident memory, bytes. */
export interface Usage {
  readonly processor: number;
  readonly resident: number;
}

/** A director whose IPVS commands are counted by test/lab/ipvs-stand-in.c. */
export class CountedDirector {
  readonly director: Director;
  readonly #counts: string;
  readonly #config: string;
  #startedAt: Micros = 0;

  constructor(lan: Lan, node: string, implementation: Implementation, options: readonly string[]) {
    this.#counts = join(lan.folder, `${node}-commands`);
    this.#config = join(lan.folder, `${node}.conf`);
    const environment = { ...standInForIpvs(lan.folder), IPVS_STAND_IN: this.#counts };
    this.director = new Director(lan, {
      node,
      implementation,
      config: this.#config,
      options,
      environment,
      quiet: true,
    });
  }

  get startedAt(): Micros {
    return this.#startedAt;
  }

  start(text: string): void {
    const file = openSync(this.#counts, "w+");
    ftruncateSync(file, COMMANDS * 24);
    closeSync(file);
    this.write(text);
    this.#startedAt = monotonic();
    this.director.start();
  }

  write(text: string): void {
    writeFileSync(this.#config, text);
  }

  sent(command: number): Sent {
    const all = readFileSync(this.#counts);
    const [count, first, last] = [0, 8, 16].map((at) => Number(all.readBigUInt64LE(24 * command + at)));
    return { count: count ?? 0, first: (first ?? 0) / 1000, last: (last ?? 0) / 1000 };
  }

  /** Commands so far that change the table. */
  changes(): number {
    return CHANGES.reduce((sum, command) => sum + this.sent(command).count, 0);
  }

  /** Until so many of a command were sent; rejects after `within` seconds. */
  async until(command: number, count: number, within: number): Promise<Sent> {
    for (const end = monotonic() + within * 1_000_000; monotonic() < end; await sleep(20)) {
      const sent = this.sent(command);
      if (sent.count >= count) return sent;
    }
    throw new Error(`${this.director.implementation}: ${this.sent(command).count} of ${count} after ${within} s`);
  }

  /** Until its checkers have had less than a tenth of a processor for half a second. */
  async calm(within: number): Promise<void> {
    let before = this.usage().processor;
    for (let i = 0; i < 2 * within; i++) {
      await sleep(500);
      const now = this.usage().processor;
      if (now - before < 0.05) return;
      before = now;
    }
  }

  /** Of the checkers process. */
  usage(): Usage {
    const pid = this.director.childPid("checkers");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    const resident = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return { processor: (user + system) / 100, resident: 1024 * resident };
  }
}

/** CLOCK_MONOTONIC. */
export function monotonic(): Micros {
  return Number(process.hrtime.bigint() / 1000n);
}
