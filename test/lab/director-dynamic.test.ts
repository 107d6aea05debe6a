import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

const BOTH: readonly Implementation[] = ["ours", "keepalived"];

/** At 100 ms, since nobody else is there. */
const quick = (more: string, addresses: readonly string[]): string =>
  instance({ priority: 254, advertInterval: 0.1, more: `version 3\n    ${more}`, addresses });

describe.concurrent("dynamic_interfaces", () => {
  test.each(BOTH)(
    "%s: interfaces that are made later are used, also where they come back as another kind of interface",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const run = async (...argv: string[]): Promise<string> => await stand.lan.run("lb1", ["ip", ...argv]);
        const make = async (name: string, host: number, ...kind: string[]): Promise<void> => {
          await run("link", "add", ...kind);
          await run("link", "set", name, "up");
          await run("address", "add", `198.51.100.${host}/24`, "dev", name);
        };
        const made = ["made0", "made1", "made2"];
        const text =
          "global_defs {\n    dynamic_interfaces allow_if_changes\n}\n" +
          quick("track_interface {\n        made2\n    }", ["192.0.2.100", "192.0.2.101 dev made1"]).replace(
            "interface eth0",
            "interface made0",
          );
        const director = stand.start("lb1", text, { implementation });
        for (const name of made)
          await director.waitForLog(
            new RegExp(`Configuration specifies interface ${name} which doesn't currently exist - will use if created`),
          );
        await director.waitForLog(/\(VI_1\) entering FAULT state/i);
        for (const [i, name] of made.entries())
          await make(name, i + 1, "link", "eth0", "name", name, "type", "macvlan", "mode", "bridge");
        await director.waitForState("MASTER");
        const both = async (): Promise<boolean> => {
          const all = await stand.vips("lb1");
          return (
            all.some((line) => /^made0 .*192\.0\.2\.100/.test(line)) &&
            all.some((line) => /^made1 .*192\.0\.2\.101/.test(line))
          );
        };
        await until("the addresses", both, seconds(3));
        let mark = director.log.mark();
        await run("link", "delete", "made0");
        await director.waitForState("FAULT", { from: mark });
        mark = director.log.mark();
        await make("made0", 1, "made0", "type", "veth", "peer", "name", "other0");
        await run("link", "set", "other0", "up");
        await director.waitForState("MASTER", { from: mark });
        await until("the addresses", both, seconds(3));
      });
    },
  );
});

describe.concurrent("promote_secondaries", () => {
  test.each(BOTH)(
    "%s: a VIP outlives the first address of its network; at the end it is as it was",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const value = async (): Promise<string> =>
          (await stand.lan.run("lb1", ["sysctl", "-n", "net.ipv4.conf.eth0.promote_secondaries"])).trim();
        await stand.lan.run("lb1", ["ip", "address", "add", "192.0.2.13/24", "dev", "eth0"]);
        await stand.lan.run("lb1", ["sysctl", "-qw", "net.ipv4.conf.eth0.promote_secondaries=0"]);
        const text = (more: string): string => quick(more, ["192.0.2.100/24"]);
        const director = stand.start("lb1", text("promote_secondaries"), { implementation });
        await director.waitForState("MASTER");
        expect(await value()).toBe("1");
        const events = await stand.watchAddresses("lb1");
        await stand.lan.run("lb1", ["ip", "address", "delete", "192.0.2.11/24", "dev", "eth0"]);
        await events.waitFor("the deletion", ({ text: line }) => line.includes("192.0.2.11/24"));
        await sleep(300);
        expect(events.entries.filter(({ text: line }) => /^Deleted.*192\.0\.2\.100/.test(line))).toEqual([]);
        if (implementation === "ours") {
          director.killChild("vrrp");
          await director.waitForLog(/resuming in/);
          await stand.reload(director, text(""));
          expect(await value()).toBe("0");
          await stand.reload(director, text("promote_secondaries"));
          expect(await value()).toBe("1");
        }
        await director.stop();
        expect(await value()).toBe("0");
      });
    },
  );
});
