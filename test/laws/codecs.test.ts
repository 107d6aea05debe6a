import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, fromByteString, toByteString } from "../../src/base/bytes.ts";
import { checksum } from "../../src/base/checksum.ts";
import { diff } from "../../src/base/diff.ts";
import { compareIp, family, fromBytes, type IpAddress, ip, parseIp, toBytes } from "../../src/base/ip.ts";
import { type IpvsService, PLAIN_TUNNEL, type Tunnel } from "../../src/base/ipvs.ts";
import { formatMac, macBytes, parseMac } from "../../src/base/mac.ts";
import { centiseconds } from "../../src/base/time.ts";
import { addAddress, decodeAddress, type InterfaceAddress } from "../../src/netlink/address.ts";
import { bytesAttribute, decodeAttributes } from "../../src/netlink/attributes.ts";
import { answers, receive, startConversation } from "../../src/netlink/conversation.ts";
import { decodeFamilyId } from "../../src/netlink/genetlink.ts";
import { decodeInfo, ipvsRequests } from "../../src/netlink/ipvs.ts";
import { decodeDestination } from "../../src/netlink/ipvs-destination.ts";
import { decodeService } from "../../src/netlink/ipvs-service.ts";
import { decodeTimeouts } from "../../src/netlink/ipvs-timeouts.ts";
import { decodeLink } from "../../src/netlink/link.ts";
import { decodeMessages, encodeMessages } from "../../src/netlink/message.ts";
import { decodeRoute } from "../../src/netlink/route.ts";
import { decodeRule } from "../../src/netlink/rule.ts";
import { agentxLength, decodeAgentx } from "../../src/wire/agentx.ts";
import { decodeArp, encodeArp } from "../../src/wire/arp.ts";
import { endResponse, HTTP_START, type HttpResponse, readResponse } from "../../src/wire/http.ts";
import { decodeIpv4, encodeIpv4 } from "../../src/wire/ipv4.ts";
import type { Envelope } from "../../src/wire/pseudo-header.ts";
import { type Advertisement, decodeAdvertisement, encodeAdvertisement } from "../../src/wire/vrrp.ts";
import { golden } from "../golden.ts";

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const v4: fc.Arbitrary<IpAddress> = bytes(4).map(fromBytes);
const v6: fc.Arbitrary<IpAddress> = fc
  .array(fc.oneof(fc.constant(0), u16), { minLength: 8, maxLength: 8 })
  .map((words) => fromBytes(Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]))));
const mac = bytes(6).map(formatMac);

/** Arbitrary bytes, and good ones with some bytes changed, cut off or added. */
function malformed(...good: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .record({
      base: fc.constantFrom(...good),
      changes: fc.array(fc.tuple(fc.nat(), u8), { maxLength: 8 }),
      length: fc.nat(),
      tail: fc.uint8Array({ maxLength: 40 }),
    })
    .map(({ base, changes, length, tail }) => {
      const copy = concat(base.subarray(0, length % 3 === 0 ? length % (base.length + 1) : base.length), tail);
      for (const [at, value] of changes) copy[at % Math.max(1, copy.length)] = value;
      return copy;
    });
  return fc.oneof(fc.uint8Array({ maxLength: 600 }), mutated);
}

/** A decoder may say what it likes of any input, but must return. */
function neverThrows(input: fc.Arbitrary<Uint8Array>, decode: (bytes: Uint8Array) => unknown): void {
  fc.assert(
    fc.property(input, (data) => void decode(data)),
    { numRuns: 500 },
  );
}

test("addresses: text and bytes are each other's inverse, and order is that of the bytes", () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), (address) => {
      expect(parseIp(address)).toBe(address);
      expect(fromBytes(toBytes(address))).toBe(address);
      expect(compareIp(address, address)).toBe(0);
    }),
  );
  fc.assert(
    fc.property(u32, u32, (a, b) => {
      const at = (n: number): IpAddress => fromBytes(Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n));
      expect(Math.sign(compareIp(at(a), at(b)))).toBe(Math.sign(a - b));
    }),
  );
  fc.assert(
    fc.property(mac, (address) => {
      expect(parseMac(address)).toBe(address);
      expect(formatMac(macBytes(address))).toBe(address);
    }),
  );
});

test("no text makes an address throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => void parseIp(text)));
});

