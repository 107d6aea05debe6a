import { expect, test } from "vitest";
import type { Certificate } from "../../src/base/certificate.ts";
import { NO_EXPIRY, seen } from "../../src/check/expiry.ts";

const NOW = Date.UTC(2026, 10, 22) / 1000;
const DAY = 86_400;

function certificate(days: number, fingerprint = `for ${days} days`): Certificate {
  const [subject, issuer] = ["www.example", "Root of the tests"];
  return { subject, issuer, names: [], validFrom: NOW - DAY, validTo: NOW + days * DAY, fingerprint };
}

test.each([
  [20, undefined],
  [14, undefined],
  [13.99, "expires in 13 days, at 2026-12-05 23:45:36 UTC"],
  [1.5, "expires in 1 day, at 2026-11-23 12:00:00 UTC"],
  [0.5, "expires within a day, at 2026-11-22 12:00:00 UTC"],
  [-2, "expired 2 days ago, at 2026-11-20 00:00:00 UTC"],
])("of a certificate with %s days left, those who want to know 14 days before are told: %s", (days, words) => {
  const { warning, expiry } = seen(NO_EXPIRY, { url: 0, chain: [certificate(days)], warning: 14 }, NOW);
  const begin = 'the certificate of "www.example", signed by "Root of the tests"';
  expect(warning).toBe(words === undefined ? undefined : `${begin}, ${words}`);
  expect(expiry.at).toEqual({ 0: NOW + days * DAY });
});

test("nobody is told who did not ask, and the days left are known", () => {
  const { warning, expiry } = seen(NO_EXPIRY, { url: 2, chain: [certificate(1)], warning: undefined }, NOW);
  expect([warning, expiry]).toEqual([undefined, { at: { 2: NOW + DAY }, warned: [] }]);
});

test("of a chain the certificate counts that expires first", () => {
  const chain = [certificate(9), { ...certificate(3), subject: "Between" }, certificate(300)];
  expect(seen(NO_EXPIRY, { url: 0, chain, warning: 5 }, NOW).warning).toContain('of "Between"');
});

test("each certificate is warned of once, whatever urls show in turn, and nothing is new of one that was seen", () => {
  let expiry = NO_EXPIRY;
  const warnings: string[] = [];
  for (let round = 0; round < 3; round++)
    for (const url of [0, 1]) {
      const before = expiry;
      const step = seen(expiry, { url, chain: [certificate(url)], warning: 5 }, NOW);
      expiry = step.expiry;
      if (step.warning !== undefined) warnings.push(step.warning);
      if (round > 0) expect(expiry).toBe(before);
    }
  expect(warnings).toHaveLength(2);
  expect(seen(expiry, { url: 0, chain: [certificate(1, "renewed")], warning: 5 }, NOW).warning).toBeDefined();
});

test("what is remembered has a bound, and is plain JSON", () => {
  let expiry = NO_EXPIRY;
  for (let n = 0; n < 100; n++)
    ({ expiry } = seen(expiry, { url: 0, chain: [certificate(1, `${n}`)], warning: 5 }, NOW));
  expect(expiry.warned).toHaveLength(16);
  expect(JSON.parse(JSON.stringify(expiry))).toEqual(expiry);
});

test("a certificate whose time cannot be read is not known", () => {
  const chain = [{ ...certificate(1), validTo: undefined }];
  expect(seen(NO_EXPIRY, { url: 0, chain, warning: 5 }, NOW)).toEqual({ expiry: NO_EXPIRY });
});
