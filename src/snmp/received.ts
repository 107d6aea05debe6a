import type { InstanceCounters } from "./view.ts";

/** What the RFCs count of packets that had a problem. */
export interface ReceiveErrors {
  readonly checksum: number;
  readonly version: number;
  readonly interval: number;
  readonly authentication: number; // of the right type
  readonly authenticationType: number; // there is no such type
  readonly authenticationMismatch: number; // of another type than ours
  readonly ttl: number;
  readonly type: number;
  readonly addressList: number;
  readonly length: number;
}

/** The drops of an instance by the RFCs' names. */
export function receiveErrors(counters: InstanceCounters | undefined): ReceiveErrors {
  const dropped = counters?.dropped ?? {};
  const sum = (...reasons: readonly string[]): number =>
    reasons.reduce((total, reason) => total + (dropped[reason] ?? 0), 0);
  const proofs = Object.keys(dropped).filter((reason) => /^(ah|hmac)-/.test(reason));
  return {
    checksum: sum("checksum"),
    version: sum("version"),
    interval: sum("interval"),
    authentication: sum("password", ...proofs),
    authenticationType: sum("auth-type"),
    authenticationMismatch: sum("auth-mismatch"),
    ttl: sum("ttl", "ttl-range"),
    type: sum("type"),
    addressList: sum("address-count", "address-missing"),
    length: sum("truncated", "length"),
  };
}
