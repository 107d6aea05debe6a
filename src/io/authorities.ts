import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/** Where distributions keep the certificates of the authorities that a host trusts: Debian, Red Hat, SUSE, others. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The authorities that this host trusts, PEM; where it says nothing of them, those that Node knows. */
export function systemAuthorities(): Uint8Array {
  for (const path of BUNDLES) {
    try {
      return readFileSync(path);
    } catch {
      // The next one.
    }
  }
  return Buffer.from(rootCertificates.join("\n"));
}
