import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Micros, milliseconds } from "../../src/base/time.ts";
import { Capture } from "./capture.ts";
import { Director, type DirectorOptions } from "./daemon.ts";
import { Journal } from "./journal.ts";
import { Lan } from "./lan.ts";
import { until, wallClock } from "./run.ts";
import { addresses } from "./tables.ts";

/** What a test changes of a virtual router; the rest is usual. */
export interface InstanceText {
  readonly name?: string; //       VI_1
  readonly vrid?: number; //       51
  readonly priority?: number; //   255, which with `state MASTER` is master at once
  readonly state?: "MASTER" | "BACKUP";
  readonly advertInterval?: number; // seconds
  readonly addresses?: readonly string[]; // lines of virtual_ipaddress
  readonly more?: string; //       other lines of the block
}

/** The VIP of a test that asks for nothing else. */
export const VIP = "192.0.2.100";
/** Where `metrics()` looks for the page. */
const METRICS = "127.0.0.1:9650";

/** A `vrrp_instance` on eth0. */
export function instance(text: InstanceText = {}): string {
  const { name = "VI_1", vrid = 51, priority = 255, advertInterval = 1, addresses: vips = [VIP], more = "" } = text;
  return `
vrrp_instance ${name} {
    state ${text.state ?? (priority === 255 ? "MASTER" : "BACKUP")}
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    advert_int ${advertInterval}
    virtual_ipaddress {
        ${vips.join("\n        ")}
    }
    ${more}
}
`;
}

const HOSTS = [
  ["lb1", 11],
  ["lb2", 12],
] as const;

/** Duplicate address detection off first, so that a link-local address can be used as soon as it is there. */
const IPV6 = ["all", "default", "eth0"]
  .map((on) => `net.ipv6.conf.${on}.accept_dad=0`)
  .concat("net.ipv6.conf.all.disable_ipv6=0");

/** One line of `ip -o monitor address`: `eth0 inet 192.0.2.100/32 …`, `Deleted eth0 inet …`. */
export interface AddressEvent {
  readonly at: Micros; // wall clock
  readonly text: string;
}

export interface StandOptions {
  readonly ipv6?: boolean; // with link-local addresses, and 2001:db8::11 and ::12
  readonly onFrame?: (at: Micros, frame: Uint8Array) => void; // each that is captured, valid until it returns
}

/** Two machines, lb1 (192.0.2.11) and lb2 (192.0.2.12), eth0 each, on a LAN of their own, and somebody who listens. */
export class Stand {
  readonly lan: Lan;
  readonly capture: Capture;

  private constructor(lan: Lan, capture: Capture) {
    this.lan = lan;
    this.capture = capture;
  }

  /** Builds it, lets `use` work, and leaves nothing behind. */
  static async with(use: (stand: Stand) => Promise<void>, { ipv6 = false, onFrame }: StandOptions = {}): Promise<void> {
    const lan = await Lan.open(
      HOSTS.map(([name, host]) => ({
        name,
        interface: "eth0",
        addresses: [`192.0.2.${host}/24`],
        sysctls: ipv6 ? IPV6 : [],
      })),
    );
    try {
      const stand = new Stand(lan, await Capture.start(lan, onFrame));
      // The kernel says that a new link works up to a second after it does; until then a daemon is in fault.
      await until(
        "links",
        async () => (await Promise.all(["lb1", "lb2"].map((node) => stand.#isUp(node)))).every(Boolean),
        milliseconds(5000),
      );
      if (ipv6)
        for (const [node, host] of HOSTS)
          await lan.run(node, ["ip", "address", "add", `2001:db8::${host}/64`, "dev", "eth0", "nodad"]);
      await use(stand);
    } finally {
      lan.close();
    }
  }

  async #isUp(node: string): Promise<boolean> {
    return (await this.lan.run(node, ["ip", "-o", "link", "show", "dev", "eth0"])).includes(" state UP ");
  }

  /** Writes the configuration of a node; the path. */
  configure(node: string, text: string): string {
    const config = join(this.lan.folder, `${node}.conf`);
    writeFileSync(config, text);
    return config;
  }

  /** Starts a daemon on a node: ours if nothing else is said. */
  start(node: string, text: string, more: Partial<DirectorOptions> = {}): Director {
    const director = this.director(node, text, more);
    director.start();
    return director;
  }

  /** A daemon that is not started yet. */
  director(node: string, text: string, more: Partial<DirectorOptions> = {}): Director {
    const config = this.configure(node, text);
    const { options = [], ...rest } = more;
    const usual = { node, implementation: "ours", config, options: ["-P", ...options] } as const;
    return new Director(this.lan, { ...usual, ...rest });
  }

  /** Starts ours on lb1 and waits until it is master. */
  async startMaster(text: string, options: readonly string[] = []): Promise<Director> {
    const director = this.start("lb1", text, { options });
    await director.waitForState("MASTER");
    await until("VIP", async () => (await this.vips("lb1")).length > 0, milliseconds(2000));
    return director;
  }

  /** Puts another configuration in force. */
  async reload(director: Director, text: string, answer = /Reload complete/): Promise<void> {
    const from = director.log.mark();
    this.configure(director.node, text);
    director.reload();
    await director.waitForLog(answer, { from });
  }

  /** What the kernel says of addresses from now on. */
  async watchAddresses(node: string): Promise<Journal<AddressEvent>> {
    const journal = new Journal<AddressEvent>(`ip monitor on ${this.lan.namespace(node)}`);
    const monitor = this.lan.spawn(node, ["ip", "-o", "monitor", "address"]);
    const probe = "127.9.9.9/32";
    let listens = false;
    read(monitor, (text) => {
      if (text.includes(probe)) listens = true;
      else if (!/^Error: /.test(text)) journal.push({ at: wallClock(), text }); // a namespace beside it has gone
    });
    // It does not say when it listens: an address that comes and goes on lo tells.
    await until(
      "ip monitor",
      async () => {
        await this.lan.attempt(node, ["ip", "addr", "add", probe, "dev", "lo"]);
        await this.lan.attempt(node, ["ip", "addr", "del", probe, "dev", "lo"]);
        return listens;
      },
      milliseconds(5000),
    );
    return journal;
  }

  /** The addresses of a node beside its own, in the kernel's order: `eth0 inet 192.0.2.100/32 scope global eth0`. */
  async vips(node: string): Promise<string[]> {
    return (await addresses(this.lan, node)).filter((line) => !/ inet 192\.0\.2\.1[12]\/24 /.test(line));
  }

  /** The page of a node's daemon. */
  async metrics(node: string): Promise<string> {
    return await this.lan.run(node, ["curl", "-s", "--max-time", "5", `http://${METRICS}/metrics`]);
  }

  /** Times between a node's adverts, milliseconds, from an index of the capture on. */
  advertGaps(node: string, from: number): number[] {
    const times = this.capture.adverts(this.lan.mac(node), from).map(({ at }) => at);
    return times.slice(1).map((at, i) => (at - (times[i] ?? at)) / 1000);
  }

  /** How often a node announced an address, from an index of the capture on. */
  announcements(node: string, address: string, from: number): number {
    const mac = this.lan.mac(node);
    return this.capture.heard.entries
      .slice(from)
      .filter((heard) => heard.kind === "garp" && heard.mac === mac && heard.address === address).length;
  }

  /** The pid files of all daemons that are there. */
  pidFiles(): string[] {
    return readdirSync(this.lan.folder).filter((name) => name.endsWith(".pid"));
  }
}

/** Whether a process is there, and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Calls back with each line of a program. */
export function read(child: ChildProcess, line: (text: string) => void): void {
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on("line", line);
}
