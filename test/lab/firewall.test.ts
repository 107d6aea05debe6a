import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { NetlinkSocket } from "../../src/io/netlink-socket.ts";
import { batchRefusal } from "../../src/io/nftables-table.ts";
import { NETLINK_NETFILTER } from "../../src/netlink/nft-constants.ts";
import { deleteTable, NFT_BATCH } from "../../src/netlink/nftables.ts";
import { until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";

const SERVED = "192.0.2.101";
const ADDRESSES = [`${VIP}/24`, `${SERVED}/24`];
const SERVICE = `virtual_server ${SERVED} 80 {
  protocol TCP
  lb_algo rr
  lb_kind NAT
  real_server 192.0.2.11 80 {
  }
}
`;

function guarded(more = "no_accept"): string {
  return instance({ priority: 254, addresses: ADDRESSES, more }) + SERVICE;
}

describe.concurrent("no_accept", () => {
  test.each(["no_accept", "strict_mode on"])(
    "%s: a master drops what is for its addresses, but for the port of a virtual server; nothing stays at the end",
    async (more) => {
      await Stand.with(async (stand) => {
        listen(stand);
        const lb1 = await stand.startMaster(guarded(more));
        await reaches(stand, "192.0.2.11", 80);
        expect(await answers(stand, SERVED, 80)).toBe(true);
        expect(await answers(stand, SERVED, 81)).toBe(false);
        expect(await answers(stand, VIP, 80)).toBe(false);
        expect((await stand.lan.attempt("lb2", ["ping", "-c1", "-W1", VIP])).status).not.toBe(0);
        await stand.reload(lb1, guarded(""));
        expect(await answers(stand, VIP, 80)).toBe(true);
        await stand.reload(lb1, guarded(more));
        expect(await answers(stand, VIP, 80)).toBe(false);
        await lb1.stop();
        expect(await ruleset(stand)).toBe("");
      });
    },
  );

  test("a master that is called otherwise by a reload goes on dropping, for the addresses that it still has", async () => {
    await Stand.with(async (stand) => {
      listen(stand);
      const lb1 = await stand.startMaster(guarded());
      await reaches(stand, "192.0.2.11", 80);
      const renamed = (more?: string): string => guarded(more).replace("VI_1", "VI_2");
      await stand.reload(lb1, renamed());
      expect(await answers(stand, VIP, 80)).toBe(false);
      expect(await ruleset(stand)).toContain(SERVED);
      await stand.reload(lb1, renamed().replace(ADDRESSES[1] ?? "", ""));
      expect(await answers(stand, VIP, 80)).toBe(false);
      expect(await ruleset(stand)).not.toContain(SERVED);
    });
  });

  test("vrrp_iptables, vrrp_ipsets, nftables_ifindex: the table filters, and knows interfaces as they are now", async () => {
    await Stand.with(
      async (stand) => {
        listen(stand);
        const six = instance({
          ...{ name: "VI_6", vrid: 52, priority: 254, addresses: ["fe80::100", "2001:db8::100"] },
          more: "native_ipv6\n    version 3\n    no_accept",
        });
        const quiet = instance({ name: "VI_V", vrid: 53, priority: 254, addresses: ["192.0.2.102"], more: "use_vmac" });
        const text = (more: string): string =>
          `global_defs {\n    vrrp_iptables FOO BAR\n    vrrp_ipsets a b\n    ${more}\n}\n${guarded()}${six}${quiet}`;
        const lb1 = await stand.startMaster(text("nftables_ifindex"));
        await lb1.waitForLog(/`vrrp_iptables` uses no iptables: the nftables table `keepalived` filters/);
        await lb1.waitForLog(/`vrrp_ipsets` uses no ipsets/);
        await lb1.waitForLog(/\(VI_6\) Entering MASTER STATE/);
        await reaches(stand, "192.0.2.11", 80);
        const pings = async (address: string): Promise<boolean> =>
          (await stand.lan.attempt("lb2", ["ping", "-c1", "-W1", address])).status === 0;
        const pinged = ["fe80::100%eth0", "2001:db8::100", "2001:db8::11"];
        const dropped = async (): Promise<void> => {
          await until("the address", async () => (await stand.vips("lb1")).join().includes("fe80::100"), seconds(5));
          expect(await answers(stand, VIP, 80)).toBe(false);
          expect(await Promise.all(pinged.map(pings))).toEqual([false, false, true]);
        };
        await dropped();
        const elements = 'type iface_index\n\t\telements = { "vrrp.53" }';
        expect(await ruleset(stand)).toContain('elements = { fe80::100 . "eth0" }');
        expect(await ruleset(stand)).toContain(elements);
        await stand.lan.run("lb1", ["ip", "link", "delete", "vrrp.53"]);
        await until("the new index", async () => (await ruleset(stand)).includes(elements), seconds(3));
        await stand.reload(lb1, text(""));
        expect(await ruleset(stand)).toContain('elements = { fe80::100 . "eth0" }');
        expect(await ruleset(stand)).not.toContain("iface_index");
        await dropped();
        await stand.reload(lb1, text("nftables_ifindex"));
        expect(await ruleset(stand)).toContain(elements);
        await dropped();
        await stand.reload(lb1, text("nftables_ifindex").replaceAll("no_accept", ""));
        expect(await Promise.all(pinged.map(pings))).toEqual([true, true, true]);
      },
      { ipv6: true },
    );
  });

  test("a backup drops nothing, and an owner is never guarded", async () => {
    await Stand.with(async (stand) => {
      listen(stand);
      const lb1 = stand.start("lb1", guarded());
      await lb1.waitForState("BACKUP");
      expect(await ruleset(stand)).toContain("set vips {\n\t\ttype ipv4_addr\n\t}");
      await lb1.stop();
      stand.configure("lb1", guarded().replace("254", "255").replace("BACKUP", "MASTER"));
      lb1.start();
      await lb1.waitForState("MASTER", { from: lb1.log.mark() });
      await until("VIP", async () => await answers(stand, VIP, 80), seconds(3));
      expect(await ruleset(stand)).toBe("");
    });
  });

  test("after kill -9 of the process the next one guards again; after that of the daemon the table is gone", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(guarded());
      const mark = lb1.log.mark();
      lb1.killChild("vrrp");
      await lb1.waitForLog(/resuming in MASTER STATE/, { from: mark });
      await until("the rule", async () => (await ruleset(stand)).includes(VIP), seconds(2));
      await lb1.killAll();
      await until("no table", async () => (await ruleset(stand)) === "", seconds(2));
    });
  });

  test("a table that belongs to another process: it says what is not protected, and works on", async () => {
    await Stand.with(async (stand) => {
      const other = "(echo 'add table inet keepalived { flags owner; }'; sleep 60) | nft -i";
      stand.lan.spawn("lb1", ["sh", "-c", other]);
      await until("the table", async () => (await ruleset(stand)).includes("flags owner"), seconds(5));
      const lb1 = await stand.startMaster(guarded());
      await lb1.waitForLog(/no packet filter: packets for the addresses of VI_1 are accepted: .*EPERM/);
    });
  });
});

