import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { Bus } from "./bus.ts";
import type { Implementation } from "./daemon.ts";
import { PROJECT, until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

const SERVICE = "org.keepalived.Vrrp1";
const ROOT = "/org/keepalived/Vrrp1";
const FREE = "org.freedesktop.DBus";
const GLOBAL = "global_defs {\n enable_dbus\n vrrp_garp_master_repeat 1\n vrrp_garp_master_delay 0\n}\n";

const path = (vrid: number): string => `${ROOT}/Instance/eth0/${vrid}/IPv4`;

function quick(name: string, vrid: number): string {
  const more = "version 3";
  return instance({ name, vrid, priority: 100, advertInterval: 0.1, addresses: [`192.0.2.${vrid}`], more });
}

/** What introspection says, whatever blanks and comments stand in it. */
function interfacesOf(xml: string): string[] {
  const plain = xml
    .replace(/<!.*?>/gs, "")
    .replace(/\s+/g, " ")
    .replaceAll("> <", "><");
  return [...plain.matchAll(/<[^>]*>/g)]
    .map(([tag]) => tag.replace(/ ?\/>$/, ">"))
    .filter((tag) => !/^<\/(method|signal|arg|property|node)>/.test(tag));
}

/** The calls that a life of a daemon is asked, each with what it is answered. */
const CALLS = [
  [path(51), `${FREE}.Properties`, "GetAll", "s", `${SERVICE}.Instance`],
  [path(51), `${FREE}.Properties`, "Get", "ss", `${SERVICE}.Instance`, "Nix"],
  [path(51), `${FREE}.Properties`, "Set", "ssv", `${SERVICE}.Instance`, "Name", "s", "x"],
  [path(51), `${FREE}.Properties`, "GetAll", "s", "org.nix"],
  [path(51), `${FREE}.Peer`, "Ping"],
  [path(51), `${FREE}.Peer`, "GetMachineId"],
  [path(51), `${SERVICE}.Instance`, "Nix"],
  [path(51), `${SERVICE}.Instance`, "SendGarp", "s", "x"],
  [path(51), `${SERVICE}.Vrrp`, "ReloadConfig"],
  ["/nowhere", `${SERVICE}.Vrrp`, "ReloadConfig"],
  [`${ROOT}/Vrrp`, `${FREE}.Properties`, "GetAll", "s", `${SERVICE}.Vrrp`],
  [`${ROOT}/Vrrp`, `${SERVICE}.Vrrp`, "PrintStats"],
] as const;

async function life(stand: Stand, implementation: Implementation) {
  const node = "lb1";
  const bus = new Bus(stand.lan, node);
  await bus.start();
  const before = GLOBAL + quick("V1", 51) + quick("V2", 52);
  const environment = { ...bus.environment, TMPDIR: stand.lan.folder };
  const director = stand.start(node, before, { implementation, environment });
  const status = async (vrid: number, value: number, from = 0): Promise<void> => {
    const matches = ({ path: of, body: [first] }: { path: string; body: readonly unknown[] }): boolean =>
      of === path(vrid) && first === value;
    await bus.signals.waitFor(`status ${value} of ${vrid}`, matches, { from });
  };
  await Promise.all([status(51, 2), status(52, 2)]);
  const paths = await bus.paths(SERVICE);
  const objects: Record<string, readonly string[]> = {};
  for (const one of [...paths, "/nowhere"]) {
    const answer = await bus.ask("call", SERVICE, one, `${FREE}.Introspectable`, "Introspect");
    objects[one] = interfacesOf(JSON.parse(answer).data[0]).sort();
  }
  const answers = [];
  for (const call of CALLS) {
    const { status: ended, stdout, stderr } = await bus.attempt("call", SERVICE, ...call);
    answers.push([ended, stdout.trim(), stderr.trim()]);
  }
  const heard = stand.capture.heard.mark();
  await bus.ask("call", SERVICE, path(51), `${SERVICE}.Instance`, "SendGarp");
  await bus.ask("call", SERVICE, path(52), `${SERVICE}.Instance`, "SendGarp");
  await stand.capture.heard.waitFor("GARP", (one) => one.kind === "garp" && one.address === "192.0.2.52", {
    from: heard,
  });
  const announced = [51, 52].map((vrid) => stand.announcements(node, `192.0.2.${vrid}`, heard));
  let mark = bus.signals.mark();
  await stand.lan.setLink(node, "down");
  await Promise.all([status(51, 3, mark), status(52, 3, mark)]);
  await stand.lan.setLink(node, "up");
  await Promise.all([status(51, 2, mark), status(52, 2, mark)]);
  mark = bus.signals.mark();
  stand.configure(node, GLOBAL + quick("V1", 51) + quick("V2", 53));
  await bus.ask("call", SERVICE, `${ROOT}/Vrrp`, `${SERVICE}.Vrrp`, "ReloadConfig");
  await bus.signals.waitFor("VrrpReloaded", ({ member }) => member === "VrrpReloaded", { from: mark });
  await status(53, 2);
  const after = await bus.paths(SERVICE);
  await director.stop();
  await bus.signals.waitFor("VrrpStopped", ({ member }) => member === "VrrpStopped");
  const signals: Record<string, unknown[]> = {};
  for (const { path: of, member, body } of bus.signals.entries) {
    if (member === "VrrpStatusChange" && body[0] === 0) continue; // keepalived tells it or not, as its thread is quick
    signals[of] ??= [];
    signals[of].push([member, ...body]);
  }
  const first = bus.signals.entries[0]?.member;
  return { paths, objects, answers, announced, after, signals, first };
}

describe.concurrent("the bus", () => {
  test("objects, introspection, properties, answers, refusals and signals are keepalived's", async () => {
    await Stand.with(async (stand) => {
      const control = async (): ReturnType<typeof life> => {
        let seen: Awaited<ReturnType<typeof life>> | undefined;
        await Stand.with(async (other) => {
          seen = await life(other, "keepalived");
        });
        if (seen === undefined) throw new Error("no life was seen");
        return seen;
      };
      const [ours, keepalived] = await Promise.all([life(stand, "ours"), control()]);
      expect(ours).toEqual(keepalived);
      expect(ours.announced).toEqual([1, 1]);
      expect(ours.first).toBe("VrrpStarted");
      expect(ours.after).toContain(path(53));
      expect(ours.after).not.toContain(path(52));
      const changes = (...list: readonly number[]): unknown[] => list.map((one) => ["VrrpStatusChange", one]);
      expect(ours.signals).toEqual({
        [`${ROOT}/Vrrp`]: [["VrrpStarted"], ["VrrpReloaded"], ["VrrpStopped"]],
        [path(51)]: changes(1, 2, 3, 1, 2, 98),
        [path(52)]: changes(1, 2, 3, 1, 2, 3),
        [path(53)]: changes(1, 2, 98),
      });
      expect(readFileSync(join(stand.lan.folder, "keepalived.stats"), "utf8")).toMatch(/^VRRP Instance: V1\n/);
    });
  });

  test("a bus that is missing, goes or comes back harms nothing; whoever listens then is told the states", async () => {
    await Stand.with(async (stand) => {
      const bus = new Bus(stand.lan, "lb1");
      const director = stand.start("lb1", GLOBAL + instance(), { environment: bus.environment });
      await director.waitForState("MASTER");
      await director.waitForLog(/^.*No DBus: cannot connect to .*ENOENT/);
      await bus.start();
      await bus.signals.waitFor("its state", ({ path: of, body: [state] }) => of === path(51) && state === 2);
      expect(bus.signals.entries.map(({ member }) => member)).toEqual(["VrrpStarted", "VrrpStatusChange"]);
      const complaints = (): number => director.log.entries.filter(({ text }) => text.includes("No DBus")).length;
      expect(complaints()).toBe(1);
      const [heard, mark] = [stand.capture.heard.mark(), bus.signals.mark()];
      bus.kill();
      await director.waitForLog(/No DBus: it closed the connection/);
      await bus.start();
      await bus.signals.waitFor("its state", ({ path: of }) => of === path(51), { from: mark });
      expect(bus.signals.entries.slice(mark)).toEqual([{ path: path(51), member: "VrrpStatusChange", body: [2] }]);
      expect(complaints()).toBe(2);
      expect(Math.max(...stand.advertGaps("lb1", heard))).toBeLessThan(1300);
      // A respawned vrrp process changes nothing that there is to say, and the name stays where it is.
      const killed = director.killChild("vrrp");
      await until("respawn", async () => (director.childPid("vrrp") ?? killed) !== killed, seconds(10));
      await director.waitForLog(/resuming in MASTER STATE/);
      await bus.ask("call", SERVICE, path(51), `${SERVICE}.Instance`, "SendGarp");
      const from = director.log.mark();
      stand.configure("lb1", instance());
      director.reload();
      await director.waitForLog(/Released DBus/, { from });
      expect(bus.signals.entries.slice(mark + 1).map(({ member }) => member)).not.toContain("VrrpStatusChange");
      const { stderr } = await bus.attempt("call", SERVICE, "/", `${FREE}.Peer`, "Ping");
      expect(stderr).toContain("not provided");
    });
  });

  test("statistics are cleared when they are printed by PrintStatsClear", async () => {
    await Stand.with(async (stand) => {
      const bus = new Bus(stand.lan, "lb1");
      await bus.start();
      const environment = { ...bus.environment, TMPDIR: stand.lan.folder };
      const director = stand.start("lb1", GLOBAL + quick("V1", 51), { environment });
      await director.waitForState("MASTER");
      await director.waitForLog(/Acquired DBus bus/);
      const sent = async (): Promise<number> => {
        const page = await stand.metrics("lb1");
        return Number(/^keepalived_advertisements_sent_total\{.*\} (\d+)$/m.exec(page)?.[1]);
      };
      await until("adverts", async () => (await sent()) > 9, seconds(10));
      await bus.ask("call", SERVICE, `${ROOT}/Vrrp`, `${SERVICE}.Vrrp`, "PrintStatsClear");
      const file = join(stand.lan.folder, "keepalived.stats");
      await until("file", async () => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"), seconds(5));
      expect(readFileSync(file, "utf8")).toMatch(/Sent: \d\d+\n {2}Became master: 1/);
      await until("zero", async () => (await sent()) < 9, seconds(5));
    });
  });

  test("our policy lets root own the name and call, others only look", async () => {
    await Stand.with(async (stand) => {
      const bus = new Bus(stand.lan, "lb1");
      const config = join(stand.lan.folder, "lb1-bus.conf");
      const rules = readFileSync(config, "utf8");
      const policy = readFileSync(join(PROJECT, "dbus/org.keepalived.Vrrp1.conf"), "utf8");
      const own = /<policy[\s\S]*<\/policy>/.exec(policy.replace(/<!--.*?-->/s, ""))?.[0] ?? "";
      // As on a system bus: nobody owns a name or calls a method unless a file says so.
      const strict = `<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/>
        <allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
        <allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/><allow receive_type="method_return"/>
        <allow receive_type="error"/><allow receive_type="signal"/><allow send_destination="${FREE}"/></policy>`;
      writeFileSync(config, rules.replace(/<policy[\s\S]*<\/policy>/, strict + own));
      await bus.start();
      const director = stand.start("lb1", GLOBAL + quick("V1", 51), { environment: bus.environment });
      await director.waitForLog(/Acquired DBus bus/);
      await director.waitForState("MASTER");
      const call = async (...words: readonly string[]) => {
        const argv = ["busctl", `--address=${bus.address}`, "call", SERVICE, path(51), ...words];
        return await stand.lan.attempt("lb1", ["setpriv", "--reuid=65534", "--clear-groups", ...argv]);
      };
      chmodSync(stand.lan.folder, 0o755);
      expect((await call(`${FREE}.Properties`, "Get", "ss", `${SERVICE}.Instance`, "State")).stdout).toContain(
        '2 "Master"',
      );
      expect((await call(`${SERVICE}.Instance`, "SendGarp")).stderr).toContain("Access denied");
      await bus.ask("call", SERVICE, path(51), `${SERVICE}.Instance`, "SendGarp");
    });
  });
});
