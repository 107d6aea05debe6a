import type { ChildProcess } from "node:child_process";
import type { Micros } from "../../src/base/time.ts";
import { decodeFrame, PcapReader } from "../lab/capture.ts";
import type { Lan } from "../lab/lan.ts";

/** What the adverts of some senders on a LAN were like since `reset`, without keeping them. */
export class AdvertWatch {
  readonly #process: ChildProcess;
  readonly #last = new Map<number, Micros>(); // by VRID
  readonly #gaps: Micros[] = [];
  readonly #speakers = new Map<string, number>();
  #resignations = 0;

  private constructor(lan: Lan, senders: readonly string[]) {
    const sent = senders.map((mac) => `ether src ${mac}`).join(" or ");
    const options = ["-n", "-U", "--immediate-mode", "-s", "96", "-B", "32768", "-w", "-"];
    this.#process = lan.spawn("lan", ["tcpdump", "-i", "br0", ...options, `ip proto 112 and (${sent})`]);
    const reader = new PcapReader((at, frame) => this.#heard(at, frame));
    this.#process.stdout?.on("data", (chunk: Uint8Array) => reader.write(chunk));
  }

  /** Listens when the promise is kept. `senders`: MAC addresses. */
  static async start(lan: Lan, senders: readonly string[]): Promise<AdvertWatch> {
    const watch = new AdvertWatch(lan, senders);
    let said = "";
    await new Promise<void>((resolve, reject) => {
      watch.#process.stderr?.on("data", (chunk: Uint8Array) => {
        said += String(chunk);
        if (said.includes("listening on")) resolve();
      });
      watch.#process.on("exit", () => reject(new Error(`tcpdump ended: ${said}`)));
    });
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
    this.#process.removeAllListeners("exit");
    this.#process.kill("SIGTERM");
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
