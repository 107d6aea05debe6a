import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

const GROUP = "vrrp_sync_group G {\n    group {\n        V1\n        V2\n    }\n}\n";
const V = {
  1: { name: "V1", vrid: 51, addresses: ["192.0.2.101"] },
  2: { name: "V2", vrid: 52, addresses: ["192.0.2.102"] },
};
const members = (priority: number, first = "", second = ""): string =>
  instance({ ...V[1], priority, more: first }) + instance({ ...V[2], priority, more: second });

/** What a daemon says of states and of its group, in order. */
const told = (director: Director, from = 0): readonly string[] =>
  director.log.entries
    .slice(from)
    .flatMap(({ text }) => /\(V\d\) Entering \w+ STATE( \(init\))?|VRRP_Group\(G\).*/.exec(text)?.[0] ?? []);

/** Waits until both members are in a state, and no more is said. */
async function settled(director: Director, state: string, from = 0): Promise<void> {
  for (const name of ["V1", "V2"])
    await director.waitForLog(new RegExp(`\\(${name}\\) Entering ${state} STATE`), { from });
}

/** Interfaces to track, up, each with its other end. */
async function tracked(stand: Stand, node: string): Promise<void> {
  for (const name of ["d1", "d2"]) {
    await stand.lan.run(node, ["ip", "link", "add", name, "type", "veth", "peer", "name", `${name}peer`]);
    for (const end of [name, `${name}peer`]) await stand.lan.run(node, ["ip", "link", "set", end, "up"]);
  }
}

const TRACKS = (name: string): string => `track_interface {\n        ${name}\n    }`;

