// node dist/lab/links.js OUT.json: ours beside keepalived with `use_ipvlan`, over both families, and on interfaces in a
// VRF; ours with a polled card. Writes down what happened; what must be true of it says links.test.ts. Needs root,
// ipvlan, vrf, and QEMU's card `nic` as nic0 with QMP behind /dev/ttyS2 (VM_NIC of test/lab/vm).
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "../../src/base/time.ts";
import type { Director } from "./daemon.ts";
import type { Instances, IpvlanRecord, LinksRecord, MiiRecord, SixRecord, VrfRecord } from "./links-record.ts";
import { run, until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";
import { addresses } from "./tables.ts";

const PATIENCE = { within: seconds(180) };
/** Longer than Master_Down_Interval: whoever does not hear the master is one itself then. */
const DEAF = 5000;

const [out = "/dev/stdout"] = process.argv.slice(2);
const record = await all().catch((error: unknown) => ({ error: error instanceof Error ? error.stack : error }));
writeFileSync(out, JSON.stringify(record, undefined, 1));
process.exit("error" in record ? 1 : 0);

/** All at the same time: they wait for one another's timers, not for the processor. */
async function all(): Promise<LinksRecord> {
  const [four, six, vrf, mii] = await Promise.all([
    within(ipvlan),
    within(ipvlanSix, { ipv6: true }),
    within(vrfs),
    within(polled),
  ]);
  return { ipvlan: four, six, vrf, mii };
}

async function within<T>(story: (stand: Stand) => Promise<T>, options?: { ipv6: boolean }): Promise<T> {
  let result: T | undefined;
  await Stand.with(async (stand) => {
    result = await story(stand);
  }, options);
  return result as T;
}

async function ipvlan(stand: Stand): Promise<IpvlanRecord> {
  await stand.lan.run("lb1", ["sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=1"]);
  const wish = (priority: number, use: string) => instance({ priority, addresses: [`${VIP}/24`], more: use });
  const ours = stand.start("lb1", wish(200, "use_ipvlan ipv0 192.0.2.21/24 vepa group 7"));
  await ours.waitForState("MASTER", PATIENCE);
  const theirs = stand.start("lb2", wish(100, "use_ipvlan 192.0.2.22/24 private"), { implementation: "keepalived" });
  await theirs.waitForState("BACKUP", PATIENCE);
  await until("VIP", async () => (await stand.vips("lb1")).some((line) => line.includes(VIP)), seconds(5));
  const from = stand.capture.heard.mark();
  await sleep(3000);
  const first = {
    links: { ours: await ipvlans(stand, "lb1"), keepalived: await ipvlans(stand, "lb2") },
    addresses: { ours: await stand.vips("lb1"), keepalived: await stand.vips("lb2") },
    senders: senders(stand, from),
    answers: await arp(stand),
  };

  const before = (await indexes(stand)).join();
  const mark = ours.log.mark();
  ours.killChild("vrrp");
  // Under emulation it is back later than Master_Down_Interval: it may have to begin anew.
  await ours.waitForLog(/Found matching interface ipv0/, { from: mark, ...PATIENCE });
  await ours.waitForLog(/(resuming in|Entering) MASTER STATE/, { from: mark, ...PATIENCE });
  const respawn = { before, after: (await indexes(stand)).join() };

  const alone = theirs.log.mark();
  await ours.killAll();
  await theirs.waitForState("MASTER", { from: alone, ...PATIENCE }).catch(() => {}); // it may be master already
  const killed = { links: await ipvlans(stand, "lb1"), theirState: theirs.state ?? "" };
  stand.configure("lb1", wish(50, "use_ipvlan ipv0 192.0.2.21/24 bridge"));
  const again = ours.log.mark();
  ours.start();
  await ours.waitForState("BACKUP", { from: again, ...PATIENCE });
  await sleep(DEAF);
  const second = {
    links: await ipvlans(stand, "lb1"),
    addresses: await stand.vips("lb1"),
    state: ours.state ?? "",
  };

  const has = async (address: string) => (await stand.vips("lb1")).some((line) => line.includes(` ${address}/`));
  await ip(stand, "lb1", "address", "del", "192.0.2.21/24", "dev", "ipv0");
  await until("the address again", async () => await has("192.0.2.21"), seconds(10));
  const restored = await stand.vips("lb1");

  await theirs.stop();
  await ours.waitForState("MASTER", { from: again, ...PATIENCE });
  await stand.reload(ours, wish(50, "use_ipvlan ipv0 192.0.2.23/24 bridge"));
  await until("the other address", async () => await has("192.0.2.23"), seconds(10));
  await until("VIP", async () => await has(VIP), seconds(10));
  const renamed = stand.capture.heard.mark();
  await sleep(2500);
  const reloaded = { addresses: await stand.vips("lb1"), senders: senders(stand, renamed) };
  await ours.stop();
  const left = { links: await ipvlans(stand, "lb1"), settings: await settings(stand) };
  return { ...first, respawn, killed, again: second, restored, reloaded, left, log: texts(ours) };
}

async function ipvlanSix(stand: Stand): Promise<SixRecord> {
  const wish = (priority: number) => instance({ priority, addresses: ["fe80::100/64"], more: "use_ipvlan" });
  const ours = stand.start("lb1", wish(200));
  await ours.waitForState("MASTER", PATIENCE);
  const theirs = stand.start("lb2", wish(100), { implementation: "keepalived" });
  await theirs.waitForState("BACKUP", PATIENCE);
  await sleep(DEAF);
  const links = { ours: await ipvlans(stand, "lb1"), keepalived: await ipvlans(stand, "lb2") };
  const found = { ours: await addresses(stand.lan, "lb1"), keepalived: await addresses(stand.lan, "lb2") };
  const theirState = theirs.state ?? "";
  await ours.stop();
  await theirs.waitForState("MASTER", PATIENCE);
  stand.configure("lb1", wish(50));
  const mark = ours.log.mark();
  ours.start();
  await ours.waitForState("BACKUP", { from: mark, ...PATIENCE });
  await sleep(DEAF);
  return { links, addresses: found, theirState, backup: ours.state ?? "", log: texts(ours) };
}

/** Both sides ask for the same; ours has an instance more without interface, which keepalived 2.2.7 does not take. */
async function vrfs(stand: Stand): Promise<VrfRecord> {
  for (const node of ["lb1", "lb2"]) {
    await ip(stand, node, "link", "add", "red", "type", "vrf", "table", "10");
    await ip(stand, node, "link", "set", "red", "up");
    await ip(stand, node, "link", "set", "eth0", "master", "red");
    await ip(stand, node, "link", "add", "d0", "type", "dummy");
    await ip(stand, node, "link", "set", "d0", "up");
  }
  const config = (host: number, peer: number, priority: number, device: string, statics: string) =>
    [
      `static_routes {\n 203.0.113.0/25 dev d0 vrf red\n ${statics}\n}`,
      instance({
        ...{ priority, addresses: [`${VIP}/24`] },
        more: "virtual_routes {\n 198.51.100.0/24 via 192.0.2.254 dev eth0 vrf red\n }",
      }),
      instance({ name: "VI_2", vrid: 52, priority, addresses: ["192.0.2.102/24"], more: "use_vmac" }),
      `vrrp_instance VI_3 {
        state BACKUP
        ${device}
        virtual_router_id 53
        priority ${priority}
        advert_int 1
        unicast_src_ip 192.0.2.${host}
        unicast_peer {
          192.0.2.${peer}
        }
        virtual_ipaddress {
          192.0.2.103/24 dev eth0
        }
      }`,
    ].join("\n");
  const ours = stand.start("lb1", config(11, 12, 200, "vrf red", "203.0.113.128/25 dev d0 vrf blue"));
  await everyInstance(ours, "MASTER");
  const theirs = stand.start("lb2", config(12, 11, 100, "interface eth0", ""), { implementation: "keepalived" });
  await everyInstance(theirs, "BACKUP");
  await sleep(DEAF);
  const first = { ours: states(ours), keepalived: states(theirs) };
  const ourRoutes = await routes(stand, "lb1", "10");
  const master = [...(await ip(stand, "lb1", "-o", "link", "show", "master", "red")).matchAll(/^\d+: (\S+):/gm)];
  await ip(stand, "lb1", "link", "add", "blue", "type", "vrf", "table", "20");
  await until("the route of the VRF", async () => (await routes(stand, "lb1", "20")).length > 0, seconds(10));
  const later = await routes(stand, "lb1", "20");
  await ours.stop();
  const left = [...(await routes(stand, "lb1", "10")), ...(await routes(stand, "lb1", "20"))];
  await everyInstance(theirs, "MASTER");
  await until("their route", async () => (await routes(stand, "lb2", "10")).length > 1, seconds(10));
  const second = { ours: [], keepalived: states(theirs) };
  const theirRoutes = await routes(stand, "lb2", "10");
  stand.configure("lb1", config(11, 12, 50, "vrf red", ""));
  ours.start();
  await everyInstance(ours, "BACKUP");
  await sleep(DEAF);
  return {
    ...{ first, second, third: { ours: states(ours), keepalived: states(theirs) } },
    routes: { ours: ourRoutes, keepalived: theirRoutes },
    ...{ later, left, log: [...texts(ours), "--", ...texts(theirs)] },
    master: master.map(([, name = ""]) => name).toSorted(),
  };
}

async function polled(stand: Stand): Promise<MiiRecord> {
  await run(["ip", "link", "set", "nic0", "netns", stand.lan.namespace("lb1")]);
  await ip(stand, "lb1", "link", "set", "nic0", "up");
  await run(["stty", "-F", "/dev/ttyS2", "raw", "clocal", "-echo"]);
  writeFileSync("/dev/ttyS2", Uint8Array.of(0xff)); // whatever was echoed before is no request
  writeFileSync("/dev/ttyS2", JSON.stringify({ execute: "qmp_capabilities" }));
  const plug = (up: boolean) =>
    writeFileSync("/dev/ttyS2", JSON.stringify({ execute: "set_link", arguments: { name: "nic", up } }));
  const text = `linkbeat_interfaces {\n nic0\n}\n${instance({ more: "track_interface {\n nic0\n }" })}`;
  const lb1 = stand.start("lb1", text);
  await lb1.waitForState("MASTER", PATIENCE);
  const plugged = lb1.state ?? "";
  let mark = lb1.log.mark();
  plug(false);
  await lb1.waitForLog(/Linkbeat reports nic0 down/, { from: mark, ...PATIENCE });
  await lb1.waitForState("FAULT", { from: mark, ...PATIENCE });
  const unplugged = lb1.state ?? "";
  mark = lb1.log.mark();
  plug(true);
  await lb1.waitForLog(/Linkbeat reports nic0 up/, { from: mark, ...PATIENCE });
  await lb1.waitForState("MASTER", { from: mark, ...PATIENCE });
  return { plugged, unplugged, again: lb1.state ?? "", log: texts(lb1) };
}

async function everyInstance(director: Director, state: string): Promise<void> {
  await until(
    `every instance of ${director.node} ${state}`,
    async () => states(director).length === 3 && states(director).every((line) => line.endsWith(state)),
    PATIENCE.within,
  ).catch((error) => {
    throw new Error(`${error.message}\n${texts(director).join("\n")}`);
  });
}

/** What each instance last said since the last start. */
function states({ log }: Director): Instances["ours"] {
  const lines = log.entries.map(({ text }) => text);
  const start = lines.findLastIndex((line) => line.includes("Starting "));
  const last = new Map<string, string>();
  for (const line of lines.slice(start + 1)) {
    const [, name, state] = /\((\w+)\) Entering (MASTER|BACKUP|FAULT) STATE/.exec(line) ?? [];
    if (name !== undefined && state !== undefined) last.set(name, state);
  }
  return [...last].map(([name, state]) => `${name} ${state}`).toSorted();
}

/** `ipv0@eth0 vepa group 7`. */
async function ipvlans(stand: Stand, node: string): Promise<string[]> {
  const text = await ip(stand, node, "-d", "-o", "link", "show", "type", "ipvlan");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, name = ""] = /^\d+: (\S+):/.exec(line) ?? [];
      const [, mode = ""] = /ipvlan\s+mode l2 (\w+)/.exec(line) ?? [];
      const [, group = ""] = / group (\S+)/.exec(line) ?? [];
      return `${name} ${mode} group ${group}`;
    });
}

