import { expect, test } from "vitest";
import type { IpvsTimeouts } from "../../src/base/ipvs.ts";
import { ConnectionTimeouts, type TimeoutKernel } from "../../src/daemon/connection-timeouts.ts";
import { KernelError } from "../../src/io/kernel-error.ts";
import type { HeldTimeouts } from "../../src/lvs/timeouts.ts";
import type { IpvsRequests } from "../../src/netlink/ipvs.ts";
import { createLog } from "../../src/observe/log.ts";

const NONE = { tcp: 0, tcpFin: 0, udp: 0 };
const ORIGINALS = { tcp: 900, tcpFin: 120, udp: 300 };

/** A kernel with timeouts, and how often it was talked to. */
function host(held?: HeldTimeouts) {
  const said: string[] = [];
  const state = { now: ORIGINALS as IpvsTimeouts, opened: 0, asked: [] as IpvsTimeouts[], refuses: false };
  const kernel: TimeoutKernel = {
    timeouts: () => state.now,
    close: () => {},
    change(requests) {
      for (const request of requests)
        request({
          writeTimeouts: (timeouts: IpvsTimeouts) => {
            state.asked.push(timeouts);
            if (!state.refuses) state.now = timeouts;
          },
        } as unknown as IpvsRequests);
      return [state.refuses ? new KernelError("IPVS", 22) : undefined];
    },
  };
  const timeouts = new ConnectionTimeouts(createLog([({ text }) => said.push(text)], false), held, () => {
    state.opened++;
    return kernel;
  });
  return { state, timeouts, said };
}

test("nothing is asked of the kernel where nothing is configured", () => {
  const { state, timeouts } = host();
  timeouts.want(NONE);
  timeouts.restore();
  expect(state.opened).toBe(0);
});

test("they are set once, whatever reloads come, and put back at the end", () => {
  const { state, timeouts } = host();
  timeouts.want({ ...NONE, tcp: 1000 });
  timeouts.want({ ...NONE, tcp: 1000 });
  expect(state.asked).toEqual([{ ...ORIGINALS, tcp: 1000 }]);
  timeouts.want({ ...NONE, udp: 44 });
  expect(state.now).toEqual({ ...ORIGINALS, udp: 44 });
  timeouts.restore();
  expect([state.now, timeouts.held]).toEqual([ORIGINALS, undefined]);
});

test("they are put back when they are configured no more", () => {
  const { state, timeouts } = host();
  timeouts.want({ ...NONE, tcp: 1000 });
  timeouts.want(NONE);
  expect(state.now).toEqual(ORIGINALS);
});

test("who is started again knows what was there before the one that died", () => {
  const first = host();
  first.timeouts.want({ ...NONE, tcp: 1000 });
  const held = JSON.parse(JSON.stringify(first.timeouts.held)) as HeldTimeouts;
  const { state, timeouts } = host(held);
  state.now = { ...ORIGINALS, tcp: 1000 };
  timeouts.want({ ...NONE, tcp: 1000 });
  expect(state.asked).toEqual([]);
  timeouts.restore();
  expect(state.now).toEqual(ORIGINALS);
});

test("a refusal is said, and changes nothing", () => {
  const { state, timeouts, said } = host();
  state.refuses = true;
  timeouts.want({ ...NONE, tcp: 1000 });
  expect([said, timeouts.held]).toEqual([[expect.stringContaining("EINVAL")], undefined]);
});
