/** A certificate as a server showed it. RFC 5280 §4.1. Its texts are the server's: long, and of any characters. */
export interface Certificate {
  readonly subject: string; // the common name, else all there is of the subject
  readonly issuer: string; // so too
  readonly names: readonly string[]; // whom it is for: names and addresses
  readonly validFrom: number | undefined; // seconds since 1970; undefined: not to be read
  readonly validTo: number | undefined; // so too
  readonly fingerprint: string; // SHA-256: no other has it
}

/** What a server showed of itself, and what OpenSSL thinks of it. */
export interface Presented {
  readonly chain: readonly Certificate[]; // its own first, then that of who signed it, as far as it showed them
  readonly goodForName: boolean; // the first of them, for the name that was asked about
  readonly error: string | undefined; // why the chain does not lead to a trusted authority: `CERT_HAS_EXPIRED`, x509_vfy.h without X509_V_ERR_
}
