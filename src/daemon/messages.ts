import type { Notification } from "../base/notification.ts";
import type { BfdSession } from "../bfd/session.ts";
import type { Config } from "../config/model/model.ts";
import type { BfdReportOf } from "../observe/bfd-report.ts";
import type { VrrpInstanceReportOf, VrrpReportOf } from "../observe/report.ts";
import type { ServiceTraffic, TrafficWish } from "../observe/traffic.ts";
import type { VrrpState } from "../vrrp/machine.ts";

/**
 * What the supervisor and its children say to each other over Node's IPC channel, as JSON. Times are on
 * CLOCK_MONOTONIC, which all processes share, so a deadline reported by a dead child is still true for the next one.
 */

/**
 * Supervisor to child. `configure` is the first message and comes once; `reload` any number of times, the next one after
 * the answer to the last. The order to stop is SIGTERM, or the end of the channel.
 */
export type ToChild<Adopted> =
  | {
      readonly type: "configure";
      readonly config: Config;
      readonly options: ChildOptions;
      readonly facility: number; // -S
      readonly pidFile: string; // -r, -c
      readonly adopted: Adopted | undefined; // the last report of the child that died
      readonly bfd: readonly BfdVerdict[]; // what is known of the sessions that this child may follow
    }
  | { readonly type: "reload"; readonly config: Config }
  | { readonly type: "ask"; readonly clear: boolean } // for a report at once; then statistics begin at zero
  | { readonly type: "traffic"; readonly wish: TrafficWish } // to the checkers process alone
  | { readonly type: "bfd"; readonly verdicts: readonly BfdVerdict[] }
  | { readonly type: "order"; readonly order: VrrpOrder }; // to the vrrp process alone

/** What an operator wants done at once. */
export type VrrpOrder = { readonly type: "announce"; readonly key: string }; // the addresses of an instance, once

/** What a signal asks of a process: its data, its statistics, those and then zero, its state as JSON. cli.md §3. */
export type DumpRequest = "data" | "stats" | "stats-clear" | "json";

export interface ChildOptions {
  readonly suffix: string; // of its name in the log
  readonly detail: boolean; // -D
  readonly console: boolean; // -l
  readonly json: boolean; // --log-format json
  readonly syslog: boolean; // not -G
  readonly umask: number | undefined; // -u
  readonly releaseVips: boolean; // not -V
  readonly releaseIpvs: boolean; // not -I
}

/** Child to supervisor. `ready` after the first configuration is in force, `reloaded` after each later one. */
export type FromChild<Report> =
  | { readonly type: "ready" }
  | { readonly type: "reloaded" }
  | { readonly type: "notify"; readonly notification: Notification } // operators are to be told, in this order
  | { readonly type: "report"; readonly report: Report; readonly asked: boolean }
  | { readonly type: "traffic"; readonly part: readonly ServiceTraffic[] } // of the answer
  | { readonly type: "traffic-end"; readonly read: boolean } // false: it cannot be read
  | { readonly type: "dump"; readonly what: DumpRequest } // a signal came to the child itself
  | { readonly type: "bfd"; readonly verdicts: readonly BfdVerdict[] }; // the bfd process alone

/** Whether a session of `bfd_instance` is up. Said when it turns, and for every session at a start and a reload. */
export interface BfdVerdict {
  readonly name: string;
  readonly up: boolean;
}

/** What the vrrp process reports, at most ten times a second and only when something changed. */
export type VrrpReport = VrrpReportOf<VrrpState>;
/** What the bfd process reports. */
export type BfdReport = BfdReportOf<BfdSession>;

export type VrrpInstanceReport = VrrpInstanceReportOf<VrrpState>;
