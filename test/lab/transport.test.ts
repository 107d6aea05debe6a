import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type IpAddress, ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { encodeIpv4 } from "../../src/wire/ipv4.ts";
import { encodeIpv6 } from "../../src/wire/ipv6.ts";
import { type AdvertisementV3, encodeAdvertisement } from "../../src/wire/vrrp.ts";
import type { Director } from "./daemon.ts";
import { until } from "./run.ts";
import { Stand, VIP } from "./stand.ts";

const SENDER = fileURLToPath(new URL("raw-sender.mjs", import.meta.url));
const V6 = { ipv6: true };

describe.concurrent("IPv6", () => {
  test("a hop limit below 255 and a wrong checksum are dropped, and counted by reason", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ addresses: ["fe80::100"] }));
      await lb1.waitForState("MASTER");
      const to = "ff02::12";
      const good = { from: "fe80::ff:fe00:2", to, priority: 254, addresses: ["fe80::100"] };
      await send(stand, { ...good, ttl: 254 });
      await send(stand, { ...good, spoil: (bytes) => bytes.with(6, 0xbd) });
      await counted(stand, ["ttl", "checksum"]);
      expect(lb1.state).toBe("MASTER");
      await send(stand, good);
      await lb1.waitForState("BACKUP");
    }, V6);
  });

  test("virtual addresses are announced by neighbour advertisements, five times at once and five later", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ addresses: ["fe80::100", "2001:db8::100/64"] }));
      const from = stand.capture.heard.mark();
      await lb1.waitForState("MASTER");
      const heard = (): string[] =>
        stand.capture.heard.entries.slice(from).flatMap((it) => (it.kind === "na" ? [it.address] : []));
      const both = ["fe80:0:0:0:0:0:0:100", "2001:db8:0:0:0:0:0:100"];
      await until("ten announcements", async () => heard().length >= 10, seconds(5));
      expect(heard().slice(0, 10)).toEqual([both, both, both, both, both].flat());
      await until("ten more", async () => heard().length >= 20, seconds(10));
      const neighbours = await stand.lan.attempt("lb2", ["ping", "-6", "-c1", "-W2", "2001:db8::100"]);
      expect(neighbours.status).toBe(0);
    }, V6);
  });

  test("more addresses than a packet has room for: 89 are advertised, all are held, keepalived agrees", async () => {
    await Stand.with(async (stand) => {
      const addresses = Array.from({ length: 120 }, (_, i) => `fe80::1:${(i + 1).toString(16)}`);
      const lb1 = stand.start("lb1", config({ addresses }));
      const lb2 = stand.start("lb2", config({ addresses, priority: 50 }), { implementation: "keepalived" });
      await lb1.waitForState("MASTER");
      await lb2.waitForState("BACKUP");
      await lb1.waitForLog(/Number of VIPs \(120\) exceeds maximum\/space available in packet \(max 89 addresses\)/);
      await until("all addresses", async () => (await held(stand, "lb1", "fe80::1:")) === 120, seconds(5));
      await sleep(2500);
      expect(lb2.state).toBe("BACKUP");
      expect(lb2.log.entries.filter(({ text }) => /expected|not present|received lower/.test(text))).toEqual([]);
    }, V6);
  });

  test("an interface that is deleted and made again is spoken on again, from its new link-local address", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ addresses: ["fe80::100"] }));
      await lb1.waitForState("MASTER");
      const from = lb1.log.mark();
      await stand.lan.run("lb1", ["ip", "link", "del", "eth0"]);
      await lb1.waitForState("FAULT", { from });
      const heard = stand.capture.heard.mark();
      const peer = ["type", "veth", "peer", "name", "eth0", "address", "02:00:00:00:00:09"];
      await stand.lan.run("lan", ["ip", "link", "add", "lb1", ...peer, "netns", stand.lan.namespace("lb1")]);
      await stand.lan.run("lan", ["ip", "link", "set", "lb1", "master", "br0", "up"]);
      await stand.lan.run("lb1", ["ip", "link", "set", "eth0", "up"]);
      await lb1.waitForState("MASTER", { from });
      await stand.capture.heard.waitFor(
        "advert of the new interface",
        (it) => it.kind === "advert" && it.mac === "02:00:00:00:00:09" && it.from === "fe80:0:0:0:0:ff:fe00:9",
        { from: heard },
      );
    }, V6);
  });

  test("after a link that was down and a name that was another for a while, the group is heard again", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ addresses: ["fe80::100"] }));
      await lb1.waitForState("MASTER");
      const heardAgain = async (from: number): Promise<void> => {
        await lb1.waitForState("FAULT", { from });
        await lb1.waitForState("MASTER", { from });
        const mark = lb1.log.mark();
        await send(stand, { from: "fe80::ff:fe00:2", to: "ff02::12", priority: 254, addresses: ["fe80::100"] });
        await lb1.waitForState("BACKUP", { from: mark });
        await lb1.waitForState("MASTER", { from: mark });
      };
      let from = lb1.log.mark();
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForState("FAULT", { from });
      await stand.lan.setLink("lb1", "up");
      await heardAgain(from);
      from = lb1.log.mark();
      const rename = (name: string, to: string): string[] => ["ip", "link", "set", "dev", name, "name", to];
      await stand.lan.run("lb1", ["ip", "link", "set", "dev", "eth0", "down"]);
      await stand.lan.run("lb1", rename("eth0", "eth9"));
      await lb1.waitForState("FAULT", { from });
      await stand.lan.run("lb1", rename("eth9", "eth0"));
      await stand.lan.setLink("lb1", "up");
      await heardAgain(from);
    }, V6);
  });

  test("one VRID on one interface in both families and in another group: three instances, each heard for itself", async () => {
    await Stand.with(async (stand) => {
      const three = (priority: number): string =>
        [
          config({ name: "A", priority }),
          config({ name: "B", priority, addresses: ["fe80::100"] }),
          config({ name: "C", priority, addresses: ["192.0.2.101"], more: "mcast_dst_ip 224.0.0.77" }),
        ].join("");
      const lb1 = stand.start("lb1", three(200));
      for (const name of ["A", "B", "C"]) await lb1.waitForLog(new RegExp(`\\(${name}\\) Entering MASTER`));
      const lb2 = stand.start("lb2", three(100), { implementation: "keepalived" });
      await lb2.waitForLog(/\(C\) Entering BACKUP/);
      await sleep(1500);
      expect(lb2.log.entries.filter(({ text }) => /Entering MASTER/.test(text))).toEqual([]);
      expect(sockets(lb1)).toBe(3);
    }, V6);
  });
});

