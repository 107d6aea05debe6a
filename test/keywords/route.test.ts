import { expect, test } from "vitest";
import { itemOf, optionsOf } from "./reading-items.ts";

const route = (line: string) => itemOf("virtual_routes", line);
const given = (options: string) => optionsOf(route(`192.0.2.0/24 dev eth0 ${options}`).value);

test("a route has a destination, with a word before it or without", () => {
  const to = { address: "192.0.2.0", prefixLength: 24, family: 4 };
  expect(optionsOf(route("192.0.2.0/24 dev eth0").value)).toMatchObject({ "<DEST>[/<PREFIX>]": to, dev: "eth0" });
  expect(optionsOf(route("to 192.0.2.0/24 dev eth0").value)).toMatchObject({ to });
  expect(optionsOf(route("blackhole 192.0.2.0/24 dev eth0").value)).toMatchObject({ blackhole: true });
  expect(route("default dev eth0").found).toEqual([]);
  expect(route("dev eth0")).toMatchObject({ value: undefined, said: ["a route needs a destination"] });
  expect(route("192.0.2.0/33 dev eth0").said).toEqual(["`33` is no prefix length; 32 is used"]);
  expect(route("192.0.2.0/ dev eth0").said).toEqual(["`` is no prefix length; 32 is used"]);
});

test("a misspelt word of a route is answered with the one that was meant", () => {
  const [wrong] = route("192.0.2.0/24 dev eth0 metrik 5").found;
  expect(wrong).toMatchObject({ span: { column: 23, length: 6 }, help: "did you mean `metric`?", status: 5 });
  expect(wrong?.keepalived).toBe(
    "(k.conf: Line 5) VRRP parsed invalid IP metrik. skipping IP...\n(k.conf: Line 5) unknown route keyword metrik",
  );
  expect(route("blckhole 192.0.2.0/24 dev eth0").found[0]?.help).toBe("did you mean `blackhole`?");
});

test.each([
  ["metric 5", { metric: 5 }],
  ["mtu lock 1400", { mtu: { lock: true, value: 1400 } }],
  ["mtu 1400", { mtu: { lock: false, value: 1400 } }],
  ["rtt 8", { rtt: { lock: false, value: 1000 } }], // eighths of a millisecond
  ["rttvar 8", { rttvar: { lock: false, value: 2000 } }], // quarters
  ["rto_min 8", { rto_min: { lock: false, value: 8000 } }],
  ["rtt 0.5s", { rtt: { lock: false, value: 500_000 } }],
  ["rtt lock 20MS", { rtt: { lock: true, value: 20_000 } }],
  ["table main", { table: 254 }],
  ["table 0x10", { table: 16 }],
  ["table 010", { table: 8 }],
  ["scope link", { scope: 253 }],
  ["protocol keepalived", { protocol: 18 }],
  ["tos AF11", { tos: 0x28 }],
  ["realms 1/2", { realms: { source: 1, destination: 2 } }],
  ["src 192.0.2.9", { src: "192.0.2.9" }],
  ["via inet 192.0.2.9", { via: "192.0.2.9" }],
  ["features ecn", { features: "ecn" }],
  ["congctl lock cubic", { congctl: { lock: true, value: "cubic" } }],
  ["encap ip id 7 ttl 3", { encap: { type: "ip", tunnel: { id: "7", ttl: 3 } } }],
  ["encap mpls 16/17", { encap: { type: "mpls", labels: [16, 17] } }],
  ["encap ila 1:2:3:ffff", { encap: { type: "ila", locator: [1, 2, 3, 65535] } }],
])("%s is read as data", (options, expected) => {
  expect(given(options)).toMatchObject(expected);
  expect(route(`192.0.2.0/24 dev eth0 ${options}`).found).toEqual([]);
});

test.each([
  ["metric abc", "`abc` is no whole number", "Invalid metric abc specified for route"],
  ["metric 4294967296", "`4294967296` is not in the range 0 to 4294967295", "outside unsigned integer range"],
  ["table 0x1g", "`0x1g` is no routing table", "Routing table 0x1g not found for route"],
  ["scope elsewhere", "`elsewhere` is no scope", "Scope elsewhere not found or invalid for route"],
  ["tos 256", "`256` is not in the range 0 to 255", "TOS value 256 is invalid"],
  ["rtt 1e3", "`1e3` is no time", "Invalid rtt 1e3 for route"],
  ["rtt 961s", "`961s` is not in the range 0 to 960 seconds", "number '961' outside range [0.000, 960.000]"],
  ["src 192.0.2.9/24", "`192.0.2.9/24` is no IP address", "invalid route src address 192.0.2.9/24"],
  ["via 2001:db8::1", "`2001:db8::1` is of the other family", "Cannot mix IPv4 and IPv6 addresses for route"],
  ["expires 5", "`expires` is for IPv6 only", "expires is only valid for IPv6"],
  ["encap ip ttl 256 id 1", "`256` is not in the range 0 to 255", "ttl 256 is not valid for ip encapsulation"],
  ["lock mtu 5", "`lock` stands before a metric", "unknown route keyword lock"],
])("%s leaves the route out", (options, said, logged) => {
  const { value, found } = route(`192.0.2.0/24 dev eth0 ${options}`);
  expect(value).toBeUndefined();
  expect(found[0]).toMatchObject({ message: said, status: 5 });
  expect(found[0]?.keepalived).toContain(logged);
});

test.each([
  ["features x", "unknown value `x` for `features`"],
  ["encap foo", "unknown encapsulation `foo`"],
  ["encap ip src 192.0.2.1", "`encap ip` needs `id` or `dst`"],
  ["as to 192.0.2.1", "`as` has no effect"],
  ["protocol static", "a route of another protocol cannot be tracked; `keepalived` is used"],
])("%s is complained of, and the route stays", (options, said) => {
  const { value, found } = route(`192.0.2.0/24 dev eth0 ${options}`);
  expect(value).toBeDefined();
  expect(found).toMatchObject([{ message: said, status: 5 }]);
});

test("an option at the end of the line without its value ends the reading, as it does for Keepalived", () => {
  const [end] = route("192.0.2.0/24 dev eth0 src").found;
  expect(end).toMatchObject({ message: "`src` needs a value", status: 2, fatal: true, span: { column: 23 } });
  expect(end?.keepalived).toBe(
    "(k.conf: Line 5) *** Configuration line starting `192.0.2.0/24` is missing a parameter after keyword `src` at word position 5",
  );
});

test("a name that only the host can know is a warning, and no error", () => {
  const { value, found } = route("192.0.2.0/24 dev eth0 table vpn");
  expect(optionsOf(value)).toMatchObject({ table: "vpn" });
  expect(found).toMatchObject([
    { severity: "warning", help: "`/etc/iproute2/rt_tables` must have it; otherwise write a number" },
  ]);
  expect(found[0]?.status).toBeUndefined();
});

test("ways stand behind each other, each with its own words", () => {
  const { value, found } = route("192.0.2.0/24 no_track nexthop via 192.0.2.1 weight 2 nexthop dev eth1");
  const hops = (value as { readonly nexthop: readonly { readonly value: unknown }[] }).nexthop;
  expect(hops.map((hop) => optionsOf(hop.value))).toEqual([{ via: "192.0.2.1", weight: 2 }, { dev: "eth1" }]);
  expect(found).toEqual([]);
  expect(route("192.0.2.0/24 no_track nexthop via 192.0.2.1 metric 5").found[0]?.keepalived).toContain(
    "Route has trailing nonsense after nexthops - metric",
  );
});
