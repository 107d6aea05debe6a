import { expect, test, vi } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { Traffic } from "../../src/daemon/traffic.ts";
import type { TrafficReport, TrafficWish } from "../../src/observe/traffic.ts";

const count = (connections: number) => ({
  ...{ connections, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
  ...{ connectionRate: 0, inPacketRate: 0, outPacketRate: 0, inByteRate: 0, outByteRate: 0 },
});
const NOW = { active: 0, inactive: 0, persistent: 0 };

/** A kernel that counts how often it was asked, in every number that it gives. */
class Source {
  at = seconds(100);
  took = milliseconds(1);
  answers = true;
  readonly asked: string[] = [];

  now = () => this.at;
  ask = async (wish: TrafficWish): Promise<TrafficReport | undefined> => {
    this.asked.push(
      Object.entries(wish)
        .flatMap(([part, wanted]) => (wanted ? [part] : []))
        .join(" "),
    );
    this.at += this.took;
    const counted = this.asked.length;
    if (!this.answers) return undefined;
    const servers = wish.servers ? [{ name: "r", statistics: count(counted), connections: NOW }] : [];
    return { services: [{ name: "v", statistics: wish.services ? count(counted) : undefined, servers }] };
  };
}

/** Connections of the service and of its server, as known. */
function shown(traffic: Traffic): unknown {
  const known = traffic.known.get("v");
  return known && [known.statistics?.connections, known.servers[0]?.statistics.connections];
}

test("services and servers are read when they are older than each may be, and not before", async () => {
  const source = new Source();
  const traffic = new Traffic(source);
  const ages = { services: seconds(5), servers: seconds(1) };
  await traffic.refresh(ages);
  expect(shown(traffic)).toEqual([1, 1]);
  source.at += seconds(1) - milliseconds(2);
  expect(traffic.refresh(ages)).toBeUndefined();
  source.at += milliseconds(1);
  await traffic.refresh(ages);
  expect(shown(traffic)).toEqual([1, 2]);
  source.at += seconds(4);
  await traffic.refresh(ages);
  expect(shown(traffic)).toEqual([3, 3]);
  expect(source.asked).toEqual(["services servers", "servers", "services servers"]);
});

test("an age of nothing is a tenth of a second, and twenty times as long as the reading took", async () => {
  const source = new Source();
  const traffic = new Traffic(source);
  const ages = { services: seconds(9), servers: 0 };
  await traffic.refresh(ages);
  source.at += milliseconds(98);
  expect(traffic.refresh(ages)).toBeUndefined();
  source.at += milliseconds(1);
  source.took = milliseconds(50);
  await traffic.refresh(ages);
  source.at += milliseconds(949);
  expect(traffic.refresh(ages)).toBeUndefined();
  source.at += milliseconds(1);
  await traffic.refresh(ages);
  expect(source.asked).toHaveLength(3);
});

test("who comes while it is read waits for the same reading", async () => {
  const source = new Source();
  const traffic = new Traffic(source);
  const ages = { services: 0, servers: 0 };
  await Promise.all([traffic.refresh(ages), traffic.refresh(ages)]);
  expect(source.asked).toHaveLength(1);
});

test("a process that does not answer leaves what was known, and is asked again when that is due", async () => {
  const source = new Source();
  const traffic = new Traffic(source);
  const ages = { services: seconds(1), servers: seconds(1) };
  await traffic.refresh(ages);
  source.answers = false;
  source.at += seconds(1);
  await traffic.refresh(ages);
  expect(shown(traffic)).toEqual([1, 1]);
  expect(traffic.refresh(ages)).toBeUndefined();
  source.ask = () => Promise.reject(new Error("gone"));
  source.at += seconds(1);
  await traffic.refresh(ages);
  expect(shown(traffic)).toEqual([1, 1]);
});

test("who asks waits half a second for a reading that takes longer, and has it the next time", async () => {
  vi.useFakeTimers();
  const source = new Source();
  let answer = (_: TrafficReport): void => {};
  source.ask = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const traffic = new Traffic(source);
  const waiting = traffic.refresh({ services: 0, servers: 0 });
  await vi.advanceTimersByTimeAsync(500);
  await waiting;
  expect(traffic.known.size).toBe(0);
  answer({ services: [{ name: "v", statistics: undefined, servers: [] }] });
  await vi.advanceTimersByTimeAsync(0);
  expect(traffic.known.size).toBe(1);
  vi.useRealTimers();
});
