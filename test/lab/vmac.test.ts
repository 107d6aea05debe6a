import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { arpClaim, sendFrames } from "./forge.ts";
import { run, until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";

const VMAC = "00:00:5e:00:01:33";
const OURS = "192.0.2.11";
const THEIRS = "192.0.2.12";

function vmac(priority: number, more = "use_vmac"): string {
  return instance({ priority, addresses: [`${VIP}/24`], more });
}

describe.concurrent("beside keepalived with use_vmac", () => {
  test("we are master, it takes over and gives back: each speaks with the virtual MAC, and one has the address", async () => {
    await Stand.with(async (stand) => {
      const theirs = stand.start("lb2", vmac(100), { implementation: "keepalived" });
      await theirs.waitForState("MASTER", { within: seconds(10) });
      const from = stand.capture.heard.mark();
      const ours = stand.start("lb1", vmac(200));
      await ours.waitForState("MASTER", { within: seconds(10) });
      await theirs.waitForState("BACKUP", { from: 0, within: seconds(5) });
      await adverts(stand, OURS, from);
      expect(
        stand.capture.heard.entries.slice(from).filter(({ kind, mac }) => kind === "garp" && mac !== VMAC),
      ).toEqual([]);
      expect(await arp(stand, "lb2")).toBe(VMAC);
      expect(await stand.vips("lb1")).toEqual([`vrrp.51 inet ${VIP}/24 scope global vrrp.51`]);
      expect(await stand.vips("lb2")).toEqual([]);
      // Only the interface below tells switches of the group: the packet filter keeps virtual MACs quiet.
      expect(await stand.lan.run("lb1", ["ip", "maddr", "show", "dev", "eth0"])).toContain("inet  224.0.0.18");
      const mark = theirs.log.mark();
      expect(await ours.stop()).toBe(0);
      await theirs.waitForState("MASTER", { from: mark, within: seconds(2) }); // it heard that we resigned
      expect(await arp(stand, "lb1")).toBe(VMAC);
      expect(await virtualLinks(stand)).toEqual([]);
    });
  });
});

describe.concurrent("the interface", () => {
  test("after kill -9 of a master's process: the same interface, the address never gone, nobody takes over", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(vmac(254));
      const lb2 = stand.start("lb2", vmac(100));
      await lb2.waitForState("BACKUP");
      const before = await virtualLinks(stand);
      const events = await stand.watchAddresses("lb1");
      const [from, mark] = [stand.capture.heard.mark(), lb1.log.mark()];
      lb1.killChild("vrrp");
      await lb1.waitForLog(/resuming in MASTER STATE/, { from: mark });
      await sleep(1500);
      expect(events.entries.map(({ text }) => text).filter((text) => text.includes(VIP))).toEqual([]);
      expect(await virtualLinks(stand)).toEqual(before);
      expect(sent(stand, THEIRS, from)).toEqual([]);
      await lb1.stop();
      expect(await virtualLinks(stand)).toEqual([]);
      expect(await baseSettings(stand)).toEqual(["0", "0"]);
    });
  });

  test("of a daemon that was killed is used again; another configuration removes it; the sysctls are as before", async () => {
    await Stand.with(async (stand) => {
      await stand.lan.run("lb1", ["sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=1"]);
      const lb1 = await stand.startMaster(vmac(254));
      const before = await virtualLinks(stand);
      await lb1.killAll();
      expect(await virtualLinks(stand)).toEqual(before);
      expect(await baseSettings(stand)).toEqual(["1", "1"]);
      let mark = lb1.log.mark();
      lb1.start();
      await lb1.waitForLog(/Found matching interface vrrp.51/, { from: mark });
      await lb1.waitForState("BACKUP", { from: mark });
      expect(await virtualLinks(stand)).toEqual(before);
      expect(await stand.vips("lb1")).toEqual([]);
      await lb1.killAll();
      stand.configure("lb1", vmac(254, ""));
      mark = lb1.log.mark();
      lb1.start();
      await lb1.waitForState("BACKUP", { from: mark });
      await until("it is gone", async () => (await virtualLinks(stand)).length === 0, seconds(2));
      await until("arp_ignore", async () => (await baseSettings(stand)).join() === "0,0", seconds(2));
      await until("rp_filter", async () => (await setting(stand, "all/rp_filter")) === "1", seconds(2));
    });
  });

  test("deleted by somebody: back with its address and announced, and no failover", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(vmac(254));
      const lb2 = stand.start("lb2", vmac(100));
      await lb2.waitForState("BACKUP");
      const [from, mark] = [stand.capture.heard.mark(), lb1.log.mark()];
      await ip(stand, "link", "del", "vrrp.51");
      await until("VIP", async () => (await stand.vips("lb1")).length === 1, milliseconds(500));
      await adverts(stand, OURS, from);
      await sleep(1500);
      expect(stand.capture.heard.entries.slice(from).some((heard) => heard.kind === "garp" && heard.mac === VMAC)).toBe(
        true,
      );
      expect(lb1.log.entries.slice(mark).filter(({ text }) => / Entering /.test(text))).toEqual([]);
      expect(sent(stand, THEIRS, from)).toEqual([]);
    });
  });

  test("made again, it is listened on for others that claim the address", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(vmac(255));
      const before = await virtualLinks(stand);
      await ip(stand, "link", "del", "vrrp.51");
      const back = async () => (await stand.vips("lb1")).length === 1 && (await virtualLinks(stand)) !== before;
      await until("VIP", back, seconds(2));
      const mark = lb1.log.mark();
      await sendFrames(stand, [arpClaim(stand, 2)], 200, 10);
      await lb1.waitForLog(/SPLIT BRAIN/, { from: mark });
    });
  });

  test("follows its base: down and up, deleted and made again", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(vmac(255));
      for (const [go, back] of [
        [() => stand.lan.setLink("lb1", "down"), () => stand.lan.setLink("lb1", "up")],
        [() => ip(stand, "link", "del", "eth0"), () => connect(stand)],
      ] as const) {
        let mark = lb1.log.mark();
        await go();
        await lb1.waitForState("FAULT", { from: mark, within: seconds(2) });
        expect(await stand.vips("lb1")).toEqual([]);
        mark = lb1.log.mark();
        await back();
        const from = stand.capture.heard.mark();
        await lb1.waitForState("MASTER", { from: mark, within: seconds(10) });
        await until("VIP", async () => (await stand.vips("lb1")).length === 1, seconds(2));
        await adverts(stand, OURS, from);
        expect(await arp(stand, "lb2")).toBe(VMAC);
        expect(await baseSettings(stand)).toEqual(["1", "1"]);
      }
      await lb1.stop();
      expect(await baseSettings(stand)).toEqual(["0", "0"]);
    });
  });

  test("a reload of the same file changes nothing; one without use_vmac moves the address to the base, and back", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(vmac(254));
      const before = await virtualLinks(stand);
      const events = await stand.watchAddresses("lb1");
      await stand.reload(lb1, vmac(254));
      await sleep(300);
      expect(events.entries.filter(({ text }) => text.includes(VIP))).toEqual([]);
      expect(await virtualLinks(stand)).toEqual(before);
      let from = stand.capture.heard.mark();
      await stand.reload(lb1, vmac(254, ""));
      expect(await stand.vips("lb1")).toEqual([`eth0 inet ${VIP}/24 scope global secondary eth0`]);
      await until("GARP", async () => stand.announcements("lb1", VIP, from) > 0, seconds(2));
      expect(await virtualLinks(stand)).toEqual([]); // "Reload complete" comes after that
      expect(await baseSettings(stand)).toEqual(["0", "0"]);
      from = stand.capture.heard.mark();
      await stand.reload(lb1, vmac(254));
      expect(await stand.vips("lb1")).toEqual([`vrrp.51 inet ${VIP}/24 scope global vrrp.51`]);
      await adverts(stand, OURS, from);
      expect(lb1.log.entries.filter(({ text }) => / Entering /.test(text))).toHaveLength(2);
    });
  });

  test("is called otherwise where the name is taken, and lies on each interface that has an address with use_vmac", async () => {
    await Stand.with(async (stand) => {
      await ip(stand, "link", "add", "vrrp.51", "type", "veth", "peer", "name", "side1");
      await ip(stand, "link", "set", "vrrp.51", "up");
      await ip(stand, "link", "set", "side1", "up");
      await ip(stand, "link", "add", "link", "eth0", "name", "other", "type", "macvlan", "mode", "bridge");
      const more = "use_vmac\n virtual_ipaddress_excluded {\n 198.51.100.9/24 dev side1 use_vmac\n }";
      const lb1 = await stand.startMaster(vmac(254, more));
      await until("VIPs", async () => (await stand.vips("lb1")).length === 2, seconds(2));
      expect((await stand.vips("lb1")).toSorted()).toEqual([
        `vrrp1.51 inet ${VIP}/24 scope global vrrp1.51`,
        "vrrp2.51 inet 198.51.100.9/24 scope global vrrp2.51",
      ]);
      await lb1.stop();
      expect(await ip(stand, "-o", "link", "show", "vrrp.51")).toContain("vrrp.51@side1");
      expect((await virtualLinks(stand)).join()).toMatch(/^\d+: other@eth0$/); // those of others stay
    });
  });
});

