import type { IpAddress } from "../base/ip.ts";
import type { BfdNote } from "./session.ts";

/** A note in Keepalived's words, where it has some. */
export function bfdWords(name: string, note: BfdNote): string {
  switch (note.name) {
    case "up":
      return `(${name}) Entering Up state`;
    case "down": {
      const [local, remote] = [diagnosticWords(note.local), diagnosticWords(note.remote)];
      return `(${name}) Entering Down state (Local diagnostic - ${local}, Remote diagnostic - ${remote})`;
    }
    case "admin-down":
      return `(${name}) Entering AdminDown state`;
    case "expired":
      return `(${name}) Expired after ${Math.round(note.after / 1000)} ms (${note.overdue} usec overdue)`;
    case "polling":
      return `(${name}) Starting poll sequence`;
    case "detection-time":
      return `(${name}) Detection time is ${note.to} us (was ${note.from} us)`;
  }
}

/** Whether Keepalived says it only with `-D`. */
export function isDetail({ name }: BfdNote): boolean {
  return name === "polling";
}

/** A diagnostic of RFC 5880 §4.1. */
export function diagnosticWords(diagnostic: number): string {
  return DIAGNOSTICS[diagnostic] ?? `Unknown (${diagnostic})`;
}

const DIAGNOSTICS = [
  "No Diagnostic",
  "Control Detection Time Expired",
  "Echo Function Failed",
  "Neighbor Signaled Session Down",
  "Forwarding Plane Reset",
  "Path Down",
  "Concatenated Path Down",
  "Administratively Down",
  "Reverse Concatenated Path Down",
];

/** Why a packet for a session was not taken; `least`: what it must have left of its TTL. */
export function refusalWords(
  name: string,
  reason: "ttl" | "wrong-path",
  { from, to, ttl }: { readonly from: IpAddress; readonly to: IpAddress; readonly ttl: number },
  least: number,
): string {
  if (reason === "ttl") return `(${name}) dropped packet from ${from}: TTL ${ttl} is below ${least}`;
  return `(${name}) dropped packet from ${from} to ${to}, which is not the way of this session`;
}
