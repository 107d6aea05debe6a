import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director } from "./daemon.ts";
import { until } from "./run.ts";
import { type InstanceText, instance, Stand, VIP } from "./stand.ts";

/** The priorities that a daemon has gone to, in order. */
const went = ({ log }: Director): readonly number[] =>
  log.entries.flatMap(({ text }) => {
    const found = /(?:Changing effective priority from \d+|Setting effective priority) to (\d+)/.exec(text)?.[1];
    return found === undefined ? [] : [Number(found)];
  });

/** Ours on lb1 and keepalived on lb2, each alone with its virtual router, both with a file of these lines. */
function both(stand: Stand, text: InstanceText & { readonly before: string }): readonly [Director, Director] {
  const config = (n: number): string =>
    text.before + instance({ priority: 100, vrid: 50 + n, addresses: [`192.0.2.${100 + n}`], ...text });
  return [stand.start("lb1", config(1)), stand.start("lb2", config(2), { implementation: "keepalived" })];
}

describe.concurrent("track_file", () => {
  test("the number in the file moves the priority as it does keepalived's, however it is written", async () => {
    await Stand.with(async (stand) => {
      const path = join(stand.lan.folder, "number");
      const lines = `track_file number {\n    file "${path}"\n    init_file 3\n}\n`;
      const [ours, theirs] = both(stand, { before: lines, more: "track_file {\n        number weight 2\n    }" });
      await Promise.all([ours.waitForLog(/from 100 to 106/), theirs.waitForLog(/from 100 to 106/)]);
      const steps: readonly (readonly [content: string, priority: number])[] = [
        ["5", 110],
        ["0x10\n", 132],
        ["010", 116],
        ["  7", 114],
        ["-4", 92],
        ["+6", 112],
        ["9abc", 118],
        ["abc", 100],
        ["40", 180],
        ["", 100],
      ];
      for (const [content, priority] of steps) {
        writeFileSync(path, content);
        for (const director of [ours, theirs])
          await until(`${director.node}: ${content}`, async () => went(director).at(-1) === priority, seconds(3));
      }
      expect(went(ours)).toEqual([106, ...steps.map(([, priority]) => priority)]);
      expect(went(theirs)).toEqual(went(ours));
    });
  });

  test("a number of -254 is a fault, and another one ends it", async () => {
    await Stand.with(async (stand) => {
      const path = join(stand.lan.folder, "number");
      writeFileSync(path, "0");
      const lines = `track_file number {\n    file "${path}"\n}\n`;
      const all = both(stand, { before: lines, more: "track_file {\n        number\n    }" });
      for (const director of all) await director.waitForState("MASTER");
      const marks = all.map(({ log }) => log.mark());
      writeFileSync(path, "-254");
      for (const [i, director] of all.entries()) await director.waitForState("FAULT", { from: marks[i] ?? 0 });
      writeFileSync(path, "-253");
      for (const [i, director] of all.entries()) await director.waitForState("BACKUP", { from: marks[i] ?? 0 });
      for (const director of all) await until("the least", async () => went(director).at(-1) === 1, seconds(3));
    });
  });

  test("the file may come, go, be replaced, lie in a folder to come or behind links that are changed", async () => {
    await Stand.with(async (stand) => {
      const at = (...names: string[]): string => join(stand.lan.folder, ...names);
      const lines = `track_file number {\n    file "${at("later", "data", "number")}"\n}\n`;
      const text = instance({ priority: 100, more: "track_file {\n        number weight 1\n    }" });
      const director = stand.start("lb1", lines + text);
      await director.waitForState("BACKUP");
      const says = async (what: string, priority: number): Promise<void> =>
        await until(what, async () => went(director).at(-1) === priority, seconds(3), 10_000);
      for (const n of [1, 2]) {
        mkdirSync(at(`v${n}`));
        writeFileSync(at(`v${n}`, "number"), `${n}`);
      }
      mkdirSync(at("later"));
      symlinkSync(at("v1"), at("later", "data"));
      await says("a folder and a link to the file appear", 101);
      symlinkSync("../v2", at("later", "next"));
      renameSync(at("later", "next"), at("later", "data"));
      await says("the link leads elsewhere", 102);
      writeFileSync(at("v1", "number"), "77");
      writeFileSync(at("new"), "9");
      renameSync(at("new"), at("v2", "number"));
      await says("another file takes its place", 109);
      rmSync(at("v2", "number"));
      await says("it is removed", 100);
      writeFileSync(at("v2", "number"), "4");
      await says("it is there again", 104);
      rmSync(at("later"), { recursive: true });
      await says("the folder is removed", 100);
      expect(went(director)).toEqual([101, 102, 109, 100, 104, 100]);
    });
  });

  test("a file that is written in pieces counts when it is closed", async () => {
    await Stand.with(async (stand) => {
      const path = join(stand.lan.folder, "number");
      writeFileSync(path, "3");
      const lines = `track_file number {\n    file "${path}"\n}\n`;
      const director = stand.start(
        "lb1",
        lines + instance({ priority: 100, more: "track_file {\n        number\n    }" }),
      );
      await director.waitForState("BACKUP");
      await stand.lan.run("lb1", ["sh", "-c", `{ printf 1; sleep 0.3; printf 5; } >${path}`]);
      await until("15", async () => went(director).at(-1) === 115, seconds(3));
      expect(went(director)).toEqual([103, 115]);
    });
  });
});

