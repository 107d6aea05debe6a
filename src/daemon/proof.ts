import { readFileSync } from "node:fs";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { HmacConfig } from "../config/model/vrrp.ts";
import { hmacMd5, hmacSha256 } from "../io/keyed-hash.ts";
import type { Log } from "../observe/log.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import { opened, type ProofState, type Seal, type Secrets, sealFor, unproven } from "../vrrp/proof.ts";
import type { Opened, VrrpPacket } from "../vrrp/receive.ts";
import { messageOf } from "../vrrp/transmit.ts";

const HASHES = { md5: hmacMd5, sha256: hmacSha256 };
const NEIGHBOURS = 4; // whose numbers are kept where all listen; of unicast all peers'
const SHORTEST_WINDOW = 5_000_000; // µs
const SHORTEST_KEY = 32; // bytes
const LONGEST_KEY = 64;

type Provable = Pick<VrrpInstanceConfig, "name" | "authentication" | "hmac" | "unicast" | "advertInterval">;

/** What proves the advertisements of an instance: its keys, and the numbers of what was sent and heard. */
export class Proof {
  readonly #log: Log;
  #text = ""; // the configuration that the keys were read by
  #secrets: Secrets = { type: "none" };
  #state: ProofState = unproven(wallClock());

  constructor(log: Log) {
    this.#log = log;
  }

  /** Reads the keys where they are others; the numbers go on. */
  configure(config: Provable): void {
    const text = JSON.stringify([config.authentication, config.hmac, config.unicast, config.advertInterval]);
    if (text === this.#text) return;
    this.#text = text;
    this.#secrets = this.#read(config);
  }

  /** What the next process must know. */
  get state(): ProofState {
    return this.#state;
  }

  /** Goes on where the last process was. */
  adopt(state: ProofState): void {
    this.#state = state;
  }

  /** For the packets of one advertisement. */
  seal(router: VrrpParameters, priority: number): Seal {
    const message = this.#secrets.type === "none" ? new Uint8Array() : messageOf(router, priority);
    const said = { from: router.primaryAddress, message, wallClock: wallClock() };
    const { seal, state } = sealFor(this.#secrets, this.#state, said, HASHES);
    this.#state = state;
    return seal;
  }

  /** Takes the proof off a packet that came in. */
  open(packet: VrrpPacket, isUnicast: boolean): Opened {
    if (this.#secrets.type === "none") return { packet, problem: undefined };
    const how = { wallClock: wallClock(), isUnicast, hashes: HASHES };
    const { state, ...found } = opened(this.#secrets, this.#state, { ...packet, id: packet.id ?? 0 }, how);
    this.#state = state;
    return found;
  }

  #read(config: Provable): Secrets {
    const { authentication, hmac, name: iname } = config;
    if (authentication.type === "ah")
      return { type: "ah", key: new TextEncoder().encode(authentication.password).subarray(0, 8) };
    if (hmac === undefined) return { type: "none" };
    const keys = new Map<number, Uint8Array>();
    for (const { id, key } of hmac.keys) {
      const bytes = keyBytes(key);
      if (typeof bytes === "string") this.#log.error("({iname}) auth_hmac: key {id} {why}", { iname, id, why: bytes });
      else keys.set(id, bytes);
    }
    return { type: "hmac", parameters: { ...modeOf(hmac), keys, ...numbersOf(hmac, config) } };
  }
}

function modeOf({ mode, activeKey, antiReplay }: HmacConfig) {
  return {
    activeKey,
    checksClock: antiReplay === "time",
    acceptsBare: mode !== "enforce",
    sends: mode !== "receive-only",
  };
}

function numbersOf({ timeWindow }: HmacConfig, { unicast, advertInterval }: Provable) {
  const window = timeWindow ?? Math.max(3 * advertInterval, SHORTEST_WINDOW);
  return { window, neighbours: unicast?.peers.length ?? NEIGHBOURS };
}

/** The bytes of `TEXT`, `hex:DIGITS` or `file:PATH`, whose content is one of these; or what is wrong. */
function keyBytes(written: string): Uint8Array | string {
  if (written.startsWith("file:")) {
    const path = written.slice("file:".length);
    try {
      const content = readFileSync(path, "utf8").trim();
      return content.startsWith("file:") ? `in ${path} names another file` : keyBytes(content);
    } catch (error) {
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const hex = written.startsWith("hex:") ? written.slice("hex:".length) : undefined;
  if (hex !== undefined && !/^([\da-f]{2})*$/i.test(hex)) return "has no hexadecimal digits behind `hex:`, two a byte";
  const bytes = hex === undefined ? new TextEncoder().encode(written) : Uint8Array.from(Buffer.from(hex, "hex"));
  const fits = bytes.length >= SHORTEST_KEY && bytes.length <= LONGEST_KEY;
  return fits ? bytes : `has ${bytes.length} bytes, where ${SHORTEST_KEY} to ${LONGEST_KEY} are needed`;
}

/** µs since 1970. */
function wallClock(): number {
  return Date.now() * 1000;
}