/** The ipvlans of lb1, by index. */
async function indexes(stand: Stand): Promise<string[]> {
  const text = await ip(stand, "lb1", "-o", "link", "show", "type", "ipvlan");
  return [...text.matchAll(/^(\d+: \S+):/gm)].map(([, name = ""]) => name);
}

function senders(stand: Stand, from: number): string[] {
  const names = new Map([
    [stand.lan.mac("lb1"), "ours"],
    [stand.lan.mac("lb2"), "keepalived"],
  ]);
  const adverts = stand.capture.heard.entries
    .slice(from)
    .flatMap((heard) => (heard.kind === "advert" ? `${heard.from} ${names.get(heard.mac) ?? heard.mac}` : []));
  return [...new Set(adverts)];
}

/** Who answers lb2 for the VIP: a director's name, or a MAC address. */
async function arp(stand: Stand): Promise<string> {
  const answer = await stand.lan.run("lb2", ["arping", "-c", "2", "-w", "5", "-I", "eth0", VIP]);
  const macs = new Set([...answer.matchAll(/\[([\dA-F:]{17})\]/gi)].map(([, one = ""]) => one.toLowerCase()));
  return [...macs].map((one) => (one === stand.lan.mac("lb1") ? "ours" : one)).join();
}

/** arp_ignore and arp_filter of lb1's eth0, and rp_filter of all. */
async function settings(stand: Stand): Promise<string> {
  const files = ["eth0/arp_ignore", "eth0/arp_filter", "all/rp_filter"].map(
    (name) => `/proc/sys/net/ipv4/conf/${name}`,
  );
  return (await stand.lan.run("lb1", ["cat", ...files])).trim().split("\n").join(" ");
}

async function routes(stand: Stand, node: string, table: string): Promise<string[]> {
  const text = await ip(stand, node, "route", "show", "table", table, "proto", "keepalived");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .toSorted();
}

async function ip(stand: Stand, node: string, ...words: string[]): Promise<string> {
  return await run(["ip", "-n", stand.lan.namespace(node), ...words]);
}

function texts({ log }: Director): string[] {
  return log.entries.map(({ text }) => text);
}
