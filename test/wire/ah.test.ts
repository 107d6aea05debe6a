import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { hmacMd5 } from "../../src/io/keyed-hash.ts";
import { AH_HEADER, authenticatedBytes, decodeAh, encodeAh, IPPROTO_AH } from "../../src/wire/ah.ts";
import { decodeIpv4, IPV4_HEADER, type Ipv4Packet } from "../../src/wire/ipv4.ts";
import { golden } from "../golden.ts";

const captured = golden("vrrp-v2-ah");
const packet = value(decodeIpv4(captured));
const header = value(decodeAh(packet.payload));

function value<T>(decoded: { readonly ok: boolean; readonly value?: T }): T {
  if (decoded.value === undefined) throw new Error("not decoded");
  return decoded.value;
}

test("an advert of keepalived 2.2.7 is read, and written byte for byte", () => {
  expect(packet.protocol).toBe(IPPROTO_AH);
  expect(header).toMatchObject({ spi: 0x0a090001, sequence: 1 });
  expect(encodeAh(header)).toEqual(packet.payload);
});

test("the ICV is an HMAC-MD5 of the packet without what changes on its way", () => {
  const icv = (of: Ipv4Packet, isUnicast: boolean): Uint8Array =>
    hmacMd5(new TextEncoder().encode("s3cr3t"), authenticatedBytes(of, isUnicast)).subarray(0, 12);
  expect(icv(packet, false)).toEqual(header.icv);
  expect(icv({ ...packet, tos: 0 }, false)).toEqual(header.icv);
  expect(icv({ ...packet, ttl: 254 }, false)).not.toEqual(header.icv);
  expect(icv({ ...packet, id: 2 }, false)).not.toEqual(header.icv);
  expect(icv(packet, true)).not.toEqual(header.icv);
  expect(icv({ ...packet, ttl: 1 }, true)).toEqual(icv(packet, true));
});

test("the bytes under the ICV leave the packet alone", () => {
  const before = packet.payload.slice();
  const bytes = authenticatedBytes(packet, false);
  expect(bytes).toHaveLength(captured.length);
  expect(bytes.subarray(IPV4_HEADER + AH_HEADER - 12, IPV4_HEADER + AH_HEADER)).toEqual(new Uint8Array(12));
  expect(packet.payload).toEqual(before);
});

test.each([
  ["truncated", packet.payload.subarray(0, AH_HEADER - 1)],
  ["next-header", packet.payload.with(0, 6)],
  ["length", packet.payload.with(1, 5)],
])("a header is dropped: %s", (reason, bytes) => {
  expect(decodeAh(bytes)).toEqual({ ok: false, reason });
  expect(decodeAh(concat(bytes))).toEqual({ ok: false, reason });
});
