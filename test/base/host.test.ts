import { expect, test } from "vitest";
import { networkName, pathParts, within } from "../../src/base/host.ts";
import { ip } from "../../src/base/ip.ts";

test.each([
  ["192.0.2.77", "192.0.2.1", 24, true],
  ["192.0.3.77", "192.0.2.1", 24, false],
  ["192.0.3.77", "192.0.2.1", 23, true],
  ["192.0.2.1", "192.0.2.1", 32, true],
  ["192.0.2.2", "192.0.2.1", 32, false],
  ["8.8.8.8", "192.0.2.1", 0, true],
  ["2001:db8::77", "2001:db8::1", 64, true],
  ["2001:db8:1::77", "2001:db8::1", 48, false],
  ["192.0.2.77", "::1", 0, false],
])("%s in the network of %s/%d: %s", (address, of, prefixLength, expected) => {
  expect(within([{ address: ip(of), prefixLength }])(ip(address))).toBe(expected);
});

test("a network is named by its first address", () => {
  expect(networkName({ address: ip("192.0.2.77"), prefixLength: 26 })).toBe("192.0.2.64/26");
  expect(networkName({ address: ip("2001:db8::77"), prefixLength: 32 })).toBe("2001:db8::/32");
});

test("the parts of a path begin with the root folder; a name without one has none", () => {
  expect(pathParts("/usr//bin/x")).toEqual(["/", "/usr", "/usr/bin", "/usr/bin/x"]);
  expect(pathParts("/")).toEqual(["/"]);
  for (const none of ["x", "./x", "", `/${"x".repeat(5000)}`]) expect(pathParts(none)).toEqual([]);
});
