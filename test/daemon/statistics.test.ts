import { expect, test } from "vitest";
import { refusedCounts } from "../../src/daemon/statistics.ts";

test("what we refuse is counted where Keepalived counts it; what it has no counter for, nowhere", () => {
  const dropped = {
    truncated: 1,
    length: 2,
    ttl: 4,
    "ttl-range": 8,
    "ah-icv": 16,
    password: 32,
    checksum: 64,
    source: 5,
  };
  const { packet_len_err, ip_ttl_err, auth_failure, ...others } = refusedCounts({ dropped });
  expect([packet_len_err, ip_ttl_err, auth_failure]).toEqual([3, 12, 48]);
  expect(Object.values(others).every((count) => count === 0)).toBe(true);
});

test("each way in which auth_hmac fails has its counter", () => {
  const reasons = ["missing", "malformed", "unknown-key", "invalid-hmac", "stale", "replay"];
  const counts = refusedCounts({ dropped: Object.fromEntries(reasons.map((reason, i) => [`hmac-${reason}`, i + 1])) });
  expect(
    Object.entries(counts)
      .filter(([key]) => key.startsWith("auth_ext_"))
      .map(([, count]) => count),
  ).toEqual([1, 2, 3, 4, 5, 6]);
});
