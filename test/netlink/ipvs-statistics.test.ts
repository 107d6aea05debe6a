import { expect, test } from "vitest";
import { bytesAttribute, nestedAttribute, u32Attribute } from "../../src/netlink/attributes.ts";
import { genericBody } from "../../src/netlink/genetlink.ts";
import { decodeDestinationStatistics, decodeServiceStatistics } from "../../src/netlink/ipvs-statistics.ts";
import { decodeMessages } from "../../src/netlink/message.ts";
import { golden } from "../golden.ts";

const NOTHING = {
  ...{ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
  ...{ connectionRate: 0, inPacketRate: 0, outPacketRate: 0, inByteRate: 0, outByteRate: 0 },
};
const NARROW = [1, 2, 3, 6, 7, 8, 9, 10].map((type) => u32Attribute(type, 100 + type));
const narrow = (type: number) => nestedAttribute(type, ...NARROW, u64(4, 104n), u64(5, 105n));
const COUNTED = {
  ...{ connections: 101, inPackets: 102, outPackets: 103, inBytes: 104, outBytes: 105 },
  ...{ connectionRate: 106, inPacketRate: 107, outPacketRate: 108, inByteRate: 109, outByteRate: 110 },
};

function u64(type: number, value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, new Uint8Array(Uint16Array.of(1).buffer)[0] === 1);
  return bytesAttribute(type, bytes);
}

test("a service that nobody used has counted nothing", () => {
  for (const { body } of decodeMessages(golden("ipvs-services")))
    expect(decodeServiceStatistics(body)).toEqual({ ok: true, value: NOTHING });
});

test("what the kernel counted is what ipvsadm shows of it", () => {
  const statistics = {
    ...{ connections: 8, inPackets: 44, outPackets: 43, inBytes: 2870, outBytes: 12583 },
    ...{ connectionRate: 1, inPacketRate: 3, outPacketRate: 3, inByteRate: 207, outByteRate: 897 },
  };
  expect(decodeMessages(golden("ipvs-services-counted")).map(({ body }) => decodeServiceStatistics(body))).toEqual([
    { ok: true, value: statistics },
  ]);
  const found = decodeMessages(golden("ipvs-destinations-counted")).map(({ body }) =>
    decodeDestinationStatistics(body),
  );
  expect(new Set(found)).toEqual(
    new Set([
      { ok: true, value: { statistics, connections: { active: 1, inactive: 7, persistent: 1 } } },
      { ok: true, value: { statistics: NOTHING, connections: { active: 0, inactive: 0, persistent: 0 } } },
    ]),
  );
});

test("the counters of 64 bits count before those of 32, which an old kernel has alone", () => {
  const wide = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((type) => u64(type, 2n ** 33n + BigInt(type)));
  const service = (...nests: readonly Uint8Array[]) => genericBody(1, 1, nestedAttribute(1, ...nests));
  expect(decodeServiceStatistics(service(narrow(10)))).toEqual({ ok: true, value: COUNTED });
  expect(decodeServiceStatistics(service(narrow(10), nestedAttribute(12, ...wide)))).toMatchObject({
    value: { connections: 2 ** 33 + 1, outBytes: 2 ** 33 + 5, outByteRate: 2 ** 33 + 10 },
  });
});

test("a destination has its connections of now, none where the kernel does not say", () => {
  const destination = (...attributes: readonly Uint8Array[]) => genericBody(5, 1, nestedAttribute(2, ...attributes));
  const now = [u32Attribute(7, 3), u32Attribute(8, 4), u32Attribute(9, 5)];
  expect(decodeDestinationStatistics(destination(...now, narrow(10)))).toEqual({
    ok: true,
    value: { statistics: COUNTED, connections: { active: 3, inactive: 4, persistent: 5 } },
  });
  expect(decodeDestinationStatistics(destination(narrow(10)))).toMatchObject({
    value: { connections: { active: 0, inactive: 0, persistent: 0 } },
  });
});

test("what is no row of the table, or has no statistics, is dropped", () => {
  expect(decodeServiceStatistics(Uint8Array.of(1, 1))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeServiceStatistics(genericBody(1, 1))).toEqual({ ok: false, reason: "statistics" });
  expect(decodeDestinationStatistics(Uint8Array.of(5, 1))).toEqual({ ok: false, reason: "truncated" });
  expect(decodeDestinationStatistics(genericBody(5, 1, nestedAttribute(2)))).toEqual({
    ok: false,
    reason: "statistics",
  });
});
