import { beforeEach, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { RunnableServer, RunnableService } from "../../src/daemon/runnable.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { check, PoolBench, real, SORRY, service } from "./pool-bench.ts";

// Lines, scripts and mails are those of keepalived 2.2.7 in the same situation, as measured on a kernel with IPVS.

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

const VS = "[10.78.0.1]:tcp:80";
const rs = (host: number): string => `[10.88.0.${host}]:tcp:80`;
const line = (host: number, state: "UP" | "DOWN"): string => `RS ${rs(host)} ${VS} ${state}`;
const mail = (host: number, state: "UP" | "DOWN", body: string): string =>
  `mail Realserver ${rs(host)} of virtual server ${VS} - ${state}: => ${body} <=`;
const quorum = (state: "UP" | "DOWN", body: string): string => `mail Virtualserver ${VS} - ${state}: => ${body} <=`;
const command = (argv: string) => ({ argv: [argv], user: undefined, group: undefined });

/** Checked without patience, and told of by two scripts. */
const told = (host: number, change: Partial<RunnableServer> = {}): RunnableServer =>
  real(host, {
    checkers: [check(host, { retry: 0, warmup: 0 })],
    ...{ notifyUp: command(`up-${host}`), notifyDown: command(`down-${host}`), ...change },
  });
const toldOf = (servers: readonly RunnableServer[], change: Partial<RunnableService> = {}): RunnableService =>
  service(servers, { quorumUp: command("gained"), quorumDown: command("lost"), smtpAlert: true, ...change });

/** Started, checked once, and what was told by then forgotten. */
async function started(config: RunnableService): Promise<PoolRunner> {
  const pool = bench.start(config);
  await bench.servers.run(seconds(2));
  bench.told();
  return pool;
}

describe("start", () => {
  test("the quorum is told and mailed as a start, servers only with rs_init_notifies, and their checks' success not", async () => {
    bench.start(toldOf([told(11), told(12)], { quorum: 2 }));
    await bench.servers.run(seconds(2));
    const gained = ["run gained", `VS ${VS} UP`, quorum("UP", "Starting with quorum up 2+0=2 <= 2")];
    expect(bench.told()).toEqual(gained);
    bench.rules.initialNotifies = true;
    bench.start(toldOf([told(11), told(12)], { quorum: 2 }));
    await bench.servers.run(seconds(2));
    expect(bench.told()).toEqual(["run up-11", line(11, "UP"), "run up-12", line(12, "UP"), ...gained]);
  });

  test("without quorum, where a sorry server serves: down; and nothing where none does", () => {
    const alpha = told(11, { checkers: [check(11, { alpha: true })] });
    bench.start(toldOf([alpha]));
    expect(bench.told()).toEqual([]);
    bench.start(toldOf([alpha], { sorryServer: SORRY }));
    expect(bench.told()).toEqual(["run lost", `VS ${VS} DOWN`, quorum("DOWN", "Starting with quorum down 1+0=1 <= 0")]);
  });

  test("the first failure of each alpha checker is told, though the server was never up, and not mailed", async () => {
    const alpha = [check(11, { alpha: true, retry: 0, warmup: 0 }), check(12, { alpha: true, retry: 0, warmup: 0 })];
    bench.servers.manners.set(11, "refused").set(12, "refused");
    const pool = bench.start(toldOf([told(11, { checkers: alpha })]));
    await bench.servers.run(seconds(30));
    expect(bench.told()).toEqual(["run down-11", line(11, "DOWN"), "run down-11", line(11, "DOWN")]);
    bench.servers.manners.set(12, "up");
    await bench.servers.run(seconds(10));
    expect(bench.told()).toEqual([mail(11, "DOWN", "TCP CHECK succeed on service")]);
    bench.servers.manners.set(11, "up");
    await bench.servers.run(seconds(10));
    expect(bench.told()).toEqual([
      ...["run up-11", line(11, "UP"), "run gained", `VS ${VS} UP`],
      ...[quorum("UP", "Gained quorum 1+0=1 <= 1"), mail(11, "UP", "TCP CHECK succeed on service")],
    ]);
    pool.stop();
  });
});

describe("turns", () => {
  test("script and line of the server, then those of the quorum and its mail, then the mail of the checker", async () => {
    await started(toldOf([told(11), told(12)], { quorum: 2 }));
    bench.servers.manners.set(11, "refused");
    await bench.servers.run(seconds(10));
    expect(bench.told()).toEqual([
      ...["run down-11", line(11, "DOWN"), "run lost", `VS ${VS} DOWN`],
      ...[quorum("DOWN", "Lost quorum 2+0=2 <= 1"), mail(11, "DOWN", "TCP CHECK failed on service")],
    ]);
    bench.servers.manners.set(11, "up");
    await bench.servers.run(seconds(10));
    expect(bench.told()).toEqual([
      ...["run up-11", line(11, "UP"), "run gained", `VS ${VS} UP`],
      ...[quorum("UP", "Gained quorum 2+0=2 <= 2"), mail(11, "UP", "TCP CHECK succeed on service")],
    ]);
    await bench.servers.run(seconds(60));
    expect(bench.told()).toEqual([]);
  });

  const TWO = [check(11, { retry: 0, warmup: 0 }), check(12, { retry: 0, warmup: 0 })];

  /** One after the other fails and comes back. */
  async function twice(): Promise<string[][]> {
    await started(toldOf([told(11, { checkers: TWO }), told(13)]));
    const heard: string[][] = [];
    for (const [port, manner] of [
      [11, "refused"],
      [12, "refused"],
      [11, "up"],
      [12, "up"],
    ] as const) {
      bench.servers.manners.set(port, manner);
      await bench.servers.run(seconds(10));
      heard.push(bench.told());
    }
    return heard;
  }

  test("a second checker that fails is mailed alone, with the state of the server", async () => {
    expect(await twice()).toEqual([
      ["run down-11", line(11, "DOWN"), mail(11, "DOWN", "TCP CHECK failed on service")],
      [mail(11, "DOWN", "TCP CHECK failed on service")],
      [mail(11, "DOWN", "TCP CHECK succeed on service")],
      ["run up-11", line(11, "UP"), mail(11, "UP", "TCP CHECK succeed on service")],
    ]);
  });

  test("with no_checker_emails it is mailed when the server turns", async () => {
    bench.rules.checkerEmails = false;
    const heard = await twice();
    expect(heard.map((one) => one.filter((text) => text.startsWith("mail")).length)).toEqual([1, 0, 0, 1]);
  });

  test("without smtp_alert nothing is mailed", async () => {
    await started(toldOf([told(11, { smtpAlert: false })], { smtpAlert: false }));
    bench.servers.manners.set(11, "refused");
    await bench.servers.run(seconds(10));
    expect(bench.told()).toEqual(["run down-11", line(11, "DOWN"), "run lost", `VS ${VS} DOWN`]);
  });

  test("a FILE_CHECK is told and mails nothing", async () => {
    const file = { type: "file", trackFile: "F", weight: 0, reverse: false } as const;
    const pool = await started(toldOf([told(11, { checkers: [file] }), told(12)]));
    bench.numbers.set("F", 1);
    pool.fileTurned("F");
    expect(bench.told()).toEqual(["run down-11", line(11, "DOWN")]);
    pool.stop();
  });
});

describe("reload", () => {
  test("a server that goes is told and mailed where it was alive; the quorum is counted with the new numbers", async () => {
    bench.servers.manners.set(13, "refused");
    const pool = await started(toldOf([told(11), told(12), told(13)], { quorum: 2 }));
    bench.reload(pool, toldOf([told(11), told(14)], { quorum: 1 }));
    expect(bench.told()).toEqual(["run down-12", line(12, "DOWN"), mail(12, "DOWN", "Removing")]);
    bench.reload(pool, toldOf([told(11), told(14)], { quorum: 1 }));
    await bench.servers.run(seconds(60));
    expect(bench.told()).toEqual([]);
  });

  test("a server that lost the checker which held it down is told and said", async () => {
    bench.servers.manners.set(12, "refused");
    const pool = await started(toldOf([told(11), told(12)], { quorum: 2 }));
    bench.heard();
    bench.reload(pool, toldOf([told(11), told(12, { checkers: [] })], { quorum: 2 }));
    expect(bench.told()).toEqual([
      ...["run up-12", line(12, "UP"), "run gained", `VS ${VS} UP`, quorum("UP", "Gained quorum 2+0=2 <= 2")],
    ]);
    expect(bench.heard()[0]).toBe(`Adding service ${rs(12)} to VS ${VS}`);
  });

  test("servers in another order are the same servers", async () => {
    bench.servers.manners.set(12, "refused");
    const pool = await started(toldOf([told(11), told(12)]));
    bench.reload(pool, toldOf([told(12), told(11)]));
    expect(bench.told()).toEqual([]);
  });

  test("a new server is told with rs_init_notifies", async () => {
    const pool = await started(toldOf([told(11)]));
    bench.rules.initialNotifies = true;
    bench.reload(pool, toldOf([told(11), told(12)]));
    expect(bench.told()).toEqual(["run up-12", line(12, "UP")]);
  });

  test("other scripts are those that are run from then on", async () => {
    const pool = await started(toldOf([told(11)]));
    bench.reload(pool, toldOf([told(11, { notifyDown: command("other") })], { quorumDown: undefined }));
    expect(bench.told()).toEqual([]);
    bench.servers.manners.set(11, "refused");
    await bench.servers.run(seconds(20));
    expect(bench.told().filter((text) => text.startsWith("run"))).toEqual(["run other"]);
  });
});

test("a process that takes another's place tells nothing again", async () => {
  bench.servers.manners.set(12, "refused").set(13, "refused");
  const alpha = told(13, { checkers: [check(13, { alpha: true, retry: 0, warmup: 0 })] });
  const config = toldOf([told(11), told(12), alpha], { quorum: 2, sorryServer: SORRY });
  bench.rules.initialNotifies = true;
  const before = await started(config);
  before.stop();
  bench.start(config, JSON.parse(JSON.stringify(before.report())) as ServiceReport);
  await bench.servers.run(seconds(60));
  expect(bench.told()).toEqual([]);
});

describe("stop", () => {
  test("with omega all that was alive goes down, then the quorum", async () => {
    bench.servers.manners.set(12, "refused");
    const pool = await started(toldOf([told(11), told(12)], { omega: true }));
    pool.leave("Shutting down");
    expect(bench.told()).toEqual([
      ...["run down-11", line(11, "DOWN"), mail(11, "DOWN", "Shutting down")],
      ...["run lost", `VS ${VS} DOWN`, quorum("DOWN", "Lost quorum 1+0=1 <= 0")],
    ]);
  });

  test("the quorum is told also where there is none, and so is a server that is alive beside the sorry server", async () => {
    bench.servers.manners.set(12, "refused");
    const config = toldOf([told(11), told(12)], { quorum: 2, sorryServer: SORRY, omega: true, smtpAlert: false });
    const pool = await started(config);
    pool.leave("Shutting down");
    expect(bench.told()).toEqual([
      ...["run down-11", line(11, "DOWN"), mail(11, "DOWN", "Shutting down")],
      ...["run lost", `VS ${VS} DOWN`],
    ]);
  });

  test("without omega nobody is told", async () => {
    const pool = await started(toldOf([told(11)]));
    pool.leave("Shutting down");
    expect(bench.told()).toEqual([]);
  });

  test("a service that a reload removes is told, with omega or without; its quorum where there was one", async () => {
    bench.servers.manners.set(12, "refused");
    const down = await started(toldOf([told(12, { checkers: [check(12, { alpha: true })] })]));
    down.leave("Removing");
    expect(bench.told()).toEqual([]);
    const pool = await started(toldOf([told(11)]));
    pool.leave("Removing");
    expect(bench.told()).toEqual([
      ...["run down-11", line(11, "DOWN"), mail(11, "DOWN", "Removing")],
      ...["run lost", `VS ${VS} DOWN`, quorum("DOWN", "Lost quorum 1+0=1 <= 0")],
    ]);
  });
});
