import type { Micros } from "../../src/base/time.ts";

/** What two of our directors did while their processes were killed and their roles exchanged. */
export interface ResilienceRecord {
  readonly checkers: Crash;
  readonly vrrp: Crash;
  readonly rounds: readonly FailoverRecord[];
  readonly tables: { readonly lb1: readonly string[]; readonly lb2: readonly string[] }; // after the last failover
  readonly left: { readonly addresses: readonly string[]; readonly ipvs: readonly string[] }; // after a clean stop
}

/** kill -9 of one child of the master. */
export interface Crash {
  readonly respawned: Micros; //               until the pid file names another process
  readonly gaps: readonly string[]; //         addresses of the master whenever they were not as before
  readonly advertGap: Micros; //               longest time without an advertisement of the master, from the last before the kill
  readonly othersAdverts: number;
  readonly othersTransitions: number;
  readonly silence: Micros; //                 seen by the client
  readonly logs: readonly string[]; //         last lines of both directors, for whoever looks why
  readonly before: readonly string[]; //       the master's IPVS table
  readonly after: readonly string[];
}

export interface FailoverRecord {
  readonly kind: "fault" | "stop";
  readonly took: Micros; //                    until the other said that it is master
  readonly masters: readonly string[];
  readonly expected: string;
  readonly holders: readonly string[]; //      who has the VIP on an interface
  readonly ipvs: number; //                    lines of the new master's table
  readonly descriptors: readonly number[]; //  of supervisor, vrrp and checkers of the new master
}
