import type { Micros } from "../base/time.ts";
import type { BfdPacket, BfdStateName } from "../wire/bfd.ts";
import {
  desiredTransmit,
  detectionTime,
  expiresAt,
  maySpeak,
  nextPacketAt,
  shortened,
  transmitInterval,
} from "./timing.ts";

/** What a session is configured with. Compatible with config/model/track.ts `BfdInstanceConfig`. */
export interface BfdParameters {
  readonly minTransmit: Micros; //  desired least interval between our packets while up
  readonly minReceive: Micros; //   required least interval between the neighbour's
  readonly idleTransmit: Micros; // between our packets while not up; RFC 5880 §6.8.3: a second at least
  readonly multiplier: number; //   1..255: intervals without a packet before the neighbour takes us for down
  readonly active: boolean; //      speaks first; a passive one waits for the neighbour
}

/**
 * A session in asynchronous mode: the variables of RFC 5880 §6.8.1. Plain JSON data: a process that is started again goes
 * on with what its predecessor last reported. Deadlines are not in it; timing.ts derives them, so a changed interval
 * counts at once.
 */
export interface BfdSession {
  readonly state: BfdStateName;
  readonly diagnostic: number; //            why it changed last; RFC 5880 §4.1
  readonly discriminator: number; //         ours, never another while the session exists
  readonly remote: Remote | undefined; //    undefined: silent for a detection time, or ever
  readonly poll: Poll | undefined; //        a poll sequence is under way; up only
  readonly sentAt: Micros | undefined; //    the last packet of ours that was more than an answer; undefined: none yet
  readonly jitter: number; //                0..0.25: by how much the interval after it is shortened
  readonly silentAt: Micros | undefined; //  admin down: the neighbour has been told often enough; else undefined
}

/** What the neighbour said last. */
export interface Remote {
  readonly state: BfdStateName;
  readonly diagnostic: number;
  readonly discriminator: number;
  readonly demand: boolean;
  readonly multiplier: number;
  readonly transmit: Micros; // desired
  readonly receive: Micros; //  required; 0: wants nothing
  readonly heardAt: Micros;
}

/** Until the neighbour has answered, what was in force before still counts where it is the safer value. RFC 5880 §6.8.3. */
export interface Poll {
  readonly transmit: Micros;
  readonly receive: Micros;
  readonly again: boolean; // changed again meanwhile: the answer may be to the former values
}

export type BfdEvent =
  | { readonly type: "timer" }
  | { readonly type: "packet"; readonly packet: BfdPacket } // for this session, as select.ts finds it
  | { readonly type: "reconfigured"; readonly from: BfdParameters } // the parameters are the new ones already
  | { readonly type: "shutdown" };

/** What the driver must do, in this order. */
export type BfdEffect =
  | { readonly type: "send"; readonly packet: BfdPacket }
  | { readonly type: "note"; readonly note: BfdNote };

/** What is worth saying; words.ts says it. */
export type BfdNote =
  | { readonly name: "up" }
  | { readonly name: "down"; readonly local: number; readonly remote: number } // diagnostics
  | { readonly name: "admin-down" }
  | { readonly name: "expired"; readonly after: Micros; readonly overdue: Micros }
  | { readonly name: "polling" }
  | { readonly name: "detection-time"; readonly from: Micros; readonly to: Micros };

export interface BfdStep {
  readonly session: BfdSession;
  readonly effects: readonly BfdEffect[];
}

/** When an event happens, and the chance that jitter is made of: 0 ≤ chance < 1, another one each time. */
export interface Moment {
  readonly now: Micros;
  readonly chance: number;
}

/** Diagnostics that we give. RFC 5880 §4.1. */
const NO_DIAGNOSTIC = 0;
const EXPIRED = 1;
const SIGNALED_DOWN = 3;
const ADMINISTRATIVELY_DOWN = 7;

/** A new session. `discriminator` is unique among ours, random, and not 0. */
export function startSession(discriminator: number): BfdSession {
  return {
    state: "down",
    diagnostic: NO_DIAGNOSTIC,
    discriminator,
    remote: undefined,
    poll: undefined,
    sentAt: undefined,
    jitter: 0,
    silentAt: undefined,
  };
}

/**
 * The session of a process that died, in the one after it: the neighbour gets its next packet at once, and has a whole
 * detection time for its own. An up session asks whether the timers are still agreed upon.
 */
