import type { ChildProcess } from "node:child_process";
import type { Micros } from "../../src/base/time.ts";
import { Journal } from "./journal.ts";
import type { Lan } from "./lan.ts";

/** What the LAN heard. Decoded by plain offsets on purpose: the lab must not trust the codecs that it tests. */
export type Heard =
  | {
      readonly kind: "advert";
      readonly at: Micros; //     wall clock, by the kernel
      readonly mac: string; //    sender
      readonly from: string; //   source; of IPv6 all eight groups, without leading zeros
      readonly to: string;
      readonly vrid: number;
      readonly priority: number;
    }
  | { readonly kind: "na"; readonly at: Micros; readonly mac: string; readonly address: string } // unsolicited
  | { readonly kind: "garp"; readonly at: Micros; readonly mac: string; readonly address: string };

/** tcpdump on the bridge, read as it happens. */
export class Capture {
  readonly heard: Journal<Heard>;
  readonly #process: ChildProcess;

  private constructor(lan: Lan) {
    this.heard = new Journal(`capture on ${lan.namespace("lan")}`);
    const filter = "ip proto 112 or ip proto 51 or arp or ip6 proto 112 or icmp6";
    // With the default of 256 KiB a packet the ring holds eight, and a burst of announcements is lost.
    const room = ["-s", "256", "-B", "8192"];
    this.#process = lan.spawn("lan", [
      "tcpdump",
      "-i",
      "br0",
      "-n",
      "-U",
      "--immediate-mode",
      ...room,
      "-w",
      "-",
      filter,
    ]);
  }

  /** Listens when the promise is kept. `onFrame` is given each frame too; it is valid until it returns. */
  static async start(lan: Lan, onFrame?: (at: Micros, frame: Uint8Array) => void): Promise<Capture> {
    const capture = new Capture(lan);
    const { stdout, stderr } = capture.#process;
    if (stdout === null || stderr === null) throw new Error("tcpdump has no output");
    const reader = new PcapReader((at, frame) => {
      const heard = decodeFrame(at, frame);
      if (heard !== undefined) capture.heard.push(heard);
      onFrame?.(at, new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
    });
    stdout.on("data", (chunk: Uint8Array) => reader.write(chunk));
    let said = "";
    await new Promise<void>((resolve, reject) => {
      stderr.on("data", (chunk: Uint8Array) => {
        said += String(chunk);
        if (said.includes("listening on")) resolve();
      });
      capture.#process.on("exit", () => reject(new Error(`tcpdump ended: ${said.trim()}`)));
    });
    return capture;
  }

  /** Every advert of a sender, in order, from the index `from` of `heard` on. */
  adverts(mac: string, from = 0): Extract<Heard, { kind: "advert" }>[] {
    return this.heard.entries
      .slice(from)
      .filter((entry) => entry.kind === "advert")
      .filter((entry) => entry.mac === mac);
  }

  close(): void {
    this.#process.kill("SIGTERM");
  }
}

const GLOBAL_HEADER = 24;
const RECORD_HEADER = 16;

/** Cuts a pcap stream (microseconds, this machine's byte order) into frames. */
export class PcapReader {
  readonly #onFrame: (at: Micros, frame: DataView) => void;
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(onFrame: (at: Micros, frame: DataView) => void) {
    this.#onFrame = onFrame;
  }

  write(chunk: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (!this.#started) {
      if (this.#rest.length < GLOBAL_HEADER) return;
      if (this.#rest.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error("not a pcap stream of microseconds");
      this.#started = true;
      this.#rest = this.#rest.subarray(GLOBAL_HEADER);
    }
    while (this.#rest.length >= RECORD_HEADER) {
      const length = this.#rest.readUInt32LE(8);
      if (this.#rest.length < RECORD_HEADER + length) return;
      const at = this.#rest.readUInt32LE(0) * 1_000_000 + this.#rest.readUInt32LE(4);
      const frame = this.#rest.subarray(RECORD_HEADER, RECORD_HEADER + length);
      this.#onFrame(at, new DataView(frame.buffer, frame.byteOffset, frame.byteLength));
      this.#rest = this.#rest.subarray(RECORD_HEADER + length);
    }
  }
}

/** An advert, a gratuitous ARP, an unsolicited neighbour advertisement, or none of them. */
export function decodeFrame(at: Micros, frame: DataView): Heard | undefined {
  if (frame.byteLength < 34) return undefined;
  const mac = bytes(frame, 6, 6)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
  const address = (offset: number): string => bytes(frame, offset, 4).join(".");
  const type = frame.getUint16(12);
  if (type === 0x0806 && frame.byteLength >= 42) {
    return address(28) === address(38) ? { kind: "garp", at, mac, address: address(28) } : undefined;
  }
  if (type === 0x86dd && frame.byteLength >= 62) return decodeIpv6(at, mac, frame);
  const header = 4 * (frame.getUint8(14) & 15);
  const behindAh = frame.getUint8(23) === 51 ? 24 : 0;
  const vrrp = 14 + header + behindAh;
  if (type !== 0x0800 || frame.byteLength < vrrp + 8) return undefined;
  if ((behindAh > 0 ? frame.getUint8(14 + header) : frame.getUint8(23)) !== 112) return undefined;
  return {
    kind: "advert",
    at,
    mac,
    from: address(26),
    to: address(30),
    vrid: frame.getUint8(vrrp + 1),
    priority: frame.getUint8(vrrp + 2),
  };
}

function decodeIpv6(at: Micros, mac: string, frame: DataView): Heard | undefined {
  const address = (offset: number): string =>
    [0, 2, 4, 6, 8, 10, 12, 14].map((group) => frame.getUint16(offset + group).toString(16)).join(":");
  const [protocol, message] = [frame.getUint8(20), 54];
  const [vrid, priority] = [frame.getUint8(message + 1), frame.getUint8(message + 2)];
  if (protocol === 112) return { kind: "advert", at, mac, from: address(22), to: address(38), vrid, priority };
  const isAdvertisement = protocol === 58 && frame.getUint8(message) === 136 && frame.byteLength >= message + 24;
  const solicited = isAdvertisement && (frame.getUint8(message + 4) & 0x40) !== 0;
  return isAdvertisement && !solicited ? { kind: "na", at, mac, address: address(message + 8) } : undefined;
}

function bytes(frame: DataView, offset: number, length: number): number[] {
  return [...new Uint8Array(frame.buffer, frame.byteOffset + offset, length)];
}