describe.concurrent("unicast", () => {
  const peer = "unicast_src_ip 192.0.2.11\nunicast_peer {\n192.0.2.12 min_ttl 200\n}";

  test("a stranger's advertisement does not hold a backup down, nor does one from too far away", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ priority: 100, more: peer }));
      await lb1.waitForState("MASTER");
      const forged = { to: "192.0.2.11", priority: 254, addresses: [VIP] };
      await send(stand, { ...forged, from: "192.0.2.66" });
      await send(stand, { ...forged, from: "192.0.2.12", ttl: 199 });
      await counted(stand, ["source", "ttl-range"]);
      expect(lb1.state).toBe("MASTER");
      await lb1.waitForLog(/\(VI_1\) unicast source address 192.0.2.66 not a unicast peer/);
      await lb1.waitForLog(/\(VI_1\) TTL\/HL 199 from 192.0.2.12 not in range \[200, 255\]/);
      const from = lb1.log.mark();
      await send(stand, { ...forged, from: "192.0.2.12", ttl: 200 });
      await lb1.waitForState("BACKUP", { from });
    });
  });

  test("a source that is not there is a fault until it is", async () => {
    await Stand.with(async (stand) => {
      const other = "unicast_src_ip 192.0.2.71\nunicast_peer {\n192.0.2.12\n}";
      const lb1 = stand.start("lb1", config({ more: other }));
      await lb1.waitForLog(/\(VI_1\): entering FAULT state \(src address not configured\)/);
      await lb1.waitForState("FAULT");
      await stand.lan.run("lb1", ["ip", "addr", "add", "192.0.2.71/24", "dev", "eth0"]);
      await lb1.waitForState("MASTER");
      const from = lb1.log.mark();
      await stand.lan.run("lb1", ["ip", "addr", "del", "192.0.2.71/24", "dev", "eth0"]);
      await lb1.waitForState("FAULT", { from });
    });
  });

  test("two instances with one VRID and source are told apart by their peers", async () => {
    await Stand.with(async (stand) => {
      const from = (name: string, host: number, vip: string): string =>
        config({
          name,
          priority: 100,
          addresses: [vip],
          more: `unicast_src_ip 192.0.2.11\nunicast_peer {\n192.0.2.${host}\n}`,
        });
      const lb1 = stand.start("lb1", from("A", 12, "192.0.2.100") + from("B", 13, "192.0.2.101"));
      await lb1.waitForLog(/\(A\) Entering MASTER/);
      await lb1.waitForLog(/\(B\) Entering MASTER/);
      await send(stand, { from: "192.0.2.13", to: "192.0.2.11", priority: 254, addresses: ["192.0.2.101"] });
      await lb1.waitForLog(/\(B\) Entering BACKUP STATE$/);
      expect(lb1.log.entries.filter(({ text }) => /\(A\) Entering BACKUP STATE$/.test(text))).toEqual([]);
      expect(sockets(lb1)).toBe(1);
    });
  });

  test.each([
    ["wherever the routes lead", ""],
    ["the device that `vrf` names", "vrf eth0"], // any device will do to see it: the kernel here has no VRF
  ])("without an interface an instance speaks on %s", async (_, line) => {
    await Stand.with(async (stand) => {
      const roaming = config({ addresses: [`${VIP} dev eth0`], more: `${peer}\n${line}` }).replace(
        "interface eth0",
        "",
      );
      const lb1 = stand.start("lb1", roaming);
      await lb1.waitForState("MASTER");
      const mirrored = "unicast_src_ip 192.0.2.12\nunicast_peer {\n192.0.2.11\n}";
      const lb2 = stand.start("lb2", config({ priority: 100, more: mirrored }), { implementation: "keepalived" });
      await lb2.waitForState("BACKUP");
      await sleep(1500);
      expect(lb2.state).toBe("BACKUP");
      await send(stand, { from: "192.0.2.12", to: "192.0.2.11", priority: 254, addresses: [VIP] });
      await lb1.waitForState("BACKUP");
    });
  });

  test("a reload adds a peer and takes one away, and the master stays master", async () => {
    await Stand.with(async (stand) => {
      const to = (...hosts: readonly number[]): string =>
        config({
          priority: 255,
          more: `unicast_src_ip 192.0.2.11\nunicast_peer {\n${hosts.map((host) => `192.0.2.${host}`).join("\n")}\n}`,
        });
      for (const host of [12, 13])
        await stand.lan.run("lb1", [
          "ip",
          "neigh",
          "add",
          `192.0.2.${host}`,
          "lladdr",
          stand.lan.mac("lb2"),
          "dev",
          "eth0",
        ]);
      const lb1 = stand.start("lb1", to(12));
      await lb1.waitForState("MASTER");
      const [from, heard] = [lb1.log.mark(), stand.capture.heard.mark()];
      await stand.reload(lb1, to(13));
      await stand.capture.heard.waitFor("adverts", () => stand.capture.adverts(stand.lan.mac("lb1"), heard).length > 3);
      const last = stand.capture.adverts(stand.lan.mac("lb1"), heard).at(-1);
      expect(last).toMatchObject({ to: "192.0.2.13", priority: 255 });
      expect(lb1.log.entries.slice(from).filter(({ text }) => /Entering/.test(text))).toEqual([]);
      const adverts = stand.capture.adverts(stand.lan.mac("lb1"), heard);
      expect(adverts.some(({ priority }) => priority === 0)).toBe(false);
    });
  });

  test("unicast_fault_no_peer: an instance without peers is in fault for good", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ more: "unicast_fault_no_peer" }));
      await lb1.waitForLog(/\(VI_1\) Cannot use unicast without any peers - going to fault state/);
      await lb1.waitForState("FAULT");
      await sleep(1500);
      expect([lb1.state, stand.capture.adverts(stand.lan.mac("lb1"))]).toEqual(["FAULT", []]);
    });
  });

  test("a killed vrrp process resumes as master with one advertisement, as if nothing had been", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ interval: 3, more: peer }));
      const mirrored = "unicast_src_ip 192.0.2.12\nunicast_peer {\n192.0.2.11\n}";
      const lb2 = stand.start("lb2", config({ interval: 3, priority: 100, more: mirrored }), {
        implementation: "keepalived",
      });
      await lb1.waitForState("MASTER");
      await lb2.waitForState("BACKUP");
      await sleep(500); // for the report
      lb1.killChild("vrrp");
      await lb1.waitForLog(/resuming in MASTER STATE/);
      await sleep(10_000); // three intervals and the rest
      expect(lb2.state).toBe("BACKUP");
    });
  });
});

