import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { type Implementation, startDirector } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

// Defects of Keepalived that no other test shows (docs/defects.md), each beside Keepalived 2.2.7, which has it.

const BOTH: readonly Implementation[] = ["ours", "keepalived"];

describe.concurrent("defects", () => {
  test.each(BOTH)(
    "unicast_ttl without peers (%s): ours advertises to the group as if it were not there",
    async (it) => {
      await Stand.with(async (stand) => {
        const lb2 = stand.start("lb2", instance({ priority: 50 }));
        await lb2.waitForState("BACKUP");
        const lb1 = stand.start("lb1", instance({ more: "unicast_ttl 5" }), { implementation: it });
        await lb1.waitForState("MASTER");
        if (it === "ours")
          await lb2.waitForLog(/master set to 192\.0\.2\.11/); // a TTL below 255 would be refused
        else {
          await lb2.waitForState("MASTER"); // alone with itself, as the other one is
          expect(stand.capture.adverts(stand.lan.mac("lb1"))).toEqual([]);
        }
      });
    },
  );

  test.each(BOTH)(
    "an address that somebody takes from a sync group (%s): ours puts it back, and no member goes",
    async (it) => {
      await Stand.with(async (stand) => {
        const group = "vrrp_sync_group G {\n    group {\n        V1\n        V2\n    }\n}\n";
        const addresses = ["192.0.2.101", "192.0.2.102"];
        const members = addresses.map((address, i) =>
          instance({ name: `V${i + 1}`, vrid: 51 + i, addresses: [address], advertInterval: 0.2, more: "version 3" }),
        );
        const lb1 = stand.start("lb1", group + members.join(""), { implementation: it });
        for (const address of addresses)
          await until("it", async () => (await stand.vips("lb1")).some((line) => line.includes(address)), seconds(20));
        const [said, heard] = [lb1.log.mark(), stand.capture.heard.mark()];
        const events = await stand.watchAddresses("lb1");
        await stand.lan.run("lb1", ["ip", "addr", "del", `${addresses[0]}/32`, "dev", "eth0"]);
        await events.waitFor("the address back", ({ text }) => /^\d/.test(text) && text.includes(`${addresses[0]}/`));
        const left = lb1.log.entries.slice(said).filter(({ text }) => / Entering BACKUP /.test(text));
        const zero = stand.capture.adverts(stand.lan.mac("lb1"), heard).filter(({ priority }) => priority === 0);
        const gone = events.entries.filter(
          ({ text }) => text.startsWith("Deleted") && text.includes(`${addresses[1]}/`),
        );
        expect([left.length, zero.length, gone.length].map((count) => count > 0)).toEqual(
          Array(3).fill(it === "keepalived"),
        );
      });
    },
  );

  test.each(BOTH)("a stop with nothing to wait for (%s): ours takes less than a second", async (it) => {
    await Stand.with(async (stand) => {
      const config = stand.configure("lb1", instance());
      const lb1 = startDirector(stand.lan, { node: "lb1", implementation: it, config, options: ["-P"] });
      const took: number[] = [];
      // A machine that is busy with other tests may take longer now and then.
      for (let tries = 0; tries < 4 && (took.length === 0 || Math.min(...took) >= 1000); tries++) {
        const from = lb1.log.mark();
        if (tries > 0) lb1.start();
        await lb1.waitForState("MASTER", { from: tries === 0 ? 0 : from });
        const began = Date.now();
        expect(await lb1.stop()).toBe(0);
        took.push(Date.now() - began);
        if (it === "keepalived") break;
      }
      expect(milliseconds(Math.min(...took)) < seconds(1)).toBe(it === "ours");
    });
  });
});
