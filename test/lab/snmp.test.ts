import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { advertisementFrame, sendFrames } from "./forge.ts";
import type { Journal } from "./journal.ts";
import { until } from "./run.ts";
import { SnmpMaster, traps } from "./snmp.ts";
import { Stand } from "./stand.ts";

const K = "1.3.6.1.4.1.9586.100.5";
const V2 = "1.3.6.1.2.1.68";
const V3 = "1.3.6.1.2.1.207";

/** An instance that is master within half a second. */
function fast(name: string, vrid: number, priority: number, addresses: string, more = ""): string {
  return `
vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    version 3
    advert_int 0.1
    virtual_ipaddress {
        ${addresses}
    }
    ${more}
}
`;
}

/** Something for every table of the MIBs, all of it master soon. */
function everything(socket: string, folder: string): string {
  return `
global_defs {
    router_id R1
    script_user root
    enable_script_security
    snmp_socket ${socket}
    enable_traps
    enable_snmp_vrrp
    enable_snmp_rfc
    notification_email {
        a@example.org
        b@example.org
    }
    notification_email_from k@example.org
    smtp_server 127.0.0.1 9
    no_email_faults
    smtp_alert off
    vrrp_garp_master_repeat 1
}
static_ipaddress {
    198.51.100.1/24 dev eth1
}
static_routes {
    203.0.113.0/25 via 192.0.2.9 dev eth0 metric 5
}
static_rules {
    from 198.51.100.0/24 lookup 77 priority 900
}
vrrp_script ok {
    script "/usr/bin/true a 'b c'"
    interval 2
    weight 5 reverse
    rise 2
}
vrrp_track_file tf {
    file ${folder}/tf
    weight 2
}
vrrp_track_process tp {
    process no-such-process one two
    param_match partial
    weight 3
    quorum 1
    quorum_max 4
    fork_delay 1.5
}
vrrp_sync_group G {
    group {
        A
        B
    }
    notify_master "/usr/bin/true x"
    notify /usr/bin/true
    track_interface {
        eth1 weight 3 reverse
    }
}
${fast("A", 61, 200, "192.0.2.61/24 brd + label eth0:1", "notify_stop /usr/bin/true\npromote_secondaries")}
${fast("B", 62, 100, "192.0.2.63", "nopreempt\ngarp_master_delay 3\nvirtual_ipaddress_excluded {\n192.0.2.64\n}")}
${fast("D", 64, 120, "fe80::64\n2001:db8::64/64\n2001:db8:1::64/128 dev eth1 scope link", "preempt_delay 10\nno_accept")}
${fast(
  "E",
  65,
  110,
  "192.0.2.66",
  `smtp_alert
    track_file {
        tf
    }
    unicast_src_ip 192.0.2.11
    unicast_peer {
        192.0.2.12
    }
    notify_master_rx_lower_pri /usr/bin/true
    notify_deleted /usr/bin/true`,
)}
vrrp_instance C {
    interface eth0
    virtual_router_id 51
    priority 150
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        192.0.2.65
    }
    track_script {
        ok
    }
    track_interface {
        eth1 weight 10
    }
    track_process {
        tp
    }
    virtual_routes {
        203.0.113.128/26 via 192.0.2.9 dev eth0 metric 7 src 192.0.2.11 mtu lock 1300 hoplimit 3 advmss 1000 rtt 500ms rttvar lock 300ms reordering 4 window 99 cwnd lock 5 ssthresh 7 rto_min 300ms initcwnd 8 initrwnd 9 quickack 1 features ecn fastopen_no_cookie 1
        203.0.113.192/27 nexthop via 192.0.2.9 dev eth0 weight 2 nexthop via 192.0.2.8 dev eth0 onlink weight 1
        blackhole 203.0.113.224/28 table 99 no_track
        203.0.113.240/28 dev eth0 scope link tos 0x10
    }
    virtual_rules {
        from 198.51.100.0/25 lookup 78 priority 1001 tos 0x10 suppress_prefixlength 3
        to 198.51.100.128/25 iif eth0 fwmark 3/7 prohibit priority 1002
        from 2001:db8:5::/48 oif eth0 lookup 79 priority 1003
    }
}
`;
}

