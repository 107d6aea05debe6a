import fc from "fast-check";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { readKept, writeKept } from "../../src/real-server/kept.ts";
import {
  isSilent,
  type Kept,
  missing,
  missingDevices,
  NOTHING_KEPT,
  type Place,
  placesOf,
  prepare,
  restore,
  type ServerFacts,
  type ServerInterface,
  type Step,
} from "../../src/real-server/preparation.ts";

const VIP = ip("192.0.2.100");
const VIP2 = ip("192.0.2.101");
const VIP6 = ip("2001:db8::100");
const ON_LO: Place = { address: VIP, device: "lo", tunnel: false };

/** A host that does what it is told. */
class Host {
  interfaces: readonly ServerInterface[];
  readonly settings: Map<string, string>;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.interfaces = ["lo", "tunl0", "ip6tnl0"].map((name) => ({ name, up: name === "lo", addresses: [] }));
    const usual = ["all", "lo", "tunl0"].flatMap((name) =>
      ["arp_ignore", "arp_announce", "rp_filter"].map((one): [string, string] => [`net/ipv4/conf/${name}/${one}`, "0"]),
    );
    this.settings = new Map([...usual, ...Object.entries(settings)]);
  }

  get facts(): ServerFacts {
    return { interfaces: this.interfaces, setting: (path) => this.settings.get(path) };
  }

  /** Everything that one can see of it. */
  get picture(): unknown {
    return structuredClone([this.interfaces, [...this.settings].sort()]);
  }

  do(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.type === "set") this.settings.set(step.path, step.value);
      else this.interfaces = this.interfaces.map((one) => changed(one, step));
    }
  }
}

function changed(one: ServerInterface, step: Exclude<Step, { type: "set" }>): ServerInterface {
  if (step.type === "raise" || step.type === "lower")
    return one.name === step.device ? { ...one, up: step.type === "raise" } : one;
  if (one.name !== step.place.device) return one;
  const others = one.addresses.filter(({ address }) => address !== step.place.address);
  const added = { address: step.place.address, prefixLength: 32 };
  return { ...one, addresses: step.type === "add" ? [...others, added] : others };
}

const words = (steps: readonly Step[]): readonly string[] =>
  steps.map((step) => {
    if (step.type === "set") return `${step.path}=${step.value}`;
    return "place" in step ? `${step.type} ${step.place.address} ${step.place.device}` : `${step.type} ${step.device}`;
  });

test("DR: ARP is silenced before the address is there, on all and on lo", () => {
  const { steps } = prepare([ON_LO], NOTHING_KEPT, new Host().facts);
  expect(words(steps)).toEqual([
    "net/ipv4/conf/all/arp_ignore=1",
    "net/ipv4/conf/all/arp_announce=2",
    "net/ipv4/conf/lo/arp_ignore=1",
    "net/ipv4/conf/lo/arp_announce=2",
    "add 192.0.2.100 lo",
  ]);
});

test("TUN: tunl0 and ip6tnl0 by family, brought up, and a strict reverse path becomes a loose one there alone", () => {
  const host = new Host({ "net/ipv4/conf/all/rp_filter": "1" });
  const places = placesOf({ addresses: [VIP, VIP6, VIP], tunnel: true, device: undefined });
  expect(places.map(({ device }) => device)).toEqual(["tunl0", "ip6tnl0"]);
  expect(words(prepare(places, NOTHING_KEPT, host.facts).steps).slice(4)).toEqual([
    "net/ipv4/conf/tunl0/rp_filter=2",
    "raise tunl0",
    "raise ip6tnl0",
    "add 192.0.2.100 tunl0",
    "add 2001:db8::100 ip6tnl0",
  ]);
  host.settings.set("net/ipv4/conf/all/rp_filter", "0");
  expect(words(prepare(places, NOTHING_KEPT, host.facts).steps)).not.toContain("net/ipv4/conf/tunl0/rp_filter=2");
});

test("IPv6 on lo needs no setting: Linux answers on the interface of an address alone", () => {
  const places = placesOf({ addresses: [VIP6], tunnel: false, device: undefined });
  expect(words(prepare(places, NOTHING_KEPT, new Host().facts).steps)).toEqual(["add 2001:db8::100 lo"]);
});

