import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { IpvsDestination, IpvsService, IpvsSyncDaemon } from "../../src/base/ipvs.ts";
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
import { decodeDestination, decodeInfo, decodeService, ipvsRequests } from "../../src/netlink/ipvs.ts";
import { decodeSyncDaemon } from "../../src/netlink/ipvs-daemon.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { fromHex, golden } from "../golden.ts";

const ipvs = ipvsRequests(0x20);

const web: IpvsService = {
  protocol: "tcp",
  address: ip("10.9.0.100"),
  port: 81,
  scheduler: "rr",
  flags: 0,
  timeout: 0,
  netmask: 32,
};
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
};
const server: IpvsDestination = {
  address: ip("10.9.0.12"),
  port: 80,
  forwarding: "nat",
  weight: 3,
  upperThreshold: 100,
  lowerThreshold: 50,
};
const direct: IpvsDestination = {
  address: ip("10.9.0.11"),
  port: 53,
  forwarding: "dr",
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
const tunnelled: IpvsDestination = { ...direct, address: ip("2001:db8::b"), port: 80, forwarding: "tun", weight: 0 };

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

test("services of the kernel are read, and those of others left alone", () => {
  expect(new Set(dumped(ipvs.dumpServices(), "ipvs-services").map(decodeService))).toEqual(
    new Set([
      { ok: true, value: web },
      { ok: true, value: dns },
      { ok: true, value: v6 },
      { ok: false, reason: "fwmark" },
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
    const value = { ...server, forwarding };
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
  ["fwmark", service({ protocol: u32Attribute(5, 9) })],
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
