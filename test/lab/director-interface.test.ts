import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { Director } from "./daemon.ts";
import { run, until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";

const PRIMARY = "192.0.2.11/24";

describe.concurrent("addresses", () => {
  test("a virtual address that somebody deletes is back within 100 ms, announced, and no peer learns of it", async () => {
    await Stand.with(async (stand) => {
      const more = ["192.0.2.101/24", "192.0.2.102/24"];
      const lb1 = await stand.startMaster(instance({ addresses: [VIP, ...more] }));
      const lb2 = stand.start("lb2", instance({ priority: 50, addresses: [VIP, ...more] }));
      await lb2.waitForState("BACKUP");
      const [before, transitions] = [await stand.vips("lb1"), lb1.log.mark()];
      const events = await stand.watchAddresses("lb1");
      const from = stand.capture.heard.mark();
      for (let i = 0; i < 5; i++) {
        const mark = events.mark();
        await ip(stand, "addr", "del", `${VIP}/32`, "dev", "eth0");
        const added = await events.waitFor("VIP back", ({ text }) => /^\d/.test(text) && text.includes(VIP), {
          from: mark,
        });
        const deleted = await events.waitFor("VIP gone", ({ text }) => text.startsWith("Deleted"), { from: mark });
        expect(added.at - deleted.at).toBeLessThan(milliseconds(100));
      }
      const all = [`${VIP}/32`, ...more].map((each) => `addr del ${each} dev eth0`);
      await run(["ip", "-n", stand.lan.namespace("lb1"), "-batch", "-"], all.join("\n"));
      await sleep(1500);
      expect((await stand.vips("lb1")).toSorted()).toEqual(before.toSorted());
      expect(stand.announcements("lb1", VIP, from)).toBeGreaterThanOrEqual(25);
      expect(stand.capture.adverts(stand.lan.mac("lb1"), from).filter(({ priority }) => priority !== 255)).toEqual([]);
      expect(stand.capture.adverts(stand.lan.mac("lb2"), from)).toEqual([]);
      expect(lb1.log.entries.slice(transitions).filter(({ text }) => / Entering /.test(text))).toEqual([]);
    });
  });

  test.each([0, 1])(
    "the primary address goes and returns with promote_secondaries=%i: fault, then master as before",
    async (promote) => {
      await Stand.with(async (stand) => {
        const setting = [0, promote].map(
          (value, i) => `net.ipv4.conf.${i === 0 ? "all" : "eth0"}.promote_secondaries=${value}`,
        );
        await stand.lan.run("lb1", ["sysctl", "-q", "-w", ...setting]);
        const lb1 = await stand.startMaster(instance({ addresses: [`${VIP}/24`, "192.0.2.101/32", "10.20.0.1/24"] }));
        const before = await stand.vips("lb1");
        const from = stand.capture.heard.mark();
        let mark = lb1.log.mark();
        await ip(stand, "addr", "del", PRIMARY, "dev", "eth0");
        await lb1.waitForState("FAULT", { from: mark, within: seconds(2) });
        await sleep(500);
        expect(await stand.vips("lb1")).toEqual([]);
        expect(stand.capture.adverts(stand.lan.mac("lb1"), from).at(-1)?.priority).toBe(0);
        mark = lb1.log.mark();
        await ip(stand, "addr", "add", PRIMARY, "brd", "+", "dev", "eth0");
        await lb1.waitForState("MASTER", { from: mark });
        await sleep(200);
        expect(await stand.vips("lb1")).toEqual(before);
      });
    },
  );
});

describe.concurrent("interfaces", () => {
  test("down: fault, and no address stays; up: master again", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      await goesAndReturns(
        stand,
        lb1,
        () => stand.lan.setLink("lb1", "down"),
        () => stand.lan.setLink("lb1", "up"),
      );
      const said = lb1.log.entries.flatMap(({ text }) => /Netlink reports eth0 \w+/.exec(text) ?? []);
      expect(said).toEqual(["Netlink reports eth0 down", "Netlink reports eth0 up"]);
    });
  });

  test("the carrier goes and returns: fault, then master again", async () => {
    await Stand.with(async (stand) => {
      const port = (state: string): Promise<string> =>
        run(["ip", "-n", stand.lan.namespace("lan"), "link", "set", "dev", "lb1", state]);
      await goesAndReturns(
        stand,
        await stand.startMaster(instance()),
        () => port("down"),
        () => port("up"),
      );
    });
  });

  test("deleted and made again: it advertises and listens on the new one", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ priority: 254 }));
      await goesAndReturns(
        stand,
        lb1,
        () => ip(stand, "link", "del", "eth0"),
        () => connect(stand),
      );
      const mark = lb1.log.mark();
      stand.start("lb2", instance({ priority: 255 }));
      await lb1.waitForLog(/Master received advert from 192.0.2.12 with higher priority 255/, { from: mark });
    });
  });

  test("renamed and named back: fault, then master again", async () => {
    await Stand.with(async (stand) => {
      const rename = async (before: string, after: string): Promise<void> => {
        await ip(stand, "link", "set", before, "down");
        await ip(stand, "link", "set", before, "name", after);
        await ip(stand, "link", "set", after, "up");
      };
      const lb1 = await stand.startMaster(instance());
      await goesAndReturns(
        stand,
        lb1,
        () => rename("eth0", "wan0"),
        () => rename("wan0", "eth0"),
      );
    });
  });

  test("not there at start: fault until it appears; the other instance works meanwhile", async () => {
    await Stand.with(async (stand) => {
      await ip(stand, "link", "add", "side0", "type", "veth", "peer", "name", "side1");
      await ip(stand, "addr", "add", "198.51.100.1/24", "dev", "side0");
      for (const side of ["side0", "side1"]) await ip(stand, "link", "set", side, "up");
      await ip(stand, "link", "del", "eth0");
      const side = instance({ name: "VI_2", vrid: 52, addresses: ["198.51.100.9"] }).replace("eth0", "side0");
      const lb1 = stand.start("lb1", instance() + side);
      await lb1.waitForLog(/\(VI_2\) Entering MASTER STATE/);
      await lb1.waitForLog(/\(VI_1\) Entering FAULT STATE/);
      const mark = lb1.log.mark();
      await connect(stand);
      await lb1.waitForLog(/\(VI_1\) Entering MASTER STATE/, { from: mark });
      await until("VIP", async () => (await stand.vips("lb1")).length === 3, seconds(2));
    });
  });

  test("fifty times down and up in a row ends in one master and its addresses", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      const flap = "for i in $(seq 50); do ip link set eth0 down; ip link set eth0 up; done";
      await stand.lan.run("lb1", ["sh", "-c", flap]);
      await sleep(4000);
      expect(lb1.state).toBe("MASTER");
      expect(await stand.vips("lb1")).toHaveLength(1);
      await lb1.stop();
      expect(await stand.vips("lb1")).toEqual([]);
    });
  });
});

/** What is lost makes a fault without addresses; when it is back there is a master that advertises. */
async function goesAndReturns(
  stand: Stand,
  director: Director,
  go: () => Promise<unknown>,
  comeBack: () => Promise<unknown>,
): Promise<void> {
  const before = await stand.vips("lb1");
  let mark = director.log.mark();
  await go();
  await director.waitForState("FAULT", { from: mark, within: seconds(2) });
  await sleep(200);
  expect(await stand.vips("lb1")).toEqual([]);
  mark = director.log.mark();
  await comeBack();
  await director.waitForState("BACKUP", { from: mark });
  const from = stand.capture.heard.mark();
  await director.waitForState("MASTER", { from: mark });
  await until("VIP", async () => (await stand.vips("lb1")).join() === before.join(), seconds(2));
  await until("adverts", async () => stand.capture.adverts(stand.lan.mac("lb1"), from).length > 1, seconds(3));
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
  await sleep(200);
  await ip(stand, "link", "set", "eth0", "up");
  await sleep(200);
  await ip(stand, "addr", "add", PRIMARY, "brd", "+", "dev", "eth0");
}