/** Rows that are others than those of keepalived 2.2.7, and why. */
const DIFFERENCES: readonly (readonly [why: string, row: RegExp])[] = [
  ["the version", /^K\.1\.1\.0$/],
  ["the own interface is tracked; keepalived says so only of those with a track_interface", /^K\.2\.3\.1\.11\./],
  ["yes or no; keepalived says 0 of VRRPv2, which the MIB does not have", /^K\.2\.3\.1\.27\./],
  ["each instance's addresses are advertised; keepalived says so of the first one's only", /^K\.2\.6\.1\.11\./],
  ["partial is 2 and initial 3 in the MIB; keepalived says it the other way", /^K\.2\.21\.1\.5\./],
  ["the master's address; keepalived has none", /^68\.1\.3\.1\.7\./],
  ["sysUpTime when it began; keepalived says for how many seconds it has been in its state", /^68\.1\.3\.1\.13\./],
  ["the time", /^207\.1\.1\.1\.1\.12\./],
];

interface Lived {
  readonly master: SnmpMaster;
  readonly heard: Journal<string>;
  readonly director: Director;
}

/** Starts a daemon beside a master, and waits until all of it is master. */
async function live(stand: Stand, implementation: Implementation): Promise<Lived> {
  const master = new SnmpMaster(stand, "lb1");
  const links = ["link add eth1 type veth peer name eth2", "address add 198.51.100.9/24 dev eth1"];
  for (const words of [...links, "link set eth1 up", "link set eth2 up"])
    await stand.lan.run("lb1", ["ip", ...words.split(" ")]);
  writeFileSync(join(stand.lan.folder, "tf"), "5\n");
  const [heard] = await Promise.all([traps(stand, "lb1"), master.start()]);
  const director = stand.start("lb1", everything(master.socket, stand.lan.folder), { implementation });
  const masters = async (): Promise<number> =>
    (await master.walk(`${K}.2.3.1.4`)).filter((row) => row.endsWith("INTEGER: 2")).length;
  await until("five masters", async () => (await masters()) === 5, seconds(20));
  return { master, heard, director };
}

async function walk(master: SnmpMaster): Promise<ReadonlyMap<string, string>> {
  const rows = [...(await master.walk(K)), ...(await master.walk(V2)), ...(await master.walk(V3))];
  return new Map(rows.map((row) => short(row).split(" = ") as [string, string]));
}

function short(text: string): string {
  return text.replaceAll(K, "K").replaceAll("1.3.6.1.2.1.", "");
}

/** What is told of each subject, in order: of different ones the order may be another. */
function bySubject(told: readonly string[]): string[] {
  const router = /\.(\d+)(?:\.[12])? = (?:Hex|IpAddress)/; // the index of the first object of the RFCs' traps
  const subject = (trap: string): string => /"(\w+)"/.exec(trap)?.[1] ?? router.exec(trap)?.[1] ?? "";
  const pairs = told.map((trap) => [subject(trap), trap] as const);
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, trap]) => trap);
}

interface Life {
  readonly rows: ReadonlyMap<string, string>;
  readonly told: readonly string[];
}

/** Master, a walk, a forged advertisement, a fault, master again, the stop. */
async function life(stand: Stand, implementation: Implementation): Promise<Life> {
  const { master, heard, director } = await live(stand, implementation);
  const rows = await walk(master);
  const wrong = advertisementFrame(stand, { authentication: { type: "pass", password: "wrong" } });
  await sendFrames(stand, [wrong], 0, 1);
  await heard.waitFor("an authentication failure", (trap) => trap.includes(`${V2}.0.2`));
  await sendFrames(stand, [advertisementFrame(stand, {}, 64)], 0, 1);
  await heard.waitFor("a protocol error", (trap) => trap.includes(`${V3}.0.2`));
  const from = heard.mark();
  const now = (name: string, state: number) => (trap: string) =>
    trap.includes(`"${name}"`) && trap.includes(`4 = INTEGER: ${state}`);
  writeFileSync(join(stand.lan.folder, "tf"), "-127\n");
  await heard.waitFor("a fault", now("E", 3), { from });
  writeFileSync(join(stand.lan.folder, "tf"), "5\n");
  await heard.waitFor("a new master", (trap) => trap.includes(`${V3}.0.1`), { from });
  expect(await director.stop()).toBe(0);
  await heard.waitFor("the stop of the group", (trap) => trap.includes('"G"') && trap.includes("3 = INTEGER: 5"));
  const stops = (): number => heard.entries.filter((trap) => trap.includes("4 = INTEGER: 5")).length;
  await until("five stops", async () => stops() === 5, seconds(5));
  return {
    rows: new Map([...rows].map(([name, value]) => [name, value.replace(stand.lan.folder, "/folder")])),
    told: bySubject(heard.entries.filter((trap) => !trap.includes(".1.3.6.1.6.3.1.1.5.")).map(short)),
  };
}

