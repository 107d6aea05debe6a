import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { IpvsSyncDaemon } from "../../src/base/ipvs.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import { type SyncDaemonKernel, SyncDaemons } from "../../src/daemon/sync-daemons.ts";
import { ENODEV, ESRCH } from "../../src/io/constants.ts";
import { KernelError } from "../../src/io/kernel-error.ts";
import { ipvsRequests } from "../../src/netlink/ipvs.ts";
import { decodeSyncDaemon } from "../../src/netlink/ipvs-daemon.ts";
import type { Log } from "../../src/observe/log.ts";

const master: IpvsSyncDaemon = {
  ...{ state: "master", interface: "eth0", id: 51, maxLength: undefined, port: 8848, ttl: 1, group: ip("224.0.0.81") },
};
const backup: IpvsSyncDaemon = { ...master, state: "backup" };

/** A kernel that has sync daemons, or refuses them, and a clock that stands still. */
function stand() {
  const runs: IpvsSyncDaemon[] = [];
  const said: string[] = [];
  const wakes: { at: Micros; wake: () => void }[] = [];
  const state = { refuse: 0, opened: 0 };
  const commands = ["", "", "", "", "", "", "", "", "", "new", "delete"];
  const kernel: SyncDaemonKernel = {
    syncDaemons: () => [...runs],
    close: () => said.push("closed"),
    change: (requests) =>
      requests.map((request) => {
        const { body } = request(ipvsRequests(0x20));
        const daemon = decodeSyncDaemon(body);
        const command = commands[body[0] ?? 0];
        said.push(command ?? "");
        if (state.refuse !== 0) return new KernelError("IPVS", state.refuse);
        if (command === "new" && daemon.ok) runs.push(daemon.value);
        else runs.splice(0, 1);
        return undefined;
      }),
  };
  const quiet = (): void => {};
  const log: Log = {
    error: (_, fields) => void said.push(String(fields?.["error"])),
    warning: quiet,
    info: quiet,
    detail: quiet,
  };
  const clock = {
    now: () => 0,
    wakeAt: (at: Micros, wake: () => void) => {
      const entry = { at, wake };
      wakes.push(entry);
      return () => void (wakes.includes(entry) && wakes.splice(wakes.indexOf(entry), 1));
    },
  };
  const daemons = new SyncDaemons({ log, clock }, () => {
    state.opened++;
    return kernel;
  });
  const turn = (): readonly Micros[] => {
    const due = wakes.splice(0);
    for (const { wake } of due) wake();
    return wakes.map(({ at }) => at);
  };
  return { daemons, runs, said, state, wakes, turn };
}

test("who never wants one never asks the kernel", () => {
  const { daemons, state, turn } = stand();
  daemons.want([]);
  daemons.want(undefined);
  turn();
  daemons.close({ stop: true });
  expect(state.opened).toBe(0);
});

test("not before the work at hand is done; the last wish counts, and the same wish again is none", () => {
  const { daemons, runs, said, turn } = stand();
  daemons.want([backup]);
  daemons.want([master]);
  expect(said).toEqual([]);
  expect(turn()).toEqual([]);
  expect(runs).toEqual([master]);
  daemons.want([{ ...master }]);
  turn();
  expect(said).toEqual(["new"]);
  daemons.want([backup]);
  turn();
  expect(runs).toEqual([backup]);
});

test("a refusal is said once and tried again after ten seconds, until it works", () => {
  const { daemons, runs, said, state, turn } = stand();
  state.refuse = ENODEV;
  daemons.want([master]);
  expect(turn()).toEqual([seconds(10)]);
  expect(turn()).toEqual([seconds(10)]);
  expect(said.filter((line) => line.startsWith("IPVS: ENODEV"))).toHaveLength(1);
  state.refuse = 0;
  expect(turn()).toEqual([]);
  expect(runs).toEqual([master]);
});

test("what is gone already when it is to go is as it should be", () => {
  const { daemons, runs, said, state, turn } = stand();
  daemons.want([backup]);
  turn();
  state.refuse = ESRCH;
  daemons.want([]);
  expect(turn()).toEqual([]);
  expect(runs).toHaveLength(1); // so says this kernel
  expect(said).toEqual(["new", "delete"]);
});

test("a stop ends them, unless they are to stay or are somebody else's by now", () => {
  for (const [stop, left] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const { daemons, runs, turn, said } = stand();
    daemons.want([master]);
    turn();
    daemons.close({ stop });
    expect(runs).toHaveLength(left);
    expect(said.at(-1)).toBe("closed");
  }
  const { daemons, runs, turn } = stand();
  daemons.want([master]);
  turn();
  daemons.want(undefined);
  daemons.close({ stop: true });
  expect(runs).toEqual([master]);
});

test("a kernel without IPVS is a refusal like another", () => {
  const said: string[] = [];
  const quiet = (): void => {};
  const log: Log = {
    error: (_, fields) => void said.push(String(fields?.["error"])),
    warning: quiet,
    info: quiet,
    detail: quiet,
  };
  const wakes: (() => void)[] = [];
  const wakeAt = (_: Micros, wake: () => void): (() => void) => {
    wakes.push(wake);
    return quiet;
  };
  const clock = { now: () => 0, wakeAt };
  const daemons = new SyncDaemons({ log, clock }, () => {
    throw new KernelError("cannot find IPVS in the kernel", 2);
  });
  daemons.want([master]);
  wakes.shift()?.();
  wakes.shift()?.();
  expect(said).toEqual([expect.stringMatching(/^cannot find IPVS in the kernel: ENOENT/)]);
  expect(wakes).toHaveLength(1);
});
