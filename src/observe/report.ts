import type { Family, IpAddress } from "../base/ip.ts";
import type { IpvsTimeouts, Protocol } from "../base/ipvs.ts";
import type { MacAddress } from "../base/mac.ts";
import type { Micros } from "../base/time.ts";
import type { MasterReason, ProtocolError } from "../base/trap.ts";

/**
 * What the two children tell the supervisor about themselves: plain data that JSON keeps, shown as metrics and handed
 * to the next process when one dies. Times are on CLOCK_MONOTONIC, which all processes share, so a deadline reported
 * by a dead child is still true for the next one.
 */

/** What the vrrp process reports. `State` is the machine's own state, with its deadlines. */
export interface VrrpReportOf<State extends NamedState> {
  readonly at: Micros;
  readonly instances: readonly VrrpInstanceReportOf<State>[];
  readonly scripts: readonly ScriptReport[];
  readonly processes: readonly ProcessReport[];
  readonly restored: RestoredCounters; // static items
  readonly sysctls: readonly SysctlReport[]; // to be put back at the end
  readonly facts: SnmpReport | undefined; // while SNMP is asked for
}

/** What SNMP shows and nothing else does. */
export interface SnmpReport {
  readonly links: readonly LinkReport[]; // that the configuration names
  readonly instances: readonly SnmpInstanceReport[];
  readonly files: readonly { readonly name: string; readonly value: number }[];
  readonly processes: readonly { readonly name: string; readonly count: number; readonly enough: boolean }[];
  readonly unknownVrids: number; // packets for virtual routers that are not ours
}

/** An interface. */
export interface LinkReport {
  readonly name: string;
  readonly ifindex: number;
  readonly vrfTable: number | undefined; // of a VRF, its routing table
}

/** The same of an instance. */
export interface SnmpInstanceReport {
  readonly name: string;
  readonly ifindex: number; // of the interface in the configuration; 0: it is not there
  readonly device: string; // that it speaks on
  readonly mac: MacAddress | undefined; // of that
  readonly source: IpAddress | undefined;
  readonly master: IpAddress | undefined; // heard last, or we
  readonly interfaces: readonly string[]; // of its addresses, then of its excluded ones
}

/** What is remembered of an instance: `vrrp/history.ts`. */
export interface HistoryReport {
  readonly activeAt: Micros | undefined; // since when it is neither init nor fault
  readonly cause: MasterReason;
  readonly reason: MasterReason;
  readonly error: ProtocolError;
}

/** A setting of the host that was changed for a time. */
export interface SysctlReport {
  readonly path: string; // below /proc/sys
  readonly before: string;
  readonly after: string;
}

/** What a track script says; `opposed` counts results in a row against the verdict. */
export interface ScriptReport {
  readonly name: string;
  readonly argv: readonly string[]; // the same script is one that runs the same command
  readonly verdict: "pending" | "up" | "down";
  readonly opposed: number;
  readonly status: number; // exit status of the last run that had one
}

/** How many processes of a `vrrp_track_process` run; a change that waits for its delay is not in `quorum` yet. */
export interface ProcessReport {
  readonly name: string;
  readonly count: number;
  readonly quorum: boolean;
  readonly waiting: boolean;
}

/** All that observation knows of a state: its name. */
export interface NamedState {
  readonly name: "init" | "backup" | "master" | "fault";
}

export interface VrrpInstanceReportOf<State extends NamedState> {
  readonly key: string; // what makes it the same instance after a respawn
  readonly name: string;
  readonly interface: string;
  readonly vrid: number;
  readonly address: IpAddress | undefined; // the first virtual address
  readonly state: State; // what a respawned process takes over
  readonly priority: number; // effective
  readonly lately: InstanceLately;
  readonly device: string | undefined; // the interface that it speaks on: its own, or the one that it made
  readonly lastAdvertAt: Micros; // last advertisement sent; 0 = never
  readonly oldPeers: readonly IpAddress[]; // they were heard with the checksum of Keepalived before 1.3.7
  readonly proof: ProofReport;
  readonly counters: VrrpCounters;
  readonly history: HistoryReport;
  readonly split: boolean; // it is master, and somebody else is too
}

