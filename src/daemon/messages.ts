import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Config } from "../config/model.ts";
import type { VrrpState } from "../vrrp/machine.ts";

/**
 * What the supervisor and its two children say to each other over Node's IPC channel, as JSON. Times are on
 * CLOCK_MONOTONIC, which all processes share, so a deadline reported by a dead child is still true for the next one.
 */

/** Supervisor to child. `configure` is the first message and comes once; `reload` any number of times. */
export type ToChild<Adopted> =
  | {
      readonly type: "configure";
      readonly config: Config;
      readonly options: ChildOptions;
      readonly adopted: Adopted | undefined; // the last report of the child that died
    }
  | { readonly type: "reload"; readonly config: Config }
  | { readonly type: "stop" };

export interface ChildOptions {
  readonly detail: boolean; // -D
  readonly console: boolean; // -l
  readonly json: boolean; // --log-format json
  readonly syslog: boolean; // not -G
  readonly releaseVips: boolean; // not -V
  readonly releaseIpvs: boolean; // not -I
}

/** Child to supervisor. `ready` after the first configuration is in force, `reloaded` after each later one. */
export type FromChild<Report> =
  | { readonly type: "ready" }
  | { readonly type: "reloaded" }
  | { readonly type: "report"; readonly report: Report };

/** What the vrrp process reports, at most ten times a second and only when something changed. */
export interface VrrpReport {
  readonly at: Micros;
  readonly instances: readonly VrrpInstanceReport[];
}

export interface VrrpInstanceReport {
  readonly name: string;
  readonly interface: string;
  readonly vrid: number;
  readonly address: IpAddress | undefined; // the first virtual address
  readonly state: VrrpState; // with its deadlines: what a respawned process takes over
  readonly priority: number; // effective
  readonly lastAdvertAt: Micros; // last advertisement sent; 0 = never
  readonly counters: VrrpCounters;
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
}

/** What the checkers process reports, at most ten times a second and only when something changed. */
export interface CheckersReport {
  readonly at: Micros;
  readonly services: readonly ServiceReport[];
}

export interface ServiceReport {
  readonly name: string; // `[10.9.0.100]:tcp:80`
  readonly quorumUp: boolean;
  readonly realServers: readonly RealServerReport[];
}

export interface RealServerReport {
  readonly name: string; // `[10.9.0.11]:80`
  readonly up: boolean;
  readonly weight: number; // in the kernel's table; 0 while absent
  readonly checkers: readonly CheckerReport[];
}

export interface CheckerReport {
  readonly type: string; // tcp, http
  readonly identity: string; // equal parameters, equal identity: what a respawn or reload takes over by
  readonly up: boolean;
  readonly hasRun: boolean;
  readonly latency: Micros | undefined; // of the last check
  readonly succeeded: number;
  readonly failed: number;
}