export function adoptSession(parameters: BfdParameters, reported: BfdSession, now: Micros): BfdSession {
  const { state, discriminator, remote } = reported;
  if (state === "admin-down" || remote === undefined) return startSession(discriminator);
  const { minTransmit: transmit, minReceive: receive } = parameters;
  const poll = state === "up" ? { transmit, receive, again: false } : undefined;
  return { ...reported, remote: { ...remote, heardAt: now }, poll, sentAt: undefined };
}

/** One transition. Pure: no clock, no socket, no chance of its own. RFC 5880 §6.8, asynchronous mode without echo. */
export function bfdStep(parameters: BfdParameters, before: BfdSession, event: BfdEvent, moment: Moment): BfdStep {
  const { now, chance } = moment;
  const { session, notes } = changed(parameters, before, event, now);
  const packet = controlPacket(parameters, session);
  const former = controlPacket(event.type === "reconfigured" ? event.from : parameters, before);
  const at = nextPacketAt(parameters, session);
  const due = (at !== undefined && now >= at) || (maySpeak(parameters, session) && isNews(packet, former));
  const asked = event.type === "packet" && event.packet.poll && session.state !== "admin-down";
  if (!due && !asked) return { session, effects: notes };
  const sent: BfdEffect = { type: "send", packet: asked ? { ...packet, poll: false, final: true } : packet };
  const after = due ? { ...session, sentAt: now, jitter: shortened(parameters, chance) } : session;
  return { session: after, effects: [...notes, sent] };
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function bfdDeadline(parameters: BfdParameters, session: BfdSession): Micros | undefined {
  const deadlines = [nextPacketAt(parameters, session), expiresAt(parameters, session), session.silentAt];
  const next = Math.min(...deadlines.map((at) => at ?? Number.POSITIVE_INFINITY));
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

/** What the session has to say. */
function controlPacket(parameters: BfdParameters, session: BfdSession): BfdPacket {
  const { state, diagnostic, discriminator, remote, poll } = session;
  return {
    state,
    diagnostic,
    poll: poll !== undefined,
    final: false,
    demand: false,
    multiplier: parameters.multiplier,
    mine: discriminator,
    yours: remote?.discriminator ?? 0,
    desiredTransmit: desiredTransmit(parameters, session),
    requiredReceive: parameters.minReceive,
  };
}

/** RFC 5880 §6.8.7: what differs from the former packet is said at once. Not an echo of what the neighbour said. */
function isNews(packet: BfdPacket, former: BfdPacket): boolean {
  return NEWS.some((field) => packet[field] !== former[field]);
}

const NEWS = ["state", "diagnostic", "multiplier", "desiredTransmit", "requiredReceive"] as const;

interface Change {
  readonly session: BfdSession;
  readonly notes: readonly BfdEffect[];
}

function changed(parameters: BfdParameters, session: BfdSession, event: BfdEvent, now: Micros): Change {
  switch (event.type) {
    case "timer":
      return session.state === "admin-down" ? parting(session, now) : expired(parameters, session, now);
    case "packet":
      return heard(parameters, session, event.packet, now);
    case "reconfigured":
      return reconfigured(parameters, session, event.from);
    case "shutdown":
      return shutDown(parameters, session, now);
  }
}

/** RFC 5880 §6.8.4. In down nothing is lost with the neighbour but the knowledge of it. */
function expired(parameters: BfdParameters, session: BfdSession, now: Micros): Change {
  const at = expiresAt(parameters, session);
  if (at === undefined || now < at || session.remote === undefined) return { session, notes: [] };
  const after = { ...session, remote: undefined };
  if (session.state === "down") return { session: after, notes: [] };
  const said = note({ name: "expired", after: detectionTime(parameters, session), overdue: now - at });
  return {
    session: { ...after, state: "down", diagnostic: EXPIRED, poll: undefined },
    notes: [said, note({ name: "down", local: EXPIRED, remote: session.remote.diagnostic })],
  };
}

/** RFC 5880 §6.8.6, behind the checks of decodeBfd and select.ts. */
function heard(parameters: BfdParameters, before: BfdSession, packet: BfdPacket, now: Micros): Change {
  const remote: Remote = {
    state: packet.state,
    diagnostic: packet.diagnostic,
    discriminator: packet.mine,
    demand: packet.demand,
    multiplier: packet.multiplier,
    transmit: packet.desiredTransmit,
    receive: packet.requiredReceive,
    heardAt: now,
  };
  const answered = { ...before, remote, poll: packet.final ? pollAnswered(parameters, before.poll) : before.poll };
  const { session, notes } = moved(parameters, answered, packet);
  const [from, to] = [detectionTime(parameters, before), detectionTime(parameters, session)];
  const timing = from === to || session.state === "admin-down" ? [] : [note({ name: "detection-time", from, to })];
  return { session, notes: [...notes, ...timing] };
}

/** The state machine of RFC 5880 §6.2 and §6.8.6. */
function moved(parameters: BfdParameters, session: BfdSession, { state: theirs, diagnostic }: BfdPacket): Change {
  const { state: ours } = session;
  if (ours === "admin-down") return { session, notes: [] };
  const signaled = theirs === "admin-down" ? ours !== "down" : theirs === "down" && ours === "up";
  if (signaled)
    return {
      session: { ...session, state: "down", diagnostic: SIGNALED_DOWN, poll: undefined },
      notes: [note({ name: "down", local: SIGNALED_DOWN, remote: diagnostic })],
    };
  if (ours === "down" && theirs === "down")
    return { session: { ...session, state: "init", diagnostic: NO_DIAGNOSTIC }, notes: [] };
  const rises = (ours === "down" && theirs === "init") || (ours === "init" && (theirs === "init" || theirs === "up"));
  return rises ? risen(parameters, session) : { session, notes: [] };
}

/** Up: packets come at another interval now, which the neighbour has to agree to. */
function risen({ idleTransmit, minTransmit, minReceive }: BfdParameters, session: BfdSession): Change {
  const up: BfdSession = { ...session, state: "up", diagnostic: NO_DIAGNOSTIC };
  if (idleTransmit === minTransmit) return { session: up, notes: [note({ name: "up" })] };
  const poll = { transmit: idleTransmit, receive: minReceive, again: false };
  return { session: { ...up, poll }, notes: [note({ name: "up" }), note({ name: "polling" })] };
}

function pollAnswered({ minTransmit, minReceive }: BfdParameters, poll: Poll | undefined): Poll | undefined {
  return poll?.again === true ? { transmit: minTransmit, receive: minReceive, again: false } : undefined;
}

/** RFC 5880 §6.8.3: other intervals are agreed upon before they count; another multiplier is simply said. */
function reconfigured(parameters: BfdParameters, session: BfdSession, from: BfdParameters): Change {
  const same = parameters.minTransmit === from.minTransmit && parameters.minReceive === from.minReceive;
  if (session.state !== "up" || same) return { session, notes: [] };
  const { poll } = session;
  const transmit = Math.min(from.minTransmit, poll?.transmit ?? from.minTransmit);
  const receive = Math.max(from.minReceive, poll?.receive ?? from.minReceive);
  const again = poll !== undefined;
  return { session: { ...session, poll: { transmit, receive, again } }, notes: [note({ name: "polling" })] };
}

/** The longest that a stop waits for the neighbour to hear of it: one that has slow timers gets one packet. */
const FAREWELL: Micros = 300_000;

/** RFC 5880 §6.8.16: it is said for a detection time of the neighbour, so that a lost packet does no harm. */
function shutDown(parameters: BfdParameters, session: BfdSession, now: Micros): Change {
  if (session.state === "admin-down") return { session, notes: [] };
  const gone: BfdSession = { ...session, state: "admin-down", diagnostic: ADMINISTRATIVELY_DOWN, poll: undefined };
  const known = session.remote !== undefined;
  const silentAt = now + (known ? Math.min(parameters.multiplier * transmitInterval(parameters, gone), FAREWELL) : 1);
  const reachable = known || parameters.active;
  const notes = [note({ name: "admin-down" })];
  return { session: { ...gone, silentAt: reachable ? silentAt : undefined }, notes };
}

function parting(session: BfdSession, now: Micros): Change {
  const over = session.silentAt !== undefined && now >= session.silentAt;
  return { session: over ? { ...session, silentAt: undefined } : session, notes: [] };
}

function note(said: BfdNote): BfdEffect {
  return { type: "note", note: said };
}
