import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { Lan } from "./lan.ts";
import { run, until } from "./run.ts";

const PROGRAMS = "/usr/lib/frr";
/** Whom Debian made for it: it will not run as root. */
const USER = "frr";

/** FRR on a node: its zebra, which tells the others of interfaces, and what is started beside it. It ends with the LAN at the latest. */
export class Frr {
  readonly folder: string;
  readonly #lan: Lan;
  readonly #node: string;

  private constructor(lan: Lan, node: string, [uid = 0, gid = 0]: readonly number[]) {
    this.#lan = lan;
    this.#node = node;
    this.folder = join(lan.folder, `frr-${node}`);
    mkdirSync(this.folder);
    chownSync(this.folder, uid, gid);
    chmodSync(lan.folder, 0o711);
  }

  /** Resolves when zebra answers. */
  static async start(lan: Lan, node: string): Promise<Frr> {
    const owner = await Promise.all(["-u", "-g"].map(async (id) => Number(await run(["id", id, USER]))));
    const frr = new Frr(lan, node, owner);
    for (const stream of outputs(frr.spawn("zebra", ["-f", "/dev/null"]))) stream.resume();
    await until("zebra", async () => (await frr.vtysh("zebra", ["show version"])) !== "", seconds(20));
    return frr;
  }

  /** Writes the configuration of a daemon; the path. */
  configure(daemon: string, lines: readonly string[]): string {
    const file = join(this.folder, `${daemon}.conf`);
    writeFileSync(file, [...lines, ""].join("\n"), { mode: 0o644 });
    return file;
  }

  /** Starts a daemon; its output is to be read. */
  spawn(program: "zebra" | "bfdd" | "vrrpd", more: readonly string[]): ChildProcess {
    const places = ["-z", join(this.folder, "zserv"), "-i", join(this.folder, `${program}.pid`)];
    const argv = [join(PROGRAMS, program), ...places, "--vty_socket", this.folder, "-u", USER, "-g", USER, ...more];
    return this.#lan.spawn(this.#node, argv);
  }

  /** The answer; empty where nobody gave one. */
  async vtysh(daemon: string, commands: readonly string[]): Promise<string> {
    const asked = commands.flatMap((command) => ["-c", command]);
    const argv = ["vtysh", "--vty_socket", this.folder, "-d", daemon, ...asked];
    const { status, stdout } = await this.#lan.attempt(this.#node, argv);
    return status === 0 ? stdout.trim() : "";
  }
}

function outputs({ stdout, stderr }: ChildProcess): Readable[] {
  return [stdout, stderr].filter((stream) => stream !== null);
}

/** FRR's bfdd on a node. */
export class FrrBfd {
  readonly #frr: Frr;
  readonly #bfdd: ChildProcess;

  private constructor(frr: Frr, bfdd: ChildProcess) {
    this.#frr = frr;
    this.#bfdd = bfdd;
  }

  /** `peers` are lines of the block `bfd`. */
  static async start(lan: Lan, node: string, peers: readonly string[]): Promise<FrrBfd> {
    const frr = await Frr.start(lan, node);
    const config = frr.configure("bfdd", ["bfd", ...peers]);
    const bfdd = frr.spawn("bfdd", ["-f", config, "--bfdctl", join(frr.folder, "bfdd.sock")]);
    for (const stream of outputs(bfdd)) stream.resume();
    const started = new FrrBfd(frr, bfdd);
    await until("bfdd", async () => (await started.show()).length > 0, seconds(20));
    return started;
  }

  /** What `show bfd peers json` says of each. */
  async show(): Promise<readonly FrrPeer[]> {
    const text = await this.#frr.vtysh("bfdd", ["show bfd peers json"]);
    return text === "" ? [] : (JSON.parse(text) as FrrPeer[]);
  }

  /** How often each session went down since it was configured. */
  async downs(): Promise<readonly number[]> {
    const counters = JSON.parse(await this.#frr.vtysh("bfdd", ["show bfd peers counters json"])) as FrrCounters[];
    return counters.map((one) => one["session-down"]);
  }

  async waitFor(what: string, holds: (peer: FrrPeer) => boolean): Promise<void> {
    const seen = async (): Promise<boolean> => (await this.show()).some(holds);
    await until(`FRR: ${what}`, seen, seconds(20), milliseconds(50));
  }

  /** Commands within `bfd`, `peer`. */
  async configure(peer: string, command: string): Promise<void> {
    await this.#frr.vtysh("bfdd", ["configure terminal", "bfd", peer, command]);
  }

  /** Dies without a word. */
  kill(): void {
    this.#bfdd.kill("SIGKILL");
  }
}

/** Some of what FRR says of a session. */
export interface FrrPeer {
  readonly peer: string;
  readonly status: "up" | "down" | "init" | "shutdown";
  readonly diagnostic: string;
  readonly "remote-diagnostic": string;
  readonly multihop: boolean;
  readonly "remote-receive-interval": number; // milliseconds
  readonly "remote-detect-multiplier": number;
}

interface FrrCounters {
  readonly "session-down": number;
}
