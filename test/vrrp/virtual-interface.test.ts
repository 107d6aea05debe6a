import fc from "fast-check";
import { expect, test } from "vitest";
import { type IpAddress, ip } from "../../src/base/ip.ts";
import { mac } from "../../src/base/mac.ts";
import {
  candidateNames,
  ipvlanAddress,
  type NameWish,
  type Ownership,
  type PresentInterface,
  settleInterfaces,
  virtualMac,
  type WantedInterface,
} from "../../src/vrrp/virtual-interface.ts";

const wish: NameWish = { given: undefined, prefix: "vrrp", family: 4, vrid: 51 };
const VMAC = virtualMac(4, 51);
const wanted: WantedInterface = { instance: "VI_1", base: "eth0", spec: { kind: "macvlan", mac: VMAC }, name: wish };

interface Present extends PresentInterface {
  readonly owner?: Ownership;
  readonly has?: readonly IpAddress[];
}
const none = { kind: undefined, base: undefined, mac: undefined, macvlanMode: undefined, ipvlanMode: undefined };
const eth0: Present = { ...none, ifindex: 2, name: "eth0" };
const eth1: Present = { ...none, ifindex: 3, name: "eth1" };
const vmac: Present = { ...none, ifindex: 9, name: "vrrp.51", kind: "macvlan", base: 2, mac: VMAC, macvlanMode: 1 };

function settle(wishes: readonly WantedInterface[], ...present: Present[]) {
  return settleInterfaces(wishes, {
    present,
    owner: (one) => one.owner ?? "foreign",
    addresses: (one) => one.has ?? [],
  });
}

test.each([
  [4, 51, undefined, "00:00:5e:00:01:33"],
  [6, 255, undefined, "00:00:5e:00:02:ff"],
  [4, 10, "00:aa:bb:cc:dd", "00:aa:bb:cc:dd:0a"],
  [4, 10, "02:aa:bb:cc:dd:ee", "02:aa:bb:cc:dd:ee"],
] as const)("RFC 9568 §7.3: the MAC address of IPv%i VRID %i with %s is %s", (family, vrid, given, expected) => {
  expect(virtualMac(family, vrid, given)).toBe(expected);
});

test("the link-local address of an ipvlan is another for each base and each VRID", () => {
  expect(ipvlanAddress(mac("16:46:df:f0:d5:a8"), 51)).toBe(ip("fe80::1646:df00:33f0:d5a8"));
});

test.each<[NameWish, string[]]>([
  [wish, ["vrrp.51", "vrrp1.51", "vrrp2.51"]],
  [{ ...wish, family: 6 }, ["vrrp.51", "vrrp6.51", "vrrp1.51"]],
  [{ ...wish, given: "wan" }, ["wan", "vrrp.51", "vrrp1.51"]],
  [{ ...wish, prefix: "averylongprefix" }, ["averylongpre.51", "averylongpr1.51", "averylongpr2.51"]],
])("names are tried in order: %o", (name, expected) => {
  expect([...candidateNames(name)].slice(0, 3)).toEqual(expected);
});

test("nothing is there: it is made", () => {
  expect(settle([wanted], eth0).settled).toEqual([
    { type: "make", wanted, name: "vrrp.51", base: eth0, instead: undefined },
  ]);
});

test("without a base there is nothing to make", () => {
  expect(settle([wanted], eth1).settled).toEqual([{ type: "no-base", wanted }]);
});

test("a private macvlan on the base with the MAC address is used, whatever it is called and whose it is", () => {
  const present = { ...vmac, name: "vrrp7.51" };
  expect(settle([wanted], eth0, present).settled).toEqual([{ type: "reuse", wanted, present, base: eth0 }]);
});

test.each<[string, Partial<Present>]>([
  ["another base", { base: 3 }],
  ["another mode", { macvlanMode: 4 }],
  ["another MAC address", { mac: mac("02:00:00:00:00:01") }],
  ["another kind", { kind: "dummy" }],
])("%s: somebody else's interface is left alone, and ours gets another name", (_, other) => {
  const { settled, leftovers } = settle([wanted], eth0, eth1, { ...vmac, ...other });
  expect(settled).toMatchObject([{ type: "make", name: "vrrp1.51", instead: undefined }]);
  expect(leftovers).toEqual([]);
});

test("one that a killed daemon left makes room where it does not fit", () => {
  const present: Present = { ...vmac, base: 3, owner: "left-behind" };
  const { settled, leftovers } = settle([wanted], eth0, eth1, present);
  expect(settled).toMatchObject([{ type: "make", name: "vrrp.51", instead: present }]);
  expect(leftovers).toEqual([]);
});

test("one that a killed daemon left and nobody wants goes; somebody else's stays", () => {
  const left: Present = { ...vmac, owner: "left-behind" };
  expect(settle([], eth0, left).leftovers).toEqual([left]);
  expect(settle([], eth0, vmac).leftovers).toEqual([]);
});

test("a name that the configuration now gives: ours is made anew under it", () => {
  const given: WantedInterface = { ...wanted, name: { ...wish, given: "wan" } };
  const own: Present = { ...vmac, owner: "ours" };
  expect(settle([given], eth0, own)).toMatchObject({
    settled: [{ type: "make", name: "wan", instead: own }],
    leftovers: [],
  });
});

