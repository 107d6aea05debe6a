import { compareIp, type IpAddress } from "../base/ip.ts";
import { type Micros, milliseconds } from "../base/time.ts";
import { learned, masterInterval } from "./interval.ts";
import type { Backup, Master, Step, VrrpEffect, VrrpEvent } from "./machine.ts";
import { ownerChallenged } from "./owners.ts";
import { OWNER, RESIGN, skewTime, type VrrpParameters } from "./parameters.ts";
import { advertise, backup, entering, note } from "./transition.ts";

/** An advertisement that was accepted. */
export type Heard = Extract<VrrpEvent, { type: "advertisement" }>;

/** A backup hears an advertisement. RFC 9568 §6.4.2. */
export function heard(router: VrrpParameters, state: Backup, { from, advertisement }: Heard, now: Micros): Step {
  const { priority } = advertisement;
  if (priority === RESIGN) return resigned(router, state, from, now);
  const { preemptAt } = state;
  const theirs = masterInterval(router, advertisement);
  const again = backup(router, now, theirs);
  const masterDownAt = followedAt(state, from, again.masterDownAt);
  // The sender is our master: the wait begins again.
  const follow = (delayedTo: Micros | undefined, first: readonly VrrpEffect[]): Step => ({
    state: { ...again, masterDownAt, master: from, preemptAt: delayedTo },
    effects: [...first, ...masterChanged(state, from), ...learned(router, state.masterInterval, from, theirs)],
  });
  if (priority >= router.priority || !router.preempt)
    return follow(undefined, preemptAt === undefined ? [] : [note({ name: "preempt-delay-stopped" })]);
  if (preemptAt === undefined && router.preemptDelay > 0)
    return follow(now + router.preemptDelay, [note({ name: "preempt-delay-started", delay: router.preemptDelay })]);
  if (preemptAt !== undefined && now < preemptAt) return follow(preemptAt, []);
  // Discarded: our own timer keeps running, and will preempt the sender.
  return { state: { ...state, master: from }, effects: [note({ name: "lower-priority-discarded", from, priority })] };
}

/**
 * Another master does not cut the wait for the one before short; its second advertisement does. Where VRRPv3 intervals
 * differ, one that yields with a last word (`higher_prio_send_advert`) would else leave its short interval to all who
 * hear it: they wait for it in vain, take over, yield with a last word, and so for ever.
 */
function followedAt({ master, masterDownAt }: Backup, from: IpAddress, again: Micros): Micros {
  return master === undefined || master === from ? again : Math.max(again, masterDownAt);
}

function masterChanged({ master }: Backup, from: IpAddress): VrrpEffect[] {
  return master === from ? [] : [note({ name: "master-changed", from: master, to: from })];
}

/**
 * Somebody resigns. Only our master can: from anybody else it would give us a second master for a moment. While we
 * know no master we believe it, since waiting costs traffic. (Keepalived differs: it believes everybody.)
 */
function resigned(router: VrrpParameters, state: Backup, from: IpAddress, now: Micros): Step {
  const { master } = state;
  if (master !== undefined && master !== from)
    return { state, effects: [note({ name: "priority-zero-ignored", from, master })] };
  const effects = [note({ name: "priority-zero-received", from, by: "backup" })];
  return { state: { ...state, masterDownAt: now + skewTime(router, state.masterInterval) }, effects };
}

/** A master hears an advertisement: one of the two must go. RFC 9568 §6.4.3. */
export function challenged(router: VrrpParameters, state: Master, event: Heard, now: Micros): Step {
  const { from, advertisement } = event;
  const { priority } = advertisement;
  if (priority === RESIGN) return farewellHeard(router, state, from, now);
  const rank = priority - router.priority || compareIp(from, router.primaryAddress);
  if (rank === 0) return { state, effects: [note({ name: "own-address-conflict", from })] };
  if (rank !== 0 && priority === OWNER && router.priority === OWNER) return ownerChallenged(router, state, event, now);
  const said = verdict(router, priority, from, rank > 0);
  return rank > 0 ? yielded(router, { from, advertisement }, said, now) : asserted(router, state, said, now);
}

/** Another one resigns: who waits for a master hears at once that there is one, or in the gap after the last answer. */
function farewellHeard(router: VrrpParameters, state: Master, from: IpAddress, now: Micros): Step {
  const said = note({ name: "priority-zero-received", from, by: "master" });
  if (router.lowerPriorityAdvert && (hasJustSaid(router, state, now) || state.advertiseAt - now <= ANSWER_GAP))
    return { state: { ...state, advertiseAt: Math.min(state.advertiseAt, now + ANSWER_GAP) }, effects: [said] };
  const answered = prefixed(said, advertise(router, now, [], state));
  return router.lowerPriorityAdvert ? answered : { ...answered, state }; // lower_prio_no_advert: out of turn
}

function verdict(router: VrrpParameters, priority: number, from: IpAddress, lost: boolean): VrrpEffect {
  if (!lost) return note({ name: "forcing-election", from, priority, answered: router.lowerPriorityAdvert });
  return note({
    name: priority === router.priority ? "same-priority-higher-address" : "higher-priority",
    from,
    priority,
  });
}

/** Whoever spoke just before has been heard: a flood is not answered by a flood. */
const ANSWER_GAP = milliseconds(1);

function hasJustSaid({ interval }: VrrpParameters, { advertiseAt }: Master, now: Micros): boolean {
  return now - (advertiseAt - interval) < ANSWER_GAP;
}

/** We win. The other one goes when it hears us; the neighbours may have believed it, so they are told again. */
export function asserted(router: VrrpParameters, state: Master, said: VrrpEffect, now: Micros): Step {
  if (!router.lowerPriorityAdvert || hasJustSaid(router, state, now))
    return { state, effects: [said, { type: "announce", because: "lower-priority" }] };
  return prefixed(said, advertise(router, now, [{ type: "announce", because: "lower-priority" }], state));
}

/**
 * We lose, and go without resigning. With `higher_prio_send_advert` we advertise once more first: so the winner hears
 * that the neighbours had two masters, and announces the addresses again.
 */
export function yielded(
  router: VrrpParameters,
  { from, advertisement }: Pick<Heard, "from" | "advertisement">,
  said: VrrpEffect,
  now: Micros,
): Step {
  const theirs = masterInterval(router, advertisement);
  const farewell: VrrpEffect[] = router.higherPriorityAdvert ? [{ type: "advertise", priority: router.priority }] : [];
  return {
    state: { ...backup(router, now, theirs), master: from },
    effects: [
      ...farewell,
      said,
      ...learned(router, router.interval, from, theirs),
      entering("backup", false),
      { type: "release-addresses" },
    ],
  };
}

function prefixed(first: VrrpEffect, { state, effects }: Step): Step {
  return { state, effects: [first, ...effects] };
}
