import { expect, test } from "vitest";
import { placeAddress } from "../../src/daemon/address-item.ts";
import { addAddress, decodeAddress, FOREVER, type InterfaceAddress } from "../../src/netlink/address.ts";
import { startConversation } from "../../src/netlink/conversation.ts";
import { reading } from "../config/reading.ts";
import { goldenItems, PLACE } from "./golden-items.ts";

function placed(line: string): InterfaceAddress {
  const [item] = reading(`static_ipaddress {\n${line}\n}\n`).config.staticAddresses;
  const found = item && placeAddress(item, PLACE);
  if (!found?.ok) throw new Error(`not placed: ${line}`);
  return found.entry;
}

const LINES = goldenItems("netlink-newaddr-options").map(({ line, bytes }) => [line, bytes] as const);

test.each(LINES)("an address is added with the bytes of keepalived 2.2.7: %s", (line, sent) => {
  expect(startConversation([addAddress(placed(line))], 0).bytes).toEqual(sent);
});

test.each(LINES)("an address is read back as it was added: %s", (line) => {
  expect(decodeAddress(addAddress(placed(line)).body)).toEqual({ ok: true, value: placed(line) });
});

test("the lifetime of an IPv6 address is what is asked for, 0 included; a /128 is not to be used, unless it is forever", () => {
  const lifetime = (line: string): number => placed(line).preferredLifetime;
  expect(lifetime("2001:db8::1/64 dev d0 preferred_lft 0")).toBe(0);
  expect(lifetime("2001:db8::1/64 dev d0")).toBe(FOREVER);
  expect(lifetime("2001:db8::1 dev d0")).toBe(0);
  expect(lifetime("2001:db8::1 dev d0 preferred_lft forever")).toBe(FOREVER);
  expect(lifetime("192.0.2.1/24 dev d0 preferred_lft 5")).toBe(FOREVER);
});

test("an address waits for its interface", () => {
  const [item] = reading("static_ipaddress {\n192.0.2.1/24 dev d9\n}\n").config.staticAddresses;
  expect(item && placeAddress(item, PLACE)).toEqual({ ok: false, why: "there is no interface d9", absent: "d9" });
});
