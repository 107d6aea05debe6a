import { expect, test } from "vitest";
import { type BeatMethod, beatOf, linkOfStatus, polledInterfaces } from "../../src/vrrp/link-beat.ts";

/** Asks drivers that answer some ways only; who was asked, and what came of it. */
function asking(preferred: BeatMethod | undefined, answers: Partial<Record<BeatMethod, boolean>>) {
  const asked: BeatMethod[] = [];
  const beat = beatOf(preferred, (method) => {
    asked.push(method);
    return answers[method];
  });
  return { asked, beat };
}

test.each<[BeatMethod | undefined, BeatMethod[]]>([
  [undefined, ["mii", "ethtool", "ioctl"]],
  ["mii", ["mii", "ethtool", "ioctl"]],
  ["ethtool", ["ethtool", "mii", "ioctl"]],
  ["ioctl", ["ioctl", "mii", "ethtool"]],
])("keepalived.conf(5) linkbeat_interfaces: with %s preferred they are asked in the order %j", (preferred, order) => {
  expect(asking(preferred, {})).toEqual({ asked: order, beat: undefined });
});

test("the first that answers counts, also where it says that the link is down; nobody is asked after it", () => {
  expect(asking(undefined, { ethtool: false, ioctl: true })).toEqual({
    asked: ["mii", "ethtool"],
    beat: { up: false, method: "ethtool" },
  });
  expect(asking("ioctl", { mii: true, ioctl: true })).toEqual({
    asked: ["ioctl"],
    beat: { up: true, method: "ioctl" },
  });
});

test.each<[number, number, boolean | undefined]>([
  [0x796d, 0x796d, true],
  [0x7969, 0x796d, true], // it was lost for a moment: latched low
  [0x7969, 0x7969, false],
  [0x796d, 0x7969, false],
  [0xffff, 0xffff, undefined],
  [0, 0, undefined],
])("IEEE 802.3 §22.2.4.2: status %i, then %i, is link %s", (first, second, link) => {
  expect(linkOfStatus(first, second)).toBe(link);
});

test("each interface is polled once, a listed one as the list says", () => {
  const listed = [
    { interface: "eth0", method: "ioctl" },
    { interface: "eth1", method: undefined },
  ] as const;
  expect([...polledInterfaces({ listed, others: ["eth0", "eth2", "eth2"] })]).toEqual([
    ["eth0", "ioctl"],
    ["eth2", undefined],
    ["eth1", undefined],
  ]);
});
