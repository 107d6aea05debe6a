// node dist/lab/snmp-services.js OUT.json: what our daemon and keepalived show and tell Debian's snmpd and snmptrapd of
// the same services, each with an IPVS table and servers of its own. What must be true of it says
// test/long/snmp-services.test.ts. Needs root and IPVS. `snmp-services.js agent` is the machine whose ports open and close.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { seconds } from "../../src/base/time.ts";
import { type Implementation, startDirector } from "./daemon.ts";
import { agent } from "./ipvs-agent.ts";
import { Lan } from "./lan.ts";
import { until } from "./run.ts";
import { SnmpMaster, traps } from "./snmp.ts";
import type { ServicesLife, ServicesRecord } from "./snmp-services-record.ts";

const CHECK = "1.3.6.1.4.1.9586.100.5.3";
const VIP = "10.78.0.1";
const METRICS = "127.0.0.1:9650";

/** Something for every column. The second service has a server that nobody checks and one that is dead from the start. */
function text(socket: string): string {
  return `
global_defs {
    router_id R1
    script_user root
    enable_script_security
    snmp_socket ${socket}
    enable_traps
    enable_snmp_checker
    lvs_timeouts tcp 901 tcpfin 121 udp 301
    lvs_sync_daemon eth0 id 7 maxlen 1400 port 8849 ttl 3 group 224.0.0.82
}
virtual_server_group G {
    10.78.0.101 80
    10.78.0.102-104 81
    fwmark 7
}
virtual_server ${VIP} 80 {
    delay_loop 1
    lb_algo rr
    lb_kind NAT
    protocol TCP
    virtualhost www.example.org
    snmp_name first
    quorum 4
    hysteresis 1
    quorum_up "/usr/bin/true up 'a b'"
    quorum_down /usr/bin/true
    retry 1
    delay_before_retry 1.5
    warmup 0.5
    connect_timeout 2.25
    omega
    smtp_alert
    weight 3
    sorry_server 10.88.0.13 80
    real_server 10.88.0.11 80 {
        weight 2
        snmp_name one
        uthreshold 100
        lthreshold 10
        notify_up "/usr/bin/true rs up"
        notify_down /usr/bin/true
        virtualhost one.example.org
        smtp_alert off
        TCP_CHECK {
        }
    }
    real_server 10.88.0.12 81 {
        retry 1
        delay_loop 1
        alpha
        TCP_CHECK {
            connect_port 81
        }
    }
}
virtual_server 10.78.0.2 80 {
    delay_loop 1
    lb_algo wlc
    lb_kind NAT
    protocol TCP
    inhibit_on_failure
    persistence_timeout 50
    persistence_granularity 255.255.255.0
    retry 1
    real_server 10.88.0.11 80 {
    }
    real_server 10.88.0.12 99 {
        TCP_CHECK {
        }
    }
}
virtual_server 10.78.0.3 53 {
    lb_algo sh
    lb_kind DR
    protocol UDP
    ops
    real_server 10.88.0.11 53 {
    }
}
virtual_server 10.78.0.4 80 {
    lb_algo wrr
    lb_kind TUN type gue port 6000 csum
    protocol TCP
    real_server 10.88.0.11 80 {
    }
    real_server 10.88.0.12 80 {
        lvs_method TUN type gre
    }
}
virtual_server 2001:db8::1 80 {
    lb_algo lblcr
    lb_kind NAT
    protocol SCTP
    flag-3
    persistence_granularity 64
    real_server fd00::11 80 {
    }
}
`;
}

async function main(): Promise<void> {
  const [out = "/dev/stdout"] = process.argv.slice(2);
  let record: ServicesRecord;
  try {
    const [ours, keepalived] = await Promise.all([life("ours"), life("keepalived")]);
    record = { ours, keepalived };
  } catch (error) {
    record = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  writeFileSync(out, JSON.stringify(record, undefined, 1));
}

/** Five connections, a walk, a server that dies and returns, the stop. */
async function life(implementation: Implementation): Promise<ServicesLife> {
  const lan = await Lan.open([
    { name: "lb", interface: "eth0", addresses: ["10.88.0.1/24", `${VIP}/32`], sysctls: ["net.ipv4.ip_forward=1"] },
    { name: "rs", interface: "eth0", addresses: ["10.88.0.11/24", "10.88.0.12/24", "10.88.0.13/24"] },
  ]);
  const within = seconds(120);
  try {
    const ports = opener(lan);
    await ports("open", 80, 81);
    const master = new SnmpMaster({ lan }, "lb");
    const [heard] = await Promise.all([traps({ lan }, "lb"), master.start()]);
    const config = join(lan.folder, "lb.conf");
    writeFileSync(config, text(master.socket));
    const director = startDirector(lan, { node: "lb", implementation, config, options: ["-C"] });
    const told: Record<string, readonly string[]> = {};
    let from = 0;
    const step = async (name: string, ...last: readonly RegExp[]): Promise<void> => {
      for (const each of last) await heard.waitFor(`${name}: ${each}`, (trap) => each.test(trap), { from, within });
      told[name] = heard.entries.slice(from).filter((trap) => trap.includes(CHECK));
      from = heard.mark();
    };
    const dead = /3\.4\.1\.5 = Gauge32: 99,.*3\.4\.1\.6 = INTEGER: 2/;
    const quorum = (status: number): RegExp => new RegExp(`0A 4E 00 01,.*3\\.3\\.1\\.23 = INTEGER: ${status}`);
    await step("start", dead, quorum(1));
    for (let i = 0; i < 5; i++) await lan.attempt("lb", ["curl", "-s", "-m", "10", `http://${VIP}/`]);
    const shown = async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await master.walk(CHECK)).map((row) => row.slice(CHECK.length + 1).split(" = ") as [string, string]),
      );
    await until("five connections", async () => (await shown())["3.1.38.1"] === "Counter64: 5", within);
    const rows = await shown();
    const counted = (await lan.run("lb", ["ipvsadm", "-Ln", "--stats", "--exact"])).split("\n").slice(3);
    const metrics =
      implementation === "ours" ? (await lan.run("lb", ["curl", "-s", `http://${METRICS}/metrics`])).split("\n") : [];
    await ports("close", 81);
    await step("dead", quorum(2));
    const without = await shown();
    await ports("open", 81);
    await step("back", quorum(1));
    await director.stop();
    await step("stop", /20 01 0D B8.*3\.3\.1\.23 = INTEGER: 3/);
    return { rows, dead: without, told: told as ServicesLife["told"], counted, metrics };
  } finally {
    lan.close();
  }
}

/** Opens and closes ports of the servers. */
function opener(lan: Lan): (command: "open" | "close", ...ports: readonly number[]) => Promise<void> {
  const self = [process.execPath, process.argv[1] ?? "", "agent"];
  const child: ChildProcess = spawn("ip", ["netns", "exec", lan.namespace("rs"), ...self], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no agent");
  const lines = createInterface({ input: stdout });
  return async (command, ...ports) => {
    const done = new Promise((resolve) => lines.once("line", resolve));
    stdin.write(`${command} ${ports.join(" ")}\n`);
    await done;
  };
}

if (process.argv[2] === "agent") agent();
else {
  await main();
  process.exit(0);
}
