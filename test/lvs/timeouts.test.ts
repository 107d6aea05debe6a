import { expect, test } from "vitest";
import { restoredTimeouts, wantedTimeouts } from "../../src/lvs/timeouts.ts";

const originals = { tcp: 900, tcpFin: 120, udp: 300 };

test("what lvs_timeouts does not name is as it was", () => {
  expect(wantedTimeouts(originals, { tcp: 1000, tcpFin: 0, udp: 44 })).toEqual({ tcp: 1000, tcpFin: 120, udp: 44 });
});

test("at the end the original ones are put back, but not where somebody else has set another since", () => {
  const set = { tcp: 1000, tcpFin: 120, udp: 44 };
  expect(restoredTimeouts({ originals, set }, set)).toEqual(originals);
  expect(restoredTimeouts({ originals, set }, { ...set, tcp: 7 })).toEqual({ ...originals, tcp: 7 });
});
