import type { NamedState, VrrpCounters, VrrpInstanceReportOf } from "../observe/report.ts";

/** What Keepalived counts of packets that it refuses, by the names of its JSON. */
export interface RefusedCounts {
  readonly packet_len_err: number;
  readonly advert_interval_err: number;
  readonly ip_ttl_err: number;
  readonly invalid_type_rcvd: number;
  readonly addr_list_err: number;
  readonly invalid_authtype: number;
  readonly authtype_mismatch: number;
  readonly auth_failure: number;
  readonly auth_ext_missing: number;
  readonly auth_ext_malformed: number;
  readonly auth_ext_unknown_key: number;
  readonly auth_ext_invalid_hmac: number;
  readonly auth_ext_stale: number;
  readonly auth_ext_replay: number;
}

/** Our reasons to refuse a packet, by Keepalived's; those that it has no counter for are not here. vrrp.md §2.2. */
const REASONS: Readonly<Record<keyof RefusedCounts, readonly string[]>> = {
  packet_len_err: ["truncated", "length"],
  advert_interval_err: ["interval"],
  ip_ttl_err: ["ttl", "ttl-range"],
  invalid_type_rcvd: ["type"],
  addr_list_err: ["address-count", "address-missing", "destination"],
  invalid_authtype: ["auth-type"],
  authtype_mismatch: ["auth-mismatch", "ah-header"],
  auth_failure: ["password", "ah-icv", "ah-spi", "ah-replay"],
  auth_ext_missing: ["hmac-missing"],
  auth_ext_malformed: ["hmac-malformed"],
  auth_ext_unknown_key: ["hmac-unknown-key"],
  auth_ext_invalid_hmac: ["hmac-invalid-hmac"],
  auth_ext_stale: ["hmac-stale"],
  auth_ext_replay: ["hmac-replay"],
};

/** What was refused, in Keepalived's counters. */
export function refusedCounts({ dropped }: Pick<VrrpCounters, "dropped">): RefusedCounts {
  const counts = Object.entries(REASONS).map(([name, reasons]) => [
    name,
    reasons.reduce((sum, reason) => sum + (dropped[reason] ?? 0), 0),
  ]);
  return Object.fromEntries(counts) as RefusedCounts;
}

/** The statistics of SIGUSR2 in Keepalived's layout; what it has no line for stands behind its packet errors. */
export function statistics(instances: readonly VrrpInstanceReportOf<NamedState>[]): string {
  return instances.map(({ name, counters }) => instanceStatistics(name, counters)).join("");
}

function instanceStatistics(name: string, counters: VrrpCounters): string {
  const refused = refusedCounts(counters);
  const known = new Set(Object.values(REASONS).flat());
  const others = Object.entries(counters.dropped).filter(([reason]) => !known.has(reason));
  return [
    `VRRP Instance: ${name}`,
    "  Advertisements:",
    `    Received: ${counters.advertisementsReceived}`,
    `    Sent: ${counters.advertisementsSent}`,
    `  Became master: ${counters.becomeMaster}`,
    `  Released master: ${counters.releaseMaster}`,
    "  Packet Errors:",
    `    Length: ${refused.packet_len_err}`,
    `    TTL: ${refused.ip_ttl_err}`,
    `    Invalid Type: ${refused.invalid_type_rcvd}`,
    `    Advertisement Interval: ${refused.advert_interval_err}`,
    `    Address List: ${refused.addr_list_err}`,
    ...others.map(([reason, count]) => `    ${title(reason)}: ${count}`),
    "  Authentication Errors:",
    `    Invalid Type: ${refused.invalid_authtype}`,
    `    Type Mismatch: ${refused.authtype_mismatch}`,
    `    Failure: ${refused.auth_failure}`,
    "  Authentication Extension Errors:",
    `    Missing: ${refused.auth_ext_missing}`,
    `    Malformed: ${refused.auth_ext_malformed}`,
    `    Unknown Key: ${refused.auth_ext_unknown_key}`,
    `    Invalid HMAC: ${refused.auth_ext_invalid_hmac}`,
    `    Stale: ${refused.auth_ext_stale}`,
    `    Replay: ${refused.auth_ext_replay}`,
    "  Priority Zero:",
    `    Received: ${counters.priorityZeroReceived}`,
    `    Sent: ${counters.priorityZeroSent}`,
    "",
  ].join("\n");
}

/** `checksum` as `Checksum`. */
function title(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
