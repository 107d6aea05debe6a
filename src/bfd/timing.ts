import type { Micros } from "../base/time.ts";
import type { BfdParameters, BfdSession } from "./session.ts";

/** The interval that our packets ask for: RFC 5880 §6.8.3 wants a second or more while the session is not up. */
export function desiredTransmit({ minTransmit, idleTransmit }: BfdParameters, { state }: BfdSession): Micros {
  return state === "up" ? minTransmit : idleTransmit;
}

/**
 * The interval of our packets before jitter. RFC 5880 §6.8.2, §6.8.3: a longer one counts when the neighbour has answered
 * the poll. A farewell keeps the pace of the session that it ends, as long as it lasts.
 */
export function transmitInterval(parameters: BfdParameters, session: BfdSession): Micros {
  const { state, poll, remote } = session;
  const desired = state === "admin-down" ? parameters.minTransmit : desiredTransmit(parameters, session);
  return Math.max(Math.min(desired, poll?.transmit ?? desired), remote?.receive ?? 0);
}

/**
 * How long the neighbour may be silent: RFC 5880 §6.8.4. A shorter one counts when it has answered the poll. 0 while it
 * is unknown.
 */
export function detectionTime({ minReceive }: BfdParameters, { poll, remote }: BfdSession): Micros {
  if (remote === undefined) return 0;
  return remote.multiplier * Math.max(minReceive, poll?.receive ?? minReceive, remote.transmit);
}

/** When the neighbour has been silent for too long, in whatever state it is; undefined: it is unknown. */
export function expiresAt(parameters: BfdParameters, session: BfdSession): Micros | undefined {
  const { remote, state } = session;
  return remote === undefined || state === "admin-down"
    ? undefined
    : remote.heardAt + detectionTime(parameters, session);
}

/** When the next of our periodic packets goes out; undefined: none does. RFC 5880 §6.8.7. */
export function nextPacketAt(parameters: BfdParameters, session: BfdSession): Micros | undefined {
  const { remote, poll, state, sentAt, jitter } = session;
  if (!maySpeak(parameters, session) || remote?.receive === 0) return undefined;
  const quiet = remote?.demand === true && remote.state === "up" && state === "up" && poll === undefined;
  if (quiet) return undefined;
  if (sentAt === undefined) return 0; // at once
  return sentAt + Math.round(transmitInterval(parameters, session) * (1 - jitter));
}

/** A passive session says nothing to a neighbour that it has not heard, one that is admin down says it for a while. */
export function maySpeak({ active }: BfdParameters, { remote, state, silentAt }: BfdSession): boolean {
  return state === "admin-down" ? silentAt !== undefined : active || remote !== undefined;
}

/**
 * By how much an interval is shortened, as a part of it: 0 to 25 %, and 10 to 25 % where the neighbour goes by a single
 * packet. RFC 5880 §6.8.7. (Keepalived differs: 10 to 25 % always.)
 */
export function shortened({ multiplier }: BfdParameters, chance: number): number {
  return multiplier === 1 ? 0.1 + 0.15 * chance : 0.25 * chance;
}
