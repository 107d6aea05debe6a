import { type Micros, seconds } from "../../src/base/time.ts";
import { CheckersDaemon } from "../../src/daemon/checkers-daemon.ts";
import { createLog } from "../../src/observe/log.ts";
import type { CheckersReport } from "../../src/observe/report.ts";
import { reading } from "../config/reading.ts";
import { SESSIONS } from "./checkers-arbitrary.ts";
import { World, world } from "./checkers-world.ts";

/** A checkers process, those after it, and its world. */
export class Life {
  readonly world = new World();
  readonly said: string[] = [];
  #text: string;
  #daemon: CheckersDaemon;
  #release = false;

  constructor(text: string, from?: World) {
    this.#text = text;
    if (from !== undefined) copyWorld(from, this.world);
    this.#daemon = this.#start(undefined);
  }

  /** The configuration in force. */
  get text(): string {
    return this.#text;
  }

  /** The kernel's table, in no order. */
  get table(): readonly string[] {
    return this.world.kernel.table
      .map(({ service, destinations }) =>
        JSON.stringify([service, destinations.map((row) => JSON.stringify(row)).sort()]),
      )
      .sort();
  }

  report(): CheckersReport {
    return JSON.parse(JSON.stringify(this.#daemon.report())) as CheckersReport;
  }

  async run(span: Micros): Promise<void> {
    await this.world.servers.run(span);
  }

  write(file: string, number: number): void {
    if (this.world.numbers.get(file) === number) return;
    this.world.numbers.set(file, number);
    this.world.fileTurned(file);
  }

  session(name: string, up: boolean): void {
    this.world.sessions.set(name, up);
    this.#daemon.bfd([{ name, up }]);
  }

  move(name: string, away: boolean): void {
    if (away) this.world.away.add(name);
    else this.world.away.delete(name);
    this.world.addressesTurned();
  }

  /** Of the same configuration, where nothing else is said. The supervisor tells of the sessions, too. */
  reload(text = this.#text): void {
    this.#text = text;
    this.#daemon.reload(configOf(text));
    this.#daemon.bfd(this.#sessions());
  }

  /** The process dies, and another one takes over from what it has reported. */
  async respawn(): Promise<void> {
    const report = this.report();
    await this.#end(false);
    this.#daemon = this.#start(report);
  }

  /** Nobody is away, our own trouble is over, every session is heard of, and nothing happens until every check has come to its verdict. */
  async silence(): Promise<void> {
    for (const [port, manner] of this.world.servers.manners)
      if (manner === "local trouble") this.world.servers.manners.set(port, "up");
    this.world.away.clear();
    this.world.addressesTurned();
    for (const name of SESSIONS) this.session(name, this.world.sessions.get(name) ?? false);
    await this.run(seconds(40));
  }

  async close(): Promise<void> {
    await this.#end(true);
  }

  async #end(release: boolean): Promise<void> {
    this.#release = release;
    await this.#daemon.stop();
    this.#release = false;
  }

  #sessions(): { readonly name: string; readonly up: boolean }[] {
    return [...this.world.sessions].map(([name, up]) => ({ name, up }));
  }

  #start(adopted: CheckersReport | undefined): CheckersDaemon {
    world.current = this.world;
    const isReleased = (): boolean => this.#release;
    return new CheckersDaemon({
      config: configOf(this.#text),
      options: {
        ...{ suffix: "", detail: false, console: false, json: false, syslog: false, umask: undefined },
        releaseVips: true,
        get releaseIpvs() {
          return isReleased();
        },
      },
      adopted,
      bfd: this.#sessions(),
      tellBfd: () => {},
      log: createLog([({ text }) => this.said.push(text)], true),
      late: () => {},
      changed: () => {},
      counted: () => {},
      notify: () => {},
    });
  }
}

const configs = new Map<string, string>();

/** As the process gets it. */
function configOf(text: string): ConstructorParameters<typeof CheckersDaemon>[0]["config"] {
  const known = configs.get(text) ?? JSON.stringify(reading(text).config);
  configs.clear();
  configs.set(text, known);
  return JSON.parse(known);
}

function copyWorld(from: World, to: World): void {
  for (const [port, manner] of from.servers.manners) to.servers.manners.set(port, manner);
  for (const [path, end] of from.servers.scripts) to.servers.scripts.set(path, end);
  for (const [file, number] of from.numbers) to.numbers.set(file, number);
  for (const [name, up] of from.sessions) to.sessions.set(name, up);
}
