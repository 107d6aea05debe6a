import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Micros } from "../../src/base/time.ts";
import { decodeFrame } from "./capture.ts";
import { run } from "./run.ts";

const BAD = "_ws.malformed or _ws.expert.severity >= 0x600000"; // a warning, or worse
const MOST = 3_000; // adverts of a cell that are looked at

/** The adverts of many captures, judged by one tshark, as each start of it costs a second. */
export class Verdict {
  readonly #frames: { readonly cell: string; readonly at: Micros; readonly bytes: Uint8Array }[] = [];
  readonly #counts = new Map<string, number>();

  /** Takes an ethernet frame down if it is an advert. */
  add(cell: string, at: Micros, frame: Uint8Array): void {
    const count = this.#counts.get(cell) ?? 0;
    if (count === MOST || decodeFrame(at, viewOf(frame))?.kind !== "advert") return;
    this.#counts.set(cell, count + 1);
    this.#frames.push({ cell, at, bytes: frame.slice() });
  }

  /** An advert with a wrong checksum, so that a judge who finds nothing is found out. */
  addBroken(cell: string): void {
    const ip = "45c0002800010000ff70d0880a090001e0000012"; // with 705d for beef it is in order
    const hex = `01005e0000120200000000010800${ip}213364010001beef0a090064${"00".repeat(8)}`;
    this.#frames.push({ cell, at: 0, bytes: Buffer.from(hex, "hex") });
  }

  /** Those of whom an advert was taken down. */
  get cells(): readonly string[] {
    return [...this.#counts.keys()];
  }

  /** What is wrong, with the name of the cell before it. */
  async findings(): Promise<readonly string[]> {
    const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-verdict-"));
    try {
      const file = join(folder, "adverts.pcap");
      writeFileSync(file, Buffer.concat([fileHeader(), ...this.#frames.flatMap(record)]));
      const fields = ["-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message"];
      const text = await run(["tshark", "-n", "-r", file, "-Y", BAD, "-o", "ip.check_checksum:TRUE", ...fields]);
      const lines = text.split("\n").filter((line) => line !== "");
      return lines.map((line) => {
        const [number, message] = line.split("\t");
        return `${this.#frames[Number(number) - 1]?.cell}: ${message}`;
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

const ETHERNET = 1;

/** Of a pcap file: microseconds, this machine's byte order. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(ETHERNET, 20);
  return header;
}

function record({ at, bytes }: { readonly at: Micros; readonly bytes: Uint8Array }): Uint8Array[] {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(at / 1_000_000), 0);
  header.writeUInt32LE(at % 1_000_000, 4);
  header.writeUInt32LE(bytes.length, 8);
  header.writeUInt32LE(bytes.length, 12);
  return [header, bytes];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