test.concurrent("an ipvlan that the kernel cannot make: said once, its instance in fault, and the others run", async () => {
  await Stand.with(async (stand) => {
    // A kernel without ipvlan has no such type; one with it has none on the base of a macvlan.
    await ip(stand, "link", "add", "link", "eth0", "name", "other", "type", "macvlan", "mode", "bridge");
    const other = instance({ name: "VI_2", vrid: 52, addresses: ["192.0.2.102"] });
    const lb1 = stand.start("lb1", vmac(255, "use_ipvlan 192.0.2.21/24") + other);
    await lb1.waitForLog(/\(VI_2\) Entering MASTER STATE/, { within: seconds(10) });
    await lb1.waitForLog(/\(VI_1\) Entering FAULT STATE/, { within: seconds(10) });
    await ip(stand, "link", "set", "other", "up"); // it looks around again
    await until("VIP", async () => (await stand.vips("lb1")).length > 0, seconds(5));
    expect(await stand.vips("lb1")).toEqual(["eth0 inet 192.0.2.102/32 scope global eth0"]);
    const refusals = lb1.log.entries.filter(({ text }) => text.includes("cannot make"));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.text).toMatch(/\(VI_1\): cannot make ipvlan vrrp\.51: (EOPNOTSUPP|EBUSY) /);
  });
});

