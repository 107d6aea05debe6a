import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { BfdNote } from "../../src/bfd/session.ts";
import { bfdWords, diagnosticWords, isDetail, refusalWords } from "../../src/bfd/words.ts";

test.each<[BfdNote, string, boolean]>([
  [{ name: "up" }, "(B4) Entering Up state", false],
  [
    { name: "down", local: 1, remote: 0 },
    "(B4) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)",
    false,
  ],
  [{ name: "admin-down" }, "(B4) Entering AdminDown state", false],
  [{ name: "expired", after: 150_000, overdue: 96 }, "(B4) Expired after 150 ms (96 usec overdue)", false],
  [{ name: "polling" }, "(B4) Starting poll sequence", true],
  [
    { name: "detection-time", from: 3_000_000, to: 150_000 },
    "(B4) Detection time is 150000 us (was 3000000 us)",
    false,
  ],
])("what a session does is said in the words of keepalived 2.2.7: %j", (note, words, detail) => {
  expect(bfdWords("B4", note)).toBe(words);
  expect(isDetail(note)).toBe(detail);
});

test("a diagnostic that has no name is shown by its number", () => {
  expect([3, 7, 31].map(diagnosticWords)).toEqual([
    "Neighbor Signaled Session Down",
    "Administratively Down",
    "Unknown (31)",
  ]);
});

test("a packet that is dropped says what was wrong with its way", () => {
  const packet = { from: ip("10.0.0.2"), to: ip("10.0.0.1"), ttl: 254 };
  expect(refusalWords("B4", "ttl", packet, 255)).toBe("(B4) dropped packet from 10.0.0.2: TTL 254 is below 255");
  expect(refusalWords("B4", "wrong-path", packet, 255)).toBe(
    "(B4) dropped packet from 10.0.0.2 to 10.0.0.1, which is not the way of this session",
  );
});