test("byte strings lose nothing", () => {
  fc.assert(fc.property(fc.uint8Array(), (data) => void expect(fromByteString(toByteString(data))).toEqual(data)));
});

test("a message with its checksum in it sums to zero", () => {
  const even = fc.uint8Array({ minLength: 2, maxLength: 100 }).filter((data) => data.length % 2 === 0);
  fc.assert(
    fc.property(even, (data) => {
      const sum = checksum(data);
      expect(checksum(data, Uint8Array.of(sum >> 8, sum & 0xff))).toBe(0);
    }),
  );
});

test("a difference, applied, makes the wanted table", () => {
  const table = fc.uniqueArray(fc.record({ key: u8, value: u8 }), { selector: ({ key }) => key });
  fc.assert(
    fc.property(table, table, (have, want) => {
      const { added, changed, removed } = diff(have, want, {
        key: ({ key }) => `${key}`,
        same: (a, b) => a.value === b.value,
      });
      const result = new Map(have.map((row) => [row.key, row.value]));
      for (const { key } of removed) expect(result.delete(key)).toBe(true);
      for (const { from, to } of changed) expect(result.get(to.key)).toBe(from.value);
      for (const { to } of changed) result.set(to.key, to.value);
      for (const { key, value } of added) result.set(key, value);
      expect(result).toEqual(new Map(want.map((row) => [row.key, row.value])));
    }),
  );
});

const envelope: fc.Arbitrary<Envelope> = fc.oneof(fc.record({ from: v4, to: v4 }), fc.record({ from: v6, to: v6 }));
const v2Advertisement = fc.record({
  version: fc.constant(2 as const),
  vrid: u8,
  priority: u8,
  interval: u8.map((n) => n * 1_000_000),
  authentication: fc.oneof(
    fc.constant({ type: "none" as const }),
    fc.uint8Array({ maxLength: 8 }).map((data) => ({
      type: "pass" as const,
      password: toByteString(data).replace(/\0+$/, ""),
    })),
  ),
  addresses: fc.array(v4, { maxLength: 255 }),
});
const v3Advertisement = fc.record({
  version: fc.constant(3 as const),
  vrid: u8,
  priority: u8,
  interval: fc.integer({ min: 0, max: 4095 }).map(centiseconds),
  addresses: fc.constant([]),
});
const advertisement: fc.Arbitrary<readonly [Advertisement, Envelope]> = envelope.chain((between) =>
  family(between.from) === 4
    ? fc.tuple(fc.oneof(v2Advertisement, withAddresses(v3Advertisement, v4)), fc.constant(between))
    : fc.tuple(withAddresses(fc.oneof(v3Advertisement, v2Advertisement.map(open)), v6), fc.constant(between)),
);

function withAddresses<T extends Advertisement>(some: fc.Arbitrary<T>, of: fc.Arbitrary<IpAddress>): fc.Arbitrary<T> {
  return fc.tuple(some, fc.array(of, { maxLength: 255 })).map(([value, addresses]) => ({ ...value, addresses }));
}

/** As IPv6 carries it. */
function open<T extends { authentication: unknown }>(value: T) {
  return { ...value, authentication: { type: "none" as const } };
}

test("VRRP: decoding is the inverse of encoding, over both families", () => {
  fc.assert(
    fc.property(advertisement, fc.boolean(), ([value, between], bare) => {
      const message = encodeAdvertisement(value, between, bare ? "message" : "addresses");
      expect(decodeAdvertisement(message, between, ip("224.0.0.18"))).toMatchObject({ ok: true, value });
    }),
  );
});

test("IPv4: decoding is the inverse of encoding, padded or not", () => {
  const packet = fc.record({
    from: v4,
    to: v4,
    protocol: u8,
    ttl: u8,
    tos: u8,
    id: u16,
    payload: fc.uint8Array({ maxLength: 100 }),
  });
  fc.assert(
    fc.property(packet, fc.nat({ max: 46 }), (value, padding) => {
      expect(decodeIpv4(concat(encodeIpv4(value), new Uint8Array(padding)))).toEqual({ ok: true, value });
    }),
  );
});

test("ARP: decoding is the inverse of encoding", () => {
  const packet = fc.record({
    destination: mac,
    source: mac,
    operation: fc.constantFrom("request" as const, "reply" as const),
    senderMac: mac,
    senderIp: v4,
    targetMac: mac,
    targetIp: v4,
  });
  fc.assert(fc.property(packet, (value) => void expect(decodeArp(encodeArp(value))).toEqual({ ok: true, value })));
});