test.concurrent.each([
  ["", ""],
  ["; nor with vrrp_iptables and nftables_ifindex", "global_defs {\n    vrrp_iptables\n    nftables_ifindex\n}\n"],
])("a virtual MAC interface does not report the groups that programs join on it%s", async (_, globals) => {
  await Stand.with(async (stand) => {
    const heard: string[] = [];
    const tcpdump = stand.lan.spawn("lan", ["tcpdump", "-i", "br0", "-n", "-e", "-l", "igmp"]);
    for (const stream of [tcpdump.stdout, tcpdump.stderr])
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => heard.push(line));
    await until("tcpdump", async () => heard.some((line) => line.startsWith("listening")), seconds(5));
    await stand.startMaster(globals + instance({ priority: 254, addresses: ADDRESSES, more: "use_vmac" }));
    const join = `const s = require("node:dgram").createSocket("udp4"); s.bind(9, () => {
      s.addMembership("239.1.2.3", "${VIP}"); s.addMembership("239.1.2.4", "192.0.2.11"); })`;
    stand.lan.spawn("lb1", [process.execPath, "-e", join]);
    const from = (mac: string): string[] => heard.filter((line) => line.includes(mac));
    await until("a report of eth0", async () => from(stand.lan.mac("lb1")).length > 1, seconds(10));
    await sleep(1500);
    expect(from("00:00:5e:00:01:33")).toEqual([]);
    expect(await ruleset(stand)).toContain('elements = { "vrrp.51" }');
  });
});

test("a kernel without nf_tables answers no request of a batch, and that is said in words", () => {
  const UNHEARD_OF = 77; // its subsystem is as absent as that of nf_tables there
  const [begin, end] = NFT_BATCH.map((bytes) => Uint8Array.of(...bytes.subarray(0, -1), UNHEARD_OF));
  if (begin === undefined || end === undefined) throw new Error("no batch");
  const netlink = new NetlinkSocket(NETLINK_NETFILTER);
  const answers = netlink.transactAtomically([deleteTable("keepalived"), deleteTable("keepalived")], [begin, end]);
  netlink.close();
  expect(batchRefusal("cannot make the nftables table keepalived", answers)?.message).toBe(
    "cannot make the nftables table keepalived: EOPNOTSUPP (Operation not supported): this kernel has no nf_tables, and iptables is not used",
  );
});

/** Programs on lb1 that answer on every address, ports 80 and 81. */
function listen(stand: Stand): void {
  const program = `for (const port of [80, 81]) require("node:net").createServer((s) => s.end()).listen(port, "0.0.0.0")`;
  stand.lan.spawn("lb1", [process.execPath, "-e", program]);
}

async function reaches(stand: Stand, address: string, port: number): Promise<void> {
  await until(`${address}:${port}`, async () => await answers(stand, address, port), seconds(5));
}

async function answers(stand: Stand, address: string, port: number): Promise<boolean> {
  const program = `const s = require("node:net").connect(${port}, "${address}");
    s.on("connect", () => process.exit(0)); s.on("error", () => process.exit(1)); setTimeout(() => process.exit(2), 1000)`;
  return (await stand.lan.attempt("lb2", [process.execPath, "-e", program])).status === 0;
}

async function ruleset(stand: Stand): Promise<string> {
  return await stand.lan.run("lb1", ["nft", "list", "ruleset"]);
}
