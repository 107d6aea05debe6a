import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { checksum } from "../../src/base/checksum.ts";
import { ip } from "../../src/base/ip.ts";
import { decodeIpv4, encodeIpv4, IPV4_HEADER, type Ipv4Packet, TOS_CS6 } from "../../src/wire/ipv4.ts";
import { golden } from "../golden.ts";

const packet: Ipv4Packet = {
  from: ip("192.0.2.1"),
  to: ip("224.0.0.18"),
  protocol: 112,
  ttl: 255,
  tos: TOS_CS6,
  id: 1,
  payload: Uint8Array.of(1, 2, 3),
};
const good = encodeIpv4(packet);

/** The good packet with one byte changed. */
function changed(at: number, value: number): Uint8Array {
  return good.with(at, value);
}

test.each(["vrrp-v2-none", "vrrp-v2-none-second", "vrrp-v2-pass", "vrrp-v2-resign"])(
  "the header of keepalived 2.2.7 is read and written byte for byte: %s",
  (name) => {
    const bytes = golden(name);
    const decoded = decodeIpv4(bytes);
    expect(decoded).toMatchObject({ ok: true, value: { to: "224.0.0.18", protocol: 112, ttl: 255, tos: TOS_CS6 } });
    expect(decoded.ok && encodeIpv4(decoded.value)).toEqual(bytes);
  },
);

test("what was encoded is decoded, and its header checksum is right", () => {
  expect(decodeIpv4(good)).toEqual({ ok: true, value: packet });
  expect(checksum(good.subarray(0, IPV4_HEADER))).toBe(0);
});

test("Ethernet padding behind the packet is cut off", () => {
  expect(decodeIpv4(concat(good, new Uint8Array(23)))).toEqual({ ok: true, value: packet });
});

test("options are skipped", () => {
  const bytes = concat(good.subarray(0, 20), Uint8Array.of(1, 1, 1, 1), packet.payload);
  bytes[0] = 0x46;
  bytes[3] = bytes.length;
  expect(decodeIpv4(bytes)).toEqual({ ok: true, value: packet });
});

test("the bits DF and reserved do not make a fragment", () => {
  expect(decodeIpv4(changed(6, 0xc0)).ok).toBe(true);
});

test.each([
  ["truncated", good.subarray(0, 19)],
  ["version", changed(0, 0x65)],
  ["header-length", changed(0, 0x44)],
  ["length", changed(3, 19)],
  ["length", changed(3, 24)],
  ["length", changed(0, 0x4f)], // options longer than the packet
  ["fragment", changed(6, 0x20)],
  ["fragment", changed(7, 1)],
])("a packet is dropped: %s", (reason, bytes) => {
  expect(decodeIpv4(bytes)).toEqual({ ok: false, reason });
});
