import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import {
  type AddressPlace,
  addAddress,
  decodeAddress,
  deleteAddress,
  dumpAddresses,
  FOREVER,
  type InterfaceAddress,
  virtualAddress,
} from "../../src/netlink/address.ts";
import {
  IFA_F_DEPRECATED,
  IFA_F_NODAD,
  IFA_F_PERMANENT,
  IFA_F_SECONDARY,
  RT_SCOPE_LINK,
} from "../../src/netlink/constants.ts";
import { answers, type Request, receive, startConversation } from "../../src/netlink/conversation.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { fromHex, golden } from "../golden.ts";

const place: AddressPlace = { ifindex: 2, prefixLength: 24, scope: 0, label: undefined, broadcast: undefined };
const vip = virtualAddress(ip("10.9.0.100"), { ...place, label: "ens33:2" });

/** Our request with the sequence and port of the captured one. */
function asSent(request: Request, captured: Uint8Array): Uint8Array {
  const sequence = decodeMessages(captured)[0]?.sequence ?? 0;
  const { bytes } = startConversation([request], sequence);
  bytes.set(captured.subarray(12, 16), 12);
  return bytes;
}

test.each<[string, InterfaceAddress]>([
  ["netlink-newaddr-label", vip],
  ["netlink-newaddr-broadcast", virtualAddress(ip("10.9.0.102"), { ...place, broadcast: ip("10.9.0.255") })],
  ["netlink-newaddr-host", virtualAddress(ip("10.9.0.103"), { ...place, prefixLength: 32 })],
  ["netlink-newaddr-v6", virtualAddress(ip("2001:db8::100"), { ...place, prefixLength: 64 })],
  ["netlink-newaddr-v6-host", virtualAddress(ip("2001:db8::101"), { ...place, prefixLength: 128 })],
])("an address is added with the bytes of keepalived 2.2.7: %s", (name, address) => {
  const captured = golden(name);
  expect(asSent(addAddress(address), captured)).toEqual(captured);
  expect(decodeMessages(captured).map(({ body }) => decodeAddress(body))).toEqual([{ ok: true, value: address }]);
});

test.each<[string, InterfaceAddress]>([
  ["netlink-deladdr", vip],
  ["netlink-deladdr-v6", virtualAddress(ip("2001:db8::100"), { ...place, prefixLength: 64 })],
])("an address is removed with the bytes of keepalived 2.2.7: %s", (name, address) => {
  const captured = golden(name);
  expect(asSent(deleteAddress(address), captured)).toEqual(captured);
});

test("IPv6 virtual addresses are used at once, and a /128 is never a source", () => {
  expect(virtualAddress(ip("2001:db8::1"), { ...place, prefixLength: 64 })).toMatchObject({
    family: 6,
    flags: IFA_F_NODAD,
    preferredLifetime: FOREVER,
  });
  expect(virtualAddress(ip("2001:db8::1"), { ...place, prefixLength: 128 }).preferredLifetime).toBe(0);
  expect(virtualAddress(ip("192.0.2.1"), { ...place, prefixLength: 32 })).toMatchObject({
    family: 4,
    flags: 0,
    preferredLifetime: FOREVER,
  });
});

test("a point-to-point address says its peer, when added and when removed", () => {
  const address = { ...vip, label: undefined, peer: ip("10.9.0.200") };
  expect(decodeAddress(addAddress(address).body)).toEqual({ ok: true, value: address });
  expect(decodeAddress(deleteAddress(address).body)).toEqual({ ok: true, value: address });
});

test("a dump of the kernel is read", () => {
  const link = { ifindex: 3, peer: undefined, broadcast: undefined, label: undefined, preferredLifetime: FOREVER };
  const dump = receive(startConversation([dumpAddresses()], 2), golden("netlink-addresses"));
  const [answer] = answers(dump);
  const addresses = answer?.ok ? answer.messages.map(({ body }) => decodeAddress(body)) : [];
  const v4 = { ...link, family: 4, prefixLength: 24, scope: 0 };
  expect(addresses.map((decoded) => (decoded.ok ? decoded.value : decoded.reason)).slice(0, 3)).toEqual([
    { ...v4, address: "10.9.0.1", label: "ens33", flags: IFA_F_PERMANENT },
    {
      ...v4,
      address: "10.9.0.2",
      label: "ens33:1",
      broadcast: "10.9.0.255",
      flags: IFA_F_PERMANENT | IFA_F_SECONDARY,
    },
    expect.objectContaining({ family: 6 }),
  ]);
  expect(addresses).toContainEqual({
    ok: true,
    value: {
      ...link,
      family: 6,
      prefixLength: 128,
      scope: 0,
      address: "2001:db8::101",
      flags: IFA_F_PERMANENT | IFA_F_NODAD | IFA_F_DEPRECATED,
      preferredLifetime: 0,
    },
  });
  expect(addresses).toContainEqual({ ok: true, value: expect.objectContaining({ scope: RT_SCOPE_LINK }) });
});

test("older kernels say the flags in the header only", () => {
  const body = fromHex("02 18 80 00 02000000 0800 0200 0a090001");
  expect(decodeAddress(body)).toMatchObject({ ok: true, value: { address: "10.9.0.1", flags: 0x80 } });
});

test.each([
  ["truncated", "02 18 80 00 020000"],
  ["family", "1c 18 80 00 02000000 0800 0200 0a090001"],
  ["address", "02 18 80 00 02000000"],
  ["address", "0a 18 80 00 02000000 0800 0100 0a090001"],
])("a message is dropped: %s", (reason, hex) => {
  expect(decodeAddress(fromHex(hex))).toEqual({ ok: false, reason });
});

test("RTM_DELADDR of the monitor has the same form", () => {
  const [message] = decodeMessages(golden("netlink-deladdr"));
  expect(decodeAddress(concat(message?.body ?? new Uint8Array()))).toEqual({
    ok: true,
    value: { ...vip, label: undefined },
  });
});
