import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { Lan } from "./lan.ts";
import { run, until } from "./run.ts";

const PROGRAMS = "/usr/lib/frr";
/** Whom Debian made for it: it will not run as root. */
const USER = "frr";

/** FRR's bfdd on a node, with the zebra that tells it of interfaces. It ends with the LAN at the latest. */
export class FrrBfd {
  readonly #lan: Lan;
  readonly #node: string;
  readonly #folder: string;
  #bfdd: ChildProcess | undefined;

  private constructor(lan: Lan, node: string, [uid = 0, gid = 0]: readonly number[]) {
    this.#lan = lan;
    this.#node = node;
    this.#folder = join(lan.folder, `frr-${node}`);
    mkdirSync(this.#folder);
    chownSync(this.#folder, uid, gid);
    chmodSync(lan.folder, 0o711);
  }

  /** Starts both; `peers` are lines of the block `bfd`. */
  static async start(lan: Lan, node: string, peers: readonly string[]): Promise<FrrBfd> {
    const frr = new FrrBfd(
      lan,
      node,
      await Promise.all(["-u", "-g"].map(async (id) => Number(await run(["id", id, USER])))),
    );
    frr.#spawn("zebra", ["-f", "/dev/null"]);
    await until("zebra", async () => (await frr.#vtysh("zebra", ["show version"])) !== "", seconds(20));
    frr.#bfdd = frr.#spawn("bfdd", ["-f", frr.#configure(peers), "--bfdctl", join(frr.#folder, "bfdd.sock")]);
    await until("bfdd", async () => (await frr.show()).length > 0, seconds(20));
    return frr;
  }

  /** What `show bfd peers json` says of each. */
  async show(): Promise<readonly FrrPeer[]> {
    const text = await this.#vtysh("bfdd", ["show bfd peers json"]);
    return text === "" ? [] : (JSON.parse(text) as FrrPeer[]);
  }

  /** How often each session went down since it was configured. */
  async downs(): Promise<readonly number[]> {
    const counters = JSON.parse(await this.#vtysh("bfdd", ["show bfd peers counters json"])) as FrrCounters[];
    return counters.map((one) => one["session-down"]);
  }

  async waitFor(what: string, holds: (peer: FrrPeer) => boolean): Promise<void> {
    const seen = async (): Promise<boolean> => (await this.show()).some(holds);
    await until(`FRR: ${what}`, seen, seconds(20), milliseconds(50));
  }

  /** Commands within `bfd`, `peer`. */
  async configure(peer: string, command: string): Promise<void> {
    await this.#vtysh("bfdd", ["configure terminal", "bfd", peer, command]);
  }

  /** Dies without a word. */
  kill(): void {
    this.#bfdd?.kill("SIGKILL");
  }

  #configure(peers: readonly string[]): string {
    const file = join(this.#folder, "bfdd.conf");
    writeFileSync(file, ["bfd", ...peers, ""].join("\n"), { mode: 0o644 });
    return file;
  }

  #spawn(program: "zebra" | "bfdd", more: readonly string[]): ChildProcess {
    const places = ["-z", join(this.#folder, "zserv"), "-i", join(this.#folder, `${program}.pid`)];
    const argv = [join(PROGRAMS, program), ...places, "--vty_socket", this.#folder, "-u", USER, "-g", USER, ...more];
    const child = this.#lan.spawn(this.#node, argv);
    for (const stream of [child.stdout, child.stderr]) stream?.resume();
    return child;
  }

  /** The answer; empty where nobody gave one. */
  async #vtysh(daemon: string, commands: readonly string[]): Promise<string> {
    const asked = commands.flatMap((command) => ["-c", command]);
    const argv = ["vtysh", "--vty_socket", this.#folder, "-d", daemon, ...asked];
    const { status, stdout } = await this.#lan.attempt(this.#node, argv);
    return status === 0 ? stdout.trim() : "";
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