test("a private macvlan of the given name with another MAC address is replaced", () => {
  const given: WantedInterface = { ...wanted, name: { ...wish, given: "wan" } };
  const present: Present = { ...vmac, name: "wan", mac: mac("02:00:00:00:00:01") };
  expect(settle([given], eth0, present).settled).toMatchObject([{ type: "make", name: "wan", instead: present }]);
});

test("on a macvlan it lies on what that one lies on", () => {
  const container: Present = { ...none, ifindex: 5, name: "mv0", kind: "macvlan", base: 2, macvlanMode: 4 };
  const on = { ...wanted, base: "mv0" };
  expect(settle([on], eth0, container, vmac).settled).toMatchObject([{ type: "reuse", present: vmac }]);
});

const OWN = ip("192.0.2.5");
const ipvlan: WantedInterface = { ...wanted, spec: { kind: "ipvlan", mode: "private", address: OWN } };
const left: Present = {
  ...{ ...none, ifindex: 9, name: "vrrp.51", kind: "ipvlan", base: 2, mac: mac("02:00:00:00:00:01") },
  ...{ ipvlanMode: "private", owner: "left-behind", has: [OWN] },
};

test("an ipvlan has no MAC address of its own: only one of ours is used again", () => {
  expect(settle([ipvlan], eth0, left).settled).toMatchObject([{ type: "reuse" }]);
  const foreign = { ...left, owner: "foreign" } as const;
  expect(settle([ipvlan], eth0, foreign).settled).toMatchObject([
    { type: "make", name: "vrrp1.51", instead: undefined },
  ]);
});

test.each<[string, Partial<Present>, "reuse" | "make"]>([
  ["its address was removed", { has: [] }, "reuse"],
  ["it has further addresses", { has: [ip("192.0.2.9"), OWN] }, "reuse"],
  ["it has another address", { has: [ip("192.0.2.9")] }, "make"],
  ["it has another mode", { ipvlanMode: "vepa" }, "make"],
  ["it is of layer 3", { ipvlanMode: undefined }, "make"],
  ["it lies elsewhere", { base: 3 }, "make"],
])("an ipvlan of ours is used again or goes first: %s", (_, other, type) => {
  const present = { ...left, ...other };
  const settled = type === "make" ? { type, name: "vrrp.51", instead: present } : { type, present };
  expect(settle([ipvlan], eth0, eth1, present)).toMatchObject({ settled: [settled], leftovers: [] });
});

test("an ipvlan of the given name on the same base is replaced whosever it is; one on another base is not", () => {
  const given: WantedInterface = { ...ipvlan, name: { ...wish, given: "ipv0" } };
  const present: Present = { ...left, name: "ipv0", owner: "foreign" };
  expect(settle([given], eth0, present).settled).toMatchObject([{ type: "make", name: "ipv0", instead: present }]);
  const elsewhere = { ...present, base: 3 };
  expect(settle([given], eth0, eth1, elsewhere).settled).toMatchObject([{ type: "make", name: "vrrp.51" }]);
});

test("on an ipvlan it lies on what that one lies on", () => {
  const container: Present = { ...left, ifindex: 5, name: "container", owner: "foreign" };
  const on = { ...ipvlan, base: "container" };
  expect(settle([on], eth0, container, left).settled).toMatchObject([{ type: "reuse", present: left }]);
});

test("what was made is found again: the second time nothing is made and nothing is left over", () => {
  const bases = [eth0, eth1];
  const VRIDS = fc.integer({ min: 1, max: 255 });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(VRIDS, fc.constantFrom("eth0", "eth1"), fc.boolean(), fc.boolean()), {
        selector: String,
        maxLength: 30,
      }),
      (list) => {
        const wishes = list.map(([vrid, base, named, ipvlans], i): WantedInterface => {
          const name = { ...wish, vrid, given: named ? `own${i}` : undefined };
          return {
            instance: `V${i}`,
            base,
            spec: ipvlans
              ? { kind: "ipvlan", mode: "bridge", address: ip(`192.0.2.${i}`) }
              : { kind: "macvlan", mac: virtualMac(4, vrid, named ? `02:00:00:00:0${vrid % 8}` : undefined) },
            name,
          };
        });
        const { settled } = settle(wishes, ...bases);
        const made = settled.flatMap((one, i): Present[] => {
          if (one.type !== "make") return [];
          const { spec } = one.wanted;
          const here: Present = { ...none, ifindex: 100 + i, name: one.name, base: one.base.ifindex, owner: "ours" };
          if (spec.kind === "macvlan") return [{ ...here, kind: "macvlan", mac: spec.mac, macvlanMode: 1 }];
          return [{ ...here, kind: "ipvlan", ipvlanMode: spec.mode, has: spec.address ? [spec.address] : [] }];
        });
        expect(new Set(made.map(({ name }) => name)).size).toBe(wishes.length);
        const again = settle(wishes, ...bases, ...made);
        expect(again.settled.map((one) => (one.type === "reuse" ? one.present.name : one.type))).toEqual(
          made.map(({ name }) => name),
        );
        expect(again.leftovers).toEqual([]);
      },
    ),
  );
});
