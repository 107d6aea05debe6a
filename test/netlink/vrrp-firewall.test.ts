import { expect, test } from "vitest";
import { toHex } from "../../src/base/bytes.ts";
import { ip, toBytes } from "../../src/base/ip.ts";
import { decodeAttributes } from "../../src/netlink/attributes.ts";
import type { Request } from "../../src/netlink/conversation.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { addElements, deleteElements, deleteTable, NFT_BATCH, setKey } from "../../src/netlink/nftables.ts";
import { type FirewallSpec, makeFirewall } from "../../src/netlink/vrrp-firewall.ts";
import { golden } from "../golden.ts";

const spec: FirewallSpec = {
  table: "keepalived",
  priority: -1,
  counters: true,
  guards: true,
  quiets: true,
  byIndex: false,
};
const NEWCHAIN = 0xa03;
const NEWSET = 0xa09;
const NEWELEMENTS = 0xa0c;
const HEADER = 4; // struct nfgenmsg
/** What nft(8) adds for itself: how a set of several parts is to be shown, and the number of a set that is there. */
const LEFT_OUT: Readonly<Record<number, number>> = { [NEWSET]: 13, [NEWELEMENTS]: 4 };

/** `TYPE FLAGS BODY` of the messages of a batch of nft(8), without what it adds, and without chains that are there. */
function captured(name: string): string[] {
  return decodeMessages(golden(name)).flatMap(({ type, flags, body }) => {
    const attributes = decodeAttributes(body.subarray(HEADER));
    if (type === NEWCHAIN && attributes.size < 3) return [];
    const unwanted = attributes.get(LEFT_OUT[type] ?? -1);
    if (unwanted === undefined || unwanted.length === 6) return shown([{ type, flags, body }]);
    const from = unwanted.byteOffset - body.byteOffset - 4;
    const rest = [...body.subarray(0, from), ...body.subarray(from + 4 + ((unwanted.length + 3) & ~3))];
    return shown([{ type, flags, body: Uint8Array.from(rest) }]);
  });
}

function sent(requests: readonly Request[]): string[] {
  const [begin, end] = NFT_BATCH.map((bytes) => shown(decodeMessages(bytes)));
  return [...(begin ?? []), ...shown(requests.map((one) => ({ ...one, flags: one.flags | 1 }))), ...(end ?? [])];
}

function shown(messages: readonly Request[]): string[] {
  return messages.map(({ type, flags, body }) => `${type.toString(16)} ${flags.toString(16)} ${toHex(body, "")}`);
}

test.each([
  ["names", "nft-vrrp-firewall", false],
  ["indexes", "nft-vrrp-firewall-ifindex", true],
])("by %s: the table, its chains, sets and rules are those that nft(8) makes of the same text", (_, file, byIndex) => {
  const [ours, theirs] = [sent(makeFirewall({ ...spec, byIndex }, false)), captured(file)];
  const sets = (line: string) => line.startsWith("a09"); // nft(8) makes chains without rules first, then sets
  expect(ours.filter((line) => !sets(line))).toEqual(theirs.filter((line) => !sets(line)));
  expect(ours.filter(sets)).toEqual(theirs.filter(sets));
});

test("elements come and go with the bytes of nft(8)", () => {
  const [first, second] = [toBytes(ip("192.0.2.1")), toBytes(ip("192.0.2.2"))];
  const name = new TextEncoder().encode("vrrp.51".padEnd(16, "\0"));
  const requests = [
    ...addElements("keepalived", "vips", [first, second]),
    ...addElements("keepalived", "services", [setKey([first, Uint8Array.of(6), Uint8Array.of(0, 80)])]),
    ...addElements("keepalived", "vmacs", [name]),
    ...deleteElements("keepalived", "vips", [first]),
    deleteTable("keepalived"),
  ];
  expect(sent(requests)).toEqual(captured("nft-elements"));
});

test("more elements than an attribute holds go in several messages", () => {
  const keys = Array.from({ length: 2001 }, (_, i) => setKey([Uint8Array.of(10, 0, i >> 8, i & 255)]));
  const requests = addElements("keepalived", "vips", keys);
  expect(requests).toHaveLength(3);
  expect(Math.max(...requests.map(({ body }) => body.length))).toBeLessThan(65536);
  expect(addElements("keepalived", "vips", [])).toEqual([]);
});

test("a rule is there only where somebody asks for it", () => {
  const chains = (requests: readonly Request[]) => requests.filter(({ type }) => type === NEWCHAIN).length;
  expect(chains(makeFirewall({ ...spec, guards: false }, true))).toBe(1);
  expect(chains(makeFirewall({ ...spec, quiets: false }, true))).toBe(2);
});
