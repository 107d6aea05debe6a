import { expect, test } from "vitest";
import { checksum } from "../../src/base/checksum.ts";
import { type IpAddress, ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { INIT, type VrrpState } from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { type Received, receive } from "../../src/vrrp/receive.ts";
import { type AdvertisementV2, type AdvertisementV3, encodeAdvertisement, VRRP_GROUP_V4 } from "../../src/wire/vrrp.ts";
import { parameters } from "../stories/lan.ts";

const router = parameters("VI_1", 100, "192.0.2.2");
const PEER = ip("192.0.2.3");
const backup: VrrpState = {
  name: "backup",
  masterDownAt: 0,
  masterInterval: seconds(1),
  master: undefined,
  preemptAt: undefined,
};
const master: VrrpState = { name: "master", advertiseAt: 0 };

const advertisement: AdvertisementV2 = {
  version: 2,
  vrid: 51,
  priority: 50,
  interval: seconds(1),
  authentication: { type: "pass", password: "1111" },
  addresses: [ip("192.0.2.254")],
};

function hear(
  change: Partial<AdvertisementV2>,
  { ttl = 255, to = ip("224.0.0.18"), state = backup, some = router, spoil = (bytes: Uint8Array) => bytes } = {},
): Received {
  const payload = spoil(encodeAdvertisement({ ...advertisement, ...change }, { from: PEER, to }));
  return receive(some, state, { from: PEER, to, ttl, payload });
}

/** Sets a byte and mends the checksum, so that only the byte is wrong. */
function poke(offset: number, value: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const copy = Uint8Array.from(bytes);
    copy.set([0, 0], 6);
    copy.set([value], offset);
    const sum = checksum(copy);
    copy.set([sum >> 8, sum & 0xff], 6);
    return copy;
  };
}

const dropped = (problem: object): object => ({ type: "dropped", problem });

test("an advertisement as configured is accepted", () => {
  expect(hear({})).toEqual({ type: "accepted", advertisement, checksum: "addresses", problem: undefined });
});

test("addresses may come in another order", () => {
  const some: VrrpParameters = { ...router, addresses: [ip("192.0.2.254"), ip("192.0.2.253")] };
  const addresses = [ip("192.0.2.253"), ip("192.0.2.254")];
  expect(hear({ addresses }, { some })).toMatchObject({ type: "accepted", problem: undefined });
});

test.each<[string, VrrpState]>([
  ["init", INIT],
  ["fault", { name: "fault", pending: false }],
])("nobody listens in %s", (_, state) => {
  expect(hear({}, { state })).toEqual({ type: "ignored" });
});

test("too short for a header: dropped", () => {
  expect(hear({}, { spoil: (bytes) => bytes.subarray(0, 7), ttl: 1 })).toEqual(
    dropped({ reason: "truncated", found: 7 }),
  );
});

test("another length than its own count says: dropped, with the length expected", () => {
  const problem = { reason: "length", found: 19, expected: 20 };
  expect(hear({}, { spoil: (bytes) => bytes.subarray(0, 19) })).toEqual(dropped(problem));
});

test("a TTL below 255 has passed a router: dropped, whatever else is wrong", () => {
  expect(hear({}, { ttl: 254 })).toEqual(dropped({ reason: "ttl", found: 254 }));
  expect(hear({}, { ttl: 254, spoil: poke(0, 0x51) })).toEqual(dropped({ reason: "ttl", found: 254 }));
});

test("another version, type or authentication type, or a bad checksum: dropped", () => {
  expect(hear({}, { spoil: poke(0, 0x51) })).toEqual(dropped({ reason: "version", found: 5 }));
  expect(hear({}, { spoil: poke(0, 0x22) })).toEqual(dropped({ reason: "type", found: 2 }));
  expect(hear({}, { spoil: poke(4, 7) })).toEqual(dropped({ reason: "auth-type", found: 7 }));
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 2 ? byte ^ 1 : byte));
  expect(hear({}, { spoil: flip })).toMatchObject(dropped({ reason: "checksum" }));
});

test("authentication of another type: dropped, both ways", () => {
  const open: VrrpParameters = { ...router, authentication: { type: "none" } };
  expect(hear({ authentication: { type: "none" } })).toEqual(dropped({ reason: "auth-mismatch", found: "none" }));
  expect(hear({}, { some: open })).toEqual(dropped({ reason: "auth-mismatch", found: "pass" }));
  expect(hear({ authentication: { type: "none" } }, { some: open }).type).toBe("accepted");
});

test("another password: dropped", () => {
  expect(hear({ authentication: { type: "pass", password: "1112" } })).toEqual(dropped({ reason: "password" }));
});

test("RFC 3768 §7.1: another interval: dropped", () => {
  expect(hear({ interval: seconds(2) })).toEqual(dropped({ reason: "interval", found: seconds(2) }));
});

test("sent to us alone: dropped", () => {
  expect(hear({}, { to: ip("192.0.2.2") })).toEqual(dropped({ reason: "destination" }));
});

test("a strict address owner hears nobody; without strict it does", () => {
  const owner: VrrpParameters = { ...router, priority: 255, basePriority: 255 };
  expect(hear({}, { some: { ...owner, ownerIgnoresAdverts: true }, state: master })).toEqual({ type: "ignored" });
  expect(hear({}, { some: owner, state: master }).type).toBe("accepted");
  expect(hear({}, { some: { ...router, ownerIgnoresAdverts: true } }).type).toBe("accepted");
});

test("RFC 9568 §7.1: other addresses are a problem, but the advertisement is accepted", () => {
  const other = [ip("192.0.2.253")];
  expect(hear({ addresses: other })).toMatchObject({
    type: "accepted",
    problem: { reason: "address-missing", address: "192.0.2.254" },
  });
  expect(hear({ addresses: [...other, ...other] })).toMatchObject({
    type: "accepted",
    problem: { reason: "address-count", found: 2 },
  });
});