describe.concurrent("track_interface", () => {
  const INTERFACES =
    "track_interface {\n        d0 weight 20\n        d1 weight -30\n        d2 weight 40 reverse\n    }";

  test("each interface moves the priority by its weight, as it does keepalived's", async () => {
    await Stand.with(async (stand) => {
      for (const node of ["lb1", "lb2"]) await interfaces(stand, node, ["d0", "d1", "d2"]);
      const all = both(stand, { before: "", more: INTERFACES });
      const set = async (name: string, state: "up" | "down", priority: number): Promise<void> => {
        for (const [node, director] of [["lb1", all[0]] as const, ["lb2", all[1]] as const]) {
          await stand.lan.run(node, ["ip", "link", "set", name, state]);
          await until(`${node}: ${name} ${state}`, async () => went(director).at(-1) === priority, seconds(3));
        }
      };
      for (const director of all) await director.waitForLog(/from 100 to 80/);
      await set("d0", "down", 60);
      await set("d1", "down", 30);
      await set("d2", "down", 70);
      await set("d1", "up", 100);
      await set("d2", "up", 60);
      await set("d0", "up", 80);
      expect(went(all[1])).toEqual(went(all[0]));
      const said = all[0].log.entries.flatMap(({ text }) => /Netlink reports d\d (?:up|down)/.exec(text) ?? []);
      expect(said.slice(0, 2)).toEqual(["Netlink reports d0 down", "Netlink reports d1 down"]);
    });
  });

  test("of two interfaces without weight both must be up; with `reverse` one must be down", async () => {
    await Stand.with(async (stand) => {
      await interfaces(stand, "lb1", ["d0", "d1", "d2"]);
      await stand.lan.run("lb1", ["ip", "link", "set", "d2", "down"]);
      const more = "track_interface {\n        d0\n        d1\n        d2 weight 0 reverse\n    }";
      const lb1 = await stand.startMaster(instance({ more }));
      const set = async (name: string, state: string): Promise<number> => {
        const from = lb1.log.mark();
        await stand.lan.run("lb1", ["ip", "link", "set", name, state]);
        return from;
      };
      await lb1.waitForState("FAULT", { from: await set("d0", "down") });
      await set("d1", "down");
      const first = await set("d0", "up");
      await lb1.waitForLog(/Netlink reports d0 up/, { from: first });
      await sleep(200);
      expect(lb1.state).toBe("FAULT");
      await lb1.waitForState("MASTER", { from: await set("d1", "up") });
      await lb1.waitForState("FAULT", { from: await set("d2", "up") });
      await lb1.waitForState("MASTER", { from: await set("d2", "down") });
    });
  });

  test("a change counts after `interface_up_down_delays`, and not when it is undone before", async () => {
    await Stand.with(async (stand) => {
      for (const node of ["lb1", "lb2"]) await interfaces(stand, node, ["d0"]);
      const before = "interface_up_down_delays {\n    d0 1 2\n}\n";
      const all = both(stand, { before, more: "track_interface {\n        d0 weight 20\n    }" });
      for (const director of all) await director.waitForLog(/from 100 to 120/);
      for (const [i, node] of ["lb1", "lb2"].entries()) {
        const director = all[i] ?? all[0];
        const from = director.log.mark();
        const set = async (state: string): Promise<number> => {
          await stand.lan.run(node, ["ip", "link", "set", "d0", state]);
          return Date.now();
        };
        const lasted = async (since: number, priority: number): Promise<number> =>
          (await director.waitForLog(new RegExp(` to ${priority}$`), { from })).at / 1000 - since;
        await set("down");
        await sleep(300);
        await set("up");
        await sleep(1500);
        expect([node, went(director)]).toEqual([node, [120]]);
        const down = await lasted(await set("down"), 100);
        const up = await lasted(await set("up"), 120);
        expect(down).toBeGreaterThan(900);
        expect(up).toBeGreaterThan(1900);
      }
    });
  });
});

/** Interfaces that are up, each with its other end. */
async function interfaces(stand: Stand, node: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await stand.lan.run(node, ["ip", "link", "add", name, "type", "veth", "peer", "name", `${name}peer`]);
    for (const end of [name, `${name}peer`]) await stand.lan.run(node, ["ip", "link", "set", end, "up"]);
  }
}

test("with `dont_track_primary` a master outlives its link, and announces its addresses when it is back", async () => {
  await Stand.with(async (stand) => {
    const lb1 = await stand.startMaster(instance({ more: "dont_track_primary\n    garp_master_delay 0" }));
    const mark = lb1.log.mark();
    await stand.lan.setLink("lb1", "down");
    await lb1.waitForLog(/Netlink reports eth0 down/, { from: mark });
    const from = stand.capture.heard.mark();
    await stand.lan.setLink("lb1", "up");
    await lb1.waitForLog(/Netlink reports eth0 up/, { from: mark });
    await until("announcements", async () => stand.announcements("lb1", VIP, from) > 0, seconds(3));
    expect(lb1.log.entries.slice(mark).filter(({ text }) => / Entering /.test(text))).toEqual([]);
  });
});
