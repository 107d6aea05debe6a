import {
  answers,
  BAD_PACKETS,
  isResolved,
  isSilent,
  keepsPace,
  neverBackup,
  resigns,
  staysBackup,
  staysMaster,
  stopsQuietly,
  takesOver,
  yields,
} from "./checks.ts";
import type { Act, Packet, Rule } from "./rule.ts";

/** Waits for the router to be backup, or master. */
export const backup: Act = { type: "await", what: "backup" };
/** See `backup`. */
export const master: Act = { type: "await", what: "master" };
/** The router's next advertisement. */
export const advert: Act = { type: "await", what: "advert" };

/** So many intervals of the router pass. */
export function pause(intervals: number): Act {
  return { type: "pause", intervals };
}

/** Sends `packet`, `times` in all, `gap` intervals apart. */
export function send(packet: Packet, times = 1, gap = 1): Act[] {
  return Array.from({ length: times }, (_, i) => [...(i === 0 ? [] : [pause(gap)]), sending(packet)]).flat();
}

function sending(packet: Packet): Act {
  return { type: "send", packet };
}

const HIGHER: Packet = { priority: 200 };
const LOWER: Packet = { priority: 50 };

/** RFC 9568 §6.4.1: Initialize. */
const INITIALIZE: readonly Rule[] = [
  {
    id: "owner-starts-as-master",
    source: "RFC 9568 §6.4.1",
    unh: "2 state machine",
    sentence: "At its start the owner of the addresses (priority 255) is master: it advertises and announces at once",
    router: { priority: 255 },
    acts: [master, pause(3.5)],
    checks: [neverBackup, staysMaster, keepsPace("start"), resigns],
    note: "with `state MASTER`, as in Keepalived; without it an owner waits as others do",
  },
  {
    id: "others-start-as-backup",
    source: "RFC 9568 §6.4.1",
    unh: "2 state machine",
    sentence: "At its start anybody else is backup, and waits for Master_Down_Interval of its own interval",
    acts: [backup, pause(6.5)],
    checks: [takesOver("start", "down"), keepsPace("start")],
  },
];

