import type { ChildProcess } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { seconds } from "../../src/base/time.ts";
import { Journal } from "./journal.ts";
import type { Lan } from "./lan.ts";
import { attempt, run, until } from "./run.ts";

/** A signal of Keepalived's interfaces. */
export interface BusSignal {
  readonly path: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** A message bus of a test's own, with the rules of a system bus that lets everybody do everything. */
export class Bus {
  readonly address: string;
  readonly signals: Journal<BusSignal>;
  readonly #lan: Lan;
  readonly #node: string;
  readonly #config: string;
  readonly #socket: string;
  readonly #link: string;
  #daemon: ChildProcess | undefined;

  /** Not started yet. Daemons find it behind a link that is made when it is listened to: no signal is missed. */
  constructor(lan: Lan, node: string) {
    this.#lan = lan;
    this.#node = node;
    const socket = join(lan.folder, `${node}.bus`);
    this.address = `unix:path=${socket}`;
    this.#link = `${socket}-link`;
    this.#socket = socket;
    this.#config = join(lan.folder, `${node}-bus.conf`);
    this.signals = new Journal(`bus of ${lan.namespace(node)}`);
    writeFileSync(this.#config, configuration(socket));
  }

  /** What a daemon needs to find it. */
  get environment(): Record<string, string> {
    return { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.#link}` };
  }

  /** It answers, and is listened to, when the promise is kept. */
  async start(): Promise<void> {
    const options = ["--config-file", this.#config, "--nofork", "--nopidfile"];
    this.#daemon = this.#lan.spawn(this.#node, ["dbus-daemon", ...options]);
    await until("bus", async () => (await this.attempt("list")).status === 0, seconds(10));
    const monitor = this.#lan.spawn(this.#node, ["busctl", `--address=${this.address}`, "monitor", "--json=short"]);
    if (monitor.stdout === null || monitor.stderr === null) throw new Error("busctl has no output");
    createInterface({ input: monitor.stdout }).on("line", (line) => this.#heard(line));
    const { stderr } = monitor;
    await new Promise<void>((resolve) => {
      stderr.on("data", (said: Uint8Array) => {
        if (String(said).includes("Monitoring")) resolve();
      });
    });
    symlinkSync(this.#socket, this.#link);
  }

  /** It is gone, as in a crash. */
  kill(): void {
    rmSync(this.#link);
    this.#daemon?.kill("SIGKILL");
  }

  /** What a program of systemd's makes of a request: `call SERVICE PATH INTERFACE METHOD …`, `tree SERVICE`. */
  async attempt(...words: readonly string[]): ReturnType<typeof attempt> {
    return await attempt(["busctl", `--address=${this.address}`, "--json=short", ...words]);
  }

  async ask(...words: readonly string[]): Promise<string> {
    return (await run(["busctl", `--address=${this.address}`, "--json=short", ...words])).trim();
  }

  /** Every path of a service. */
  async paths(service: string): Promise<string[]> {
    return (await this.ask("tree", "--list", service)).split("\n").sort();
  }

  #heard(line: string): void {
    const { type, path, interface: name, member, payload } = JSON.parse(line);
    if (type === "signal" && String(name).startsWith("org.keepalived."))
      this.signals.push({ path, member, body: payload?.data ?? [] });
  }
}

function configuration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
  </policy>
</busconfig>
`;
}
