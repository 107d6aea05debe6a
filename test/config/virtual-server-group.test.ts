import { expect, test } from "vitest";
import type { GroupEntryConfig } from "../../src/config/model/lvs.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { findings, reading, service } from "./reading.ts";

function group(...entries: readonly string[]): string {
  return `virtual_server_group G {\n${entries.join("\n")}\n}\n`;
}

function entries(...lines: readonly string[]): readonly GroupEntryConfig[] | undefined {
  return reading(group(...lines)).config.virtualServerGroups[0]?.entries;
}

/** A service of the group, with more lines before its real server. */
function grouped(...lines: readonly string[]): string {
  return service(...lines).replace("192.0.2.254 80", "group G");
}

function said(text: string): readonly string[] {
  return findings(reading(text));
}

// Each row was compared with `keepalived -t` 2.2.7: test/lab/lvs-cases.ts.
test.each<[string, string, string, number]>([
  ["192.0.2.100 80", "192.0.2.100", "192.0.2.100", 80],
  ["192.0.2.100", "192.0.2.100", "192.0.2.100", 0],
  ["192.0.2.100 0", "192.0.2.100", "192.0.2.100", 0],
  ["192.0.2.100-110 80", "192.0.2.100", "192.0.2.110", 80],
  ["192.0.2.100-192.0.2.120 80", "192.0.2.100", "192.0.2.120", 80],
  ["192.0.2.100-192.0.2.100 80", "192.0.2.100", "192.0.2.100", 80],
  ["192.0.2.64/26 80", "192.0.2.64", "192.0.2.127", 80],
  ["192.0.2.1/32", "192.0.2.1", "192.0.2.1", 0],
  ["fd00::1-ff 80", "fd00::1", "fd00::ff", 80],
  ["fd00::1-fd00::20", "fd00::1", "fd00::20", 0],
  ["fd00::/120", "fd00::", "fd00::ff", 0],
])("%s is from %s to %s, port %d", (text, from, to, port) => {
  expect(entries(text)).toEqual([{ type: "addresses", from, to, port }]);
});

test.each<[string, GroupEntryConfig]>([
  ["fwmark 5", { type: "fwmark", fwmark: 5, family: undefined }],
  ["fwmark 5 inet", { type: "fwmark", fwmark: 5, family: 4 }],
  ["fwmark 4294967295 inet6", { type: "fwmark", fwmark: 4294967295, family: 6 }],
])("%s", (text, expected) => {
  expect(entries(text)).toEqual([expected]);
});

test("entries stay in the order of the file", () => {
  expect(entries("fwmark 1", "192.0.2.1 80", "fwmark 2")?.map(({ type }) => type)).toEqual([
    ...["fwmark", "addresses", "fwmark"],
  ]);
});

test.each([
  ["192.0.2.100-99", "the range ends at `192.0.2.99`, not above its start"],
  ["192.0.2.120-192.0.2.100", "the range ends at `192.0.2.100`, below its start"],
  ["192.0.2.100-256", "`256` is above 255"],
  ["192.0.2.100-5x", "`5x` is no end of a range"],
  ["fd00::1-10000", "`10000` is above `ffff`"],
  ["192.0.2.1/24", "`192.0.2.1` is no network of /24"],
  ["192.0.2.0/33", "`33` is no prefix length from 1 to 32"],
  ["foo 80", "`foo` is no address"],
])("%s is left out", (text, message) => {
  expect(said(group("192.0.2.1 80", text))).toContainEqual(`error 3:1 ${message}; the entry is left out`);
  expect(entries("192.0.2.1 80", text)).toHaveLength(1);
});

test("the network that is meant is named", () => {
  const { diagnostics } = reading(group("192.0.2.77/26"));
  expect(diagnostics.find(({ code }) => code === "bad-address")?.help).toBe("write `192.0.2.64/26`");
});

test("mark 0 marks nothing", () => {
  expect(entries("192.0.2.1", "fwmark 0")).toHaveLength(1);
});

test("a group without entries is left out", () => {
  const { config, diagnostics } = reading(group());
  expect(config.virtualServerGroups).toEqual([]);
  expect(diagnostics.at(-1)).toMatchObject({
    code: "missing-keyword",
    keepalived: "(k.conf: Line 3) virtual server group G has no entries - removing",
    status: 5,
  });
});

test("of two groups of a name the first counts", () => {
  const text = group("192.0.2.1 80") + group("192.0.2.2 80") + grouped();
  expect(reading(text).config.virtualServerGroups).toMatchObject([{ entries: [{ from: "192.0.2.1" }] }]);
  expect(said(text)).toEqual(["error 4:22 virtual_server_group `G` is defined already; this one is left out"]);
  expect(testStatus(reading(text).diagnostics)).toBe(0);
});

