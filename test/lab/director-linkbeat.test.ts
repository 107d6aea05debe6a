import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { run, until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

const LISTED = "linkbeat_interfaces {\n eth0 ETHTOOL\n}\n";
const PATIENCE = seconds(10);

/** Dormant: the kernel says that the interface does not run, and its driver that the link is up. RFC 2863 §3.1.12. */
async function dormant(stand: Stand, state: "dormant" | "up", name = "eth0"): Promise<void> {
  await ip(stand, "lb1", "link", "set", "dev", name, "state", state);
}

async function ip(stand: Stand, node: string, ...words: string[]): Promise<void> {
  await run(["ip", "-n", stand.lan.namespace(node), ...words]);
}

describe.concurrent("link polling", () => {
  test("without it the kernel's word counts: an interface that is dormant is down", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      await dormant(stand, "dormant");
      await lb1.waitForLog(/Netlink reports eth0 down/, { within: PATIENCE });
      await lb1.waitForState("FAULT", { within: PATIENCE });
    });
  });

  test("linkbeat_interfaces: the driver's word counts, in both directions, until a reload without it", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(LISTED + instance());
      await lb1.waitForLog(/Linkbeat of eth0 by ETHTOOL/);
      const mark = lb1.log.mark();
      await dormant(stand, "dormant");
      await sleep(2500);
      expect(lb1.log.entries.slice(mark).filter(({ text }) => / reports | Entering /.test(text))).toEqual([]);
      await dormant(stand, "up");
      await ip(stand, "lan", "link", "set", "lb1", "down");
      await lb1.waitForLog(/Linkbeat reports eth0 down/, { from: mark, within: PATIENCE });
      await lb1.waitForState("FAULT", { from: mark, within: PATIENCE });
      expect(await stand.vips("lb1")).toEqual([]);
      const back = lb1.log.mark();
      await ip(stand, "lan", "link", "set", "lb1", "up");
      await lb1.waitForLog(/Linkbeat reports eth0 up/, { from: back, within: PATIENCE });
      await lb1.waitForState("MASTER", { from: back, within: PATIENCE });
      await dormant(stand, "dormant");
      const after = lb1.log.mark();
      await stand.reload(lb1, instance());
      await lb1.waitForState("FAULT", { from: after, within: PATIENCE });
      const again = lb1.log.mark();
      await stand.reload(lb1, LISTED + instance());
      await lb1.waitForState("MASTER", { from: again, within: PATIENCE });
    });
  });

  test("linkbeat_use_polling: what is tracked is polled too, and each interface is a reason of its own", async () => {
    await Stand.with(async (stand) => {
      await ip(stand, "lb1", "link", "add", "d0", "type", "veth", "peer", "name", "d1");
      for (const name of ["d0", "d1"]) await ip(stand, "lb1", "link", "set", name, "up");
      const polling = "linkbeat_use_polling\nlinkbeat_interfaces {\n d0 IOCTL\n}\n";
      const lb1 = await stand.startMaster(polling + instance({ more: "track_interface {\n d0\n }" }));
      await lb1.waitForLog(/Linkbeat of eth0 by ETHTOOL/);
      await lb1.waitForLog(/Linkbeat of d0 by IOCTL/);
      const mark = lb1.log.mark();
      await dormant(stand, "dormant", "d0"); // its flags say so
      await lb1.waitForLog(/Linkbeat reports d0 down/, { from: mark, within: PATIENCE });
      await lb1.waitForState("FAULT", { from: mark, within: PATIENCE });
      // Both reasons must go before it may be master again.
      await ip(stand, "lan", "link", "set", "lb1", "down");
      await lb1.waitForLog(/Linkbeat reports eth0 down/, { from: mark, within: PATIENCE });
      await dormant(stand, "up", "d0");
      await lb1.waitForLog(/Linkbeat reports d0 up/, { from: mark, within: PATIENCE });
      expect(lb1.state).toBe("FAULT");
      const back = lb1.log.mark();
      await ip(stand, "lan", "link", "set", "lb1", "up");
      await lb1.waitForState("MASTER", { from: back, within: PATIENCE });
    });
  });

  test("linkbeat_use_polling of an instance with use_vmac: its base is polled, and told to be down it is down at once", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ more: "linkbeat_use_polling\n use_vmac" }));
      await lb1.waitForLog(/Linkbeat of eth0 by ETHTOOL/);
      await dormant(stand, "dormant");
      await sleep(1500);
      expect(lb1.state).toBe("MASTER");
      const mark = lb1.log.mark();
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForState("FAULT", { from: mark, within: PATIENCE });
      await until("no VIP", async () => (await stand.vips("lb1")).length === 0, seconds(2));
    });
  });
});
