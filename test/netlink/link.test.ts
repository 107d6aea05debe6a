import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { bytesAttribute } from "../../src/netlink/attributes.ts";
import {
  ARPHRD_ETHER,
  ARPHRD_LOOPBACK,
  IFF_NOARP,
  IFLA_IFALIAS,
  MACVLAN_MODE_PRIVATE,
  NLM_F_DUMP,
  RTM_GETLINK,
} from "../../src/netlink/constants.ts";
import { answers, receive, startConversation } from "../../src/netlink/conversation.ts";
import { decodeLink, dumpLinks, getLink } from "../../src/netlink/link.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { goldenItems } from "../daemon/golden-items.ts";
import { fromHex, golden } from "../golden.ts";

test("a dump of the kernel is read", () => {
  const [answer] = answers(receive(startConversation([dumpLinks()], 1), golden("netlink-links")));
  const links = answer?.ok ? answer.messages.map(({ body }) => decodeLink(body)) : [];
  expect(links.map((link) => (link.ok ? link.value : link.reason))).toEqual([
    expect.objectContaining({ ifindex: 1, name: "lo", type: ARPHRD_LOOPBACK, up: false, running: false, mtu: 65536 }),
    expect.objectContaining({ ifindex: 2, name: "peer0", type: ARPHRD_ETHER, up: true, running: true, mtu: 1500 }),
    expect.objectContaining({ name: "ens33", type: ARPHRD_ETHER, up: true, running: true, mac: "02:00:00:00:00:01" }),
  ]);
});

test("one link is asked for by its name", () => {
  expect(getLink("eth0")).toEqual({
    type: RTM_GETLINK,
    flags: 0,
    body: fromHex("00000000 00000000 00000000 00000000 0900 0300 6574683000 000000"),
  });
  expect(dumpLinks()).toEqual({ type: RTM_GETLINK, flags: NLM_F_DUMP, body: new Uint8Array(16) });
});

test("a hardware address of another length is none, and a missing MTU is 0", () => {
  const body = fromHex("0000 2000 05000000 80000000 00000000 0800 0300 69623000 0c00 0100 0001020304050607");
  expect(decodeLink(body)).toEqual({
    ok: true,
    value: {
      ...{ ifindex: 5, name: "ib0", type: 32, flags: IFF_NOARP, up: false, running: false, mac: undefined, mtu: 0 },
      ...{ kind: undefined, base: undefined, master: undefined, group: 0, macvlanMode: undefined, alias: undefined },
      ...{ ipvlanMode: undefined, vrfTable: undefined },
    },
  });
});

test("a tunnel has no hardware address", () => {
  const body = fromHex("0000 0003 05000000 00000000 00000000 0a00 0300 74756e6c3000 0000");
  expect(decodeLink(body)).toMatchObject({ ok: true, value: { name: "tunl0", mac: undefined } });
});

test.each([
  ["truncated", "0000 0100 02000000 01000000 000000"],
  ["name", "0000 0100 02000000 01000000 00000000"],
])("a message is dropped: %s", (reason, hex) => {
  expect(decodeLink(fromHex(hex))).toEqual({ ok: false, reason });
});

test("of a macvlan its base, its mode, its group and its alias are read", () => {
  const [made] = decodeMessages(golden("netlink-newlink-macvlan"));
  const alias = concat(made?.body ?? new Uint8Array(), bytesAttribute(IFLA_IFALIAS, new TextEncoder().encode("ours")));
  expect(decodeLink(alias)).toMatchObject({
    ok: true,
    value: {
      ...{ name: "vrrp.51", mac: "00:00:5e:00:01:33", kind: "macvlan", base: 3, group: 7, alias: "ours" },
      ...{ macvlanMode: MACVLAN_MODE_PRIVATE, master: undefined },
    },
  });
});

test("what an interface is made of: the table of a VRF, the mode of an ipvlan of layer 2", () => {
  const kinds = goldenItems("netlink-link-kinds").map(({ bytes }) => {
    const link = decodeLink(bytes);
    return link.ok ? [link.value.name, link.value.kind, link.value.vrfTable ?? link.value.ipvlanMode] : link.reason;
  });
  expect(kinds).toEqual([
    ["red", "vrf", 1000],
    ["ipb", "ipvlan", "bridge"],
    ["ipp", "ipvlan", "private"],
    ["ipv", "ipvlan", "vepa"],
    ["ip3", "ipvlan", undefined],
  ]);
});
