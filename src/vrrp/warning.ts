import type { VrrpNote, VrrpState } from "./machine.ts";

/** What an instance has warned of and will not repeat: the names of notes and the reasons of bad packets. */
export type Warned = ReadonlySet<string>;

/** Nothing yet. */
export const UNWARNED: Warned = new Set();

/** Whether to say it, and what has been said then. Keepalived 2.4: each reason once for an instance. */
export function warn(warned: Warned, reason: string): { readonly say: boolean; readonly warned: Warned } {
  return warned.has(reason) ? { say: false, warned } : { say: true, warned: new Set([...warned, reason]) };
}

/** Whether a transition makes old warnings news again: entering or leaving master, or another master. */
export function forgetsWarnings(before: VrrpState, after: VrrpState): boolean {
  if (before.name === "backup" && after.name === "backup")
    return after.master !== undefined && after.master !== before.master;
  return before.name !== after.name && (before.name === "master" || after.name === "master");
}

/** Notes that come with every advertisement of a peer. Keepalived differs: it repeats them each time. */
export function isRepetitive({ name }: VrrpNote): boolean {
  return REPETITIVE.has(name);
}

const REPETITIVE: ReadonlySet<VrrpNote["name"]> = new Set([
  "lower-priority-discarded",
  "priority-zero-ignored",
  "forcing-election",
  "own-address-conflict",
  "owner-conflict",
  "interval-differs",
]);
