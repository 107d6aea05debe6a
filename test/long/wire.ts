import type { ChildProcess } from "node:child_process";
import type { Micros } from "../../src/base/time.ts";
import { decodeFrame, PcapReader } from "../lab/capture.ts";
import type { Lan } from "../lab/lan.ts";

/**
 * What the adverts of some nodes were like since `reset`, without keeping them: as they left, for in a flood the LAN of the
 * lab delays what it carries by up to 16 ms.
 */
export class AdvertWatch {
  readonly #processes: readonly ChildProcess[];
  readonly #last = new Map<number, Micros>(); // by VRID
  readonly #gaps: Micros[] = [];
  readonly #speakers = new Map<string, number>();
  #resignations = 0;

  private constructor(lan: Lan, nodes: readonly string[]) {
    this.#processes = nodes.map((node) => {
      const options = ["-n", "-U", "--immediate-mode", "-s", "96", "-B", "32768", "-w", "-"];
      const filter = `ip proto 112 and ether src ${lan.mac(node)}`;
      const tcpdump = lan.spawn(node, ["tcpdump", "-i", "eth0", ...options, filter]);
      const reader = new PcapReader((at, frame) => this.#heard(at, frame));
      tcpdump.stdout?.on("data", (chunk: Uint8Array) => reader.write(chunk));
      return tcpdump;
    });
  }

  /** Listens when the promise is kept. */
  static async start(lan: Lan, nodes: readonly string[]): Promise<AdvertWatch> {
    const watch = new AdvertWatch(lan, nodes);
    await Promise.all(watch.#processes.map(listening));
    return watch;
  }

  /** Forgets everything: what comes from here on is what counts. */
  reset(): void {
    this.#last.clear();
    this.#gaps.length = 0;
    this.#speakers.clear();
    this.#resignations = 0;
  }

  /** Adverts by sender (MAC address), of priority 0 too. */
  get speakers(): ReadonlyMap<string, number> {
    return this.#speakers;
  }

  /** Adverts of priority 0. */
  get resignations(): number {
    return this.#resignations;
  }

  /** How long after its time an advert came, of a thousandth, in ten thousandths: `late(9_990)` is p99.9. */
  late(tenThousandths: number, interval: Micros): Micros {
    const sorted = Float64Array.from(this.#gaps).sort();
    const at = Math.min(sorted.length - 1, Math.floor((sorted.length * tenThousandths) / 10_000));
    return Math.max(0, (sorted[at] ?? Number.NaN) - interval);
  }

  /** In words: p50, p99, p99.9 and the worst, in milliseconds. */
  words(interval: Micros): string {
    const names = [
      ["p50", 5_000],
      ["p99", 9_900],
      ["p99.9", 9_990],
      ["worst", 10_000],
    ] as const;
    const late = names.map(([name, part]) => `${name} ${(this.late(part, interval) / 1000).toFixed(2)} ms`);
    return `${this.#gaps.length} adverts, late by ${late.join(", ")}`;
  }

  close(): void {
    for (const one of this.#processes) {
      one.removeAllListeners("exit");
      one.kill("SIGTERM");
    }
  }

  #heard(at: Micros, frame: DataView): void {
    const heard = decodeFrame(at, frame);
    if (heard?.kind !== "advert") return;
    const { mac, vrid, priority } = heard;
    this.#speakers.set(mac, (this.#speakers.get(mac) ?? 0) + 1);
    if (priority === 0) this.#resignations++;
    const last = this.#last.get(vrid);
    if (last !== undefined) this.#gaps.push(at - last);
    this.#last.set(vrid, at);
  }
}

function listening(tcpdump: ChildProcess): Promise<void> {
  let said = "";
  return new Promise((resolve, reject) => {
    tcpdump.stderr?.on("data", (chunk: Uint8Array) => {
      said += String(chunk);
      if (said.includes("listening on")) resolve();
    });
    tcpdump.on("exit", () => reject(new Error(`tcpdump ended: ${said}`)));
  });
}