describe.concurrent("vrrp_sync_group", () => {
  test.each<Implementation>(["ours", "keepalived"])(
    "%s: one fault is everybody's, the last recovery ends it, one lost election is everybody's",
    async (implementation) => {
      await Stand.with(async (stand) => {
        await tracked(stand, "lb1");
        const set = (name: string, state: string) => stand.lan.run("lb1", ["ip", "link", "set", name, state]);
        const text = GROUP + members(100, TRACKS("d1"), TRACKS("d2"));
        const lb1 = stand.start("lb1", text, { implementation });
        await settled(lb1, "MASTER");
        const [start, mark] = [told(lb1), lb1.log.mark()];
        expect(start.slice(0, 2)).toEqual(["(V1) Entering BACKUP STATE (init)", "(V2) Entering BACKUP STATE (init)"]);
        expect(start.slice(2).toSorted()).toEqual([
          "(V1) Entering MASTER STATE",
          "(V2) Entering MASTER STATE",
          "VRRP_Group(G) Syncing instances to MASTER state",
        ]);
        expect(start[3]).toBe("VRRP_Group(G) Syncing instances to MASTER state");
        const heard = stand.capture.heard.mark();
        await set("d2", "down");
        await settled(lb1, "FAULT", mark);
        await until("no address", async () => (await stand.vips("lb1")).length === 0, seconds(3));
        const zero = stand.capture.adverts(stand.lan.mac("lb1"), heard).filter(({ priority }) => priority === 0);
        if (implementation === "ours") expect(zero.map(({ vrid }) => vrid).toSorted()).toEqual([51, 52]);
        await set("d1", "down");
        await lb1.waitForLog(/Netlink reports d1 down/, { from: mark });
        await set("d2", "up");
        await lb1.waitForLog(/Netlink reports d2 up/, { from: mark });
        await sleep(300);
        expect(told(lb1, mark)).toEqual([
          "(V2) Entering FAULT STATE",
          "VRRP_Group(G) Syncing instances to FAULT state",
          "(V1) Entering FAULT STATE",
        ]);
        const back = lb1.log.mark();
        await set("d1", "up");
        await settled(lb1, "MASTER", back);
        expect(told(lb1, back).slice(0, 3)).toEqual([
          "(V1) Entering BACKUP STATE",
          "VRRP_Group(G) Syncing instances to BACKUP state",
          "(V2) Entering BACKUP STATE",
        ]);
        const lost = lb1.log.mark();
        const lb2 = stand.start("lb2", instance({ ...V[2], priority: 150 }));
        await settled(lb1, "BACKUP", lost);
        await until("no address", async () => (await stand.vips("lb1")).length === 0, seconds(3));
        expect(told(lb1, lost)).toEqual([
          "(V2) Entering BACKUP STATE",
          "VRRP_Group(G) Syncing instances to BACKUP state",
          "(V1) Entering BACKUP STATE",
        ]);
        await sleep(4000); // V1 hears no master, and must not go alone
        expect(told(lb1, lost)).toHaveLength(3);
        const alone = lb1.log.mark();
        await lb2.stop();
        await settled(lb1, "MASTER", alone);
        expect(await stand.vips("lb1")).toHaveLength(2);
      });
    },
  );

  test("beside keepalived: the group fails over as a whole, there and back", async () => {
    await Stand.with(async (stand) => {
      for (const node of ["lb1", "lb2"]) await tracked(stand, node);
      const ours = stand.start("lb1", GROUP + members(110, TRACKS("d1")));
      await settled(ours, "MASTER");
      const theirs = stand.start("lb2", GROUP + members(100, TRACKS("d1")), { implementation: "keepalived" });
      await theirs.waitForLog(/\(V2\) Entering BACKUP STATE \(init\)/);
      const where = async (master: string, backup: string): Promise<void> => {
        await until(`addresses on ${master}`, async () => (await stand.vips(master)).length === 2, seconds(12));
        await until(`none on ${backup}`, async () => (await stand.vips(backup)).length === 0, seconds(3));
      };
      await stand.lan.run("lb1", ["ip", "link", "set", "d1", "down"]);
      await where("lb2", "lb1");
      await stand.lan.run("lb1", ["ip", "link", "set", "d1", "up"]);
      await where("lb1", "lb2");
      await ours.stop();
      await where("lb2", "lb1");
      const back = stand.start("lb1", GROUP + members(110, TRACKS("d1")));
      await where("lb1", "lb2");
      await stand.lan.run("lb2", ["ip", "link", "set", "d1", "down"]);
      await theirs.waitForLog(/Syncing instances to FAULT state/); // it says nothing of a backup that follows
      await sleep(500);
      expect(told(back).filter((line) => / BACKUP | FAULT /.test(line) && !line.endsWith("(init)"))).toEqual([]);
      await where("lb1", "lb2");
    });
  });

  test("what the group tracks counts for every member, with its weight", async () => {
    await Stand.with(async (stand) => {
      for (const node of ["lb1", "lb2"]) await tracked(stand, node);
      const group = GROUP.replace(/\}\n$/, "    track_interface {\n        d1 weight -30\n        d2\n    }\n}\n");
      const all = [
        stand.start("lb1", group + members(100)),
        stand.start("lb2", group + members(90), { implementation: "keepalived" }),
      ];
      for (const [i, director] of all.entries()) {
        const node = `lb${i + 1}`;
        await director.waitForLog(/\(V2\) Entering BACKUP STATE \(init\)/);
        await stand.lan.run(node, ["ip", "link", "set", "d1", "down"]);
        for (const name of ["V1", "V2"])
          await director.waitForLog(
            new RegExp(`\\(${name}\\) Changing effective priority from \\d+ to ${70 - 10 * i}$`),
          );
        const from = director.log.mark();
        await stand.lan.run(node, ["ip", "link", "set", "d2", "down"]);
        await director.waitForLog(/ Entering FAULT STATE/, { from });
        if (i === 0) await settled(director, "FAULT", from); // keepalived says nothing of a backup that follows
      }
    });
  });

  test("a reload and a kill -9 of the vrrp process change nothing", async () => {
    await Stand.with(async (stand) => {
      const text = GROUP + members(254);
      const lb1 = await stand.startMaster(text);
      await settled(lb1, "MASTER");
      const [mark, heard] = [lb1.log.mark(), stand.capture.heard.mark()];
      await stand.reload(lb1, text);
      await sleep(300);
      lb1.killChild("vrrp");
      await lb1.waitForLog(/\(V2\) resuming in MASTER STATE/, { from: mark });
      await sleep(1500);
      expect(told(lb1, mark)).toEqual([]);
      const sent = stand.capture.adverts(stand.lan.mac("lb1"), heard);
      expect(sent.filter(({ priority }) => priority !== 254)).toEqual([]);
      expect(await stand.vips("lb1")).toHaveLength(2);
    });
  });

  test("members may come and go by reloads: who joins a master group is master, who leaves a failed one recovers", async () => {
    await Stand.with(async (stand) => {
      await tracked(stand, "lb1");
      const one = GROUP.replace("        V2\n", "");
      const first = instance({ ...V[1], priority: 100, more: TRACKS("d1") });
      const second = instance({ ...V[2], priority: 100 });
      const lb1 = await stand.startMaster(one + first);
      let mark = lb1.log.mark();
      await stand.reload(lb1, GROUP + first + second);
      await lb1.waitForLog(/\(V2\) Entering MASTER STATE/, { from: mark, within: seconds(2) });
      expect(told(lb1, mark).filter((line) => line.startsWith("(V1)"))).toEqual([]);
      mark = lb1.log.mark();
      await stand.lan.run("lb1", ["ip", "link", "set", "d1", "down"]);
      await settled(lb1, "FAULT", mark);
      mark = lb1.log.mark();
      await stand.reload(lb1, one + first + second);
      await lb1.waitForLog(/\(V2\) Entering MASTER STATE/, { from: mark });
      expect(told(lb1, mark).filter((line) => line.startsWith("(V1)"))).toEqual([]);
    });
  });
});
