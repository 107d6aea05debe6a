import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { fetchOnce } from "./client.ts";
import { startDirector } from "./daemon.ts";
import { PACE, type Service, serviceText } from "./ipvs-cases.ts";
import type { IpvsRecord } from "./ipvs-record.ts";
import type { Lan } from "./lan.ts";
import { until } from "./run.ts";
import { ipvsTable } from "./tables.ts";
import { WebServer } from "./web.ts";

const VIP = { nat: "10.79.0.100", tun: "10.79.0.101", dr: "10.79.0.102" } as const;

/** A director, two NAT servers behind it, one for TUN, one for DR, and a client. */
export function machines(): Parameters<typeof Lan.open>[0] {
  const loose = ["net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth0.rp_filter=0"];
  const director = ["10.79.0.1/24", "10.79.1.1/24", ...Object.values(VIP).map((vip) => `${vip}/32`)];
  return [
    { name: "lb", interface: "eth0", addresses: director, sysctls: ["net.ipv4.ip_forward=1", ...loose] },
    { name: "rs1", interface: "eth0", addresses: ["10.79.1.11/24"], gateway: "10.79.1.1" },
    { name: "rs2", interface: "eth0", addresses: ["10.79.1.12/24"], gateway: "10.79.1.1" },
    { name: "rs3", interface: "eth0", addresses: ["10.79.0.13/24"], tunnel: [VIP.tun], sysctls: loose },
    { name: "rs4", interface: "eth0", addresses: ["10.79.0.14/24"], loopback: [VIP.dr] },
    { name: "client", interface: "eth0", addresses: ["10.79.0.200/24"] },
  ];
}

/** Requests through our director by each way; and a reload that does not touch a server keeps its counters. */
export async function traffic(lan: Lan): Promise<Pick<IpvsRecord, "traffic" | "counters">> {
  await Promise.all(["rs1", "rs2", "rs3", "rs4"].map((node) => WebServer.start(lan, node, [80, 8080])));
  const config = join(lan.folder, "lb.conf");
  const http = "HTTP_GET {\n  url {\n    path /healthz\n    status_code 200\n  }\n}";
  const base = [...PACE, "protocol TCP", "lb_algo rr"];
  const service = (kind: keyof typeof VIP, ...all: Service["servers"]): Service => ({
    at: `${VIP[kind]} 80`,
    lines: [...base, `lb_kind ${kind.toUpperCase()}`, "alpha"],
    servers: all,
  });
  const nat = service("nat", ["10.79.1.11 8080", http], ["10.79.1.12 80", http]);
  const others = [service("tun", ["10.79.0.13 80", http]), service("dr", ["10.79.0.14 80", http])];
  writeFileSync(config, [nat, ...others].map(serviceText).join(""));
  const director = startDirector(lan, { node: "lb", implementation: "ours", config, options: ["-C"] });
  const whole = async (): Promise<boolean> =>
    (await ipvsTable(lan, "lb")).filter((line) => line.startsWith("-a")).length === 4;
  await until("four servers", whole, seconds(120)); // an emulated machine, beside others
  const ask = async (kind: keyof typeof VIP, times: number): Promise<string[]> => {
    const answers: string[] = [];
    while (answers.length < times)
      answers.push(await fetchOnce(lan, "client", `http://${VIP[kind]}/`, milliseconds(2500)));
    return answers;
  };
  const answers = { nat: await ask("nat", 4), tun: await ask("tun", 2), dr: await ask("dr", 2) };
  // The kernel's estimator adds up the processors' counters every 2 s, and what it last added up is what we see.
  const counted = async (): Promise<boolean> =>
    /-> 10\.79\.1\.11:8080 2 .*-> 10\.79\.1\.12:80 2 /s.test(await counters(lan));
  await until("counters of the four requests", counted, seconds(60));
  await sleep(2500);
  const before = await counters(lan);
  const [first, second] = nat.servers;
  if (first === undefined || second === undefined) throw new Error("no servers");
  const [at, ...lines] = second;
  writeFileSync(
    config,
    [{ ...nat, servers: [first, [at, "weight 2", ...lines]] as const }, ...others].map(serviceText).join(""),
  );
  director.reload();
  await until("weight 2", async () => (await ipvsTable(lan, "lb")).some((line) => line.endsWith("-w 2")), seconds(15));
  await sleep(2500);
  const after = await counters(lan);
  await director.stop();
  return { traffic: answers, counters: { before, after } };
}

/** Connections and packets of each server so far. */
async function counters(lan: Lan): Promise<string> {
  const text = await lan.run("lb", ["ipvsadm", "-Ln", "--stats", "--exact"]);
  return text
    .split("\n")
    .flatMap((line) => (/^(TCP| {2}->)\s+\d/.test(line) ? [line.trim().replace(/\s+/g, " ")] : []))
    .sort()
    .join("\n");
}
