import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { adopt, INIT, type VrrpState } from "../../src/vrrp/machine.ts";
import { parameters } from "../stories/lan.ts";

const router = parameters("VI_1", 100, "192.0.2.2");
const MASTER = ip("192.0.2.3");
const NOW = seconds(10);
const backup: VrrpState = {
  name: "backup",
  masterDownAt: seconds(12),
  masterInterval: seconds(1),
  master: undefined,
  preemptAt: undefined,
};
const master: VrrpState = { name: "master", advertiseAt: seconds(10.5) };
const fault: VrrpState = { name: "fault", pending: false };

test("a respawned process stays master until a peer can have timed out, and advertises at once", () => {
  expect(adopt(router, master, NOW, NOW + seconds(3) - 1)).toEqual({
    name: "master",
    advertiseAt: NOW + seconds(3) - 1,
  });
  expect(adopt(router, master, NOW, NOW + seconds(3))).toEqual({
    ...backup,
    masterDownAt: NOW + seconds(3) + 3_609_375,
  });
});

test("a respawned backup waits in full; init and fault stay what they are", () => {
  expect(adopt(router, { ...backup, master: MASTER }, 0, NOW)).toEqual({ ...backup, masterDownAt: 13_609_375 });
  expect(adopt(router, INIT, 0, NOW)).toEqual(INIT);
  expect(adopt(router, fault, 0, NOW)).toEqual(fault);
});
