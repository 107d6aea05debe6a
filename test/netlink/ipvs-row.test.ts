import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { ServerRow, ServiceRow } from "../../src/base/ipvs-row.ts";
import { NLM_F_DUMP } from "../../src/netlink/constants.ts";
import { answers, receive, startConversation } from "../../src/netlink/conversation.ts";
import { ipvsRequests } from "../../src/netlink/ipvs.ts";
import { decodeServerRow, decodeServiceRow, decodeTimeouts, rowRequests } from "../../src/netlink/ipvs-row.ts";
import { golden } from "../golden.ts";

const rows = rowRequests(0x20);
const web: ServiceRow = {
  ...{ family: 4, fwmark: 0, protocol: "tcp", address: ip("10.9.0.100"), port: 81 },
  ...{ scheduler: "rr", flags: 0, timeout: 0, netmask: 0xffff_ffff, engine: "" },
};
const marked: ServiceRow = {
  ...{ family: 6, fwmark: 0xffff_fffe, protocol: "ip", address: ip("::"), port: 0 },
  ...{ scheduler: "sh", flags: 0x11, timeout: 60, netmask: 64, engine: "sip" },
};
const server: ServerRow = {
  ...{ family: 6, address: ip("2001:db8::10"), port: 443, forwarding: "tunnel", weight: 2147483647 },
  ...{ upperThreshold: 65536, lowerThreshold: 7, tunnel: { type: "gue", port: 6080, checksum: "remote" } },
};

test("a plain service is added with the bytes that keepalived sends", () => {
  const same = { protocol: "tcp", address: web.address, port: 81, scheduler: "rr", flags: 0, timeout: 0 } as const;
  expect(rows.addService(web)).toEqual(ipvsRequests(0x20).newService({ ...same, netmask: 32, engine: undefined }));
});

test.each([
  ["by address", web],
  ["by address, with a mask that has a hole", { ...web, flags: 5, timeout: 1, netmask: 0xff00_ff00, protocol: "udp" }],
  ["by mark, of IPv6, with an engine", marked],
] as const)("a service is read as it was asked for: %s", (_, service) => {
  expect(decodeServiceRow(rows.addService(service).body)).toEqual({ ok: true, value: service });
});

test.each(["ipip", "gue", "gre"] as const)("so is a server behind a tunnel: %s", (type) => {
  const tunnel = type === "ipip" ? { type, port: 0, checksum: "none" as const } : { ...server.tunnel, type };
  const asked = { ...server, tunnel };
  expect(decodeServerRow(rows.addServer(web, asked).body, 4)).toEqual({ ok: true, value: asked });
});

test("what is not a tunnel is sent without its attributes", () => {
  const plain: ServerRow = { ...server, forwarding: "masquerade" };
  const { tunnel } = { tunnel: { type: "ipip", port: 0, checksum: "none" } };
  expect(decodeServerRow(rows.addServer(web, plain).body, 4)).toEqual({ ok: true, value: { ...plain, tunnel } });
});

test("the kernel's dumps are read", () => {
  const bodies = (name: string): Uint8Array[] => {
    const dump = startConversation([{ type: 0x20, flags: NLM_F_DUMP, body: new Uint8Array(4) }], 1);
    const datagram = golden(name).slice();
    new DataView(datagram.buffer).setUint32(8, 1, true);
    const [answer] = answers(receive(dump, datagram));
    return answer?.ok ? answer.messages.map(({ body }) => body) : [];
  };
  for (const body of bodies("ipvs-services")) expect(decodeServiceRow(body)).toMatchObject({ ok: true });
  for (const body of bodies("ipvs-destinations")) expect(decodeServerRow(body, 4)).toMatchObject({ ok: true });
});

test("timeouts are read as they were set", () => {
  const timeouts = { tcp: 100, tcpFin: 200, udp: 300 };
  expect(decodeTimeouts(rows.changeTimeouts(timeouts).body)).toEqual({ ok: true, value: timeouts });
});

test("what is no row is dropped with its reason", () => {
  expect(decodeServiceRow(new Uint8Array(2))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeServerRow(new Uint8Array(2), 4)).toEqual({ ok: false, reason: "truncated" });
  expect(decodeTimeouts(new Uint8Array(2))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeServiceRow(new Uint8Array(4))).toEqual({ ok: false, reason: "service" });
  expect(decodeServerRow(new Uint8Array(4), 4)).toEqual({ ok: false, reason: "server" });
});