test("an entry counts once", () => {
  expect(entries("192.0.2.1 80", "192.0.2.1-192.0.2.1 80", "192.0.2.1 81", "fwmark 5", "fwmark 5")).toHaveLength(3);
  expect(said(group("192.0.2.1 80", "192.0.2.1 80") + grouped())).toEqual([
    "error 3:1 `192.0.2.1 80` is listed already",
  ]);
});

test("ranges of one port may not meet", () => {
  const text = (second: string): string => group("192.0.2.10-20 80", "192.0.2.1 80", second) + grouped();
  expect(said(text("192.0.2.20-30 80"))).toEqual([
    "warning 4:1 `192.0.2.20-192.0.2.30 80` has addresses of `192.0.2.10-192.0.2.20 80`",
  ]);
  expect(said(text("192.0.2.21-30 80"))).toEqual([]);
  expect(said(text("192.0.2.20-30 81"))).toEqual([]);
  expect(said(group("192.0.2.12 80", "192.0.2.0/24 80", "192.0.2.255 80") + grouped())).toEqual([
    "warning 3:1 `192.0.2.0-192.0.2.255 80` has addresses of `192.0.2.12 80`",
    "warning 4:1 `192.0.2.255 80` has addresses of `192.0.2.0-192.0.2.255 80`",
  ]);
});

test("a range that leaves its last octet keeps Keepalived busy for ever", () => {
  expect(said(group("192.0.2.0-192.0.3.0 80") + grouped())).toEqual([
    "hint 2:1 keepalived 2.2.7 never finishes adding the services of `192.0.2.0-192.0.3.0`",
  ]);
  expect(said(group("192.0.2.0-192.0.2.255 80", "fd00::-fd00::ffff 80") + grouped())).not.toContainEqual(
    expect.stringContaining("never finishes"),
  );
  expect(said(group("fd00::-fd00::1:0 80"))).toContainEqual(expect.stringContaining("never finishes"));
});

test("a group that no service uses is said to be unused", () => {
  expect(said(group("192.0.2.1 80"))).toEqual(["warning 1:22 no virtual_server uses virtual_server_group `G`"]);
  expect(said(group("192.0.2.1 80") + grouped())).toEqual([]);
});

test("both families and a mark of none make no group", () => {
  expect(entries("192.0.2.1 80", "fd00::1 80", "fwmark 5")).toBeUndefined();
  expect(entries("192.0.2.1 80", "fd00::1 80", "fwmark 5 inet")).toHaveLength(3);
});

test("a service finds its group above and below", () => {
  const expected = [{ group: "G", ordinal: 0, protocol: "tcp", family: 4, realServers: [{ address: "192.0.2.11" }] }];
  expect(reading(group("192.0.2.1 80") + grouped()).config.groupServers).toMatchObject(expected);
  expect(reading(grouped() + group("192.0.2.1 80")).config.groupServers).toMatchObject(expected);
});

test("a service of an unknown group is left out, and the group that may be meant is named", () => {
  const text = grouped() + group("192.0.2.1 80").replace(" G ", " GG ");
  const { config, diagnostics } = reading(text);
  expect(config.groupServers).toEqual([]);
  expect(diagnostics.find(({ code }) => code === "unknown-reference")).toMatchObject({
    message: "there is no virtual_server_group `G`; its virtual_server is left out",
    help: "did you mean `GG`?",
    keepalived: "Virtual server group G specified but not configured - ignoring virtual server [G]:0",
    status: 0,
  });
});

test("services of a group are counted; two of one protocol are one in the kernel", () => {
  const text = group("192.0.2.1 80") + grouped() + grouped().replace("TCP", "UDP");
  expect(reading(text).config.groupServers).toMatchObject([
    { ordinal: 0, protocol: "tcp" },
    { ordinal: 1, protocol: "udp" },
  ]);
  expect(reading(group("192.0.2.1 80") + grouped() + grouped()).config.groupServers).toHaveLength(1);
});

test("an address that a group has may not be a service of its own", () => {
  const text = (port: number): string =>
    group("192.0.2.250-254 80") + grouped() + service().replace("254 80", `254 ${port}`);
  expect(said(text(80))).toEqual([
    "warning 11:16 virtual_server `192.0.2.254 80` has addresses of virtual_server `group G`",
  ]);
  expect(said(text(81))).toEqual([]);
});

test.each([
  [["192.0.2.1 80"], "NAT", 4],
  [["fd00::1 80"], "TUN", 6],
  [["192.0.2.1 80", "fd00::1 80"], "TUN", undefined],
  [["fwmark 5"], "NAT", 4],
  [["fwmark 5 inet6"], "TUN", 6],
] as const)("the family of %j with %s servers of IPv4 is %s", (members, method, family) => {
  const { config } = reading(group(...members) + grouped().replace("NAT", method));
  expect(config.groupServers).toMatchObject([{ family }]);
});

