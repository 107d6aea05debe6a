import type { Certificate, Presented } from "../base/certificate.ts";

/** How a server's certificate is verified; config/model/check.ts `VerificationConfig`. */
export interface Verification {
  readonly authorities: string | undefined; // path of certificates; undefined: of the `SSL` block, else the system's
  readonly name: string; // that it must be good for, or an address
}

/** How a reason begins that is about a certificate, as far as the colon; Keepalived verifies none. */
export const CERTIFICATE = "Certificate not accepted from";

/**
 * Why a certificate is not accepted, in words that say what to do about it; undefined: it is. `now`: seconds since 1970.
 * The reason that an operator can act upon comes first: one that has expired is as a rule of another authority too, by now.
 */
export function certificateFault(
  { chain, goodForName, error }: Presented,
  { name }: Verification,
  now: number,
): string | undefined {
  const [own] = chain;
  if (own === undefined) return "the server shows no certificate";
  const untimely = chain.find((one) => wrongTime(one, now) !== undefined);
  if (untimely !== undefined && (error !== undefined || untimely === own)) {
    const which = untimely === own ? "the certificate of" : "it is signed by";
    return `${which} ${quoted(untimely.subject)}${untimely === own ? "" : ", which"} ${wrongTime(untimely, now)}`;
  }
  if (error !== undefined) return chainWords(own, chain, error);
  if (!goodForName) return `the certificate is for ${namesOf(own)}, not for ${quoted(name)}`;
  return undefined;
}

/** `2026-11-22 08:50:42 UTC`. Seconds since 1970. */
export function utc(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A text of a server, for a log line: 64 printable characters at most. */
export function quoted(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]+/g, "?");
  return `"${plain.length > 64 ? `${plain.slice(0, 61)}...` : plain}"`;
}

function wrongTime({ validFrom, validTo }: Certificate, now: number): string | undefined {
  if (validTo !== undefined && validTo < now) return `has expired at ${utc(validTo)}`;
  return validFrom !== undefined && validFrom > now ? `is valid from ${utc(validFrom)} on` : undefined;
}

function chainWords(own: Certificate, chain: readonly Certificate[], error: string): string {
  const { issuer } = chain.at(-1) ?? own; // whom nobody here vouches for
  switch (error) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `the certificate of ${quoted(own.subject)} is signed by itself, and by no trusted authority`;
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `the certificate of ${quoted(own.subject)} is signed by ${quoted(issuer)}, which is not trusted`;
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `the certificate of ${quoted(own.subject)} is signed by ${quoted(issuer)}, which is neither trusted nor vouched for`;
    case "UNSPECIFIED": // Node has no name for some, among them keys and signatures below OpenSSL's level
      return `the certificate of ${quoted(own.subject)} is not trusted: a key or a signature in its chain may be too weak`;
    default:
      return `the certificate of ${quoted(own.subject)}, signed by ${quoted(own.issuer)}: ${error.toLowerCase().replaceAll("_", " ")}`;
  }
}

/** Of many the first three. */
function namesOf({ names, subject }: Certificate): string {
  if (names.length === 0) return quoted(subject);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return names.slice(0, 3).map(quoted).join(", ") + more;
}
