import { line, type Table } from "../syntax/table.ts";
import { integer, named, optionalBoolean } from "../syntax/types.ts";
import { readCertificateName } from "./read-tls.ts";

/** What every checker that speaks TLS takes; Keepalived verifies no certificate. */
export const VERIFYING = {
  tls_verify: line(optionalBoolean, {
    default: "off",
    meaning: "Verify the server's certificate: chain, time and name",
    note: "from TLS 1.2 on; revocation is not looked at",
    ours: true,
  }),
  tls_ca: line(named("<PATH>"), {
    default: "ca of the SSL block, else the authorities that the host trusts",
    meaning: "Certificates of the authorities that tls_verify trusts",
    note: "read at each start and reload",
    ours: true,
    missing: "",
  }),
  tls_name: line(readCertificateName, {
    default: "SNI, else virtualhost, else the address",
    meaning: "Name or address that tls_verify wants in the certificate",
    ours: true,
    missing: "",
  }),
  tls_expiry_warning: line(integer(1, 36_500, "strict"), {
    default: "off",
    unit: "days",
    meaning: "Warn once of each certificate that expires sooner than this",
    note: "also without tls_verify; the days left are a metric",
    ours: true,
    missing: "",
  }),
} satisfies Table;