test.each([
  [["fd00::1 80"], "G: address family doesn't match virtual server [G]:0 - ignoring"],
  [
    ["192.0.2.1 80", "fd00::1 80"],
    "G: virtual server group with IPv4 & IPv6 doesn't match virtual server [G]:0 - ignoring",
  ],
])("servers of IPv4 without a tunnel do not fit to %j", (members, keepalived) => {
  const { config, diagnostics } = reading(group(...members) + grouped());
  expect(config.groupServers).toEqual([]);
  expect(diagnostics.find(({ code }) => code === "conflict")).toMatchObject({
    keepalived,
    status: 0,
    related: [{ message: "the group" }],
  });
});

test("marks alone have no protocol, addresses and marks have one", () => {
  expect(reading(group("fwmark 5") + grouped()).config.groupServers).toMatchObject([{ protocol: undefined }]);
  expect(reading(group("fwmark 5", "192.0.2.1 80") + grouped()).config.groupServers).toMatchObject([
    { protocol: "tcp" },
  ]);
  expect(testStatus(reading(group("fwmark 5") + grouped()).diagnostics)).toBe(5);
});

test("one member without a port makes the service persistent", () => {
  const [first] = reading(group("192.0.2.1 80", "192.0.2.2") + grouped()).config.groupServers;
  expect(first).toMatchObject({ persistenceTimeout: 360 });
  expect(reading(group("192.0.2.1 80") + grouped()).config.groupServers).toMatchObject([{ persistenceTimeout: 0 }]);
});

test("only NAT gives connections to a group another port", () => {
  const port = (method: string): number | undefined =>
    reading(group("192.0.2.1 443") + grouped().replace("NAT", method)).config.groupServers[0]?.realServers[0]?.port;
  expect(port("NAT")).toBe(80);
  expect(port("DR")).toBe(0);
  const { diagnostics } = reading(group("192.0.2.1 443", "192.0.2.1-9 80") + grouped().replace("NAT", "DR"));
  expect(diagnostics.find(({ code }) => code === "port-reset")?.keepalived).toBe(
    "virtual server [G]:0:[192.0.2.1,443] and real server [192.0.2.11]:tcp:80 ports don't match",
  );
});

test("the sorry server of a group has the port that a connection came to, unless by NAT", () => {
  const text = (method: string): string =>
    group("192.0.2.1 443") + grouped("sorry_server 192.0.2.50 443").replace("NAT", method);
  expect(reading(text("NAT")).config.groupServers).toMatchObject([{ sorryServer: { port: 443 } }]);
  expect(reading(text("DR")).config.groupServers).toMatchObject([{ sorryServer: { port: 0 } }]);
  expect(reading(text("DR")).diagnostics.map(({ keepalived }) => keepalived)).toContain(
    "WARNING - virtual server [G]:0, sorry server has port specified - port will be ignored",
  );
});

test("a real server without a port is checked on the one that the group has", () => {
  const checked = (...members: readonly string[]): unknown => {
    const text = grouped().replace("11 80 {", "11 {\nTCP_CHECK {\n}");
    return reading(group(...members) + text).config.groupServers[0]?.realServers[0]?.checkers;
  };
  expect(checked("192.0.2.1 443", "192.0.2.2 443")).toMatchObject([{ port: 443 }]);
  expect(checked("192.0.2.1 443", "192.0.2.2 80")).toMatchObject([{ port: 0 }]);
});

test("10,000 members and as many services are read in a moment", () => {
  const members = Array.from({ length: 10_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1-6 80`);
  const before = process.cpuUsage();
  const { config } = reading(group(...members) + grouped() + service());
  const { user, system } = process.cpuUsage(before);
  expect(config.virtualServerGroups[0]?.entries).toHaveLength(10_000);
  expect(user + system).toBeLessThan(3_000_000); // microseconds; 0.2 s on a quiet machine
});

test("a group has 65,536 addresses at most: what would be more, as an IPv6 prefix is, is left out with an error", () => {
  const { config, diagnostics } = reading(group("10.0.0.0/16 80", "10.1.0.0 80") + grouped() + service());
  expect(config.virtualServerGroups[0]?.entries).toMatchObject([{ from: "10.0.0.0", to: "10.0.255.255" }]);
  expect(diagnostics.map(({ severity, message }) => `${severity} ${message}`)).toContain(
    "error `10.1.0.0 80` makes more than 65536 addresses of the group; it is left out",
  );
  const [entry] = reading(group("2001:db8::/64 80", "2001:db8::1 80")).config.virtualServerGroups[0]?.entries ?? [];
  expect(entry).toMatchObject({ from: "2001:db8::1" });
});
