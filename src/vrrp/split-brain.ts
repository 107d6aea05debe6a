import type { IpAddress } from "../base/ip.ts";
import type { MacAddress } from "../base/mac.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { VrrpState } from "./machine.ts";
import { masterDownInterval, RESIGN, type VrrpParameters } from "./parameters.ts";
import type { Received, ReceiveProblem } from "./receive.ts";

/** What shows that somebody else is master too, while we are and stay it. */
export type Evidence =
  | { readonly seen: "advertisement"; readonly from: IpAddress; readonly priority: number } // it ranks lower
  | { readonly seen: "refused"; readonly from: IpAddress; readonly problem: ReceiveProblem["reason"] }
  | { readonly seen: "arp"; readonly from: MacAddress; readonly address: IpAddress }; // it says that a VIP is there

/** Two masters for one virtual router, as the master sees it that stays. Plain JSON data. */
export type SplitBrainState =
  | { readonly name: "idle" } //                            not master
  | { readonly name: "alone"; readonly since: Micros } //   master
  | { readonly name: "split"; readonly evidence: Evidence; readonly since: Micros; readonly until: Micros };

export type SplitBrainEvent =
  | { readonly type: "master" }
  | { readonly type: "left" }
  | { readonly type: "evidence"; readonly evidence: Evidence }
  | { readonly type: "resigned"; readonly from: IpAddress }
  | { readonly type: "timer" };

/** Said when it begins and when it ends, once; `lasted` from the first evidence on. */
export type SplitBrainNote =
  | { readonly name: "split-brain"; readonly evidence: Evidence }
  | {
      readonly name: "split-brain-over";
      readonly evidence: Evidence;
      readonly lasted: Micros;
      readonly resigned: boolean;
    };

export interface SplitBrainStep {
  readonly state: SplitBrainState;
  readonly note: SplitBrainNote | undefined; // to be said; the first of the two is counted too
  readonly announce: boolean; // tell the neighbours again whose the VIPs are
}

/** Not master. */
export const IDLE: SplitBrainState = { name: "idle" };

/** What a former master still says by ARP in its last moments is no evidence against it. */
const HANDOVER: Micros = seconds(1);
/** ARP is seldom heard: who claimed an address is thought to have it for so long. */
const ARP_MEMORY: Micros = seconds(60);

/** One transition. Whoever is named first stands for all: one note, however many there are. */
export function splitBrainStep(
  router: VrrpParameters,
  state: SplitBrainState,
  event: SplitBrainEvent,
  now: Micros,
): SplitBrainStep {
  switch (event.type) {
    case "left":
      return quietly(IDLE);
    case "master":
      return quietly(state.name === "idle" ? { name: "alone", since: now } : state);
    case "evidence":
      return witnessed(router, state, event.evidence, now);
    case "resigned":
      return state.name === "split" && state.evidence.from === event.from ? over(state, now, true) : quietly(state);
    case "timer":
      return state.name === "split" && now >= state.until ? over(state, now, false) : quietly(state);
  }
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function splitBrainDeadline(state: SplitBrainState): Micros | undefined {
  return state.name === "split" ? state.until : undefined;
}

/**
 * What a packet of our VRID shows; `before` and `after`: our state around it. A preemption is none: then we yield. Nor is
 * a packet of which nothing can be believed.
 */
export function evidenceOf(
  before: VrrpState,
  after: VrrpState,
  { from, payload }: { readonly from: IpAddress; readonly payload: Uint8Array },
  received: Received,
): SplitBrainEvent | undefined {
  if (before.name !== "master" || after.name !== "master" || received.type === "ignored") return undefined;
  if (received.type === "dropped") {
    const { reason } = received.problem;
    if (UNBELIEVABLE.has(reason) || payload[PRIORITY] === RESIGN) return undefined;
    return { type: "evidence", evidence: { seen: "refused", from, problem: reason } };
  }
  const { priority } = received.advertisement;
  if (priority === RESIGN) return { type: "resigned", from };
  return { type: "evidence", evidence: { seen: "advertisement", from, priority } };
}

/** Where the priority stands in an advertisement. */
const PRIORITY = 2;

/** Damaged, or from beyond the LAN. */
const UNBELIEVABLE: ReadonlySet<ReceiveProblem["reason"]> = new Set(["truncated", "length", "ttl", "checksum", "type"]);

function witnessed(router: VrrpParameters, state: SplitBrainState, evidence: Evidence, now: Micros): SplitBrainStep {
  if (state.name === "idle") return quietly(state);
  if (state.name === "alone" && evidence.seen === "arp" && now < state.since + HANDOVER) return quietly(state);
  const until = now + (evidence.seen === "arp" ? ARP_MEMORY : masterDownInterval(router, router.interval));
  if (state.name === "split") {
    // Who advertises is watched by that: an ARP says nothing of how long it goes on.
    const worse = evidence.seen === "arp" && state.evidence.seen !== "arp";
    return quietly(worse ? state : { ...state, evidence: known(state.evidence, evidence), until });
  }
  return {
    state: { name: "split", evidence, since: now, until },
    note: { name: "split-brain", evidence },
    announce: evidence.seen !== "advertisement", // then the election announces
  };
}

/** Who was named stays, unless a better witness comes. */
function known(before: Evidence, now: Evidence): Evidence {
  return before.seen === "arp" ? now : before;
}

function over(
  { evidence, since }: Extract<SplitBrainState, { name: "split" }>,
  now: Micros,
  resigned: boolean,
): SplitBrainStep {
  const lasted = now - since;
  const note = { name: "split-brain-over", evidence, lasted, resigned } as const;
  return { state: { name: "alone", since: now }, note, announce: true };
}

function quietly(state: SplitBrainState): SplitBrainStep {
  return { state, note: undefined, announce: false };
}