/** What an instance remembers for those who look at it. */
export interface InstanceLately {
  readonly transitionAt: Micros; // wall clock, since 1970: when it came to its state; 0: never
  readonly masterPriority: number; // of the advertisement last accepted; 0: none
}

/** The numbers of what was sent and heard, by AH and by `auth_hmac`: what tells a copy from the original. */
export interface ProofReport {
  readonly ah: Numbers<number>;
  readonly hmac: Numbers<string>; // u64 in decimal
}

interface Numbers<T> {
  readonly sent: T;
  readonly heard: readonly { readonly from: IpAddress; readonly sequence: T }[];
}

/** Counted since the instance was configured; carried over a respawn. */
export interface VrrpCounters {
  readonly advertisementsSent: number;
  readonly advertisementsReceived: number;
  readonly becomeMaster: number;
  readonly releaseMaster: number;
  readonly priorityZeroSent: number;
  readonly priorityZeroReceived: number;
  readonly dropped: Readonly<Record<string, number>>; // by reason
  readonly splitBrains: Readonly<Record<string, number>>; // by how they were seen: advertisement, refused, arp
  readonly restored: RestoredCounters;
}

/** What others removed and we put back. */
export interface RestoredCounters {
  readonly addresses: number;
  readonly routes: number;
  readonly rules: number;
}

/** What the checkers process reports. */
export interface CheckersReport {
  readonly at: Micros;
  readonly services: readonly ServiceReport[];
  readonly checks?: ChecksReport;
  readonly sysctls: readonly SysctlReport[]; // to be put back at the end
  readonly marks?: Readonly<Record<string, number>>; // of groups, by group and protocol
  readonly timeouts?: HeldTimeouts | undefined; // the kernel's, while ours are in force
  readonly deviations?: number; // of the kernel's table from ours, as last compared
}

/** Checkers that ask from time to time, and what of it is done: equal ones are answered by one check. */
export interface ChecksReport {
  readonly configured: number; // checkers, also those at rest
  readonly running: number; // checks
  readonly saved: number; // checkers that the check of another one answers
}

interface HeldTimeouts {
  readonly originals: IpvsTimeouts;
  readonly set: IpvsTimeouts;
}

export interface ServiceReport {
  readonly name: string; // `[10.9.0.100]:tcp:80`, `FWM 9`, `[G]:0`
  readonly places: readonly PlaceReport[]; // of its services in the kernel
  readonly quorumUp: boolean;
  readonly realServers: readonly RealServerReport[];
}

/** Services of the kernel: addresses from one to another, or a firewall mark. */
export type PlaceReport =
  | { readonly protocol: Protocol; readonly from: IpAddress; readonly to: IpAddress; readonly port: number }
  | { readonly fwmark: number; readonly family: Family };

export interface RealServerReport {
  readonly name: string; // `[10.9.0.11]:80`
  readonly up: boolean;
  readonly weight: number; // in the kernel's table; 0 while absent
  readonly risesFrom?: Micros | undefined; // while its weight rises (`slow_start`)
  readonly checkers: readonly CheckerReport[];
}

export interface CheckerReport {
  readonly type: string; // config/model/check.ts `CHECKER_KEYWORDS`
  readonly identity: string; // equal parameters, equal identity: what a respawn or reload takes over by
  readonly up: boolean;
  readonly hasRun: boolean;
  readonly weight?: number | undefined; // that the server asked for
  readonly latency: Micros | undefined; // of the last check
  readonly succeeded: number;
  readonly failed: number;
  readonly expiry?: ExpiryReport; // where certificates are looked at
}

/** What is known of the certificates that a checker has seen: check/expiry.ts. */
export interface ExpiryReport {
  readonly at: Readonly<Record<string, number>>; // by url: when the first of its chain expires, seconds since 1970
  readonly warned: readonly string[];
}
