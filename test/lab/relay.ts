import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { seconds } from "../../src/base/time.ts";
import { until } from "./run.ts";
import { read, type Stand } from "./stand.ts";

const RELAY = fileURLToPath(new URL("relay.py", import.meta.url));

/** What the relay took. */
export interface Taken {
  readonly hello: string;
  readonly tls: boolean;
  readonly login: boolean;
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** A relay on a node: Debian's aiosmtpd. */
export class Relay {
  readonly mails: Taken[] = [];
  readonly process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.process = process;
  }

  static start(stand: Stand, node: string, certificate: readonly string[] = []): Promise<Relay> {
    return Relay.#listening(stand.lan.spawn(node, ["/usr/bin/python3", RELAY, "127.0.0.1", "2525", ...certificate]));
  }

  /** One in this namespace. Who starts it ends its process. */
  static here(port: number): Promise<Relay> {
    return Relay.#listening(spawn("/usr/bin/python3", [RELAY, "127.0.0.1", String(port)], { stdio: "pipe" }));
  }

  static async #listening(process: ChildProcess): Promise<Relay> {
    const relay = new Relay(process);
    const said: string[] = [];
    read(relay.process, (line) => {
      said.push(line);
      if (line.startsWith("{")) relay.mails.push(JSON.parse(line) as Taken);
    });
    await until("the relay", async () => said.includes('"ready"'), seconds(20));
    return relay;
  }

  get subjects(): string[] {
    return this.mails.map(({ content }) => /^Subject: (.*)\r$/m.exec(content)?.[1] ?? "");
  }

  async waitFor(count: number): Promise<void> {
    await until(`${count} mails`, async () => this.mails.length >= count, seconds(20)).catch((error) => {
      throw new Error(`${error.message}; there are:\n${this.subjects.join("\n")}`);
    });
  }
}
