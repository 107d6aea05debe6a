import type { Certificate } from "../base/certificate.ts";
import { quoted, utc } from "./certificate.ts";

/** What is known of the certificates that a checker has seen. Plain JSON data: it survives a reload and a respawn. */
export interface Expiry {
  readonly at: Readonly<Record<string, number>>; // by index of the url: when the first of its chain expires, seconds since 1970
  readonly warned: readonly string[]; // fingerprints of those that were warned of, the latest ones
}

/** Nothing has been seen. */
export const NO_EXPIRY: Expiry = { at: {}, warned: [] };

/** A chain as it was shown for a url. `warning`: days before the end that are worth one; undefined: none is. */
export interface Sight {
  readonly url: number;
  readonly chain: readonly Certificate[];
  readonly warning: number | undefined;
}

const DAY = 86_400; // seconds
const REMEMBERED = 16; // certificates: of more, one could be warned of again

/**
 * Takes note of a chain. `warning`: to be said of the certificate in it that expires first, once for each certificate. `now`:
 * seconds since 1970. The same object where there is nothing new.
 */
export function seen(
  expiry: Expiry,
  { url, chain, warning }: Sight,
  now: number,
): { readonly expiry: Expiry; readonly warning?: string } {
  const first = firstToExpire(chain);
  if (first === undefined) return { expiry };
  const at = expiry.at[url] === first.validTo ? expiry.at : { ...expiry.at, [url]: first.validTo };
  const known = at === expiry.at ? expiry : { ...expiry, at };
  if (warning === undefined || first.validTo - now >= warning * DAY || expiry.warned.includes(first.fingerprint))
    return { expiry: known };
  const warned = [...expiry.warned, first.fingerprint].slice(-REMEMBERED);
  return { expiry: { ...known, warned }, warning: words(first, now) };
}

type Expiring = Certificate & { readonly validTo: number };

function firstToExpire(chain: readonly Certificate[]): Expiring | undefined {
  let first: Expiring | undefined;
  for (const one of chain)
    if (one.validTo !== undefined && (first === undefined || one.validTo < first.validTo))
      first = { ...one, validTo: one.validTo };
  return first;
}

function words({ subject, issuer, validTo }: Expiring, now: number): string {
  const days = Math.floor(Math.abs(validTo - now) / DAY);
  const span = days === 1 ? "1 day" : `${days} days`;
  const when = validTo < now ? `expired ${span} ago` : days === 0 ? "expires within a day" : `expires in ${span}`;
  return `the certificate of ${quoted(subject)}, signed by ${quoted(issuer)}, ${when}, at ${utc(validTo)}`;
}
