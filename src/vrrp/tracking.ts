import type { Family, IpAddress } from "../base/ip.ts";
import type { Standing, VrrpEvent } from "./machine.ts";
import { OWNER } from "./parameters.ts";

/** What a tracked condition says: held, not held, or not known yet. */
export type Verdict = "pending" | "up" | "down";

/** A reason not to be master. Keepalived differs (HEAD): "interface down" is one flag for all interfaces. */
export type FaultReason =
  | { readonly type: "interface-down" | "interface-up"; readonly interface: string } // up: tracked with `reverse`
  | { readonly type: "no-address"; readonly interface: string; readonly family: Family }
  | { readonly type: "source-lost"; readonly address: IpAddress } // track_src_ip
  | { readonly type: "no-peer" } // unicast_fault_no_peer
  | { readonly type: "lost"; readonly what: string } // removed by others, and cannot be put back
  | { readonly type: "script"; readonly script: string }
  | { readonly type: "script-pending"; readonly script: string }
  | { readonly type: "file"; readonly file: string; readonly value: number }
  | { readonly type: "process"; readonly process: string }
  | { readonly type: "bfd"; readonly session: string; readonly verdict: Verdict };

/** An item of a list such as `track_script`, with what it says now. */
export type Tracker = TrackedCondition | TrackedNumber;

interface TrackWeight {
  readonly weight: number; // -254..254; 0 = failure is a fault
  readonly reverse: boolean;
}

/** What holds or does not hold. */
export interface TrackedCondition extends TrackWeight {
  readonly kind: "script" | "interface" | "process" | "bfd"; // a session that nobody has spoken of is down
  readonly name: string;
  readonly verdict: Verdict;
}

/** What is counted with: the number in a file. */
export interface TrackedNumber extends TrackWeight {
  readonly kind: "file";
  readonly name: string;
  readonly value: number; // whole, 32 bits with sign
}

/** Where an instance speaks, and from which address. */
export interface Primary {
  readonly interface: string;
  readonly family: Family;
  readonly hasAddress: boolean;
  readonly lostSource: IpAddress | undefined; // the configured source, where it is tracked and is not there
  readonly hasPeers: boolean; // or needs none
}

/** What an instance depends on. */
export interface Tracked {
  readonly interfaces: readonly { readonly name: string; readonly up: boolean }[]; // whatever is tracked besides
  readonly primary: Primary;
  readonly trackers: readonly Tracker[];
  readonly lost?: readonly string[]; // addresses, routes and rules, as they are called
}

/** Every reason that holds now; the instance is in fault while there is one. Computed anew, so none is forgotten. */
export function faultReasons({ interfaces, primary, trackers, lost = [] }: Tracked): FaultReason[] {
  return [
    ...interfaces.filter(({ up }) => !up).map(({ name }) => ({ type: "interface-down", interface: name }) as const),
    ...primaryReasons(primary),
    ...lost.map((what) => ({ type: "lost", what }) as const),
    ...trackers.flatMap((tracker) => reasonOf(tracker) ?? []),
  ];
}

/** What the reasons say together. */
export function standing(reasons: readonly FaultReason[]): Standing {
  if (reasons.some(({ type }) => type !== "script-pending")) return "unfit";
  return reasons.length > 0 ? "pending" : "fit";
}

/**
 * What the machine must be told when reasons have changed; fed again without harm. Pending says nothing: a script that
 * comes with a reload leaves the state alone until its first result.
 */
export function standingEvent(now: Standing): VrrpEvent | undefined {
  switch (now) {
    case "fit":
      return { type: "recovered" };
    case "unfit":
      return { type: "fault" };
    case "pending":
      return undefined;
  }
}

/**
 * What a tracked object adds to the priority: a positive weight while up, a negative one while down, the other sign
 * with `reverse`; nothing while pending. Of a file, its number times the weight.
 */
export function contribution(tracker: Tracker): number {
  const { weight, reverse } = tracker;
  if (tracker.kind === "file") {
    const effect = effectOf(tracker);
    return effect === FATAL ? 0 : effect;
  }
  const counts = weight > 0 ? tracker.verdict === "up" : tracker.verdict === "down";
  if (!counts) return 0;
  return reverse ? 0 - weight : weight;
}

/** The priority to advertise: clamped to 1..254, and an owner's never changes. */
export function effectivePriority(base: number, contributions: readonly number[]): number {
  if (base === OWNER) return OWNER;
  const total = contributions.reduce((sum, part) => sum + part, base);
  return Math.min(254, Math.max(1, total));
}

function primaryReasons({ interface: name, family, hasAddress, lostSource, hasPeers }: Primary): FaultReason[] {
  return [
    ...(hasAddress ? [] : [{ type: "no-address", interface: name, family } as const]),
    ...(lostSource === undefined ? [] : [{ type: "source-lost", address: lostSource } as const]),
    ...(hasPeers ? [] : [{ type: "no-peer" } as const]),
  ];
}

/** A number that says so is a fault, keepalived.conf(5) `track_file`. */
const FATAL = -254;

/** What the number in a file does to the priority: FATAL..253. Without weight, any number but 0 is fatal. */
function effectOf({ value, weight, reverse }: TrackedNumber): number {
  if (weight === 0) return (value === 0) === reverse ? FATAL : 0;
  const product = value * weight;
  return Math.min(253, Math.max(FATAL, reverse ? 0 - product : product));
}

function reasonOf(tracker: Tracker): FaultReason | undefined {
  const { name, weight, reverse } = tracker;
  if (tracker.kind === "file")
    return effectOf(tracker) === FATAL ? { type: "file", file: name, value: tracker.value } : undefined;
  if (weight !== 0) return undefined;
  if (tracker.verdict === "pending") return { type: "script-pending", script: name };
  if (tracker.verdict !== (reverse ? "up" : "down")) return undefined;
  switch (tracker.kind) {
    case "script":
      return { type: "script", script: name };
    case "interface":
      return { type: `interface-${tracker.verdict}`, interface: name };
    case "process":
      return { type: "process", process: name };
    case "bfd":
      return { type: "bfd", session: name, verdict: tracker.verdict };
  }
}
