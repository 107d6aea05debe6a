import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import {
  type IpvsDestination,
  type IpvsService,
  type IpvsSyncDaemon,
  PLAIN_TUNNEL,
  type Tunnel,
} from "../../src/base/ipvs.ts";
import {
  be16Attribute,
  bytesAttribute,
  nestedAttribute,
  stringAttribute,
  u16Attribute,
  u32Attribute,
} from "../../src/netlink/attributes.ts";
import { NLM_F_DUMP } from "../../src/netlink/constants.ts";
import { answers, type Request, receive, startConversation } from "../../src/netlink/conversation.ts";
import { genericBody } from "../../src/netlink/genetlink.ts";
import { decodeInfo, ipvsRequests } from "../../src/netlink/ipvs.ts";
import { decodeSyncDaemon } from "../../src/netlink/ipvs-daemon.ts";
import { decodeDestination } from "../../src/netlink/ipvs-destination.ts";
import { decodeService } from "../../src/netlink/ipvs-service.ts";
import { decodeTimeouts } from "../../src/netlink/ipvs-timeouts.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { fromHex, golden } from "../golden.ts";

const ipvs = ipvsRequests(0x20);

const web = {
  protocol: "tcp",
  address: ip("10.9.0.100"),
  port: 81,
  scheduler: "rr",
  flags: 0,
  timeout: 0,
  netmask: 32,
  engine: undefined,
} as const satisfies IpvsService;
const dns: IpvsService = {
  ...web,
  protocol: "udp",
  port: 53,
  scheduler: "wlc",
  flags: 0x5, // persistent, one packet
  timeout: 50,
  netmask: 24,
};
const v6: IpvsService = {
  protocol: "sctp",
  address: ip("2001:db8::64"),
  port: 80,
  scheduler: "sh",
  flags: 0x11, // persistent, sh-port
  timeout: 60,
  netmask: 64,
  engine: undefined,
};
const server: IpvsDestination = {
  address: ip("10.9.0.12"),
  port: 80,
  forwarding: "nat",
  tunnel: undefined,
  weight: 3,
  upperThreshold: 100,
  lowerThreshold: 50,
};
const direct: IpvsDestination = {
  address: ip("10.9.0.11"),
  port: 53,
  forwarding: "dr",
  tunnel: undefined,
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
};
const backup: IpvsSyncDaemon = {
  state: "backup",
  interface: "eth7",
  id: 51,
  maxLength: undefined,
  port: 8848,
  ttl: 1,
  group: ip("224.0.0.81"),
};
const master: IpvsSyncDaemon = {
  ...{ state: "master", interface: "eth7", id: 9, maxLength: 1400, port: 9000, ttl: 3, group: ip("224.0.0.99") },
};
const tunnelled: IpvsDestination = {
  ...{ ...direct, address: ip("2001:db8::b"), port: 80, forwarding: "tun", tunnel: PLAIN_TUNNEL, weight: 0 },
};
const MANNER = { scheduler: "rr", flags: 1, timeout: 50, netmask: 32, engine: "sip" };
const mark: IpvsService = { fwmark: 9, family: 4, ...MANNER };
const mark6: IpvsService = { ...mark, fwmark: 8, family: 6, timeout: 60, netmask: 128, engine: undefined };
const sip: IpvsService = { protocol: "udp", address: ip("10.78.3.1"), port: 5060, ...MANNER };
const tun: IpvsService = { ...web, address: ip("10.78.4.1"), port: 80 };
const wrapped = (host: string, tunnel: Tunnel): IpvsDestination => ({
  ...{ ...direct, address: ip(host), port: 80, forwarding: "tun", tunnel },
});
const gue = wrapped("10.88.0.11", { type: "gue", port: 6080, checksum: "full" });
const gre = wrapped("10.88.0.12", { type: "gre", port: 0, checksum: "full" });
const remote = wrapped("10.88.0.13", { type: "gue", port: 6081, checksum: "remote" });
const other = wrapped("2001:db8:88::15", PLAIN_TUNNEL);

