import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";

const said = (director: Director): string => director.log.entries.map(({ text }) => text).join("\n");

describe.concurrent("election", () => {
  test("an owner is master at once, without having been backup", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      const text = said(lb1);
      expect(text).not.toMatch(/Entering BACKUP/);
      const at = (pattern: RegExp): number => lb1.log.entries.find((line) => pattern.test(line.text))?.at ?? 0;
      const wait = (at(/Entering MASTER/) - at(/Starting VRRP child/)) / 1000;
      console.log(`owner: ${wait} ms from the start of the vrrp process to mastership`);
      expect(wait).toBeLessThan(2000); // most of it is Node's own start on a busy machine
    });
  });

  test("two of equal priority: the one that is master stays, whatever its address", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance({ priority: 200 }));
      await lb1.waitForState("MASTER");
      const lb2 = stand.start("lb2", instance({ priority: 200 }));
      await lb2.waitForLog(/master set to 192.0.2.11/);
      await sleep(4500);
      expect([lb1.state, lb2.state]).toEqual(["MASTER", "BACKUP"]);
      expect(stand.capture.adverts(stand.lan.mac("lb2"))).toEqual([]);
    });
  });

  test.each<[Implementation, Implementation]>([
    ["ours", "keepalived"],
    ["keepalived", "ours"],
  ])("two masters of equal priority (%s and %s) after a split: the higher address wins", async (first, second) => {
    await Stand.with(async (stand) => {
      await stand.lan.run("lan", ["ip", "link", "set", "dev", "lb2", "nomaster"]);
      const lb1 = stand.start("lb1", instance({ priority: 200 }), { implementation: first });
      const lb2 = stand.start("lb2", instance({ priority: 200 }), { implementation: second });
      await Promise.all([lb1.waitForState("MASTER"), lb2.waitForState("MASTER")]);
      await stand.lan.run("lan", ["ip", "link", "set", "dev", "lb2", "master", "br0"]);
      await lb1.waitForLog(/same priority 200 but higher IP address than ours/);
      await lb1.waitForState("BACKUP", { from: lb1.log.mark() - 3 });
      await sleep(1500);
      expect([await stand.vips("lb1"), (await stand.vips("lb2")).length, lb2.state]).toEqual([[], 1, "MASTER"]);
    });
  });

  test("nopreempt: who returns with the higher priority stays backup, and takes over from one that resigns", async () => {
    await Stand.with(async (stand) => {
      const lb2 = stand.start("lb2", instance({ priority: 100 }));
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", instance({ priority: 200, more: "nopreempt" }));
      await lb1.waitForLog(/master set to 192.0.2.12/);
      await sleep(4500);
      expect([lb1.state, lb2.state]).toEqual(["BACKUP", "MASTER"]);
      await lb2.stop();
      await lb1.waitForState("MASTER", { within: seconds(1) });
    });
  });

  test("preempt_delay: the lower master is suffered for so long, and not longer than it may", async () => {
    await Stand.with(async (stand) => {
      const lb2 = stand.start("lb2", instance({ priority: 100 }));
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", instance({ priority: 200, more: "preempt_delay 3" }));
      const began = await lb1.waitForLog(/start preempt delay \(3\.000000\)/);
      const master = await lb1.waitForState("MASTER");
      // The delay, then what is left of a Master_Down_Interval of 3.219 s that began up to 1 s before its end.
      expect((master.at - began.at) / 1e6).toBeGreaterThan(5.1);
      expect((master.at - began.at) / 1e6).toBeLessThan(6.4);
      await lb2.waitForState("BACKUP", { from: lb2.log.mark() - 3 });
    });
  });

  test("vrrp_startup_delay: nobody is master before it is over", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", `global_defs {\n    vrrp_startup_delay 2\n}\n${instance()}`);
      const began = await lb1.waitForLog(/Delaying startup for 2 seconds/);
      const master = await lb1.waitForState("MASTER");
      expect(Math.abs(master.at - began.at - seconds(2)) / 1000).toBeLessThan(100);
    });
  });

  test("vrrp_startup_delay holds also for a router whose script speaks first", async () => {
    await Stand.with(async (stand) => {
      const script = 'vrrp_script check {\n    script "/bin/true"\n    interval 1\n    user root\n}\n';
      const text = instance({ priority: 254, more: "track_script {\n        check\n    }" });
      const lb1 = stand.start("lb1", `global_defs {\n    vrrp_startup_delay 2\n}\n${script}${text}`);
      const began = await lb1.waitForLog(/Delaying startup for 2 seconds/);
      const master = await lb1.waitForState("MASTER");
      expect(Math.abs(master.at - began.at - seconds(5.008)) / 1000).toBeLessThan(100);
    });
  });

  test("mcast_src_ip is the source of the adverts", async () => {
    await Stand.with(async (stand) => {
      await stand.lan.run("lb1", ["ip", "addr", "add", "192.0.2.77/24", "dev", "eth0"]);
      await stand.startMaster(instance({ more: "mcast_src_ip 192.0.2.77" }));
      await sleep(300);
      const adverts = stand.capture.adverts(stand.lan.mac("lb1"));
      expect(new Set(adverts.map(({ from }) => from))).toEqual(new Set(["192.0.2.77"]));
    });
  });
});

