import { expect, test } from "vitest";
import { LinkProbe } from "../../src/io/link-probe.ts";

test("the loopback runs and answers ETHTOOL_GLINK, has no PHY, and nobody answers for what does not exist", () => {
  const probe = new LinkProbe();
  try {
    const asked = (name: string) => [probe.flags(name), probe.ethtool(name), probe.status(name)];
    expect(asked("lo")).toEqual([true, true, undefined]);
    expect(asked("nosuchdevice0")).toEqual([undefined, undefined, undefined]);
    expect(asked("a-name-too-long-for-any-device")).toEqual([undefined, undefined, undefined]);
    expect(asked("")).toEqual([undefined, undefined, undefined]);
  } finally {
    probe.close();
  }
});