test.each<[string, Request]>([
  ["ipvs-getinfo", ipvs.getInfo()],
  ["ipvs-new-daemon", ipvs.newDaemon(backup)],
  ["ipvs-new-daemon-options", ipvs.newDaemon(master)],
  ["ipvs-delete-daemon", ipvs.deleteDaemon(backup)],
  ["ipvs-new-service", ipvs.newService(web)],
  ["ipvs-new-service-persistent", ipvs.newService(dns)],
  ["ipvs-new-service-v6", ipvs.newService(v6)],
  ["ipvs-new-destination", ipvs.newDestination(web, server)],
  ["ipvs-new-destination-persistent", ipvs.newDestination(dns, direct)],
  ["ipvs-new-destination-v6", ipvs.newDestination(v6, tunnelled)],
  ["ipvs-new-service-fwmark", ipvs.newService(mark)],
  ["ipvs-new-service-fwmark6", ipvs.newService(mark6)],
  ["ipvs-new-service-engine", ipvs.newService(sip)],
  ["ipvs-new-destination-fwmark", ipvs.newDestination(mark, { ...direct, address: ip("10.88.0.11"), port: 0 })],
  ["ipvs-new-destination-gue", ipvs.newDestination(tun, gue)],
  ["ipvs-new-destination-gre", ipvs.newDestination(tun, gre)],
  ["ipvs-new-destination-remcsum", ipvs.newDestination(tun, remote)],
  ["ipvs-new-destination-other-family", ipvs.newDestination(tun, other)],
  ["ipvs-get-timeouts", ipvs.readTimeouts()],
  ["ipvs-set-timeouts", ipvs.writeTimeouts({ tcp: 1000, tcpFin: 100, udp: 44 })],
  ["ipvs-delete-destination", ipvs.deleteDestination(web, server)],
  ["ipvs-delete-service", ipvs.deleteService(dns)],
])("requests have the bytes of keepalived 2.2.7: %s", (name, { type, flags, body }) => {
  const [captured] = decodeMessages(golden(name));
  expect({ type, flags: flags | 5, body }).toEqual({
    type: captured?.type,
    flags: captured?.flags,
    body: captured?.body,
  });
});

test("changes differ from additions in their command alone", () => {
  expect(ipvs.setService(web).body).toEqual(ipvs.newService(web).body.with(0, 2));
  expect(ipvs.setDestination(web, server).body).toEqual(ipvs.newDestination(web, server).body.with(0, 6));
});

test("dumps and the flush", () => {
  expect(ipvs.dumpServices()).toEqual({ type: 0x20, flags: NLM_F_DUMP, body: fromHex("04010000") });
  expect(ipvs.dumpDestinations(web)).toEqual({
    type: 0x20,
    flags: NLM_F_DUMP,
    body: ipvs.newService(web).body.with(0, 8),
  });
  expect(ipvs.flush()).toEqual({ type: 0x20, flags: 0, body: fromHex("11010000") });
});

test("the flag of persistence follows the timeout", () => {
  expect(ipvs.newService({ ...dns, flags: 4 })).toEqual(ipvs.newService(dns));
  expect(ipvs.newService({ ...web, flags: 1 })).toEqual(ipvs.newService(web));
});

/** The messages of a dump that the kernel answered with this datagram. */
function dumped(request: Request, name: string): readonly Uint8Array[] {
  const start = startConversation([request], 0x6b01_6ab1);
  const done = fromHex("14000000 0300 0200 b16a016b 00000000 00000000");
  return answers(receive(receive(start, golden(name)), done)).flatMap((answer) =>
    answer.ok ? answer.messages.map(({ body }) => body) : [],
  );
}

test("services of the kernel are read", () => {
  expect(new Set(dumped(ipvs.dumpServices(), "ipvs-services").map(decodeService))).toEqual(
    new Set([
      { ok: true, value: web },
      { ok: true, value: dns },
      { ok: true, value: v6 },
      { ok: true, value: { ...mark, flags: 0, timeout: 0, engine: undefined } },
    ]),
  );
});

test("destinations of the kernel are read", () => {
  expect(dumped(ipvs.dumpDestinations(web), "ipvs-destinations").map(decodeDestination)).toEqual([
    { ok: true, value: server },
    { ok: true, value: { ...server, address: "10.9.0.11", weight: 1, upperThreshold: 0, lowerThreshold: 0 } },
  ]);
  expect(dumped(ipvs.dumpDestinations(v6), "ipvs-destinations-v6").map(decodeDestination)).toEqual([
    { ok: true, value: tunnelled },
  ]);
});

