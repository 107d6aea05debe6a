import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "../../src/base/time.ts";
import { Journal } from "./journal.ts";
import { until } from "./run.ts";
import { read, type Stand } from "./stand.ts";

const AGENT = "127.0.0.1:1161";
const MANAGER = "127.0.0.1:1162";

/** What is asked of a stand. */
type Lans = Pick<Stand, "lan">;

/** Seconds that the master has for an answer: the emulated kernel is slow. */
const PATIENCE = process.env["KEEPALIVED_TS_VM"] === "1" ? "20" : "1";

/** Debian's snmpd on a node: an AgentX master, and who asks it. */
export class SnmpMaster {
  readonly socket: string; // as in `snmp_socket`
  readonly #stand: Lans;
  readonly #node: string;
  #process: ChildProcess | undefined;

  constructor(stand: Lans, node: string, socket = `unix:${join(stand.lan.folder, `${node}.agentx`)}`) {
    this.#stand = stand;
    this.#node = node;
    this.socket = socket;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const file = join(this.#stand.lan.folder, `${this.#node}.snmpd`);
    const lines = ["master agentx", `agentXSocket ${this.socket}`, "rwcommunity public", `agentaddress udp:${AGENT}`];
    writeFileSync(file, [...lines, `trap2sink ${MANAGER} public`, ""].join("\n"));
    const environment = ["env", `SNMP_PERSISTENT_DIR=${this.#stand.lan.folder}`, "MIBS="];
    const argv = [...environment, "snmpd", "-f", "-Lo", "-C", "-c", file, "-I", "system_mib,agentx"];
    this.#process = this.#stand.lan.spawn(this.#node, argv);
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.resume();
    await until("snmpd", async () => (await this.#ask("snmpget", "1.3.6.1.2.1.1.3.0")).length > 0, seconds(20));
  }

  /** At once, as by a crash. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once("exit", resolve));
    this.#process?.kill("SIGKILL");
    await ended;
  }

  /** Everything below an object: `1.3.6.1.2.1.68.1.1.0 = INTEGER: 2`. */
  async walk(oid: string): Promise<string[]> {
    return (await this.#ask("snmpbulkwalk", oid)).filter((line) => !/No (Such|more)/.test(line));
  }

  /** What it answers to an attempt to set an object. */
  async set(oid: string, type: string, value: string): Promise<string> {
    return (await this.#ask("snmpset", oid, type, value)).join("\n");
  }

  async #ask(program: string, ...words: readonly string[]): Promise<string[]> {
    const argv = [program, "-v2c", "-c", "public", "-t", PATIENCE, "-r", "2", "-On", "-Oe", "-m", "", AGENT, ...words];
    const { stdout, stderr } = await this.#stand.lan.attempt(this.#node, argv);
    return `${stdout}${stderr}`
      .split("\n")
      .flatMap((line) => (line.trim() === "" ? [] : [line.replace(/^\./, "").trimEnd()]));
  }
}

/** Debian's snmptrapd on a node; each trap without its time: `OID = VALUE, OID = VALUE`. */
export async function traps(stand: Lans, node: string): Promise<Journal<string>> {
  const file = join(stand.lan.folder, `${node}.snmptrapd`);
  writeFileSync(file, "disableAuthorization yes\n");
  const journal = new Journal<string>(`snmptrapd on ${stand.lan.namespace(node)}`);
  const environment = ["env", `SNMP_PERSISTENT_DIR=${stand.lan.folder}`, "MIBS="];
  const argv = [...environment, "snmptrapd", "-f", "-Lo", "-On", "-Oe", "-n", "-C", "-c", file, `udp:${MANAGER}`];
  let ready = false;
  read(stand.lan.spawn(node, argv), (line) => {
    if (line.startsWith("NET-SNMP version")) ready = true;
    const [, trap] = /^\.1\.3\.6\.1\.2\.1\.1\.3\.0 = [^\t]*\t(.*)$/.exec(line) ?? [];
    if (trap !== undefined)
      journal.push(
        trap
          .split("\t")
          .map((each) => each.replace(/^\./, "").trim())
          .join(", "),
      );
  });
  await until("snmptrapd", async () => ready, seconds(20));
  return journal;
}
