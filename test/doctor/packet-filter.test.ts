import fc from "fast-check";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type ConnectionState, type NamedLink, TCP, type TestPacket, UDP, VRRP } from "../../src/doctor/packet.ts";
import { type Fate, PacketFilter } from "../../src/doctor/packet-filter.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import {
  decodeChain,
  decodeElements,
  decodeRule,
  decodeSet,
  type NftElements,
  type NftRuleset,
} from "../../src/netlink/nft-ruleset.ts";
import { golden } from "../golden.ts";

const ETH: NamedLink = { name: "eth0", ifindex: 2, type: 1 };
const LO: NamedLink = { name: "lo", ifindex: 1, type: 772 };
const RULESET = rulesetOf(golden("nft-ruleset"));
const filter = new PacketFilter(RULESET);

/** What the dumps, one message behind the other, come to. */
function rulesetOf(bytes: Uint8Array): NftRuleset {
  const sets: NftElements[] = [];
  const [chains, rules]: [NftRuleset["chains"][number][], NftRuleset["rules"][number][]] = [[], []];
  for (const { type, body } of decodeMessages(bytes)) {
    const [chain, rule, set] = [decodeChain(body), decodeRule(body), decodeSet(body)];
    if ((type & 0xff) === 3 && chain !== undefined) chains.push(chain);
    if ((type & 0xff) === 6 && rule !== undefined) rules.push(rule);
    if ((type & 0xff) === 9 && set !== undefined) sets.push(set);
    const last = sets.at(-1);
    if ((type & 0xff) === 12 && last !== undefined)
      sets[sets.length - 1] = { ...last, elements: [...last.elements, ...decodeElements(body)] };
  }
  return { chains, rules, sets };
}

function packet(port: number, more: Partial<TestPacket> = {}): TestPacket {
  const ends = { source: ip("203.0.113.1"), destination: ip("192.0.2.100"), sourcePort: 40000, destinationPort: port };
  return { ...ends, protocol: TCP, state: "new", in: ETH, out: undefined, ...more };
}

function fate(one: TestPacket): string {
  const found: Fate = filter.fate(one);
  if (found.type !== "dropped") return found.type;
  const { by } = found;
  return `dropped by ${by.family} ${by.table} ${by.within}${by.handle === undefined ? " policy" : ""}`;
}

const POLICY = "dropped by inet filter input policy";

test.each([
  ["a port of a set", packet(80), "accepted"],
  ["within an interval", packet(8100), "accepted"],
  ["behind an interval", packet(8101), POLICY],
  ["of no rule", packet(81), POLICY],
  ["an interface by name", packet(81, { in: LO }), "accepted"],
  ["an interface by index", packet(9003, { in: { ...ETH, ifindex: 1 } }), "accepted"],
  ["another index", packet(9003), POLICY],
  ["a mark that a rule set", packet(9000), "accepted"],
  ["a chain behind goto, which rejects", packet(9001), "dropped by inet filter refuse"],
  ["what cannot be known (fib)", packet(9002), "unknown"],
  ["a limit", packet(53, { protocol: UDP }), "unknown"],
  ["bits of an address, and the TTL", packet(9004), "accepted"],
  ["bits of another address", packet(9004, { destination: ip("192.0.3.100") }), POLICY],
  ["another address than", packet(9005), "accepted"],
  ["that address", packet(9005, { source: ip("192.0.2.1") }), POLICY],
  ["a range", packet(9006, { source: ip("192.0.2.9") }), "accepted"],
  ["behind a range", packet(9006, { source: ip("192.0.2.10") }), POLICY],
  ["a map of verdicts", packet(9007), "accepted"],
  ["a map of verdicts that drops", packet(9008), "dropped by inet filter input"],
  ["behind return", packet(9009), "accepted"],
  ["VRRP", packet(0, { protocol: VRRP }), POLICY],
  ["VRRP of a set", packet(0, { protocol: VRRP, source: ip("192.0.2.1") }), "accepted"],
  ["VRRP of an interval's end", packet(0, { protocol: VRRP, source: ip("192.0.2.128") }), POLICY],
  ["VRRP of a single address of a set", packet(0, { protocol: VRRP, source: ip("198.51.100.7") }), "accepted"],
  ["VRRP of the address behind it", packet(0, { protocol: VRRP, source: ip("198.51.100.8") }), POLICY],
  ["VRRP of ours", packet(0, { protocol: VRRP, in: undefined, out: ETH }), "dropped by inet filter out"],
  ["TCP of ours", packet(80, { in: undefined, out: ETH }), "accepted"],
  ["an invalid one that is forwarded", packet(80, { out: ETH, state: "invalid" }), "dropped by inet filter forward"],
  ["a new one that is forwarded", packet(81, { out: ETH }), "accepted"],
] as const)("%s", (_, one, expected) => {
  expect(fate(one)).toBe(expected);
});

test.each([
  ["established", "accepted"],
  ["related", "accepted"],
  ["invalid", "dropped by inet filter input"],
  ["untracked", POLICY],
] as const)("ct state vmap: %s", (state: ConnectionState, expected) => {
  expect(fate(packet(81, { state }))).toBe(expected);
});

test.each([
  ["2001:db8::1", 443, "accepted"],
  ["2001:db8::1", 445, POLICY],
  ["2001:db8:0:1::1", 443, POLICY],
  ["2001:db8::9", 443, "dropped by ip6 six pre"],
] as const)("concatenated ranges, and a table of IPv6 alone: %s port %i", (source, port, expected) => {
  expect(fate(packet(port, { source: ip(source), destination: ip("2001:db8::100") }))).toBe(expected);
});

test("law: whatever the kernel sends, a packet has a fate", () => {
  const bytes = golden("nft-ruleset");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 40 }), (changes) => {
      const broken = bytes.slice();
      for (const [at, byte] of changes) broken[at] = byte;
      const { type } = new PacketFilter(rulesetOf(broken)).fate(packet(9007));
      expect(["accepted", "dropped", "unknown"]).toContain(type);
    }),
  );
});
