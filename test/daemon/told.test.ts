import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { RunnableServer, RunnableService } from "../../src/daemon/runnable.ts";
import { check, PoolBench, real, SORRY, service } from "./pool-bench.ts";

// Three lives of a director, as in test/golden/told.txt: services N at 10.78.0.N, servers by host, checks by port.

const ALPHA = { alpha: true };

/** A server with TCP_CHECKs of these ports; it has a check for each. */
function host(number: number, ports: readonly number[], more: Partial<RunnableServer & typeof ALPHA> = {}) {
  const { alpha = false, ...rest } = more;
  const pace = { retry: 1, delayLoop: seconds(1), delayBeforeRetry: 0, warmup: 0, alpha };
  const script = (state: string) => ({ argv: ["RS", `${number}`, state], user: undefined, group: undefined });
  return real(number, {
    checkers: ports.map((port) => check(port, pace)),
    ...{ notifyUp: script("UP"), notifyDown: script("DOWN"), ...rest },
  });
}

function at(number: number, servers: readonly RunnableServer[], more: Partial<RunnableService> = {}): RunnableService {
  const script = (state: string) => ({ argv: ["VS", `${number}`, state], user: undefined, group: undefined });
  const told = { quorumUp: script("UP"), quorumDown: script("DOWN"), smtpAlert: true };
  return service(servers, { host: number, ...told, ...more });
}

/** The services of a director, put in force in order. */
class Life {
  readonly bench = new PoolBench();
  readonly #pools = new Map<string, PoolRunner>();

  start(services: readonly RunnableService[]): void {
    for (const one of services) this.#pools.set(one.label, this.bench.start(one));
  }

  reload(services: readonly RunnableService[]): void {
    const wanted = new Set<string>(services.map(({ label }) => label));
    for (const [label, pool] of this.#pools) {
      if (wanted.has(label)) continue;
      pool.leave("Removing");
      pool.stop();
      this.#pools.delete(label);
    }
    for (const one of services) {
      const pool = this.#pools.get(one.label);
      if (pool === undefined) this.#pools.set(one.label, this.bench.start(one, "reload"));
      else this.bench.reload(pool, one);
    }
    this.bench.checks.settle();
  }

  stop(): void {
    for (const pool of this.#pools.values()) {
      pool.stop();
      pool.leave("Shutting down");
    }
  }

  close(...ports: readonly number[]): void {
    for (const port of ports) this.bench.servers.manners.set(port, "refused");
  }

  open(...ports: readonly number[]): void {
    for (const port of ports) this.bench.servers.manners.set(port, "up");
  }

  /** What has been told five seconds later. */
  async told(): Promise<string[]> {
    await this.bench.servers.run(seconds(5));
    return this.bench.told();
  }
}

/** `> NAME` and what keepalived told then. */
const GOLDEN = readFileSync(new URL("../golden/told.txt", import.meta.url), "utf8")
  .replace(/^#.*\n/gm, "")
  .split(/^> /m)
  .slice(1)
  .map((step) => {
    const [name = "", ...lines] = step.trimEnd().split("\n");
    return { name, lines };
  });

const inhibited = { inhibitOnFailure: true };
const FIRST: readonly RunnableService[] = [
  at(1, [host(11, [9011], { weight: 2 }), host(12, [9012], { weight: 2 })], { quorum: 3, hysteresis: 1 }),
  at(2, [host(21, [9021, 9121], ALPHA), host(22, [9022, 9122], ALPHA)]),
  at(3, [host(31, [9031], ALPHA)], { sorryServer: SORRY }),
  at(4, [host(41, [9041, 9141], inhibited)]),
  at(8, [host(88, [9088]), host(89, [])]),
];
const AFTER: readonly RunnableService[] = [
  at(1, [host(11, [9011]), host(13, []), host(14, [9014], ALPHA), host(15, [9011])]),
  at(2, [host(21, [9021, 9121], ALPHA)]),
  at(3, [host(31, [9031], ALPHA)], { sorryServer: SORRY }),
  at(6, [host(66, [])]),
  at(8, [host(88, []), host(89, [])]),
];
const omega = { omega: true };
const OTHERS: readonly RunnableService[] = [
  at(2, [host(71, [9012], ALPHA)], omega),
  at(3, [host(81, [9041, 9141]), host(82, [9041], { smtpAlert: false })], omega),
  at(4, [host(91, [9091]), host(92, [])], { ...omega, quorum: 2, sorryServer: SORRY }),
  at(5, [host(101, [])]),
  at(7, [host(111, [9091]), host(112, [])], { ...omega, quorum: 2 }),
];
const SECOND = [at(1, [host(61, [9011]), host(62, [9062]), host(63, [])], omega), ...OTHERS];
const GROWN = [
  at(1, [host(61, [9011]), host(62, [9062]), host(64, []), host(65, [9011]), host(67, [9067])], omega),
  ...OTHERS,
  at(6, [host(106, [])], omega),
];
const THIRD = [at(5, [host(101, [])]), at(6, [host(106, [])], omega)];

/** What ours tells beside it: docs/differences.md C67, C61 and C62. */
const MORE: Readonly<Record<number, (text: string) => boolean>> = {
  8: (text) => /^(run )?RS (14 |\[10\.88\.0\.14\])/.test(text),
  16: (text) => /^(run )?RS (92 |\[10\.88\.0\.92\])/.test(text) || text.startsWith("mail"),
};

test("everything that keepalived tells in three lives is told", async () => {
  const steps: (readonly [name: string, told: readonly string[]])[] = [];
  const step = async (life: Life, name: string, act: () => void): Promise<void> => {
    act();
    steps.push([name, await life.told()]);
  };
  const ports = (name: string): number[] => name.split(" ").slice(1).map(Number);
  const turn = (life: Life, name: string): Promise<void> =>
    step(life, name, () => (name.startsWith("open") ? life.open(...ports(name)) : life.close(...ports(name))));

  const first = new Life();
  first.close(9021, 9022, 9122, 9031, 9088, 9014);
  await step(first, "start", () => first.start(FIRST));
  for (const name of ["close 9011 9012", "open 9011 9012 9021", "close 9041", "close 9141", "open 9041", "open 9141"])
    await turn(first, name);
  await turn(first, "open 9031");
  await step(first, "reload", () => first.reload(AFTER));
  await step(first, "reload", () => first.reload(AFTER));
  await step(first, "stop", () => first.stop());

  const second = new Life();
  Object.assign(second.bench.rules, { initialNotifies: true, checkerEmails: false });
  second.close(9062, 9091, 9067);
  await step(second, "start", () => second.start(SECOND));
  for (const name of ["close 9041", "close 9141", "open 9041"]) await turn(second, name);
  await step(second, "reload", () => second.reload(GROWN));
  await step(second, "stop", () => second.stop());

  const third = new Life();
  await step(third, "start", () => third.start(THIRD));
  await step(third, "reload", () => third.reload([]));
  await step(third, "stop", () => third.stop());

  expect(steps.map(([name]) => name)).toEqual(GOLDEN.map(({ name }) => name));
  for (const [i, [name, told]] of steps.entries()) {
    const theirs = GOLDEN[i]?.lines ?? [];
    const more = told.filter((text) => MORE[i]?.(text) === true && !theirs.includes(text));
    expect([name, told.filter((text) => !more.includes(text)).sort()]).toEqual([name, [...theirs].sort()]);
    expect([name, more.length > 0]).toEqual([name, MORE[i] !== undefined]);
  }
});