test("an address and settings that were there are left, also by down; 2 and 8 silence as 1 does, 3 does not", () => {
  const host = new Host({ "net/ipv4/conf/all/arp_ignore": "8", "net/ipv4/conf/lo/arp_ignore": "3" });
  host.do([{ type: "add", place: ON_LO }]);
  const up = prepare([ON_LO], NOTHING_KEPT, host.facts);
  expect(words(up.steps)).not.toContain("add 192.0.2.100 lo");
  expect(words(up.steps)).not.toContain("net/ipv4/conf/all/arp_ignore=1");
  expect(words(up.steps)).toContain("net/ipv4/conf/lo/arp_ignore=1");
  host.do(up.steps);
  expect(words(restore([VIP], up.kept, host.facts).steps)).not.toContain("remove 192.0.2.100 lo");
  expect(["0", "1", "2", "3", "8", undefined].map(isSilent)).toEqual([false, true, true, false, true, false]);
});

test("settings stay while another address needs them, and what somebody changed since is left", () => {
  const host = new Host();
  const first = prepare([ON_LO], NOTHING_KEPT, host.facts);
  host.do(first.steps);
  const second = prepare([{ ...ON_LO, address: VIP2 }], first.kept, host.facts);
  host.do(second.steps);
  expect(words(second.steps)).toEqual(["add 192.0.2.101 lo"]);
  const one = restore([VIP], second.kept, host.facts);
  host.do(one.steps);
  expect(words(one.steps)).toEqual(["remove 192.0.2.100 lo"]);
  host.settings.set("net/ipv4/conf/all/arp_ignore", "2");
  expect(words(restore([VIP2], one.kept, host.facts).steps)).toEqual([
    "remove 192.0.2.101 lo",
    "net/ipv4/conf/all/arp_announce=0",
    "net/ipv4/conf/lo/arp_ignore=0",
    "net/ipv4/conf/lo/arp_announce=0",
  ]);
});

test("an interface that is not there is named; what is missing of a host is said", () => {
  const host = new Host();
  expect(missingDevices(placesOf({ addresses: [VIP], tunnel: false, device: "dummy0" }), host.facts)).toEqual([
    "dummy0",
  ]);
  expect(missingDevices([ON_LO], host.facts)).toEqual([]);
  expect(missing([ON_LO], host.facts)).toHaveLength(5);
  host.do(prepare([ON_LO], NOTHING_KEPT, host.facts).steps);
  expect(missing([ON_LO], host.facts)).toEqual([]);
});

const place = fc.record({
  address: fc.constantFrom(VIP, VIP2, VIP6),
  device: fc.constantFrom("lo", "tunl0"),
  tunnel: fc.boolean(),
});
const action = fc.oneof(
  fc.record({ type: fc.constant("up" as const), places: fc.array(place, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant("down" as const), address: fc.constantFrom(VIP, VIP2, VIP6) }),
);

test("law: after any up and down, down of all leaves the host as it was found; up twice does nothing more", () => {
  const level = fc.constantFrom("0", "1", "2");
  fc.assert(
    fc.property(fc.array(action, { maxLength: 8 }), level, level, fc.boolean(), (actions, arp, path, was) => {
      const host = new Host({ "net/ipv4/conf/all/arp_ignore": arp, "net/ipv4/conf/all/rp_filter": path });
      if (was) host.do([{ type: "add", place: ON_LO }]);
      const found = host.picture;
      let kept: Kept = NOTHING_KEPT;
      for (const one of actions) {
        const work =
          one.type === "up" ? prepare(unique(one.places), kept, host.facts) : restore([one.address], kept, host.facts);
        host.do(work.steps);
        kept = readKept(writeKept(work.kept)) ?? work.kept;
        if (one.type === "up") expect(prepare(unique(one.places), kept, host.facts).steps).toEqual([]);
      }
      const all = kept.places.map(({ address }) => address);
      const last = restore(all, kept, host.facts);
      host.do(last.steps);
      expect(host.picture).toEqual(found);
      expect(last.kept).toEqual(NOTHING_KEPT);
    }),
  );
});

function unique(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((one) => [`${one.address} ${one.device}`, one])).values()];
}
