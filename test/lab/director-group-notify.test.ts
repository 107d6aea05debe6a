import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { Recorder } from "./recorder.ts";
import { Relay } from "./relay.ts";
import { until } from "./run.ts";
import { instance, read, Stand } from "./stand.ts";

/** One of the two members, with the VRID 51 or 52. */
const member = (n: 1 | 2, priority: number, more = ""): string =>
  instance({
    ...{ name: `V${n}`, vrid: 50 + n, priority, addresses: [`192.0.2.10${n}`], advertInterval: 0.1 },
    more: `version 3\n    ${more}`,
  });

const group = (more = ""): string =>
  `vrrp_sync_group G {\n    group {\n        V1\n        V2\n    }\n    ${more}\n}\n`;

/** A `vrrp_track_file` that is a fault where it is not 0, or weighs. */
const tracked = (stand: Stand, name: string, weight: number): string => {
  const path = join(stand.lan.folder, name);
  return `vrrp_track_file ${name} {\n    file ${path}\n    weight ${weight}\n}\n`;
};
const put = (stand: Stand, name: string, value: number): void =>
  writeFileSync(join(stand.lan.folder, name), `${value}\n`);

/** Starts a daemon on lb1 and reads the FIFO of its configuration. */
async function listened(
  stand: Stand,
  text: string,
  implementation: Implementation,
): Promise<{ readonly director: Director; readonly lines: string[] }> {
  const fifo = join(stand.lan.folder, "fifo");
  const director = stand.start("lb1", text.replace("FIFO", fifo), { implementation });
  await until(fifo, async () => existsSync(fifo), seconds(10));
  const lines: string[] = [];
  read(stand.lan.spawn("lb1", ["cat", fifo]), (line) => lines.push(line));
  return { director, lines };
}

const BOTH: readonly Implementation[] = ["ours", "keepalived"];
const of = (name: string, state: string, priority = 150): string => `INSTANCE "${name}" ${state} ${priority}`;
const ofGroup = (state: string): string => `GROUP "G" ${state} 0`;
/** A transition that one of them leads: its own line, the other's, then that of the group. */
const led = (by: "V1" | "V2", state: string): string[] => [
  of(by, state),
  of(by === "V1" ? "V2" : "V1", state),
  ofGroup(state),
];

