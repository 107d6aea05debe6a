import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type BfdPath, leastTtl, selectSession, sentTtl } from "../../src/bfd/select.ts";

const near: BfdPath = {
  neighbor: ip("10.0.0.2"),
  source: ip("10.0.0.1"),
  multihop: false,
  ttl: undefined,
  maxHops: 0,
};
const envelope = { from: near.neighbor, to: ip("10.0.0.1"), ttl: 255, multihop: false };
const sessions = [
  { name: "near", discriminator: 11, path: near },
  { name: "other", discriminator: 12, path: { ...near, source: ip("10.0.0.9") } },
  { name: "far", discriminator: 13, path: { ...near, neighbor: ip("10.9.0.2"), source: undefined, multihop: true } },
];
const directory = {
  byDiscriminator: (wanted: number) => sessions.find(({ discriminator }) => discriminator === wanted),
  byNeighbor: (neighbor: string) => sessions.filter(({ path }) => path.neighbor === neighbor),
};

function select(yours: number, more: Partial<typeof envelope> = {}): string {
  const found = selectSession(directory, { yours }, { ...envelope, ...more });
  return found.ok ? found.session.name : found.reason;
}

test("RFC 5880 §6.3: our discriminator names the session; before the neighbour knows it, the addresses do", () => {
  expect(select(11)).toBe("near");
  expect(select(0)).toBe("near");
  expect(select(0, { to: ip("10.0.0.9") })).toBe("other");
  expect(select(0, { from: ip("10.9.0.2"), to: ip("10.1.1.1"), multihop: true })).toBe("far");
});

test("a discriminator that is not ours is nobody's, whoever sends it", () => {
  expect(select(99)).toBe("unknown-session");
  expect(select(0, { from: ip("10.0.0.3") })).toBe("unknown-session");
  expect(select(0, { multihop: true })).toBe("unknown-session");
});

test("who knows a discriminator must be the neighbour, too", () => {
  expect(select(11, { from: ip("10.0.0.3") })).toBe("wrong-path");
  expect(select(11, { to: ip("10.0.0.9") })).toBe("wrong-path");
  expect(select(11, { multihop: true })).toBe("wrong-path");
});

test("RFC 5881 §5: a packet that was routed is dropped", () => {
  expect(select(11, { ttl: 254 })).toBe("ttl");
  expect(select(0, { ttl: 254 })).toBe("ttl");
});

test.each<[string, Partial<BfdPath>, number, number]>([
  ["IPv4", {}, 255, 255],
  ["max_hops 2", { maxHops: 2 }, 255, 253],
  ["ttl 64", { ttl: 64 }, 64, 64],
  ["ttl 64, max_hops 64", { ttl: 64, maxHops: 64 }, 64, 0],
  ["max_hops -1", { maxHops: undefined }, 255, 0],
  ["IPv6 also takes Keepalived's 64", { neighbor: ip("fd00::2") }, 255, 64],
  ["IPv6, hoplimit 255", { neighbor: ip("fd00::2"), ttl: 255 }, 255, 255],
])("the TTL that is sent, and the least that is taken: %s", (_, more, sent, least) => {
  expect([sentTtl({ ...near, ...more }), leastTtl({ ...near, ...more })]).toEqual([sent, least]);
});