describe.concurrent("multicast", () => {
  test("track_src_ip: the loss of the configured source is a fault, announced by a resignation", async () => {
    await Stand.with(async (stand) => {
      await stand.lan.run("lb1", ["ip", "addr", "add", "192.0.2.71/24", "dev", "eth0"]);
      const lb1 = stand.start("lb1", config({ more: "mcast_src_ip 192.0.2.71\ntrack_src_ip" }));
      await lb1.waitForState("MASTER");
      const [from, heard] = [lb1.log.mark(), stand.capture.heard.mark()];
      await stand.lan.run("lb1", ["ip", "addr", "del", "192.0.2.71/24", "dev", "eth0"]);
      await lb1.waitForState("FAULT", { from });
      await stand.capture.heard.waitFor("priority 0", (it) => it.kind === "advert" && it.priority === 0, {
        from: heard,
      });
      await stand.lan.run("lb1", ["ip", "addr", "add", "192.0.2.71/24", "dev", "eth0"]);
      await lb1.waitForState("MASTER", { from });
      expect(stand.capture.adverts(stand.lan.mac("lb1"), heard).at(-1)).toMatchObject({ from: "192.0.2.71" });
    });
  });

  test("an instance without any virtual address is elected like others", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ addresses: [], version: 2, interval: 1 }));
      const lb2 = stand.start("lb2", config({ addresses: [], version: 2, interval: 1, priority: 100 }), {
        implementation: "keepalived",
      });
      await lb1.waitForState("MASTER");
      await lb2.waitForState("BACKUP");
      await lb1.stop();
      await lb2.waitForState("MASTER");
    });
  });

  test("1,000 instances on one interface need four pairs of sockets, and all are master on time", async () => {
    await Stand.with(async (stand) => {
      const all = Array.from({ length: 1000 }, (_, i) =>
        config({
          name: `V${i}`,
          vrid: (i % 250) + 1,
          interval: 1,
          addresses: [`198.18.${i >> 8}.${i & 255}`],
          more: `mcast_dst_ip 224.0.0.${70 + Math.floor(i / 250)}`,
        }),
      );
      const lb1 = stand.start("lb1", all.join(""));
      const masters = (): number => lb1.log.entries.filter(({ text }) => /Entering MASTER/.test(text)).length;
      const begin = Date.now();
      await until("1,000 masters", async () => masters() === 1000, seconds(60));
      console.log(`1,000 instances are master ${Date.now() - begin} ms after the start`);
      expect(sockets(lb1)).toBe(4);
    });
  });

  test("what is for the VRID of somebody else does not wake the process, until a reload makes it ours", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", config({ priority: 100 }));
      await lb1.waitForState("MASTER");
      const foreign = { vrid: 77, from: "192.0.2.12", to: "224.0.0.18", priority: 254, addresses: ["192.0.2.101"] };
      const pid = lb1.childPid("vrrp") ?? 0;
      process.kill(pid, "SIGSTOP"); // so that what is received stays to be seen
      await send(stand, foreign);
      expect(await waiting(stand)).toBe(false);
      await send(stand, { ...foreign, vrid: 51, priority: 50 });
      expect(await waiting(stand)).toBe(true);
      process.kill(pid, "SIGCONT");
      const second = config({ name: "VI_2", vrid: 77, priority: 100, addresses: ["192.0.2.101"] });
      await stand.reload(lb1, config({ priority: 100 }) + second);
      await lb1.waitForLog(/\(VI_2\) Entering MASTER/);
      await send(stand, foreign);
      await lb1.waitForLog(/\(VI_2\) Entering BACKUP STATE$/);
      await stand.reload(lb1, `global_defs {\nlog_unknown_vrids\n}\n${config({ priority: 100 })}`);
      await send(stand, foreign);
      await lb1.waitForLog(/Unknown VRID\(77\) received on interface\(eth0\). ignoring\.\.\./);
    });
  });

  test("log_unknown_vrids: the VRID of somebody else is said once", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", `global_defs {\nlog_unknown_vrids\n}\n${config({ priority: 100 })}`);
      await lb1.waitForState("MASTER");
      for (let i = 0; i < 3; i++)
        await send(stand, { vrid: 77, from: "192.0.2.12", to: "224.0.0.18", priority: 100, addresses: [VIP] });
      await lb1.waitForLog(/Unknown VRID\(77\) received on interface\(eth0\). ignoring\.\.\./);
      await sleep(300);
      expect(lb1.log.entries.filter(({ text }) => /Unknown VRID/.test(text)).length).toBe(1);
    });
  });
});

