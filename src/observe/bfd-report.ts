import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";

/** What the bfd process reports. `Session` is the machine's own state. */
export interface BfdReportOf<Session extends BfdStanding> {
  readonly at: Micros;
  readonly sessions: readonly BfdSessionReportOf<Session>[];
  readonly dropped: Readonly<Record<string, number>>; // packets, by reason; since the process started
}

/** All that observation knows of a session: its state. */
export interface BfdStanding {
  readonly state: "admin-down" | "down" | "init" | "up";
}

export interface BfdSessionReportOf<Session extends BfdStanding> {
  readonly name: string;
  readonly neighbor: IpAddress;
  readonly source: IpAddress | undefined;
  readonly multihop: boolean;
  readonly session: Session; // what a respawned process takes over
  readonly detectionTime: Micros; // 0: the neighbour is unknown
  readonly counters: BfdCounters;
}

/** Counted since the session was configured; carried over a respawn. */
export interface BfdCounters {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly becomeUp: number;
  readonly becomeDown: number; // from up
}
