import { type Micros, milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import { isSummed } from "./packet.ts";
import { INTERVAL, places, type Seen, type SeenAdvert, type Sighting, virtualAddress } from "./rule.ts";

/** Looks at what was seen: what is wrong about it, or undefined. */
export type Check = (sighting: Sighting) => string | undefined;

/** A moment that a check counts from: the start, or a packet (or a question) of the neighbour by its number from 0; negative: from the end. */
export type Moment = "start" | number;

/** The start is known by what the router logs, which may be read late. */
const START_LAG = milliseconds(600);

/** The router advertises `wait` after `moment` and not before, with its own priority, and announces its addresses. `times`: of its interval. */
export function takesOver(moment: Moment, wait: "at-once" | "skew" | "down", times = 1): Check {
  return (sighting) => {
    const from = timeOf(sighting, moment);
    const first = advertsIn(sighting, from)[0];
    if (first === undefined) return "it never becomes master";
    const due = from + span(sighting, wait, times);
    const lag = moment === "start" ? START_LAG : 0;
    return (
      near(sighting, "the first advertisement", first.at + Math.min(lag, Math.max(0, due - first.at)), due) ??
      (first.advert.payload[2] === priority(sighting) ? undefined : `it has priority ${first.advert.payload[2]}`) ??
      (hasBetween(sighting, "announce", first.at, first.at + seconds(1)) ? undefined : "no address is announced")
    );
  };
}

/** No advertisement of the router from one moment for so many intervals; not even of priority 0. */
export function isSilent(moment: Moment, intervals: number): Check {
  return (sighting) => {
    const from = timeOf(sighting, moment);
    const said = advertsIn(sighting, from, from + intervals * INTERVAL[sighting.flavour])[0];
    return said === undefined ? undefined : `it advertises ${toSeconds(said.at - from)} s after ${moment}`;
  };
}

/** The router becomes master although its neighbour goes on as one: there are two. */
export const isDeaf: Check = (sighting) => {
  const last = timeOf(sighting, -1);
  return advertsIn(sighting, 0, last).length > 0 ? undefined : "it follows its neighbour";
};

/** From one moment on the router advertises each interval, and nothing moves that. */
export function keepsPace(moment: Moment): Check {
  return (sighting) => {
    const adverts = advertsIn(sighting, timeOf(sighting, moment), stopOf(sighting));
    if (adverts.length < 3) return `it advertises ${adverts.length} times only`;
    return adverts
      .slice(1)
      .map(({ at }, i) => near(sighting, "an advertisement", at, (adverts[i]?.at ?? 0) + INTERVAL[sighting.flavour]))
      .find((complaint) => complaint !== undefined);
  };
}

/** A packet is answered by an advertisement at once, and the next one comes an interval after that. */
export function answers(moment: Moment): Check {
  return (sighting) => {
    const from = timeOf(sighting, moment);
    const [first, second] = advertsIn(sighting, from);
    if (first === undefined || second === undefined) return "it is not master any more";
    return (
      near(sighting, "the answer", first.at, from) ??
      near(sighting, "the one after it", second.at, first.at + INTERVAL[sighting.flavour])
    );
  };
}

/** After a packet the router is backup: it gives the address up and does not resign. */
export function yields(moment: Moment): Check {
  return (sighting) => {
    const from = timeOf(sighting, moment);
    const until = from + INTERVAL[sighting.flavour];
    const said = advertsIn(sighting, from, until).find(({ at }) => at > from + sighting.tolerance / 4);
    if (said !== undefined) return `it advertises ${toSeconds(said.at - from)} s later`;
    return hasBetween(sighting, "released", from - sighting.tolerance, until) ? undefined : "it keeps the address";
  };
}

/** The router holds its address from its first advertisement to the stop. */
export const staysMaster: Check = (sighting) => {
  const [first] = advertsIn(sighting, 0);
  if (first === undefined) return "it never becomes master";
  if (!hasBetween(sighting, "held", first.at - seconds(1), first.at + seconds(1)))
    return "it does not take the address";
  return hasBetween(sighting, "released", first.at, stopOf(sighting) - 1) ? "it gives the address up" : undefined;
};

/** Before the stop the router says nothing and holds nothing. */
export const staysBackup: Check = (sighting) => {
  if (advertsIn(sighting, 0, stopOf(sighting)).length > 0) return "it advertises";
  if (sighting.seen.some(({ kind }) => kind === "announce")) return "it announces the address";
  return sighting.seen.some(({ kind }) => kind === "held") ? "it holds the address" : undefined;
};

/** An owner is master at the start, and never was anything else. */
export const neverBackup: Check = ({ seen }) =>
  seen.some(({ kind }) => kind === "backup") ? "it is backup for a while" : undefined;

/** At the stop the router resigns with priority 0, gives the address up, and says nothing afterwards. */
export const resigns: Check = (sighting) => {
  const stop = stopOf(sighting);
  const said = advertsIn(sighting, stop);
  const zero = said.findIndex(({ advert }) => advert.payload[2] === 0);
  if (zero < 0) return "it does not resign";
  if (zero !== said.length - 1) return "it advertises after it has resigned";
  return hasBetween(sighting, "released", stop, stop + seconds(5)) ? undefined : "it keeps the address";
};

/** At the stop the router says nothing. */
export const stopsQuietly: Check = (sighting) =>
  advertsIn(sighting, stopOf(sighting)).length > 0 ? "it advertises at the stop" : undefined;

/** Whether somebody who asks for the virtual address is answered. */
export function isResolved(moment: number, answered: boolean): Check {
  return (sighting) => {
    const asked = sighting.seen.filter(({ kind }) => kind === "asked").at(moment)?.at;
    if (asked === undefined) return "nobody asked";
    const found = hasBetween(sighting, "reply", asked, asked + INTERVAL[sighting.flavour]);
    return found === answered ? undefined : answered ? "nobody answers for the address" : "it answers for the address";
  };
}

/** Packets that keep coming delay the router's own ones: no advertisement from the first to an interval after the last. */
export const isStarved: Check = (sighting) => {
  const bad = sighting.seen.filter(({ kind }) => kind === "sent").slice(-BAD_PACKETS);
  const [first, last] = [bad[0], bad.at(-1)];
  if (first === undefined || last === undefined) return "nothing was sent";
  const said = advertsIn(sighting, first.at, last.at + INTERVAL[sighting.flavour] - sighting.tolerance)[0];
  return said === undefined ? undefined : "it advertises in time";
};

/** How many packets in a row must not delay a master. */
export const BAD_PACKETS = 6;

/** A property of every advertisement; `what` names it in the complaint. */
export function every(what: string, holds: (advert: SeenAdvert, sighting: Sighting) => boolean): Check {
  return (sighting) => {
    const adverts = advertsIn(sighting, 0);
    if (adverts.length < 2) return `it advertises ${adverts.length} times only`;
    const wrong = adverts.find(({ advert }) => !holds(advert, sighting));
    return wrong === undefined ? undefined : `${what} is wrong: ${Buffer.from(wrong.advert.payload).toString("hex")}`;
  };
}

/** RFC 3768 §5.3.8, RFC 5798 §5.2.8; and RFC 9568 §5.2.8 for IPv6. */
export const checksumIsRight: Check = every("the checksum", ({ from, to, payload }, { flavour }) =>
  isSummed(flavour, from, to, payload),
);

/** From the router's own address to the group. */
export const isAddressed: Check = every("source or destination", ({ from, to }, { flavour }) => {
  const { router, group } = places(flavour);
  return from === router && to === group;
});

/** The virtual address and nothing else stands in the advertisement. */
export const listsAddresses: Check = every("the address list", ({ payload }, { flavour, vrid }) => {
  const length = flavour === "v3-ipv6" ? 16 : 4;
  const listed = Buffer.from(payload.subarray(8, 8 + length));
  const text = virtualAddress(flavour, vrid);
  return payload[3] === 1 && listed.equals(Buffer.from(addressBytes(text)));
});

function addressBytes(text: string): number[] {
  if (text.includes(".")) return text.split(".").map(Number);
  const [front = "", back = ""] = text.split("::");
  const groups = (part: string): number[] => (part === "" ? [] : part.split(":").map((it) => Number.parseInt(it, 16)));
  const [head, tail] = [groups(front), groups(back)];
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}

function priority({ router }: Sighting): number {
  return router.priority ?? 100;
}

/** Skew_Time and Master_Down_Interval, RFC 3768 §6.1 and RFC 9568 §6.1; written again here, since they are under test. */
function span({ flavour, router }: Sighting, wait: "at-once" | "skew" | "down", times: number): Micros {
  if (wait === "at-once") return 0;
  const interval = INTERVAL[flavour] * times;
  const skew = ((256 - (router.priority ?? 100)) / 256) * (flavour === "v2" ? seconds(1) : interval);
  return wait === "skew" ? skew : 3 * interval + skew;
}

function timeOf({ seen }: Sighting, moment: Moment): Micros {
  const found =
    moment === "start"
      ? seen.find(({ kind }) => kind === "start")
      : seen.filter(({ kind }) => kind === "sent").at(moment);
  return found?.at ?? Number.POSITIVE_INFINITY; // nothing comes after what was never seen
}

function stopOf({ seen }: Sighting): Micros {
  return seen.find(({ kind }) => kind === "stop")?.at ?? Number.POSITIVE_INFINITY;
}

function advertsIn(
  { seen }: Sighting,
  from: Micros,
  to = Number.POSITIVE_INFINITY,
): Extract<Seen, { kind: "advert" }>[] {
  return seen.filter((it) => it.kind === "advert").filter(({ at }) => at >= from && at < to);
}

function hasBetween({ seen }: Sighting, kind: Seen["kind"], from: Micros, to: Micros): boolean {
  return seen.some((it) => it.kind === kind && it.at >= from && it.at <= to);
}

function near({ tolerance }: Sighting, what: string, at: Micros, due: Micros): string | undefined {
  const late = at - due;
  return Math.abs(late) <= tolerance
    ? undefined
    : `${what} comes ${toSeconds(Math.abs(late))} s too ${late < 0 ? "early" : "late"}`;
}