describe.concurrent("SNMP", () => {
  test("a walk and the traps of a life are those of keepalived, row by row, but for the differences named here", async () => {
    const lives = new Map<Implementation, Life>();
    const one = async (implementation: Implementation): Promise<void> =>
      await Stand.with(async (stand) => void lives.set(implementation, await life(stand, implementation)), {
        ipv6: true,
      });
    await Promise.all([one("ours"), one("keepalived")]);
    const [ours, theirs] = [lives.get("ours"), lives.get("keepalived")];
    const names = new Set([...(ours?.rows.keys() ?? []), ...(theirs?.rows.keys() ?? [])]);
    const differing = [...names].filter((name) => ours?.rows.get(name) !== theirs?.rows.get(name));
    const unexplained = differing.filter((name) => !DIFFERENCES.some(([, row]) => row.test(name)));
    expect(unexplained.map((name) => `${name}: ${theirs?.rows.get(name)} → ${ours?.rows.get(name)}`)).toEqual([]);
    for (const [why, row] of DIFFERENCES)
      expect(
        differing.some((name) => row.test(name)),
        why,
      ).toBe(true);
    expect(names.size).toBeGreaterThan(500);
    expect(ours?.told).toEqual(theirs?.told);
  });

  test("no master is said once; one that comes, goes and comes again is found, by TCP too, and hears what it missed", async () => {
    await Stand.with(async (stand) => {
      const master = new SnmpMaster(stand, "lb1", "tcp:127.0.0.1:7050");
      const heard = await traps(stand, "lb1");
      const config = `global_defs {\nrouter_id R1\nsnmp_socket ${master.socket}\nenable_traps\nenable_snmp_vrrp\n}\n`;
      const lb1 = stand.start("lb1", config + fast("A", 61, 200, "192.0.2.61"));
      await lb1.waitForLog(/Failed to connect to the agentx master agent \(tcp:127.0.0.1:7050\): .*ECONNREFUSED/);
      await lb1.waitForState("MASTER");
      await master.start();
      await lb1.waitForLog(/AgentX subagent connected/);
      const isMaster = async (): Promise<boolean> => (await master.walk(`${K}.2.3.1.4`)).join().endsWith("INTEGER: 2");
      await until("master", isMaster, seconds(10));
      for (const state of [1, 2])
        await heard.waitFor(`state ${state}`, (trap) => trap.includes('"A"') && trap.includes(`4 = INTEGER: ${state}`));
      expect(await master.set(`${K}.2.3.1.7.1`, "i", "100")).toContain("notWritable");
      const from = lb1.log.mark();
      await master.kill();
      await lb1.waitForLog(/AgentX master disconnected us \(it closed the connection\), reconnecting/, { from });
      await master.start();
      await lb1.waitForLog(/AgentX subagent connected/, { from });
      await until("master", isMaster, seconds(10));
      const said = lb1.log.entries.filter(({ text }) => /agentx (master|subagent)/i.test(text));
      expect(said.map(({ text }) => (text.includes("subagent connected") ? "connected" : "none"))).toEqual([
        "none",
        "connected",
        "none",
        "connected",
      ]);
      await stand.reload(lb1, `global_defs {\nrouter_id R1\n}\n${fast("A", 61, 200, "192.0.2.61")}`);
      await until("nothing", async () => (await master.walk(`${K}.2`)).length === 0, seconds(10));
    });
  });
});
