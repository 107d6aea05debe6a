import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareIp, ip } from "../../src/base/ip.ts";
import {
  type AddressRange,
  allocateMarks,
  type MarkedGroup,
  type Marks,
  markedRanges,
} from "../../src/lvs/group-marks.ts";

const NONE: ReadonlySet<number> = new Set();

function group(name: string, protocol: MarkedGroup["protocol"], ...ranges: readonly string[]): MarkedGroup {
  return {
    name,
    protocol,
    ranges: ranges.map((text): AddressRange => {
      const [addresses = "", port] = text.split(" ");
      const [from = "", to = from] = addresses.split("-");
      return { from: ip(from), to: ip(to), port: Number(port) };
    }),
  };
}

function allocated(groups: readonly MarkedGroup[], known: Marks = {}, taken = NONE): Marks {
  return allocateMarks(groups, { first: 1000, taken, known });
}

describe("marks", () => {
  test("each group and protocol has one, numbered in the order of the file, as keepalived 2.2.7 numbers them", () => {
    const groups = [group("G", "tcp"), group("G", "udp"), group("H", "tcp"), group("G", "tcp")];
    expect(allocated(groups)).toEqual({ "G tcp": 1000, "G udp": 1001, "H tcp": 1002 });
  });

  test("a group that comes first by a reload changes no other's; the mark of one that goes is free", () => {
    const before = allocated([group("G", "tcp"), group("H", "tcp")]);
    expect(allocated([group("A", "tcp"), group("H", "tcp")], before)).toEqual({ "A tcp": 1000, "H tcp": 1001 });
    expect(allocated([group("A", "tcp"), group("G", "tcp"), group("H", "tcp")], before)).toEqual({
      "A tcp": 1002,
      "G tcp": 1000,
      "H tcp": 1001,
    });
  });

  test("a mark that the configuration has elsewhere, or below the first, is nobody's; nor is one beyond 32 bits", () => {
    expect(
      allocated([group("G", "tcp"), group("H", "tcp")], { "G tcp": 1000, "H tcp": 7 }, new Set([1000, 1001])),
    ).toEqual({
      "G tcp": 1002,
      "H tcp": 1003,
    });
    const last = { first: 0xffff_ffff, taken: NONE, known: {} };
    expect(allocateMarks([group("G", "tcp"), group("H", "tcp")], last)).toEqual({ "G tcp": 0xffff_ffff });
  });
});

describe("ranges", () => {
  test("of what several groups have in common the first one has it", () => {
    const groups = [
      group("G", "tcp", "192.0.2.10-192.0.2.19 80", "192.0.2.30 80"),
      group("H", "tcp", "192.0.2.1-192.0.2.40 80", "192.0.2.15 443"),
      group("I", "tcp", "192.0.2.40-192.0.2.41 80", "2001:db8::1-2001:db8::2 80"),
      group("I", "udp", "192.0.2.10 80"),
    ];
    const shown = markedRanges(groups, allocated(groups)).map(
      ({ mark, protocol, from, to, port }) => `${mark} ${protocol} ${from}-${to} ${port}`,
    );
    expect(shown).toEqual([
      "1000 tcp 192.0.2.10-192.0.2.19 80",
      "1000 tcp 192.0.2.30-192.0.2.30 80",
      "1001 tcp 192.0.2.1-192.0.2.9 80",
      "1001 tcp 192.0.2.20-192.0.2.29 80",
      "1001 tcp 192.0.2.31-192.0.2.40 80",
      "1001 tcp 192.0.2.15-192.0.2.15 443",
      "1002 tcp 192.0.2.41-192.0.2.41 80",
      "1002 tcp 2001:db8::1-2001:db8::2 80",
      "1003 udp 192.0.2.10-192.0.2.10 80",
    ]);
    expect(markedRanges(groups, {})).toEqual([]);
  });

  const range = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 12 })).map(([at, length]) => ({
    from: ip(`192.0.2.${at}`),
    to: ip(`192.0.2.${at + length}`),
    port: 80,
  }));

  test("law: every address of a group is marked once, by the first group that has it, and no other is", () => {
    fc.assert(
      fc.property(fc.array(fc.array(range, { maxLength: 4 }), { maxLength: 5 }), (all) => {
        const groups = all.map((ranges, i): MarkedGroup => ({ name: `G${i}`, protocol: "tcp", ranges }));
        const marks = allocated(groups);
        const ranges = markedRanges(groups, marks);
        for (let i = 0; i < 50; i++) {
          const address = ip(`192.0.2.${i}`);
          const within = ({ from, to }: AddressRange) => compareIp(from, address) <= 0 && compareIp(address, to) <= 0;
          const owner = groups.find((one) => one.ranges.some(within));
          const found = ranges.filter(within).map(({ mark }) => mark);
          expect(found).toEqual(owner === undefined ? [] : [marks[`${owner.name} tcp`]]);
        }
      }),
    );
  });
});
