import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { NetlinkSocket } from "../../src/io/netlink-socket.ts";
import { inNetwork } from "../../src/io/network-namespace.ts";
import { NETLINK_ROUTE } from "../../src/netlink/constants.ts";
import { dumpLinks } from "../../src/netlink/link.ts";
import type { Implementation } from "./daemon.ts";
import { attempt, PROJECT, run, until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";

const PROGRAMS: Readonly<Record<Implementation, readonly string[]>> = {
  ours: [process.execPath, join(PROJECT, "dist/main.js"), "--metrics=off"],
  keepalived: ["keepalived"],
};

describe.concurrent("a daemon in a network namespace", () => {
  test.for(["ours", "keepalived"] as const)(
    "net_namespace: %s started outside runs inside, every thread of it, with its pid files where others look",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const namespace = stand.lan.namespace("lb1");
        const config = stand.configure("lb1", `net_namespace ${namespace}\ninstance east\n${instance()}`);
        const folder = `/run/keepalived/${namespace}`;
        expect(await attempt([...PROGRAMS[implementation], "-P", "-f", config])).toMatchObject({ status: 0 });
        await until("VIP", async () => (await stand.vips("lb1")).length > 0, seconds(10));
        expect(await stand.vips("lb1")).toEqual([`eth0 inet ${VIP}/32 scope global eth0`]);
        const files = readdirSync(folder).sort();
        const [parent = 0, vrrp = 0] = files.map((name) => Number(readFileSync(join(folder, name), "utf8")));
        const inside = (await run(["ip", "netns", "exec", namespace, "readlink", "/proc/self/ns/net"])).trim();
        expect([...threadsOf(parent), ...threadsOf(vrrp)].filter((network) => network !== inside)).toEqual([]);
        expect(files).toEqual(["keepalived_east.pid", "vrrp_east.pid"]);
        process.kill(parent, "SIGTERM");
        await until("end", async () => !isThere(folder), seconds(10));
        expect(await stand.vips("lb1")).toEqual([]);
      });
    },
  );

  test("-s: a daemon in the foreground keeps its pid and its environment, and goes in before it does anything", async () => {
    await Stand.with(async (stand) => {
      const namespace = stand.lan.namespace("lb2");
      const config = join(stand.lan.folder, "s.conf");
      writeFileSync(config, instance());
      const director = stand.lan.spawn("lb1", [
        ...PROGRAMS.ours,
        "-nlP",
        "-s",
        namespace,
        "-f",
        config,
        "-p",
        join(stand.lan.folder, "s.pid"),
        "-r",
        join(stand.lan.folder, "v.pid"),
      ]);
      await until("VIP", async () => (await stand.vips("lb2")).length > 0, seconds(10));
      expect(await stand.vips("lb1")).toEqual([]);
      expect(Number(readFileSync(join(stand.lan.folder, "s.pid"), "utf8"))).toBe(director.pid);
      director.kill("SIGTERM");
      await until("end", async () => director.exitCode !== null, milliseconds(10_000));
      expect([director.exitCode, await stand.vips("lb2")]).toEqual([0, []]);
    });
  });

  test("a socket made in another namespace stays there, and the thread comes back, also from what throws", async () => {
    await Stand.with(async (stand) => {
      const namespace = stand.lan.namespace("lb1");
      const own = (): string => readlinkSync("/proc/thread-self/ns/net");
      const home = own();
      const socket = inNetwork(namespace, () => new NetlinkSocket(NETLINK_ROUTE));
      const [answer] = socket.transact([dumpLinks()]);
      const names = answer?.ok ? answer.messages.map(({ body }) => Buffer.from(body).includes("eth0\0")) : [];
      socket.close();
      expect(names.filter((isEth0) => isEth0)).toHaveLength(1);
      expect(() => inNetwork(namespace, () => JSON.parse("{"))).toThrow(SyntaxError);
      expect([own(), inNetwork(namespace, own) === home, own()]).toEqual([home, false, home]);
    });
  });

  test("a namespace that is not there ends it with 1; keepalived says so too, and ends with 0", async () => {
    await Stand.with(async (stand) => {
      const config = stand.configure("lb1", instance());
      const ended = async (implementation: Implementation) => {
        const files = ["-p", join(stand.lan.folder, implementation)];
        return await attempt([...PROGRAMS[implementation], "-nlG", "-s", "kt-none", "-f", config, ...files]);
      };
      const [ours, theirs] = await Promise.all([ended("ours"), ended("keepalived")]);
      for (const { stderr } of [ours, theirs])
        expect(stderr).toMatch(/Unable to set network namespace kt-none - exiting/);
      expect([ours.status, theirs.status]).toEqual([1, 0]);
    });
  });
});

/** The network namespace of each thread. */
function threadsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => readlinkSync(`/proc/${pid}/task/${thread}/ns/net`));
}

function isThere(folder: string): boolean {
  try {
    return readdirSync(folder).length >= 0;
  } catch {
    return false;
  }
}