test("skip_check_adv_addr: a backup does not compare the addresses of its master, but their number", () => {
  const some: VrrpParameters = { ...router, skipCheckAdvertAddresses: true };
  const other = { addresses: [ip("192.0.2.253")] };
  const known: VrrpState = { ...backup, master: PEER };
  expect(hear(other, { some, state: known })).toMatchObject({ problem: undefined });
  expect(hear({ addresses: [] }, { some, state: known })).toMatchObject({ problem: { reason: "address-count" } });
  expect(hear(other, { some, state: backup })).toMatchObject({ problem: { reason: "address-missing" } });
  expect(hear(other, { some, state: master })).toMatchObject({ problem: { reason: "address-missing" } });
});

const third: VrrpParameters = { ...router, version: 3, authentication: { type: "none" } };
const v3: AdvertisementV3 = {
  version: 3,
  vrid: 51,
  priority: 50,
  interval: seconds(1),
  addresses: [ip("192.0.2.254")],
};
const OWN = ip("192.0.2.2");

interface Way {
  readonly ttl?: number;
  readonly from?: IpAddress;
  readonly to?: IpAddress;
  readonly covered?: IpAddress; // by the checksum, instead of `to`
  readonly form?: "addresses" | "message";
}

function hear3(
  change: Partial<AdvertisementV3>,
  { ttl = 255, to = VRRP_GROUP_V4, from = PEER, covered, form = "addresses" }: Way = {},
  some = third,
): Received {
  const payload = encodeAdvertisement({ ...v3, ...change }, { from, to: covered ?? to }, form);
  return receive(some, backup, { from, to, ttl, payload });
}

test("RFC 9568 §7.1: another version is dropped, both ways", () => {
  expect(hear3({}).type).toBe("accepted");
  expect(hear3({}, {}, router)).toEqual(dropped({ reason: "version", found: 3 }));
  expect(hear({}, { some: third })).toEqual(dropped({ reason: "version", found: 2 }));
  expect(hear({}, { some: third, spoil: poke(4, 9) })).toEqual(dropped({ reason: "version", found: 2 }));
  expect(hear3({}, { ttl: 254 }, router)).toEqual(dropped({ reason: "ttl", found: 254 }));
});

test("RFC 9568 §7.1: version 3 may have another interval, but not none", () => {
  expect(hear3({ interval: seconds(2) })).toMatchObject({ type: "accepted", problem: undefined });
  expect(hear3({ interval: 0 })).toEqual(dropped({ reason: "interval", found: 0 }));
});

test("both checksums of version 3 over IPv4 are accepted, whatever we send", () => {
  const bare: VrrpParameters = { ...third, checksum: { pseudoHeader: false, oldUnicast: "detect" } };
  for (const some of [third, bare]) {
    expect(hear3({}, {}, some)).toMatchObject({ type: "accepted", checksum: "addresses" });
    expect(hear3({}, { form: "message" }, some)).toMatchObject({ type: "accepted", checksum: "message" });
  }
});

const unicast: VrrpParameters = {
  ...third,
  unicast: { peers: [{ address: PEER, minTtl: 64, maxTtl: 255 }], ttl: undefined },
};

test("unicast: a peer is heard at the distance that is configured, and nobody else", () => {
  expect(hear3({}, { to: OWN }, unicast).type).toBe("accepted");
  expect(hear3({}, { to: OWN, ttl: 64 }, unicast).type).toBe("accepted");
  expect(hear3({}, { to: OWN, ttl: 63 }, unicast)).toEqual(
    dropped({ reason: "ttl-range", found: 63, least: 64, most: 255 }),
  );
  expect(hear3({}, { to: OWN, from: ip("192.0.2.9") }, unicast)).toEqual(dropped({ reason: "source" }));
});

test("unicast: what is sent to the group is dropped", () => {
  expect(hear3({}, {}, unicast)).toEqual(dropped({ reason: "destination" }));
});

test("the old checksum of unicast is accepted unless `old_unicast_checksum never`", () => {
  const old = { to: OWN, covered: VRRP_GROUP_V4 };
  const never: VrrpParameters = { ...unicast, checksum: { pseudoHeader: true, oldUnicast: "never" } };
  const always: VrrpParameters = { ...unicast, checksum: { pseudoHeader: true, oldUnicast: "always" } };
  expect(hear3({}, old, unicast)).toMatchObject({ type: "accepted", checksum: "group" });
  expect(hear3({}, old, always)).toMatchObject({ type: "accepted", checksum: "group" });
  expect(hear3({}, { to: OWN }, always)).toMatchObject({ type: "accepted", checksum: "addresses" });
  expect(hear3({}, old, never)).toMatchObject({ type: "dropped", problem: { reason: "checksum" } });
});

test("VRRPv2 over IPv6 says its authentication type, and carries no password", () => {
  const six: VrrpParameters = { ...router, primaryAddress: ip("fe80::2"), addresses: [ip("fe80::100")] };
  const [from, to] = [ip("fe80::3"), ip("ff02::12")];
  const send = (authentication: AdvertisementV2["authentication"]): Received => {
    const payload = encodeAdvertisement({ ...advertisement, authentication, addresses: six.addresses }, { from, to });
    return receive(six, backup, { from, to, ttl: 255, payload });
  };
  expect(send({ type: "pass", password: "other" })).toMatchObject({ type: "accepted", problem: undefined });
  expect(send({ type: "none" })).toEqual(dropped({ reason: "auth-mismatch", found: "none" }));
});