interface Text {
  readonly name?: string;
  readonly vrid?: number;
  readonly version?: 2 | 3;
  readonly priority?: number;
  readonly interval?: number; // seconds
  readonly addresses?: readonly string[];
  readonly more?: string;
}

/** A `vrrp_instance` of VRRPv3 on eth0 with short intervals. */
function config({ name = "VI_1", vrid = 51, version = 3, priority = 200, interval = 0.3, ...text }: Text): string {
  const { addresses = [VIP], more = "" } = text;
  return `
vrrp_instance ${name} {
    version ${version}
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    advert_int ${interval}
    virtual_ipaddress {
        ${addresses.join("\n        ")}
    }
    ${more}
}
`;
}

interface Crafted {
  readonly from: string;
  readonly to: string;
  readonly ttl?: number;
  readonly vrid?: number;
  readonly priority: number;
  readonly addresses: readonly string[];
  readonly spoil?: (message: Uint8Array) => Uint8Array;
}

/** Sends one frame as lb2 would. */
async function send(stand: Stand, crafted: Crafted): Promise<void> {
  const [from, to] = [ip(crafted.from), ip(crafted.to)];
  const { ttl = 255, vrid = 51, priority, spoil = (bytes: Uint8Array) => bytes } = crafted;
  const addresses = crafted.addresses.map((address): IpAddress => ip(address));
  const advertisement: AdvertisementV3 = { version: 3, vrid, priority, interval: seconds(0.3), addresses };
  const payload = spoil(encodeAdvertisement(advertisement, { from, to }));
  const six = from.includes(":");
  const packet = six
    ? encodeIpv6({ from, to, protocol: 112, hopLimit: ttl, trafficClass: 0xc0, payload })
    : encodeIpv4({ from, to, protocol: 112, ttl, tos: 0xc0, id: 1, payload });
  const frame = `${destination(stand, crafted.to)}${stand.lan.mac("lb2").replaceAll(":", "")}${six ? "86dd" : "0800"}`;
  const bytes = frame + Buffer.from(packet).toString("hex");
  await stand.lan.run("lb2", [process.execPath, SENDER, "eth0", "1", "1", bytes]);
}

