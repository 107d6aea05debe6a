import fc from "fast-check";
import { expect, test } from "vitest";
import { formatMark, parseMark } from "../../src/vrrp/link-mark.ts";

test("what is written into an alias is read again", () => {
  const mark = { owner: "1234.5678901", before: { arp_ignore: "0", arp_filter: "1" } };
  expect(formatMark(mark)).toBe("keepalived-ts 1234.5678901 arp_ignore=0 arp_filter=1");
  expect(parseMark(formatMark(mark))).toEqual(mark);
});

test.each([undefined, "", "uplink", "keepalived-ts", "keepalived-ts me", "keepalived 1.2"])(
  "an alias is not ours: %s",
  (alias) => expect(parseMark(alias)).toBeUndefined(),
);

test("a path that somebody wrote into our alias is no setting", () => {
  expect(parseMark("keepalived-ts 1.2 ../x=1 arp_ignore=a arp_filter=0")?.before).toEqual({ arp_filter: "0" });
});

test("an alias never exceeds what the kernel keeps, and reading never throws", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (before, alias) => {
      expect(formatMark({ owner: "1.2", before }).length).toBeLessThanOrEqual(255);
      parseMark(alias);
    }),
  );
});
