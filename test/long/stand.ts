import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Micros, seconds } from "../../src/base/time.ts";
import { Director, type Implementation } from "../lab/daemon.ts";
import { Lan } from "../lab/lan.ts";
import { until } from "../lab/run.ts";
import { AdvertWatch } from "./wire.ts";

/** Time between adverts. */
export const INTERVAL: Micros = seconds(0.1);

/** Two directors, a third machine that sends what it likes, and somebody who listens to the directors. */
export class LongStand {
  readonly lan: Lan;
  readonly watch: AdvertWatch;

  private constructor(lan: Lan, watch: AdvertWatch) {
    this.lan = lan;
    this.watch = watch;
  }

  /** Builds it, lets `use` work, and leaves nothing behind. */
  static async with(use: (stand: LongStand) => Promise<void>): Promise<void> {
    const nodes = ["lb1", "lb2", "other"].map((name, i) => ({
      name,
      interface: "eth0",
      addresses: [`192.0.2.${11 + i}/24`],
    }));
    const lan = await Lan.open(nodes);
    try {
      const isUp = async (): Promise<boolean> =>
        (await Promise.all(["lb1", "lb2"].map((node) => lan.run(node, ["ip", "-o", "link", "show", "eth0"])))).every(
          (text) => text.includes(" state UP "),
        );
      await until("links", isUp, seconds(5));
      await use(new LongStand(lan, await AdvertWatch.start(lan, ["lb1", "lb2"])));
    } finally {
      lan.close();
    }
  }

  /** Starts a daemon with virtual routers 1 to `count`. Without a word for each announcement. */
  start(node: string, implementation: Implementation, count: number, priority: number): Director {
    const config = join(this.lan.folder, `${node}.conf`);
    writeFileSync(config, configuration(count, priority));
    const director = new Director(this.lan, { node, implementation, config, options: ["-P"], quiet: true });
    director.start();
    return director;
  }
}

/** Waits until the last word of every virtual router is MASTER on the first and BACKUP on the second. */
export async function allElected(master: Director, backup: Director, count: number): Promise<void> {
  const all = async (): Promise<boolean> => inState(master, "MASTER") === count && inState(backup, "BACKUP") === count;
  await until(`${count} masters and as many backups`, all, seconds(60), seconds(1));
}

/** Lines of a state that was entered, from a mark on. */
export function turns(director: Director, from: number): readonly string[] {
  return director.log.entries
    .slice(from)
    .map(({ text }) => text)
    .filter((text) => / Entering /.test(text));
}

function inState(director: Director, state: string): number {
  const last = new Map<string, string>();
  for (const text of turns(director, 0)) {
    const [, name = "", entered = ""] = /\((\w+)\) Entering (\w+)/.exec(text) ?? [];
    last.set(name, entered);
  }
  return [...last.values()].filter((entered) => entered === state).length;
}

function configuration(count: number, priority: number): string {
  const instance = (vrid: number): string => `vrrp_instance V${vrid} {
    version 3
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    advert_int ${INTERVAL / 1_000_000}
    virtual_ipaddress {
        198.18.0.${vrid}/32
    }
}
`;
  const rest = Array.from({ length: count }, (_, i) => instance(i + 1)).join("");
  // Ours has a real-time priority without being asked; Keepalived with one is killed by the kernel after 10 ms of work.
  return `global_defs {\n    vrrp_rt_priority 50\n    vrrp_rlimit_rttime 10000000\n}\n${rest}`;
}