test("netlink: decoding is the inverse of encoding", () => {
  const message = fc.record({ type: u16, flags: u16, sequence: u32, body: fc.uint8Array({ maxLength: 50 }) });
  fc.assert(fc.property(fc.array(message), (list) => void expect(decodeMessages(encodeMessages(list))).toEqual(list)));
  const attributes = fc.dictionary(fc.nat({ max: 0x3fff }).map(String), fc.uint8Array({ maxLength: 50 }));
  fc.assert(
    fc.property(attributes, (values) => {
      const list = Object.entries(values).map(([type, value]) => [Number(type), value] as const);
      const encoded = concat(...list.map(([type, value]) => bytesAttribute(type, value)));
      expect(decodeAttributes(encoded)).toEqual(new Map(list));
    }),
  );
});

test("addresses of interfaces: decoding is the inverse of encoding", () => {
  const own = <T extends 4 | 6>(family: T, address: fc.Arbitrary<IpAddress>): fc.Arbitrary<InterfaceAddress> =>
    fc.record({
      family: fc.constant(family),
      ifindex: u32,
      address,
      peer: fc.constant(undefined),
      prefixLength: fc.integer({ min: 0, max: 32 }),
      scope: u8,
      label: fc.option(
        fc.string({ minLength: 1, maxLength: 15 }).filter((text) => !text.includes("\0")),
        {
          nil: undefined,
        },
      ),
      broadcast: fc.option(address, { nil: undefined }),
      flags: u32,
      preferredLifetime: u32,
    });
  fc.assert(
    fc.property(fc.oneof(own(4, v4), own(6, v6)), (value) => {
      expect(decodeAddress(addAddress(value).body)).toEqual({ ok: true, value });
    }),
  );
});

test("IPVS: decoding is the inverse of encoding", () => {
  const ipvs = ipvsRequests(0x20);
  const [narrow, wide] = [fc.integer({ min: 0, max: 32 }), fc.integer({ min: 1, max: 128 })];
  const protocol = fc.constantFrom("tcp" as const, "udp" as const, "sctp" as const);
  const service = fc.oneof(
    fc.record({ protocol, address: v4, port: u16, netmask: narrow }),
    fc.record({ protocol, address: v6, port: u16, netmask: wide }),
    fc.record({ fwmark: u32, family: fc.constant(4 as const), netmask: narrow }),
    fc.record({ fwmark: u32, family: fc.constant(6 as const), netmask: wide }),
  );
  const options = fc.record({
    scheduler: fc.constantFrom("rr", "wrr", "lblcr", "a-long-name-15c"),
    flags: fc.constantFrom(0, 4, 8, 0x10, 0x3c),
    timeout: fc.oneof(fc.constant(0), u32),
    engine: fc.constantFrom(undefined, "sip", "fifteen-letters"),
  });
  const tunnel: fc.Arbitrary<Tunnel> = fc.oneof(
    fc.constant(PLAIN_TUNNEL),
    fc.record({ type: fc.constant("gue"), port: u16, checksum: fc.constantFrom("none", "full", "remote") }),
    fc.record({ type: fc.constant("gre"), port: fc.constant(0), checksum: fc.constantFrom("none", "full") }),
  );
  const destination = fc.record({
    address: fc.oneof(v4, v6),
    port: u16,
    forwarding: fc.constantFrom("nat" as const, "dr" as const, "tun" as const, "local" as const, "bypass" as const),
    weight: fc.integer({ min: 0, max: 0x7fff_ffff }),
    upperThreshold: u32,
    lowerThreshold: u32,
  });
  fc.assert(
    fc.property(service, options, destination, tunnel, (where, { engine, ...how }, plain, wrapped) => {
      const persistent = how.timeout > 0;
      const flags = persistent ? how.flags | 1 : how.flags;
      const value: IpvsService = { ...where, ...how, flags, engine: persistent ? engine : undefined };
      const server = { ...plain, tunnel: plain.forwarding === "tun" ? wrapped : undefined };
      expect(decodeService(ipvs.newService(value).body)).toEqual({ ok: true, value });
      expect(decodeDestination(ipvs.newDestination(value, server).body)).toEqual({ ok: true, value: server });
    }),
  );
  fc.assert(
    fc.property(fc.record({ tcp: u32, tcpFin: u32, udp: u32 }), (value) => {
      expect(decodeTimeouts(ipvs.writeTimeouts(value).body)).toEqual({ ok: true, value });
    }),
  );
});

