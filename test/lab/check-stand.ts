import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { milliseconds } from "../../src/base/time.ts";
import type { CheckEvent } from "./check-event.ts";
import { Journal } from "./journal.ts";
import { Lan } from "./lan.ts";
import { PROJECT, until } from "./run.ts";

/** A director and a machine with real servers, by both families. */
export const DIRECTOR = { v4: "192.0.2.1", v6: "fd00:2::1" };
export const SERVER = { v4: "192.0.2.11", v6: "fd00:2::11", linkLocal: "fe80::ff:fe00:2" };

const PROGRAM = join(PROJECT, "dist/lab/checks.js");

/** Two machines, lb and rs, eth0 each; the checkers of a configuration on lb, servers on rs. */
export class CheckStand {
  readonly lan: Lan;
  readonly events = new Journal<CheckEvent>("checkers");
  readonly heard = new Journal<string>("UDP servers"); // `7 from 192.0.2.1 4000`
  #checks: ChildProcess | undefined; // the last that were started
  #count = 0;
  #named: ChildProcess | undefined;

  private constructor(lan: Lan) {
    this.lan = lan;
  }

  static async open(): Promise<CheckStand> {
    const sysctls = ["all", "default", "eth0"]
      .map((on) => `net.ipv6.conf.${on}.accept_dad=0`)
      .concat("net.ipv6.conf.all.disable_ipv6=0");
    const machine = (name: string, { v4 }: typeof DIRECTOR) => ({
      ...{ name, interface: "eth0", addresses: [`${v4}/24`], sysctls },
    });
    const lan = await Lan.open([machine("lb", DIRECTOR), machine("rs", SERVER)]);
    try {
      for (const [node, { v6 }] of [["lb", DIRECTOR] as const, ["rs", SERVER] as const]) {
        const links = (): Promise<string> => lan.run(node, ["ip", "-o", "link", "show", "dev", "eth0"]);
        await until("links", async () => (await links()).includes(" state UP "), milliseconds(5000));
        await lan.run(node, ["ip", "address", "add", `${v6}/64`, "dev", "eth0", "nodad"]);
      }
      return new CheckStand(lan);
    } catch (error) {
      lan.close();
      throw error;
    }
  }

  /** Starts the UDP servers of test/lab/datagram-servers.ts. */
  async serve(): Promise<void> {
    this.#follow(this.lan.spawn("rs", [process.execPath, PROGRAM, "serve"]), (line) => this.heard.push(line));
    await this.heard.waitFor("ready", (line) => line === "ready");
  }

  /** Starts BIND with a zone of its own; it answers when the promise is kept. */
  async startNamed(zone: { readonly name: string; readonly text: string }): Promise<void> {
    const folder = join(this.lan.folder, "named");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "zone"), zone.text);
    writeFileSync(join(folder, "named.conf"), namedConf(folder, zone.name));
    const said = new Journal<string>("named");
    this.#named = this.lan.spawn("rs", ["named", "-g", "-n", "1", "-c", join(folder, "named.conf")]);
    this.#follow(this.#named, (line) => said.push(line));
    await said.waitFor("running", (line) => / running$/.test(line));
  }

  /** Stops, freezes or wakes BIND. */
  signalNamed(signal: "SIGTERM" | "SIGSTOP" | "SIGCONT"): void {
    this.#named?.kill(signal);
  }

  /** Starts the checkers of a configuration. `known`: the sysctls that those before changed. `within`: what runs them. */
  check(config: string, known: readonly unknown[] = [], within: readonly string[] = []): void {
    const file = join(this.lan.folder, `checks-${this.#count++}.conf`);
    writeFileSync(file, config);
    const program = [process.execPath, PROGRAM, "check", file, JSON.stringify(known)];
    this.#checks = this.lan.spawn("lb", [...within, ...program]);
    this.#follow(this.#checks, (line) => this.events.push(JSON.parse(line) as CheckEvent));
  }

  /** Ends the checkers; resolves when they are gone. */
  async endChecks(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#checks;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  /** A setting of the director. */
  async sysctl(path: string): Promise<string> {
    return (await this.lan.run("lb", ["cat", `/proc/sys/${path}`])).trim();
  }

  close(): void {
    this.lan.close();
  }

  #follow(child: ChildProcess, tell: (line: string) => void): void {
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on("line", tell);
  }
}

function namedConf(folder: string, zone: string): string {
  return `
options {
  directory "${folder}"; key-directory "${folder}"; pid-file none; session-keyfile none;
  listen-on { any; }; listen-on-v6 { any; }; recursion no; dnssec-validation no;
};
controls { };
zone "${zone}" { type primary; file "zone"; dnssec-policy default; inline-signing yes; };
`;
}
