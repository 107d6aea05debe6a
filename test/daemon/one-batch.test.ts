import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { IpvsEntry } from "../../src/base/ipvs.ts";
import type { Notification } from "../../src/base/notification.ts";
import { OneBatch } from "../../src/daemon/one-batch.ts";

const entry = (port: number, scheduler: string): IpvsEntry => ({
  service: {
    ...{ protocol: "tcp", address: ip("192.0.2.100"), port, scheduler, flags: 0, timeout: 0, netmask: 32 },
    engine: undefined,
  },
  destinations: [],
});
const word = (about: string): Notification => ({
  ...{ about, scripts: [], line: undefined, alert: undefined, repeats: false, final: false },
});

function bench() {
  const done: string[] = [];
  const batch = new OneBatch({
    wanted: (entries) => {
      done.push(`write ${entries.map(({ service }) => `${"port" in service && service.port} ${service.scheduler}`)}`);
    },
    notify: ({ about }) => done.push(`tell ${about}`),
  });
  return { batch, done };
}

test("what one event makes services want is written at once, the last wish of each, and told after that in order", () => {
  const { batch, done } = bench();
  batch.together(() => {
    batch.wanted([entry(80, "rr")]);
    batch.notify(word("first"));
    batch.together(() => batch.wanted([entry(81, "rr"), entry(82, "rr")]));
    batch.notify(word("second"));
    batch.wanted([entry(80, "wlc")]);
    expect(done).toEqual([]);
  });
  expect(done).toEqual(["write 80 wlc,81 rr,82 rr", "tell first", "tell second"]);
});

test("outside of an event all goes its way at once, and an event that wants nothing writes nothing", () => {
  const { batch, done } = bench();
  batch.together(() => batch.notify(word("first")));
  batch.wanted([entry(80, "rr")]);
  batch.notify(word("second"));
  expect(done).toEqual(["tell first", "write 80 rr", "tell second"]);
});

test("what was wanted before our own bug is written still", () => {
  const { batch, done } = bench();
  expect(() =>
    batch.together(() => {
      batch.wanted([entry(80, "rr")]);
      throw new Error("a bug");
    }),
  ).toThrow("a bug");
  expect(done).toEqual(["write 80 rr"]);
  batch.wanted([entry(81, "rr")]);
  expect(done.at(-1)).toBe("write 81 rr");
});