/** RFC 9568 §6.4.2: Backup. */
const BACKUP: readonly Rule[] = [
  {
    id: "backup-does-not-answer",
    source: "RFC 9568 §6.4.2",
    unh: "2 state machine",
    sentence: "A backup does not answer for the virtual address (ARP, neighbour solicitation)",
    acts: [backup, ...send(HIGHER), { type: "ask" }, pause(1), ...send(HIGHER), { type: "ask" }, pause(1)],
    followed: true,
    checks: [isResolved(0, false), isResolved(1, false), staysBackup],
  },
  {
    id: "backup-stops-quietly",
    source: "RFC 9568 §6.4.2",
    unh: "2 state machine",
    sentence: "A backup that is shut down says nothing",
    acts: [backup, ...send(HIGHER), pause(1)],
    followed: true,
    checks: [stopsQuietly],
  },
  {
    id: "silence-makes-master",
    source: "RFC 9568 §6.4.2",
    unh: "3.3 master-down timer",
    sentence: "When Master_Down_Timer fires, a backup advertises, announces the addresses and is master",
    acts: [backup, ...send(HIGHER), pause(6.8)],
    checks: [isSilent("start", 3), takesOver(-1, "down"), staysMaster, keepsPace(-1)],
  },
  {
    id: "no-silence-no-master",
    source: "RFC 9568 §6.4.2",
    unh: "3.3 master-down timer",
    sentence:
      "Before Master_Down_Timer fires a backup says nothing: each advertisement of its master begins the wait anew",
    acts: [backup, ...send(HIGHER, 4, 2.5), pause(1)],
    followed: true,
    checks: [staysBackup],
  },
  {
    id: "resignation-shortens-the-wait",
    source: "RFC 9568 §6.4.2",
    unh: "3.2 skew timer",
    sentence: "When its master resigns (priority 0), a backup waits for Skew_Time only",
    acts: [backup, ...send(HIGHER), pause(1), ...send({ priority: 0 }), pause(3.5)],
    checks: [takesOver(-1, "skew"), staysMaster],
  },
  {
    id: "resignation-is-taken-back",
    source: "RFC 9568 §6.4.2",
    unh: "3.2 skew timer",
    sentence: "When another master is heard within Skew_Time, a backup follows it and waits in full",
    acts: [backup, ...send(HIGHER), pause(1), ...send({ priority: 0 }), ...send(HIGHER), pause(3)],
    followed: true,
    checks: [staysBackup],
  },
  {
    id: "follows-higher",
    source: "RFC 9568 §6.4.2",
    unh: "2 state machine",
    sentence: "A backup follows whoever has a higher priority, for Master_Down_Interval after each advertisement",
    acts: [backup, ...send(HIGHER, 5), pause(4.5)],
    checks: [isSilent("start", 6), takesOver(-1, "down")],
  },
  {
    id: "follows-equal",
    source: "RFC 9568 §6.4.2",
    unh: "3.4 preemption",
    sentence: "A backup follows whoever has the same priority, also from a lower address",
    acts: [backup, ...send({ priority: 100, from: "below" }, 5), pause(4.5)],
    checks: [isSilent("start", 6), takesOver(-1, "down")],
  },
  {
    id: "preempts-lower",
    source: "RFC 9568 §6.4.2",
    unh: "3.4 preemption",
    sentence: "With Preempt_Mode a backup discards a lower priority: its wait goes on, and it takes over",
    acts: [backup, ...send(HIGHER), pause(0.5), ...send(LOWER, 4), pause(3)],
    checks: [takesOver(0, "down"), staysMaster],
  },
  {
    id: "suffers-lower-without-preempt",
    source: "RFC 9568 §6.4.2",
    unh: "3.4 preemption",
    sentence: "Without Preempt_Mode a backup follows a lower priority too",
    router: { nopreempt: true },
    acts: [backup, ...send(LOWER, 5), pause(5.5)],
    checks: [isSilent("start", 6), takesOver(-1, "down")],
  },
  {
    id: "resignation-ends-nopreempt",
    source: "RFC 9568 §6.4.2",
    unh: "3.4 preemption",
    sentence: "Without Preempt_Mode it takes over when the lower one resigns",
    router: { nopreempt: true },
    acts: [backup, ...send(LOWER, 2), pause(0.5), ...send({ priority: 0 }), pause(3)],
    checks: [takesOver(-1, "skew"), staysMaster],
  },
  {
    id: "learns-the-interval",
    source: "RFC 9568 §6.4.2",
    unh: "4.7 interval",
    sentence:
      "A backup takes Master_Adver_Interval from its master: it waits for three of its intervals and their skew",
    only: ["v3", "v3-ipv6"],
    acts: [backup, ...send({ ...HIGHER, interval: 3 }, 2, 3), pause(15)],
    checks: [isSilent("start", 12), takesOver(-1, "down", 3), keepsPace(-1)],
  },
  {
    id: "forgets-the-interval-of-another-master",
    source: "RFC 9568 §6.4.2",
    unh: "4.7 interval",
    sentence: "When another router is master, its interval is the one that counts",
    only: ["v3", "v3-ipv6"],
    // The first one does not cut the wait for the master before it short (V96); from the second on it does.
    acts: [
      ...[backup, ...send({ ...HIGHER, interval: 3 }), pause(1), ...send({ priority: 220, from: "third" }, 2)],
      pause(5),
    ],
    checks: [takesOver(2, "down")],
    note: "from its second advertisement on: see V96",
  },
  {
    id: "skews-by-the-learned-interval",
    source: "RFC 9568 §6.1",
    unh: "3.2 skew timer",
    sentence: "Skew_Time is a part of the master's interval, not of its own",
    only: ["v3", "v3-ipv6"],
    acts: [backup, ...send({ ...HIGHER, interval: 4 }), pause(1), ...send({ priority: 0, interval: 4 }), pause(5)],
    checks: [takesOver(-1, "skew", 4)],
  },
];

