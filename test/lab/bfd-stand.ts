import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { Director, type Implementation, type LogLine } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { until } from "./run.ts";

/** What a test says of a session; the rest is usual. */
export interface SessionText {
  readonly name?: string; // B
  readonly neighbor: string;
  readonly source?: string;
  readonly interval?: number; // min_rx and min_tx, milliseconds; 50
  readonly more?: string;
}

/** A `bfd_instance`: 50 ms, multiplier 3. */
export function session({ name = "B", neighbor, source, interval = 50, more = "" }: SessionText): string {
  return `
bfd_instance ${name} {
    neighbor_ip ${neighbor}
    ${source === undefined ? "" : `source_ip ${source}`}
    min_rx ${interval}
    min_tx ${interval}
    multiplier 3
    ${more}
}
`;
}

/** A `vrrp_instance` on eth0 that tracks sessions. */
export function tracking(items: string, more = ""): string {
  return `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    virtual_ipaddress {
        192.0.2.100
    }
    track_bfd {
        ${items}
    }
    ${more}
}
`;
}

/** Addresses of the machines: left and right are neighbours; far is behind the router. */
export const A = { v4: "192.0.2.1", v6: "fd00:2::1" };
export const B = { v4: "192.0.2.2", v6: "fd00:2::2" };
export const FAR = "198.51.100.1";

/** Three machines and a router on a LAN of their own: left and right on one network, far on another. */
export class BfdStand {
  readonly lan: Lan;

  private constructor(lan: Lan) {
    this.lan = lan;
  }

  /** Builds it, lets `use` work, and leaves nothing behind. */
  static async with(use: (stand: BfdStand) => Promise<void>): Promise<void> {
    const near = (name: string, address: string) => ({
      name,
      interface: "eth0",
      addresses: [`${address}/24`],
      gateway: "192.0.2.254",
      sysctls: ["net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.eth0.disable_ipv6=0"],
    });
    const lan = await Lan.open([
      near("left", A.v4),
      near("right", B.v4),
      { name: "far", interface: "eth0", addresses: [`${FAR}/24`], gateway: "198.51.100.254" },
      {
        name: "router",
        interface: "eth0",
        addresses: ["192.0.2.254/24", "198.51.100.254/24"],
        sysctls: ["all", "eth0"].map((on) => `net.ipv4.conf.${on}.send_redirects=0`).concat("net.ipv4.ip_forward=1"),
      },
    ]);
    try {
      for (const [node, { v6 }] of [["left", A] as const, ["right", B] as const]) {
        const isUp = async (): Promise<boolean> =>
          (await lan.run(node, ["ip", "-o", "link", "show", "dev", "eth0"])).includes(" state UP ");
        await until("links", isUp, milliseconds(5000));
        await lan.run(node, ["ip", "address", "add", `${v6}/64`, "dev", "eth0", "nodad"]);
      }
      await use(new BfdStand(lan));
    } finally {
      lan.close();
    }
  }

  /** Starts a daemon on a node. */
  start(node: string, text: string, implementation: Implementation = "ours"): Director {
    const director = new Director(this.lan, { node, implementation, config: this.configure(node, text) });
    director.start();
    return director;
  }

  configure(node: string, text: string): string {
    const config = join(this.lan.folder, `${node}.conf`);
    writeFileSync(config, text);
    return config;
  }

  /** Puts another configuration in force. */
  async reload(director: Director, text: string): Promise<void> {
    const from = director.log.mark();
    this.configure(director.node, text);
    director.reload();
    await director.waitForLog(/Reload complete/, { from });
  }

  /** Values of the metrics page of a node, by name and labels. */
  async metric(node: string, name: string): Promise<number> {
    const page = await this.lan.run(node, ["curl", "-s", "http://127.0.0.1:9650/metrics"]);
    const line = page.split("\n").find((text) => text.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  }
}

/** Waits for both daemons to say that the session is up. */
export async function bothUp(...directors: readonly Director[]): Promise<void> {
  for (const director of directors) await director.waitForLog(/Entering Up state/, { within: seconds(15) });
}

/** What a daemon has said since `from`. */
export function said(director: Director, from: number, pattern: RegExp): readonly string[] {
  return director.log.entries
    .slice(from)
    .map(({ text }: LogLine) => text.replace(/^.*\d{4}: /, ""))
    .filter((text) => pattern.test(text));
}
