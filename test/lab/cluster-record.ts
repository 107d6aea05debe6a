import type { Micros } from "../../src/base/time.ts";

/** First director, then second. */
export type PairName = "keepalived+keepalived" | "ours+ours" | "ours+keepalived" | "keepalived+ours";

/** The ways in which the master goes. */
export type Loss = "stop" | "kill" | "link";

/** What one pair of directors did with one published cluster. All spans in microseconds. */
export interface PairRecord {
  readonly election: Tables; //                         after both have started
  readonly replies: readonly string[]; //               to six requests, one after the other
  readonly losses: Readonly<Record<Loss, LossRecord>>;
  readonly web: WebRecord;
  readonly final: Tables; //                            after everything has returned
  readonly tracked: { readonly running: number; readonly gone: number } | undefined; // 003: lb1's advertised priority
  readonly logs: { readonly lb1: readonly string[]; readonly lb2: readonly string[] };
  readonly steps: readonly string[]; //                 how far it came, and when: `settled 12.3 s`
  readonly error: string | undefined; //                why the record is not whole
}

/** Both directors' tables at one time. */
export interface Tables {
  readonly addresses: { readonly lb1: readonly string[]; readonly lb2: readonly string[] };
  readonly ipvs: { readonly lb1: readonly string[]; readonly lb2: readonly string[] };
}

/** The master goes, the backup takes over, the master returns. */
export interface LossRecord {
  readonly resigned: boolean; //          a priority-0 advert was seen
  readonly takeover: Micros; //           last advert (or priority 0) of the old master → first gratuitous ARP of the new
  readonly silence: Micros; //            longest time without an answer at the client
  readonly answered: boolean; //          the client was answered after the takeover
  readonly during: Tables; //             after the takeover
  readonly replies: readonly string[]; // to two requests after the takeover
  readonly returned: Micros; //           start (or link up) of the old master → it is master again
  readonly announced: boolean; //         with a gratuitous ARP
}

/** One web server stops and returns, seen by the second director. */
export interface WebRecord {
  readonly node: string;
  readonly removed: Micros; //            from its stop
  readonly added: Micros; //              from its return
  readonly without: readonly string[]; // the second director's table while it is away
}
