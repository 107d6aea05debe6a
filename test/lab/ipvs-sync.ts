import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "../../src/base/time.ts";
import { type Director, type Implementation, startDirector } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { until } from "./run.ts";

/** What `ipvsadm -L --daemon` showed at the steps of a life, in the words of the kernel. */
export interface SyncLife {
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly changes: readonly string[]; // what ours asked of the kernel, in order
}

/** A life of both implementations, each alone on a LAN, with the kernel's sync daemons after each step. */
export async function syncLives(): Promise<Record<Implementation, SyncLife>> {
  const [ours, keepalived] = await Promise.all([life("ours"), life("keepalived")]);
  return { ours, keepalived };
}

const PLAIN = "eth0 V";
const OPTIONS = "eth0 inst V id 9 maxlen 1400 port 9000 ttl 3 group 224.0.0.99";
const SERVICE = `virtual_server 10.78.9.1 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n real_server 10.78.9.2 80 {\n }\n}\n`;

/** An address owner is master at once, and with adverts that far apart a respawn in the emulated kernel is in time. */
function text(sync: string): string {
  const lines = ["interface eth0", "virtual_router_id 51", "state MASTER", "priority 255", "advert_int 10"];
  const instance = `vrrp_instance V {\n ${lines.join("\n ")}\n virtual_ipaddress {\n  10.78.8.9\n }\n}\n`;
  return `global_defs {\n vrrp_garp_master_delay 0\n lvs_sync_daemon ${sync}\n}\n${instance}`;
}

async function life(implementation: Implementation): Promise<SyncLife> {
  const lan = await Lan.open([{ name: "lb", interface: "eth0", addresses: ["10.78.8.1/24"] }]);
  const steps: Record<string, readonly string[]> = {};
  const config = join(lan.folder, "lb.conf");
  const show = async (): Promise<string[]> =>
    (await lan.run("lb", ["ipvsadm", "-L", "--daemon"])).split("\n").filter((line) => line !== "");
  const step = async (name: string, ...states: readonly string[]): Promise<void> => {
    const there = async (): Promise<boolean> => {
      const lines = await show();
      return lines.length === states.length && states.every((state) => lines.some((line) => line.includes(state)));
    };
    await until(name, there, seconds(150)).catch(() => {}); // the record shows what there is
    steps[name] = (await show()).sort();
  };
  const start = (sync: string, more = "", options = ["-P"]): Director => {
    writeFileSync(config, text(sync) + more);
    return startDirector(lan, { node: "lb", implementation, config, options });
  };
  const reload = async (director: Director, sync: string): Promise<void> => {
    const from = director.log.mark();
    writeFileSync(config, text(sync));
    director.reload();
    await director.waitForLog(/Reload complete/, { from, within: seconds(60) });
  };
  try {
    const director = start(PLAIN);
    await step("master", "master");
    await lan.setLink("lb", "down");
    await step("fault", "backup");
    await lan.setLink("lb", "up");
    await step("master again", "master");
    await reload(director, PLAIN);
    await step("the same file", "master");
    await reload(director, OPTIONS);
    await step("options", "id=9");
    if (implementation === "ours") {
      const from = director.log.mark();
      director.killChild("vrrp");
      await director.waitForLog(/resuming in/, { from, within: seconds(120) });
      await step("a killed vrrp process", "master");
    }
    await director.killAll();
    await step("a killed daemon", "master");
    writeFileSync(config, text(PLAIN));
    const from = director.log.mark();
    director.start();
    if (implementation === "ours") await step("started again", "id=51");
    else {
      await director.waitForLog(/Daemon has already run/, { from, within: seconds(60) }); // it stays, with the other id
      await director.waitForLog(/VRRP sockpool/, { from, within: seconds(60) }); // before, its vrrp process misses a SIGTERM
    }
    await director.stop();
    await step("stopped");
    const checkers = start("eth0 id 4", SERVICE, ["-C"]);
    await step("without an instance", "master", "backup");
    await checkers.stop();
    await step("stopped, too");
    const said = [...director.log.entries].map(({ text: line }) => line);
    const changes = said.flatMap((line) => / IPVS: (st.* sync daemon)$/.exec(line)?.[1] ?? []);
    return { steps, changes };
  } finally {
    lan.close();
  }
}