/** The messages of a part of an answer. */
function bodies(name: string): readonly Uint8Array[] {
  return decodeMessages(golden(name)).map(({ body }) => body);
}

test("services by mark and their persistence engine are read", () => {
  const values = [mark6, mark, sip].map((value) => ({ ok: true, value }));
  expect(bodies("ipvs-services-marked").map(decodeService)).toEqual(values);
});

test("tunnels are read with type, port and checksum, servers of the other family too", () => {
  const bare = wrapped("10.88.0.14", { type: "gre", port: 0, checksum: "none" });
  const values = [other, bare, remote, gre, gue].map((value) => ({ ok: true, value }));
  expect(bodies("ipvs-destinations-tunnel").map(decodeDestination)).toEqual(values);
});

test("a kernel that says nothing of tunnels has IPIP tunnels", () => {
  const [body] = bodies("ipvs-destinations-tunnel");
  const old = destination({ method: u32Attribute(3, 2) });
  expect(decodeDestination(body ?? old)).toMatchObject({ value: { tunnel: PLAIN_TUNNEL } });
  expect(decodeDestination(old)).toMatchObject({ value: { tunnel: PLAIN_TUNNEL } });
});

test("the answer to GET_CONFIG is read", () => {
  expect(bodies("ipvs-timeouts").map(decodeTimeouts)).toEqual([
    { ok: true, value: { tcp: 800, tcpFin: 100, udp: 200 } },
  ]);
  expect(decodeTimeouts(fromHex("0c"))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeTimeouts(genericBody(12, 1, u32Attribute(4, 1)))).toEqual({ ok: false, reason: "incomplete" });
});

test("spec §4.7: NEW_SERVICE and NEW_DEST byte for byte", () => {
  const service =
    "54000180 0600010002000000 0600020006000000 140003000a090064000000000000000000000000 0600040000510000 0700060072720000 0c00070000000000ffffffff 0800080000000000 08000900ffffffff";
  const server =
    "48000280 06000b0002000000 140001000a09000b000000000000000000000000 0600020000500000 0800030000000000 0800040001000000 0800050000000000 0800060000000000";
  expect(ipvs.newService(web).body).toEqual(fromHex(`01010000${service}`));
  const first = { ...direct, address: ip("10.9.0.11"), port: 80, forwarding: "nat" } as const;
  expect(ipvs.newDestination(web, first).body).toEqual(fromHex(`05010000${service}${server}`));
});

test("the answer to GET_INFO is read", () => {
  const [message] = decodeMessages(golden("ipvs-info"));
  expect(decodeInfo(message?.body ?? new Uint8Array())).toEqual({
    ok: true,
    value: { version: 0x010201, connectionTableSize: 4096 },
  });
});

test("every protocol and every way of forwarding comes back", () => {
  for (const protocol of ["tcp", "udp", "sctp"] as const) {
    expect(decodeService(ipvs.newService({ ...web, protocol }).body)).toEqual({
      ok: true,
      value: { ...web, protocol },
    });
  }
  for (const forwarding of ["nat", "dr", "tun", "local", "bypass"] as const) {
    const value = { ...server, forwarding, tunnel: forwarding === "tun" ? PLAIN_TUNNEL : undefined };
    expect(decodeDestination(ipvs.newDestination(web, value).body)).toEqual({ ok: true, value });
  }
});

test("every prefix length of IPv4 comes back", () => {
  for (let netmask = 0; netmask <= 32; netmask++) {
    expect(decodeService(ipvs.newService({ ...dns, netmask }).body)).toEqual({ ok: true, value: { ...dns, netmask } });
  }
});

test("HASHED is the kernel's own flag, and a timeout without PERSISTENT is none", () => {
  expect(decodeService(service({ flags: u32Attribute(7, 2), timeout: u32Attribute(8, 50) }))).toEqual({
    ok: true,
    value: web,
  });
});

type Parts = Partial<Record<keyof typeof serviceParts, Uint8Array>>;
const serviceParts = {
  af: u16Attribute(1, 2),
  protocol: u16Attribute(2, 6),
  address: bytesAttribute(3, fromHex("0a090064")),
  port: be16Attribute(4, 81),
  scheduler: stringAttribute(6, "rr"),
  flags: u32Attribute(7, 0),
  timeout: u32Attribute(8, 0),
  netmask: bytesAttribute(9, fromHex("ffffffff")),
};
const none = new Uint8Array();