/** Waits for two adverts of a sender with the virtual MAC. */
async function adverts(stand: Stand, source: string, from: number): Promise<void> {
  await until("adverts", async () => sent(stand, source, from).length > 1, seconds(5));
}

function sent(stand: Stand, source: string, from: number) {
  return stand.capture.adverts(VMAC, from).filter((advert) => advert.from === source);
}

/** Who answers for the VIP, as another node finds out anew. */
async function arp(stand: Stand, node: string): Promise<string> {
  await stand.lan.attempt(node, ["ip", "neigh", "flush", "to", VIP]);
  const answer = await stand.lan.run(node, ["arping", "-c", "2", "-w", "3", "-I", "eth0", VIP]);
  const macs = [...answer.matchAll(/\[([\dA-F:]{17})\]|\b((?:[\da-f]{2}:){5}[\da-f]{2})\b/gi)].map(([, a, b]) =>
    (a ?? b ?? "").toLowerCase(),
  );
  return [...new Set(macs)].join();
}

/** The macvlans of lb1, by index. */
async function virtualLinks(stand: Stand): Promise<string[]> {
  const text = await ip(stand, "-o", "link", "show", "type", "macvlan");
  return [...text.matchAll(/^(\d+: \S+):/gm)].map(([, name = ""]) => name);
}

async function baseSettings(stand: Stand): Promise<string[]> {
  return [await setting(stand, "eth0/arp_ignore"), await setting(stand, "eth0/arp_filter")];
}

async function setting(stand: Stand, name: string): Promise<string> {
  return (await stand.lan.run("lb1", ["cat", `/proc/sys/net/ipv4/conf/${name}`])).trim();
}

async function ip(stand: Stand, ...words: string[]): Promise<string> {
  return await run(["ip", "-n", stand.lan.namespace("lb1"), ...words]);
}

/** Makes lb1's eth0 again, as it was. */
async function connect(stand: Stand): Promise<void> {
  const bridge = ["ip", "-n", stand.lan.namespace("lan"), "link"];
  const peer = ["peer", "name", "eth0", "address", stand.lan.mac("lb1"), "netns", stand.lan.namespace("lb1")];
  await run([...bridge, "add", "lb1", "type", "veth", ...peer]);
  await run([...bridge, "set", "lb1", "master", "br0", "up"]);
  await ip(stand, "link", "set", "eth0", "up");
  await ip(stand, "addr", "add", `${OURS}/24`, "brd", "+", "dev", "eth0");
}
