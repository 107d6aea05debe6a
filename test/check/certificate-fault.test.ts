import { expect, test } from "vitest";
import type { Certificate, Presented } from "../../src/base/certificate.ts";
import { certificateFault, quoted } from "../../src/check/certificate.ts";

// What real chains are refused for: tls-verify.test.ts. Here what is made of the words of a stranger.
const NOW = 1_800_000_000;
const own: Certificate = {
  ...{ subject: "www.example", issuer: "Root", names: ["www.example"], fingerprint: "00" },
  ...{ validFrom: NOW - 10, validTo: NOW + 10 },
};
const fault = (presented: Partial<Presented>) =>
  certificateFault(
    { chain: [own], goodForName: true, error: undefined, ...presented },
    { authorities: undefined, name: "www.example" },
    NOW,
  );

test("what OpenSSL trusts for the name is accepted", () => expect(fault({})).toBeUndefined());

test("whatever OpenSSL does not trust is not accepted, also for a reason that has no words here", () => {
  expect(fault({ error: "PATH_LENGTH_EXCEEDED" })).toBe(
    'the certificate of "www.example", signed by "Root": path length exceeded',
  );
  expect(fault({ error: "null" })).toBeDefined();
  expect(fault({ chain: [] })).toBe("the server shows no certificate");
});

test("an expired certificate that was shown beside a trusted chain does no harm", () => {
  const cross = { ...own, subject: "Cross", validTo: NOW - 1 };
  expect(fault({ chain: [own, cross] })).toBeUndefined();
  expect(fault({ chain: [own, cross], error: "CERT_HAS_EXPIRED" })).toContain('by "Cross", which has expired at 2027-');
});

test("names of a server are shown three at most, short and printable", () => {
  const names = ["a".repeat(500), "b\n\u001b[2J\u202e", "c", "d", "e"];
  const words = fault({ goodForName: false, chain: [{ ...own, names }] }) ?? "";
  expect(words).toMatch(/^the certificate is for "a{61}\.\.\.", "b\?\[2J\?", "c" and 2 more, not for "www.example"$/);
  expect(quoted("")).toBe('""');
});