test("VRRP, IPv4 and ARP never throw", () => {
  const packets = ["vrrp-v2-none", "vrrp-v2-pass", "vrrp-v2-resign", "vrrp-v3"].map(golden);
  neverThrows(malformed(...packets), decodeIpv4);
  const messages = malformed(...packets.map((packet) => packet.subarray(20)));
  neverThrows(messages, (data) =>
    decodeAdvertisement(data, { from: ip("10.9.0.1"), to: ip("10.9.0.2") }, ip("224.0.0.18")),
  );
  neverThrows(messages, (data) => decodeAdvertisement(data, { from: ip("fe80::1"), to: ip("ff02::12") }));
  neverThrows(malformed(golden("arp-gratuitous")), decodeArp);
});

test("AgentX never throws", () => {
  const packets = ["get", "get-next", "get-response", "test-set", "open-response"].map((name) =>
    golden(`agentx-${name}`),
  );
  neverThrows(malformed(...packets), decodeAgentx);
  neverThrows(malformed(...packets), agentxLength);
});

test("netlink never throws", () => {
  const dumps = ["netlink-links", "netlink-addresses", "ipvs-services", "ipvs-destinations-v6"].map(golden);
  const bodies = (name: string): Uint8Array[] => decodeMessages(golden(name)).map(({ body }) => body);
  neverThrows(malformed(...dumps), decodeMessages);
  neverThrows(malformed(...bodies("netlink-links")), decodeLink);
  neverThrows(malformed(...bodies("netlink-addresses")), decodeAddress);
  neverThrows(malformed(...bodies("netlink-newroute")), decodeRoute);
  neverThrows(malformed(...bodies("netlink-newrule")), decodeRule);
  neverThrows(malformed(...bodies("ipvs-services"), ...bodies("ipvs-services-marked")), decodeService);
  neverThrows(malformed(...bodies("ipvs-destinations-tunnel")), decodeDestination);
  neverThrows(malformed(...bodies("ipvs-timeouts")), decodeTimeouts);
  neverThrows(malformed(...bodies("ipvs-destinations"), ...bodies("ipvs-destinations-v6")), decodeDestination);
  neverThrows(malformed(...bodies("ipvs-info")), decodeInfo);
  neverThrows(malformed(...bodies("genetlink-family")), (body) => decodeFamilyId([{ body }]));
});

test("a conversation never throws, whatever is received", () => {
  const datagrams = ["netlink-error", "netlink-error-capped", "netlink-ack", "netlink-addresses"].map(golden);
  const request = { type: 20, flags: 0, body: new Uint8Array() };
  const start = startConversation([request, request, request], 2);
  fc.assert(
    fc.property(fc.array(malformed(...datagrams), { maxLength: 6 }), (received) => {
      const conversation = received.reduce(receive, start);
      expect(answers(conversation)).toHaveLength(3);
    }),
  );
});

const responses = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.0 200 OK\r\n\r\nhello world",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nA: b\r\n\r\n",
].map(fromByteString);

/** Reads a response cut into pieces at these places. */
function readInPieces(
  data: Uint8Array,
  cuts: readonly number[],
): { response: HttpResponse; raw: string; body: string } {
  const places = [...cuts.map((cut) => cut % (data.length + 1)), data.length].sort((a, b) => a - b);
  let response = HTTP_START;
  let raw = "";
  let body = "";
  let from = 0;
  for (const to of places) {
    const step = readResponse(response, data.subarray(from, to));
    raw += toByteString(step.raw);
    body += toByteString(concat(...step.body));
    response = step.response;
    from = to;
  }
  return { response: endResponse(response), raw, body };
}

test("HTTP never throws, and where the pieces are cut makes no difference", () => {
  fc.assert(
    fc.property(malformed(...responses), fc.array(fc.nat(), { maxLength: 10 }), (data, cuts) => {
      const whole = readInPieces(data, []);
      const pieces = readInPieces(data, cuts);
      expect(pieces.response).toEqual(whole.response);
      if (whole.response.name === "done") expect(pieces).toEqual(whole);
    }),
    { numRuns: 1000 },
  );
});