function destination(stand: Stand, to: string): string {
  if (to.startsWith("ff02")) return "333300000012";
  return to.startsWith("224") ? "01005e000012" : stand.lan.mac("lb1").replaceAll(":", "");
}

/** Waits until lb1 has counted a packet for each reason. */
async function counted(stand: Stand, reasons: readonly string[]): Promise<void> {
  await until(
    `packets dropped for ${reasons.join(", ")}`,
    async () => {
      const page = await stand.metrics("lb1");
      return reasons.every((reason) =>
        new RegExp(`^keepalived_packets_dropped_total\\{.*reason="${reason}"\\} 1$`, "m").test(page),
      );
    },
    seconds(5),
  );
}

/** How many addresses a node has that begin so. */
async function held(stand: Stand, node: string, prefix: string): Promise<number> {
  const text = await stand.lan.run(node, ["ip", "-o", "addr", "show", "dev", "eth0"]);
  return text.split("\n").filter((line) => line.includes(` ${prefix}`)).length;
}

/** Whether a socket of protocol 112 on lb1 has something to be read. */
async function waiting(stand: Stand): Promise<boolean> {
  const rows = (await stand.lan.run("lb1", ["cat", "/proc/net/raw"]))
    .split("\n")
    .filter((row) => row.includes(":0070 "));
  expect(rows).not.toEqual([]);
  return rows.some((row) => row.trim().split(/\s+/)[4]?.endsWith(":00000000") !== true); // tx_queue:rx_queue
}

/** How many sockets of protocol 112 a daemon has open. */
function sockets(director: Director): number {
  const pid = director.childPid("vrrp") ?? 0;
  const vrrp = new Set(["raw", "raw6"].flatMap((table) => inodes(readFileSync(`/proc/${pid}/net/${table}`, "utf8"))));
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return vrrp.has(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? "");
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

/** Of `/proc/net/raw`: the inodes of protocol 112, which stands where others have the port. */
function inodes(table: string): string[] {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.filter(([, local = ""]) => local.endsWith(":0070")).map((row) => row[9] ?? "");
}
