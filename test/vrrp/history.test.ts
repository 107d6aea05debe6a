import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { blamed, type History, NO_HISTORY, remembered } from "../../src/vrrp/history.ts";
import { INIT, step, type VrrpEvent, type VrrpState } from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { problemTraps, stepTraps } from "../../src/vrrp/traps.ts";
import { parameters } from "../stories/lan.ts";
import { heardFrom } from "./steps.ts";

const router = parameters("VI_1", 100, "192.0.2.2");
const OTHER = ip("192.0.2.3");
const UP: VrrpEvent = { type: "startup", standing: "fit" };
const TIMER: VrrpEvent = { type: "timer" };

/** What is remembered after events, one each second; a timer comes when it is due. */
function lived(events: readonly VrrpEvent[], of: VrrpParameters = router): { history: History; state: VrrpState } {
  let [state, history, now]: [VrrpState, History, number] = [INIT, NO_HISTORY, 0];
  for (const event of events) {
    now = event.type === "timer" && state.name === "backup" ? state.masterDownAt : now + seconds(1);
    const after = step(of, state, event, now);
    history = remembered(history, state, after, now);
    state = after.state;
  }
  return { history, state };
}

test("RFC 6527: a master knows why it is one", () => {
  expect(lived([UP]).history.reason).toBe("not-master");
  expect(lived([UP, TIMER]).history.reason).toBe("no-response");
  expect(lived([UP, heardFrom(OTHER, 150), TIMER]).history.reason).toBe("no-response");
  expect(lived([UP, heardFrom(OTHER, 50), TIMER]).history.reason).toBe("preempted");
  expect(lived([UP, heardFrom(OTHER, 150), heardFrom(OTHER, 0), TIMER]).history.reason).toBe("priority");
  expect(lived([UP, heardFrom(OTHER, 50), heardFrom(OTHER, 150), TIMER]).history.reason).toBe("no-response");
  expect(lived([UP], { ...router, basePriority: 255, priority: 255, wantsMaster: true }).history.reason).toBe(
    "priority",
  );
});

test("the reason stays when it is master no more, and is another the next time", () => {
  const before = [UP, heardFrom(OTHER, 50), TIMER, heardFrom(OTHER, 200)];
  expect(lived(before).history.reason).toBe("preempted");
  expect(lived([...before, TIMER]).history.reason).toBe("no-response");
});

test("it is active since it came out of init or fault", () => {
  expect(lived([UP]).history.activeAt).toBe(seconds(1));
  expect(lived([UP, heardFrom(OTHER, 150), TIMER]).history.activeAt).toBe(seconds(1));
  expect(lived([UP, { type: "fault" }]).history.activeAt).toBeUndefined();
  expect(lived([UP, { type: "fault" }, { type: "recovered" }]).history.activeAt).toBe(seconds(3));
});

test("the last error of the protocol is remembered; what is none changes nothing", () => {
  const after = blamed(NO_HISTORY, { reason: "checksum", found: 1 });
  expect(after.error).toBe("checksum");
  expect(blamed(after, { reason: "password" })).toBe(after);
});

test("managers are told of a new master, once", () => {
  const of = { ifindex: 2, vrid: 51, version: 2, family: 4 } as const;
  const { history, state } = lived([UP, TIMER]);
  const backup = lived([UP]).state;
  expect(stepTraps(of, router.primaryAddress, history, backup, state)).toEqual([
    { type: "new-master", router: of, address: "192.0.2.2", reason: "no-response" },
  ]);
  expect(stepTraps(of, router.primaryAddress, history, state, state)).toEqual([]);
  expect(stepTraps(of, router.primaryAddress, history, state, backup)).toEqual([]);
});

test("and of packets that are forged or wrong", () => {
  const of = { ifindex: 2, vrid: 51, version: 2, family: 4 } as const;
  const told = (problem: Parameters<typeof problemTraps>[2]) =>
    problemTraps(of, OTHER, problem).map((trap) => ("error" in trap ? `${trap.type} ${trap.error}` : trap.type));
  expect(told({ reason: "password" })).toEqual(["authentication failure"]);
  expect(told({ reason: "ah-icv" })).toEqual(["authentication failure"]);
  expect(told({ reason: "hmac-stale" })).toEqual(["authentication failure"]);
  expect(told({ reason: "auth-type", found: 9 })).toEqual(["authentication type"]);
  expect(told({ reason: "auth-mismatch", found: "none" })).toEqual(["authentication mismatch"]);
  expect(told({ reason: "ttl", found: 64 })).toEqual(["protocol ttl"]);
  expect(told({ reason: "version", found: 3 })).toEqual(["protocol version"]);
  expect(told({ reason: "checksum", found: 0 })).toEqual(["protocol checksum"]);
  expect(told({ reason: "destination" })).toEqual([]);
});
