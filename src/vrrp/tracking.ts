import type { Standing, VrrpEvent } from "./machine.ts";
import { OWNER } from "./parameters.ts";
import type { ScriptVerdict } from "./script.ts";

/** A reason not to be master. Keepalived differs (HEAD): "interface down" is one flag for all interfaces. */
export type FaultReason =
  | { readonly type: "interface-down"; readonly interface: string }
  | { readonly type: "no-address"; readonly interface: string }
  | { readonly type: "lost"; readonly what: string } // removed by others, and cannot be put back
  | { readonly type: "script"; readonly script: string }
  | { readonly type: "script-pending"; readonly script: string };

/** An item of `track_script`, with what its script says. */
export interface TrackedVerdict {
  readonly script: string;
  readonly weight: number; // -253..253; 0 = failure is a fault
  readonly reverse: boolean;
  readonly verdict: ScriptVerdict;
}

/** What an instance depends on. */
export interface Tracked {
  readonly interfaces: readonly { readonly name: string; readonly up: boolean }[];
  readonly primary: { readonly interface: string; readonly hasAddress: boolean };
  readonly scripts: readonly TrackedVerdict[];
  readonly lost?: readonly string[]; // addresses, routes and rules, as they are called
}

/** Every reason that holds now; the instance is in fault while there is one. Computed anew, so none is forgotten. */
export function faultReasons({ interfaces, primary, scripts, lost = [] }: Tracked): FaultReason[] {
  return [
    ...interfaces.filter(({ up }) => !up).map(({ name }) => ({ type: "interface-down", interface: name }) as const),
    ...(primary.hasAddress ? [] : [{ type: "no-address", interface: primary.interface } as const]),
    ...lost.map((what) => ({ type: "lost", what }) as const),
    ...scripts.flatMap(scriptReason),
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
 * with `reverse`. Nothing while pending.
 */
export function contribution({ weight, reverse, verdict }: Omit<TrackedVerdict, "script">): number {
  const counts = weight > 0 ? verdict === "up" : verdict === "down";
  if (!counts) return 0;
  return reverse ? 0 - weight : weight;
}

/** The priority to advertise: clamped to 1..254, and an owner's never changes. */
export function effectivePriority(base: number, contributions: readonly number[]): number {
  if (base === OWNER) return OWNER;
  const total = contributions.reduce((sum, part) => sum + part, base);
  return Math.min(254, Math.max(1, total));
}

function scriptReason({ script, weight, reverse, verdict }: TrackedVerdict): FaultReason[] {
  if (weight !== 0) return [];
  if (verdict === "pending") return [{ type: "script-pending", script }];
  return verdict === (reverse ? "up" : "down") ? [{ type: "script", script }] : [];
}
