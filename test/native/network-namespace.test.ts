import { readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { enterNetwork, inNetwork, isInNetwork } from "../../src/io/network-namespace.ts";

const own = (): string => readlinkSync("/proc/thread-self/ns/net");

test("a namespace that is not there, or is no name, is refused, and the thread stays where it is", () => {
  const before = own();
  expect(enterNetwork("kt-none")?.code).toBe("ENOENT");
  for (const name of ["", ".", "..", "../../proc/self/ns/net"]) expect(enterNetwork(name)?.code).toBe("EINVAL");
  expect(() => inNetwork("kt-none", () => "done")).toThrow("cannot enter network namespace kt-none: ENOENT");
  expect([own(), isInNetwork("kt-none")]).toEqual([before, false]);
});
