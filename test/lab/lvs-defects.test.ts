import { afterAll, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { IPVS_CMD_NEW_DAEMON } from "../../src/netlink/constants.ts";
import { decodeSyncDaemon } from "../../src/netlink/ipvs-daemon.ts";
import type { Implementation } from "./daemon.ts";
import { IpvsBench } from "./ipvs-bench.ts";
import { type IpvsJournal, STAND_IN_FAMILY } from "./ipvs-journal.ts";
import { until } from "./run.ts";

// What Keepalived 2.2.7 asks of the kernel and should not, seen, and what we ask instead: spec §9.1.
const BOTH: readonly Implementation[] = ["ours", "keepalived"];
const WITHIN = seconds(60);
afterAll(() => IpvsBench.close());

function service(
  at: string,
  lines: readonly string[],
  ...servers: readonly (readonly [string, ...string[]])[]
): string {
  const blocks = servers.map(([where, ...inner]) => `real_server ${where} {\n${inner.join("\n")}\n}\n`);
  return `virtual_server ${at} {\ndelay_loop 1\nwarmup 0\nlb_algo rr\nprotocol TCP\n${lines.join("\n")}\n${blocks.join("")}}\n`;
}

const NAT = "lb_kind NAT";
const CHECK = ["TCP_CHECK {", "retry 0", "connect_timeout 1", "}"];
const [ALIVE, DEAD] = ["10.88.0.11", "10.88.0.12"];

/** One service for each defect, at the address of the same number. */
function services(forwarding: "DR" | "TUN", threshold: number): string {
  const persistent = [NAT, "persistence_timeout 50", "persistence_granularity 255.255.255.0"];
  return [
    "track_file F {\nfile FOLDER/nothing\n}\nvirtual_server_group G {\n10.78.1.1 80\n}\n",
    service("group G", persistent, [`${ALIVE} 80`]),
    service("10.78.1.2 80", [NAT, "sorry_server 10.88.0.99"], [`${DEAD} 80`, ...CHECK]),
    service("10.78.1.3 80", [NAT], [ALIVE, ...CHECK]),
    service("10.78.1.4 80", [`lb_kind ${forwarding}`], [`${ALIVE} 80`], [`${DEAD} 80`, ...CHECK]),
    service("10.78.1.5 80", [NAT], [`${ALIVE} 80`, `uthreshold ${threshold}`]),
    service("10.78.1.6 80", [NAT], [`${ALIVE} 80`, "FILE_CHECK {\ntrack_file F\nweight 0 reverse\n}"], [`${DEAD} 80`]),
  ].join("");
}

const at = (n: number, server: string): string => `[10.78.1.${n}]:tcp:80 -> [${server}]:80 weight 1`;

/** Waits until all of these were asked for. */
async function asked(journal: IpvsJournal, changes: readonly string[], from = 0): Promise<void> {
  const there = async (): Promise<boolean> => {
    const known = journal.changes(from);
    return changes.every((change) => known.includes(change));
  };
  await until(changes.join(", "), there, WITHIN);
}

describe.concurrent("the table", () => {
  test("ours: a start, a dead server, a reload and a killed process, without the defects of Keepalived's", async () => {
    await IpvsBench.with({ text: services("DR", 10), implementation: "ours", options: ["-C"] }, async (bench) => {
      const { journal, director } = bench;
      const sorry = `new ${at(2, "10.88.0.99")}`;
      await asked(journal, [sorry, `delete ${at(2, DEAD)}`, `delete ${at(4, DEAD)}`]);
      await director.waitForLog(/TCP connection to \[10\.88\.0\.11\]:tcp:80 success/, { from: 0, within: WITHIN }); // §9.1.4: port 80, not 0
      expect(journal.changes().filter((change) => change.startsWith("delete"))).toHaveLength(2);
      expect(journal.changes()).not.toContain(`new ${at(6, ALIVE)}`); // §9.1.10
      expect(netmask(journal)).toBe(24);
      expect(new Set(journal.asked.map(({ type }) => type))).toEqual(new Set([16, STAND_IN_FAMILY])); // §9.1.7
      const reloaded = journal.mark;
      await bench.reload(services("TUN", 20));
      expect([...journal.changes(reloaded)].sort()).toEqual([`set ${at(4, ALIVE)}`, `set ${at(5, ALIVE)}`]);
      expect(journal.asked.at(-1)?.destination?.upperThreshold).toBe(20);
      const killed = journal.mark;
      const from = director.log.mark();
      director.killChild("checkers");
      await director.waitForLog(/Activating healthchecker .*\[10\.78\.1\.6\]/, { from, within: WITHIN });
      await director.stop();
      const changes = journal.changes(killed);
      expect(changes.filter((change) => !/^delete \S+$/.test(change))).toEqual([]);
      expect(changes).toHaveLength(6);
    });
  });

  test("keepalived: the same life shows them", async () => {
    await IpvsBench.with({ text: services("DR", 10), implementation: "keepalived", options: ["-C"] }, async (bench) => {
      const { journal, director } = bench;
      const sorry = "new [10.78.1.2]:tcp:80 -> [10.88.0.99]:0 weight 1";
      await asked(journal, [sorry, `delete ${at(3, ALIVE)}`, `delete ${at(4, DEAD)}`, `new ${at(6, ALIVE)}`]);
      expect(netmask(journal)).toBe(32);
      const reloaded = journal.mark;
      await bench.reload(services("TUN", 20));
      await asked(journal, [`new ${at(4, DEAD)}`], reloaded);
      expect(journal.changes(reloaded)).not.toContain(`set ${at(5, ALIVE)}`);
      const killed = journal.mark;
      director.killChild("checkers");
      await asked(journal, ["new [10.78.1.5]:tcp:80", `new ${at(2, DEAD)}`, `new ${at(4, DEAD)}`], killed);
    });
  });

  test.each(BOTH)("%s: a group's range that leaves its /24", async (implementation) => {
    const text = `virtual_server_group G {\n10.78.1.254-10.78.2.1 80\n}\n${service("group G", [NAT], [`${ALIVE} 80`])}`;
    await IpvsBench.with({ text, implementation, options: ["-C"] }, async ({ journal, director }) => {
      const made = (): string[] => journal.changes().filter((change) => /^new \S+$/.test(change));
      if (implementation === "keepalived") return await until("no end", async () => made().length > 520, WITHIN);
      await director.waitForLog(/Startup complete/, { from: 0, within: WITHIN });
      await asked(journal, ["new [10.78.2.1]:tcp:80 -> [10.88.0.11]:80 weight 1"]);
      await director.stop();
      expect(made()).toEqual(["1.254", "1.255", "2.0", "2.1"].map((last) => `new [10.78.${last}]:tcp:80`));
    });
  });

  test.each(BOTH)("%s: fwmark 0", async (implementation) => {
    const other = service("10.78.1.2 80", [NAT], [`${ALIVE} 80`]);
    const text = service("fwmark 0", [NAT], [`${ALIVE} 80`]) + other;
    await IpvsBench.with({ text, implementation, options: ["-C"] }, async ({ journal }) => {
      await asked(journal, [`new ${at(2, ALIVE)}`]);
      const garbage = journal.changes().filter((change) => change.includes("255.255.255.255"));
      expect(garbage.length).toBe(implementation === "ours" ? 0 : 2);
    });
  });
});

describe.concurrent("the sync daemon of an instance", () => {
  const text =
    "global_defs {\nlvs_sync_daemon eth0 inst V id 9\n}\nvrrp_instance V {\ninterface eth0\nstate MASTER\npriority 255\nvirtual_router_id 5\nvirtual_ipaddress {\n10.88.0.100\n}\n}\n";

  test.each(BOTH)("%s: a reload of the same file", async (implementation) => {
    await IpvsBench.with({ text, implementation, options: ["-P"] }, async (bench) => {
      const { journal } = bench;
      const started = (from = 0): string[] =>
        journal.asked.slice(from).flatMap(({ command, body }) => {
          const daemon = decodeSyncDaemon(body);
          if (command !== IPVS_CMD_NEW_DAEMON || !daemon.ok) return [];
          return [`${daemon.value.state} "${daemon.value.interface}" ${daemon.value.id}`];
        });
      await until("master", async () => started().includes('master "eth0" 9'), WITHIN);
      const from = journal.mark;
      await bench.reload(text);
      if (implementation === "keepalived")
        return await until("empty", async () => started(from).includes('master "" 0'), WITHIN);
      await bench.director.stop();
      expect(started(from)).toEqual([]);
    });
  });
});

/** Of the group's service. */
function netmask({ asked: all }: IpvsJournal): number | undefined {
  return all.findLast(
    ({ service: one }) => one !== undefined && "address" in one && one.address === "10.78.1.1" && one.timeout > 0,
  )?.service?.netmask;
}
