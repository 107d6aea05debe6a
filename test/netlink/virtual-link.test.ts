import { expect, test } from "vitest";
import { mac } from "../../src/base/mac.ts";
import { type Request, startConversation } from "../../src/netlink/conversation.ts";
import { decodeLink } from "../../src/netlink/link.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import {
  addLink,
  bringUp,
  deleteGroup,
  deleteLink,
  setGroup,
  setMac,
  setUpLink,
  stopAddressGeneration,
} from "../../src/netlink/virtual-link.ts";
import { fromHex, golden } from "../golden.ts";

const VMAC = mac("00:00:5e:00:01:33");

test.each<[string, string, Request]>([
  ["ip(8)", "netlink-newlink-macvlan", addLink("vrrp.51", 3, 7, { kind: "macvlan", mac: VMAC })],
  ["ip(8)", "netlink-newlink-ipvlan", addLink("ipv0", 3, 0, { kind: "ipvlan", mode: "private" })],
  ["keepalived 2.2.7", "netlink-setlink-vmac", setUpLink(4)],
  ["ip(8)", "netlink-setlink-addrgen", stopAddressGeneration(4)],
  ["ip(8)", "netlink-setlink-mac", setMac(4, mac("00:00:5e:00:01:34"))],
  ["ip(8)", "netlink-setlink-up", bringUp(4)],
  ["ip(8)", "netlink-dellink", deleteLink(4)],
  ["ip(8)", "netlink-dellink-group", deleteGroup(1802764321)],
])("an interface is made, changed and removed with the bytes of %s: %s", (_, name, request) => {
  const captured = golden(name);
  const { bytes } = startConversation([request], decodeMessages(captured)[0]?.sequence ?? 0);
  expect(bytes).toEqual(captured);
});

test("an interface that was made by the request before is found by its name", () => {
  const zero = "00000000 00000000";
  expect(bringUp("vrrp.51").body).toEqual(fromHex(`${zero} 01000000 01000000 0c00 0300 767272702e353100`));
});

test("alias, group and VRF stand before the settings", () => {
  const more = { alias: "ours", group: 7, vrf: 9 };
  const { body } = setUpLink("vrrp.51", more);
  expect(decodeLink(body)).toMatchObject({ ok: true, value: { name: "vrrp.51", alias: "ours", group: 7, master: 9 } });
});

test("the base is repeated by setting its group to what it is", () => {
  expect(decodeLink(setUpLink("v0").body)).toMatchObject({ value: { group: 0 } });
  expect(setGroup(3, 7).body).toEqual(fromHex("00000000 03000000 00000000 00000000 0800 1b00 07000000"));
});
