import { expect, test } from "vitest";
import { type FileFact, networkName, openPart, pathParts, within } from "../../src/base/host.ts";
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

test.each<[string, FileFact, everybody: boolean, others: boolean]>([
  ["a file of root", { type: "file", mode: 0o755, owner: 0, group: 0 }, false, false],
  ["a file that all may write", { type: "file", mode: 0o757, owner: 0, group: 0 }, true, true],
  ["a file of somebody else", { type: "file", mode: 0o700, owner: 7, group: 0 }, false, true],
  ["a file that another group may write", { type: "file", mode: 0o775, owner: 0, group: 7 }, false, true],
  ["a file that another group may read", { type: "file", mode: 0o755, owner: 0, group: 7 }, false, false],
  ["/tmp", { type: "folder", mode: 0o1777, owner: 0, group: 0 }, false, false],
  ["a folder that all may write", { type: "folder", mode: 0o777, owner: 0, group: 0 }, true, true],
  ["a file with the sticky bit that all may write", { type: "file", mode: 0o1777, owner: 0, group: 0 }, true, true],
  ["nothing", { type: "missing" }, false, false],
])("%s: everybody may change it: %j", (_, fact, everybody, others) => {
  const facts = new Map([["/f", fact]]);
  expect([openPart("/f", facts, false), openPart("/f", facts, true)]).toEqual(
    [everybody, others].map((open) => (open ? "/f" : undefined)),
  );
  expect(openPart("/g", facts, true)).toBeUndefined();
});
