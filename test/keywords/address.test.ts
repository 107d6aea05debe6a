import { expect, test } from "vitest";
import { itemOf } from "./reading-items.ts";

const address = (line: string) => itemOf("virtual_ipaddress_excluded", line);

test("an address is read with everything that is said of it", () => {
  const options = "dev eth1 scope link label eth1:0 brd + home -nodad no_track preferred_lft 60 use_vmac";
  expect(address(`192.0.2.9/24 ${options}`)).toEqual({
    value: {
      address: "192.0.2.9",
      text: "192.0.2.9/24",
      prefixLength: 24,
      interface: "eth1",
      interfaceSpan: { file: "k.conf", line: 5, column: 18, length: 4 },
      label: "eth1:0",
      broadcast: "+",
      scope: 253,
      peer: undefined,
      preferredLifetime: 60,
      flags: ["home", "-nodad"],
      tracked: false,
      ownVmac: true,
      trackGroup: undefined,
    },
    found: [],
    said: [],
  });
  expect(itemOf("static_ipaddress", "192.0.2.9 dev eth1 track_group T").value).toMatchObject({ trackGroup: "T" });
  expect(address("192.0.2.9 preferred_lft forever").value).toMatchObject({ preferredLifetime: "forever" });
});

test.each([
  [
    "192.0.2.9/24 peer 192.0.2.7",
    { peer: "192.0.2.7", prefixLength: 32 },
    "an address with `peer` has no prefix length",
  ],
  ["192.0.2.9 peer x", { peer: undefined }, "`x` is no IP address"],
  ["192.0.2.9 peer 2001:db8::1", { peer: undefined }, "`2001:db8::1` is of another family than `192.0.2.9`"],
  ["192.0.2.9 peer 192.0.2.7 brd 192.0.2.8", { broadcast: undefined }, "an address with `peer` has no broadcast"],
  ["192.0.2.9/31 brd +", { broadcast: undefined }, "a network of `/31` has no broadcast address"],
  ["2001:db8::9 scope link", { scope: 0 }, "IPv6 addresses have no scope"],
  ["2001:db8::9 label x", { label: undefined }, "IPv6 addresses have no label"],
  ["192.0.2.9 preferred_lft 5x", { preferredLifetime: undefined }, "`5x` is no whole number"],
  ["192.0.2.9/", { prefixLength: 32 }, "`` is no prefix length; 32 is used"],
])("%s stays without what is wrong", (line, value, said) => {
  const item = address(line);
  expect(item.value).toMatchObject(value);
  expect(item.found).toMatchObject([{ status: 5 }]);
  expect(item.said[0]).toContain(said);
});

test.each([
  ["192.0.2.9 dev eth0 dev eth1", "`dev` is given twice; the address is left out"],
  ["2001:db8::9 brd +", "IPv6 has no broadcast; the address is left out"],
  ["192.0.2.9 scope", "`scope` needs a value"],
  ["dev eth0 192.0.2.9", "`dev` is no IP address"],
])("%s is left out", (line, said) => {
  expect(address(line)).toMatchObject({ value: undefined, said: [said] });
});

test("the options of one list are no options of another", () => {
  expect(address("192.0.2.9 track_group T").said).toEqual([
    "unknown option `track_group` of `virtual_ipaddress_excluded`",
  ]);
  expect(itemOf("static_ipaddress", "192.0.2.9 use_vmac").said).toEqual([
    "unknown option `use_vmac` of `static_ipaddress`",
  ]);
});

test("a misspelt option is answered with the one that was meant, and its value is no second finding", () => {
  const { found } = address("192.0.2.9 lable eth0:1");
  expect(found).toMatchObject([{ help: "did you mean `label`?", span: { column: 11, length: 5 } }]);
  expect(found[0]?.keepalived).toBe("(k.conf: Line 5) Unknown configuration entry 'lable' for ip address - ignoring");
  expect(address("192.0.2.9 lable eth0:1 dve eth0").said).toHaveLength(2);
});
