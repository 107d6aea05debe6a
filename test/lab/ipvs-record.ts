import type { Implementation } from "./daemon.ts";
import type { SyncLife } from "./ipvs-sync.ts";

/** What our checkers process and keepalived made of the same configuration, side by side. */
export interface IpvsRecord {
  /** `ipvsadm -Sn` of each implementation at that moment; see `Step`. */
  readonly steps: Readonly<Record<string, Step>>;
  /** Messages of our own daemon that must not be there: errors, restarts. */
  readonly complaints: readonly string[];
  readonly refused: readonly string[]; // what our daemon said of the kernel's refusals
  readonly traffic: Readonly<Record<"nat" | "tun" | "dr", readonly string[]>>; // answers, in order
  readonly counters: { readonly before: string; readonly after: string }; // connections of a server over a reload
  readonly sync: Readonly<Record<Implementation, SyncLife>>;
  readonly error?: string;
}

/** One moment: what both tables held, and what both daemons said since the moment before. */
export interface Step {
  readonly reached: boolean; //                   the expected servers came within the time allowed
  readonly ours: readonly string[];
  readonly keepalived: readonly string[];
  readonly changes: readonly string[]; //         what we asked of the kernel, in order
  readonly said: { readonly ours: readonly string[]; readonly keepalived: readonly string[] }; // sorted
  readonly took: number; //                       seconds, for both
}
