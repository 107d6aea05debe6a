import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Micros, milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import { Capture } from "./capture.ts";
import { Prober } from "./client.ts";
import type { Loss } from "./cluster-record.ts";
import { type Director, elected, type Implementation, startDirector } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { wallClock } from "./run.ts";
import { WebServer } from "./web.ts";

/** One loss of the master, measured. */
export interface Trial {
  readonly at: Micros; //       wall clock of the takeover
  readonly queued: Micros; //   how long the new master's vrrp process was ready to run meanwhile and had no processor
  readonly takeover: Micros; // last advert (or priority 0) on the wire → first gratuitous ARP of the new master
  readonly complete: Micros; // the same, to the first gratuitous ARP of the address that was announced last
  readonly early: boolean; //   it was master before the other had gone: nothing of this is a takeover then
  readonly silence: Micros; //  longest time without an answer at the client, which asks every 20 ms
}

const VIP = "192.0.2.200";
const ADVERTISED = 20; // at most; the others are `virtual_ipaddress_excluded`
const PATIENCE = seconds(20);

/** Priority of the second director: Master_Down_Interval is 3 s + 206/256 s, Skew_Time 206/256 s (RFC 3768 §5.3.2). */
export const BACKUP_PRIORITY = 50;

/** When the second director takes over after the last advert of the first: Skew_Time alone where that one resigned (RFC 9568 §6.1; at 1 s RFC 3768 says the same). */
export function takeoverTime(loss: Loss, interval: Micros): Micros {
  const skew = ((256 - BACKUP_PRIORITY) * interval) / 256;
  return skew + (loss === "stop" ? 0 : 3 * interval);
}

/** What is measured: how often, and with how many virtual addresses (1 to 1,000) and what interval. */
export interface Measured {
  readonly trials: number;
  readonly addresses?: number; // 1
  readonly interval?: Micros; //  1 s; less is VRRPv3
  readonly quiet?: boolean; //    no -D
}

/**
 * Two directors of one implementation on a LAN, without IPVS: both machines answer on port 80 themselves. The master
 * goes and returns `trials` times.
 */
export async function measure(
  implementation: Implementation,
  loss: Loss,
  { trials, addresses = 1, interval = seconds(1), quiet = false }: Measured,
): Promise<Trial[]> {
  const lan = await Lan.open(
    [["lb1", 11] as const, ["lb2", 12] as const, ["client", 13] as const].map(([name, host]) => ({
      name,
      interface: "ens33",
      addresses: [`192.0.2.${host}/24`],
    })),
  );
  try {
    for (const node of ["lb1", "lb2"]) await WebServer.start(lan, node, [80]);
    const capture = await Capture.start(lan);
    const start = (node: string, state: string, priority: number): Director => {
      const config = join(lan.folder, `${node}.conf`);
      writeFileSync(config, configuration({ state, priority, addresses, interval }));
      return startDirector(lan, { node, implementation, config, options: ["-P"], quiet });
    };
    const lb1 = start("lb1", "MASTER", 100);
    const lb2 = start("lb2", "BACKUP", BACKUP_PRIORITY);
    const probing = { node: "client", host: VIP, port: 80, interval: milliseconds(20), timeout: milliseconds(500) };
    const prober = new Prober(lan, probing);
    const done: Trial[] = [];
    while (done.length < trials) {
      await elected(lb1, lb2, PATIENCE);
      await prober.probes.waitFor("answer of lb1", ({ answer }) => answer === "lb1", { from: prober.probes.mark() });
      done.push(await trial({ lan, lb1, lb2, capture, prober, addresses }, loss));
    }
    await Promise.all([lb1.stop(), lb2.stop()]);
    return done;
  } finally {
    lan.close();
  }
}

interface Bench {
  readonly lan: Lan;
  readonly lb1: Director;
  readonly lb2: Director;
  readonly capture: Capture;
  readonly prober: Prober;
  readonly addresses: number;
}

async function trial({ lan, lb1, lb2, capture, prober, addresses }: Bench, loss: Loss): Promise<Trial> {
  const heard = capture.heard.mark();
  const probed = prober.probes.mark();
  const from = wallClock();
  const queued = queuedTime(lb2);
  if (loss === "stop") await lb1.stop();
  else if (loss === "kill") await lb1.killAll();
  else await lan.setLink("lb1", "down");
  const mac = lan.mac("lb2");
  const garp = await capture.heard.waitFor(
    "gratuitous ARP of lb2",
    (entry) => entry.kind === "garp" && entry.mac === mac && entry.address === VIP && entry.at >= from,
    { from: heard, within: PATIENCE },
  );
  const announced = new Set<string>();
  const last = await capture.heard.waitFor(
    "gratuitous ARP of the last address",
    (entry) =>
      entry.kind === "garp" && entry.mac === mac && entry.at >= from && announced.add(entry.address).size === addresses,
    { from: heard, within: PATIENCE },
  );
  await prober.probes.waitFor("answer of lb2", ({ answer }) => answer === "lb2", { from: probed, within: PATIENCE });
  const resigned = capture.adverts(lan.mac("lb1"), heard).find(({ priority }) => priority === 0);
  const lost = resigned ?? capture.adverts(lan.mac("lb1")).findLast(({ at }) => at < garp.at);
  if (lost === undefined) throw new Error("the master sent no advert");
  const silence = prober.longestSilence(from, wallClock());
  const resumed = lb2.log.mark();
  if (loss === "link") await lan.setLink("lb1", "up");
  else lb1.start();
  await lb2.waitForState("BACKUP", { from: resumed, within: PATIENCE });
  return {
    at: garp.at,
    queued: queuedTime(lb2) - queued,
    takeover: garp.at - lost.at,
    complete: last.at - lost.at,
    early: capture.adverts(mac, heard).some(({ at }) => at < lost.at),
    silence,
  };
}

/** From the start of the process on; proc(5), schedstat. */
function queuedTime(director: Director): Micros {
  const [, waited = "0"] = readFileSync(`/proc/${director.childPid("vrrp")}/schedstat`, "utf8").split(" ");
  return Number(waited) / 1000;
}

interface Side {
  readonly state: string;
  readonly priority: number;
  readonly addresses: number;
  readonly interval: Micros;
}

function configuration({ state, priority, addresses, interval }: Side): string {
  const others = Array.from({ length: addresses - 1 }, (_, i) => `        198.18.${i >> 8}.${i & 255}`);
  const excluded = others.slice(ADVERTISED - 1);
  return `
vrrp_instance VI_1 {
    state ${state}
    interface ens33
    virtual_router_id 51
    priority ${priority}
    advert_int ${toSeconds(interval)}
${interval < seconds(1) ? "    version 3" : AUTHENTICATION}
    virtual_ipaddress {
        ${VIP}
${others.slice(0, ADVERTISED - 1).join("\n")}
    }
${excluded.length > 0 ? `    virtual_ipaddress_excluded {\n${excluded.join("\n")}\n    }\n` : ""}}
`;
}

const AUTHENTICATION = `    authentication {
        auth_type PASS
        auth_pass 1111
    }`;