describe.concurrent("who is told of a vrrp_sync_group", () => {
  test.each(BOTH)(
    "%s: FIFO lines, scripts and mails of a life, in order, once for the group",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const relay = await Relay.start(stand, "lb1");
        const recorder = new Recorder(stand, "calls");
        for (const name of ["fit", "good"]) put(stand, name, 0);
        const globals = `global_defs {
    script_user root
    router_id R1
    notification_email {
        ops@example.com
    }
    notification_email_from keepalived@example.com
    smtp_server 127.0.0.1 2525
    notify_fifo FIFO
}
`;
        const scripts = ["master", "backup", "fault", "stop"].map(
          (kind) => `notify_${kind} "${recorder.path} ${kind}"`,
        );
        const told = [...scripts, `notify "${recorder.path} any"`, "smtp_alert", "notify_priority_changes"];
        const trackers = tracked(stand, "fit", 0) + tracked(stand, "good", 1);
        const text =
          globals +
          trackers +
          group(["track_file {\n        good\n    }", ...told].join("\n    ")) +
          member(1, 150) +
          member(2, 150, "track_file {\n        fit\n    }");
        const { director, lines } = await listened(stand, text, implementation);
        let seen = 0;
        const phase = async (count: number): Promise<string[]> => {
          await until(`${count} more lines after ${lines}`, async () => lines.length >= seen + count, seconds(15));
          const those = lines.slice(seen);
          seen = lines.length;
          return those;
        };
        const start = await phase(6);
        expect(start.slice(0, 3)).toEqual([ofGroup("BACKUP"), of("V1", "BACKUP"), of("V2", "BACKUP")]);
        const leader = start[3]?.includes("V1") ? "V1" : "V2";
        expect(start.slice(3)).toEqual(led(leader, "MASTER"));
        put(stand, "good", -20);
        expect(await phase(2)).toEqual([of("V1", "MASTER_PRIORITY", 130), of("V2", "MASTER_PRIORITY", 130)]);
        put(stand, "good", 0);
        expect(await phase(2)).toEqual([of("V1", "MASTER_PRIORITY"), of("V2", "MASTER_PRIORITY")]);
        put(stand, "fit", 1);
        expect(await phase(3)).toEqual(led("V2", "FAULT"));
        put(stand, "fit", 0);
        expect((await phase(6)).slice(0, 3)).toEqual(led("V2", "BACKUP"));
        const rival = stand.start("lb2", member(2, 200));
        expect(await phase(3)).toEqual(led("V2", "BACKUP"));
        await rival.waitForState("MASTER");
        await rival.stop();
        expect((await phase(3)).at(-1)).toBe(ofGroup("MASTER"));
        await stand.lan.run("lb1", ["ip", "address", "delete", "192.0.2.101/32", "dev", "eth0"]);
        // vrrp.md §13.14: keepalived's group goes to BACKUP without a word, and comes back with one.
        if (implementation === "ours") {
          await until("the address", async () => (await stand.vips("lb1")).length === 2, milliseconds(2000));
        } else {
          const again = await phase(5);
          expect(again.slice(0, 2)).toEqual([of("V1", "BACKUP"), of("V2", "BACKUP")]);
          expect(again.at(-1)).toBe(ofGroup("MASTER"));
        }
        const states = (): string[] =>
          lines.filter((line) => line.startsWith("GROUP")).map((line) => line.split(" ")[2] ?? "");
        // Who is mailed of a state is not mailed of it again.
        const subjects = states()
          .filter((state, i, all) => state !== all[i - 1])
          .map((state) => `[R1] VRRP Group G - Entering ${state} state`);
        await relay.waitFor(subjects.length);
        expect(await director.stop()).toBe(0);
        expect(await phase(3)).toEqual([of("V1", "STOP"), of("V2", "STOP"), ofGroup("STOP")]);
        // Keepalived's scripts overlap, and its last mail never arrives.
        const ordered = (words: readonly string[]): readonly string[] =>
          implementation === "ours" ? words : words.toSorted();
        const calls = await recorder.waitFor(2 * states().length);
        const [every, specific] = [true, false].map((all) => calls.filter((line) => line.startsWith("<any>") === all));
        expect(ordered(every ?? [])).toEqual(ordered(states().map((state) => `<any><GROUP><G><${state}><0>`)));
        expect(ordered(specific ?? [])).toEqual(ordered(states().map((state) => `<${state.toLowerCase()}>`)));
        if (implementation === "ours") subjects.push("[R1] VRRP Group G - Stopping");
        expect(relay.subjects).toEqual(subjects);
      });
    },
  );

  test.each(BOTH)("%s: at the start only that it is backup is told of the group first", async (implementation) => {
    const start = async (priority: number, fit: number, stop: number): Promise<string[]> => {
      let told: string[] = [];
      await Stand.with(async (stand) => {
        put(stand, "fit", fit);
        const globals = "global_defs {\n    notify_fifo FIFO\n}\n";
        const members = member(1, priority, "track_file {\n        fit\n    }") + member(2, priority);
        const text = globals + tracked(stand, "fit", 0) + group() + members;
        const { director, lines } = await listened(stand, text, implementation);
        await until("lines", async () => lines.length >= stop, seconds(15));
        expect(await director.stop()).toBe(0);
        await until("the end", async () => lines.at(-1) === ofGroup("STOP"), seconds(5));
        told = lines.slice(0, -3);
      });
      return told;
    };
    const masters = ["V1", "V2"].map((name) => of(name, "MASTER", 255));
    // A group of owners becomes master without a word in 2.2.7.
    const owners = implementation === "ours" ? [...masters, ofGroup("MASTER")] : masters;
    const [unfit, owning] = await Promise.all([start(150, 1, 3), start(255, 0, owners.length)]);
    expect(unfit).toEqual(led("V1", "FAULT"));
    expect(owning).toEqual(owners);
  });

  test("a reload and a kill -9 of the vrrp process tell nothing; who joins or leaves is told of alone", async () => {
    await Stand.with(async (stand) => {
      const globals = "global_defs {\n    notify_fifo FIFO\n}\n".replace("FIFO", join(stand.lan.folder, "fifo"));
      // What is master at 100 ms may have been missed by the time a process is started again.
      const [one = "", two = ""] = [member(1, 150), member(2, 150)].map((text) => text.replace("int 0.1", "int 1"));
      const text = globals + group() + one + two;
      const { director, lines } = await listened(stand, text, "ours");
      await until("MASTER", async () => lines.includes(ofGroup("MASTER")), seconds(15));
      const start = lines.length;
      await stand.reload(director, text);
      const page = async (): Promise<string> => await stand.metrics("lb1");
      await until(
        "its report",
        async () => (await page()).match(/^keepalived_vrrp_state\{.*\} 2$/gm)?.length === 2,
        seconds(5),
      );
      director.killChild("vrrp");
      await director.waitForLog(/\(V2\) resuming in MASTER STATE/);
      await stand.reload(director, text.replace("        V2\n", "").replace(two, ""));
      await stand.reload(director, text);
      await until("V2", async () => lines.includes(of("V2", "FAULT")), seconds(5));
      expect(await director.stop()).toBe(0);
      await until("the end", async () => lines.at(-1) === ofGroup("STOP"), seconds(5));
      expect(lines.slice(start)).toEqual([
        ...["FAULT", "BACKUP", "MASTER"].map((state) => of("V2", state)), // removed, added
        ...[of("V1", "STOP"), of("V2", "STOP"), ofGroup("STOP")],
      ]);
    });
  });
});