/** RFC 9568 §6.4.3: Active, which is our master. */
const MASTER: readonly Rule[] = [
  {
    id: "master-answers-for-the-address",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master answers for the virtual address (ARP, neighbour solicitation)",
    acts: [master, pause(1), { type: "ask" }, pause(1)],
    checks: [isResolved(0, true), staysMaster],
  },
  {
    id: "advertises-each-interval",
    source: "RFC 9568 §6.4.3",
    unh: "3.1 advertisement timer",
    sentence: "A master advertises each Advertisement_Interval",
    acts: [master, pause(6.5)],
    checks: [keepsPace("start"), staysMaster],
  },
  {
    id: "master-resigns",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master that is shut down advertises priority 0, and gives the addresses up",
    acts: [master, pause(1.5)],
    checks: [resigns],
  },
  {
    id: "answers-a-resignation",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master that hears priority 0 advertises at once, and an interval after that",
    acts: [master, pause(1), advert, pause(0.5), ...send({ priority: 0 }), pause(2.5)],
    checks: [answers(-1), staysMaster],
  },
  {
    id: "yields-to-higher",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master that hears a higher priority is backup without a word, and waits in full",
    acts: [master, pause(1.5), ...send(HIGHER), pause(5.5)],
    checks: [yields(-1), takesOver(-1, "down")],
  },
  {
    id: "yields-to-higher-address",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master that hears its own priority from a higher address is backup",
    acts: [master, pause(1.5), ...send({ priority: 100 }), pause(5.5)],
    checks: [yields(-1), takesOver(-1, "down")],
  },
  {
    id: "outlasts-lower-address",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master that hears its own priority from a lower address stays master, and advertises at once",
    acts: [master, pause(1), advert, pause(0.5), ...send({ priority: 100, from: "below" }), pause(2.5)],
    checks: [answers(-1), staysMaster],
  },
  {
    id: "outlasts-lower",
    source: "RFC 9568 §6.4.3",
    unh: "2 state machine",
    sentence: "A master that hears a lower priority stays master, and advertises at once to say so",
    acts: [master, pause(1), advert, pause(0.5), ...send(LOWER), pause(2.5)],
    checks: [answers(-1), staysMaster],
    note: "RFC 5798 and RFC 3768 only discard it; so does `lower_prio_no_advert`",
  },
  {
    id: "takes-the-role-back",
    source: "RFC 9568 §6.4.3",
    unh: "3.4 preemption",
    sentence: "A master that yielded is master again when the other one resigns",
    acts: [master, pause(1.5), ...send(HIGHER, 2), pause(0.5), ...send({ priority: 0 }), pause(3)],
    checks: [yields(0), takesOver(-1, "skew")],
  },
  {
    id: "waits-by-the-winners-interval",
    source: "RFC 9568 §6.4.3",
    unh: "4.7 interval",
    sentence: "A master that yields waits by the interval of the one it yields to",
    only: ["v3", "v3-ipv6"],
    acts: [master, pause(1.5), ...send({ ...HIGHER, interval: 3 }), pause(13)],
    checks: [yields(-1), takesOver(-1, "down", 3)],
  },
  {
    id: "owner-hears-nobody",
    source: "RFC 9568 §7.1",
    unh: "2 state machine",
    sentence: "The owner of the addresses discards every advertisement",
    router: { priority: 255, ignoresOthers: true },
    acts: [master, pause(2.5), ...send(LOWER, BAD_PACKETS, 0.4), ...send({ priority: 255 }), pause(3)],
    checks: [staysMaster, keepsPace("start")],
    note: "with `owner_ignore_adverts` or strict mode; without, owners elect one of them: see V28",
    keepalived: {
      note: "2.2.7 has no such option: it answers lower ones, and when another owner is heard it lowers itself to 254 for good and loses",
      checks: [yields(-1)],
    },
  },
];

/** The rules of RFC 9568 §6.4, each with what it does not ask for. */
export const STATE_RULES: readonly Rule[] = [...INITIALIZE, ...BACKUP, ...MASTER];