function service(change: Parts): Uint8Array {
  return genericBody(1, 1, nestedAttribute(1, ...Object.values({ ...serviceParts, ...change })));
}

test.each<[string, Uint8Array]>([
  ["truncated", fromHex("0101")],
  ["service", genericBody(1, 1)],
  ["family", service({ af: none })],
  ["family", service({ af: u16Attribute(1, 3) })],
  ["incomplete", service({ protocol: u32Attribute(5, 9), netmask: none })],
  ["protocol", service({ protocol: u16Attribute(2, 47) })],
  ["protocol", service({ protocol: none })],
  ["incomplete", service({ address: none })],
  ["incomplete", service({ port: none })],
  ["incomplete", service({ scheduler: none })],
  ["incomplete", service({ flags: none })],
  ["incomplete", service({ timeout: none })],
  ["incomplete", service({ netmask: none })],
])("a service is dropped: %s", (reason, body) => {
  expect(decodeService(body)).toEqual({ ok: false, reason });
});

const destinationParts = {
  af: u16Attribute(11, 2),
  address: bytesAttribute(1, fromHex("0a09000c")),
  port: be16Attribute(2, 80),
  method: u32Attribute(3, 0),
  weight: u32Attribute(4, 1),
  upper: u32Attribute(5, 0),
  lower: u32Attribute(6, 0),
};

function destination(change: Partial<Record<keyof typeof destinationParts, Uint8Array>>): Uint8Array {
  return genericBody(5, 1, nestedAttribute(2, ...Object.values({ ...destinationParts, ...change })));
}

test.each<[string, Uint8Array]>([
  ["truncated", fromHex("0501")],
  ["destination", genericBody(5, 1)],
  ["family", destination({ af: none })],
  ["forwarding", destination({ method: u32Attribute(3, 7) })],
  ["incomplete", destination({ address: none })],
  ["incomplete", destination({ port: none })],
  ["incomplete", destination({ method: none })],
  ["incomplete", destination({ weight: none })],
  ["incomplete", destination({ upper: none })],
  ["incomplete", destination({ lower: none })],
])("a destination is dropped: %s", (reason, body) => {
  expect(decodeDestination(body)).toEqual({ ok: false, reason });
});

test("of a forwarding method only the kernel's mask counts", () => {
  expect(decodeDestination(destination({ method: u32Attribute(3, 0x103) }))).toMatchObject({
    ok: true,
    value: { forwarding: "dr" },
  });
});

test.each<[string, Uint8Array]>([
  ["truncated", none],
  ["incomplete", genericBody(14, 1, u32Attribute(2, 4096))],
  ["incomplete", genericBody(14, 1, u32Attribute(1, 0x010201))],
])("an answer to GET_INFO is dropped: %s", (reason, body) => {
  expect(decodeInfo(body)).toEqual({ ok: false, reason });
});

test.each<[string, IpvsSyncDaemon]>([
  ["ipvs-daemons", { ...backup, maxLength: 1472 }], // the kernel says what it chose
  ["ipvs-daemons-options", master],
])("%s is read", (name, daemon) => {
  const [message] = decodeMessages(golden(name));
  expect(decodeSyncDaemon(message?.body ?? new Uint8Array())).toEqual({ ok: true, value: daemon });
});

test("an IPv6 group has an attribute of its own, and comes back", () => {
  const { body } = ipvs.newDaemon({ ...backup, group: ip("ff02::51") });
  expect(decodeSyncDaemon(body)).toEqual({ ok: true, value: { ...backup, group: ip("ff02::51") } });
});

test.each([
  ["truncated", fromHex("0b01")],
  ["daemon", genericBody(9, 1)],
  ["state", genericBody(9, 1, nestedAttribute(3, u32Attribute(1, 3)))],
  ["incomplete", genericBody(9, 1, nestedAttribute(3, u32Attribute(1, 1), stringAttribute(2, "eth0")))],
  ["incomplete", genericBody(9, 1, nestedAttribute(3, u32Attribute(1, 1), u32Attribute(3, 1)))],
])("what is no sync daemon is %s", (reason, body) => {
  expect(decodeSyncDaemon(body)).toEqual({ ok: false, reason });
});