describe.concurrent("addresses", () => {
  const labelled = Array.from({ length: 20 }, (_, i) =>
    [
      `192.0.2.${100 + i}/24 brd 192.0.2.255 dev eth0 label eth0:${i}`,
      `10.30.${i}.1/16 brd + dev eth0`,
      `10.40.${i}.1 dev eth0 scope link`,
    ].at(i % 3),
  ).map(String);

  test("twenty with labels, broadcast addresses and scopes stand as keepalived sets them, also after it was there first", async () => {
    await Stand.with(async (stand) => {
      const text = instance({ addresses: labelled });
      const theirs = stand.start("lb1", text, { implementation: "keepalived" });
      await theirs.waitForState("MASTER");
      await sleep(500);
      const table = await stand.vips("lb1");
      expect(table).toHaveLength(20);
      await theirs.stop();
      const ours = await stand.startMaster(text);
      expect(await stand.vips("lb1")).toEqual(table);
      const announced = (line: string): boolean => stand.announcements("lb1", line.split(/[ /]/)[0] ?? "", 0) >= 5;
      await until("five announcements of each", async () => labelled.every(announced), seconds(4));
      await ours.stop();
      expect(await stand.vips("lb1")).toEqual([]);
    });
  });

  test("virtual_ipaddress_excluded: held and announced, not advertised", async () => {
    await Stand.with(async (stand) => {
      const excluded = "virtual_ipaddress_excluded {\n        192.0.2.150\n        192.0.2.151/24\n    }";
      await stand.startMaster(instance({ more: excluded }));
      // keepalived drops adverts with other addresses than its own, so it would become master too.
      const lb2 = stand.start("lb2", instance({ priority: 200 }), { implementation: "keepalived" });
      await sleep(4500);
      expect(lb2.state).toBe("BACKUP");
      expect((await stand.vips("lb1")).map((line) => line.split(" ")[2])).toEqual([
        `${VIP}/32`,
        "192.0.2.150/32",
        "192.0.2.151/24",
      ]);
      for (const address of [VIP, "192.0.2.150", "192.0.2.151"])
        expect(stand.announcements("lb1", address, 0)).toBeGreaterThanOrEqual(5);
    });
  });
});

/** What people look for in logs, on the first or the second of two directors. */
const PHRASES: readonly (readonly ["lb1" | "lb2", string])[] = [
  ["lb1", "Starting Keepalived v"],
  ["lb1", "Starting VRRP child process, pid="],
  ["lb1", "Startup complete"],
  ["lb1", "(VI_1) Entering BACKUP STATE (init)"],
  ["lb1", "(VI_1) Receive advertisement timeout"],
  ["lb1", "(VI_1) Entering MASTER STATE"],
  ["lb1", "(VI_1) setting VIPs."],
  ["lb1", "Sending gratuitous ARP on eth0 for 192.0.2.100"],
  ["lb1", "VRRP_Script(check) succeeded"],
  ["lb1", "VRRP_Script(check) failed (exited with status 1)"],
  ["lb1", "Script `check` now returning 1"],
  ["lb1", "(VI_1) Changing effective priority from 120 to 100"],
  ["lb1", "Netlink reports eth0 down"],
  ["lb1", "Netlink reports eth0 up"],
  ["lb1", "(VI_1) Entering FAULT STATE"],
  ["lb1", "(VI_1) sent 0 priority"],
  ["lb1", "(VI_1) removing VIPs."],
  ["lb1", "(VI_1) Entering BACKUP STATE"],
  ["lb1", "(VI_1) received lower priority (110) advert from 192.0.2.12 - discarding"],
  ["lb1", "Reloading ..."],
  ["lb1", "Stopping"],
  ["lb1", "Stopped Keepalived v"],
  ["lb2", "(VI_1) Master received advert from 192.0.2.11 with higher priority 120, ours 110"],
  ["lb2", "(VI_1) Backup received priority 0 advertisement"],
];

test.concurrent.each<Implementation>(["ours", "keepalived"])(
  "the phrases that people grep for are in the log of %s",
  async (implementation) => {
    await Stand.with(async (stand) => {
      const fit = `${stand.lan.folder}/fit`;
      await stand.lan.run("lb1", ["touch", fit]);
      const script = `vrrp_script check {\n    script "/usr/bin/test -e ${fit}"\n    interval 1\n    user root\n}\n`;
      const text = script + instance({ priority: 100, more: "track_script {\n        check weight 20\n    }" });
      const lb2 = stand.start("lb2", instance({ priority: 110 }), { implementation });
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", text, { implementation });
      await lb1.waitForState("MASTER"); // 120 preempts 110
      await lb2.waitForState("BACKUP", { from: 3 });
      await sleep(300);
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForLog(/Entering FAULT STATE/);
      const mark = lb1.log.mark();
      await stand.lan.setLink("lb1", "up");
      await lb1.waitForState("MASTER", { from: mark });
      await stand.lan.run("lb1", ["rm", fit]);
      await lb1.waitForLog(/Changing effective priority from 120 to 100/);
      await stand.lan.run("lb1", ["touch", fit]);
      await lb1.waitForLog(/Changing effective priority from 100 to 120/, { from: mark });
      await sleep(2000);
      lb1.reload();
      await sleep(1000);
      expect(await lb1.stop()).toBe(0);
      await sleep(300);
      const logs = { lb1: said(lb1), lb2: said(lb2) };
      expect(PHRASES.filter(([node, phrase]) => !logs[node].includes(phrase))).toEqual([]);
    });
  },
);
