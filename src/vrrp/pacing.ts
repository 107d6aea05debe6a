import { family, type IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";

/** One gratuitous ARP (or unsolicited neighbour advertisement) to be sent, on behalf of the instance that holds the address. */
export interface Announcement {
  readonly instance: string;
  readonly interface: string;
  readonly address: IpAddress;
}

/** What one instance has to say on one interface: `rounds` times every address, A B A B. */
export interface AnnouncementBlock {
  readonly instance: string;
  readonly interface: string;
  readonly about: "addresses" | "extra" | "source"; // one of each at most waits
  readonly addresses: readonly IpAddress[]; // at least one, of one family
  readonly rounds: number; // at least 1
}

/** A block under way. */
interface Waiting extends AnnouncementBlock {
  readonly next: number; // index of the address that is next in this round
  readonly sent: number; // complete rounds since it was last asked for; `rounds`: those to come, with this one
}

/** What waits for one lane (lanes.ts), and when the next message may leave. */
export interface PacingState {
  readonly current: Waiting | undefined;
  readonly behind: readonly Waiting[]; // the fewer rounds are sent, the earlier
  readonly readyAt: Micros;
}

export type PacingEvent =
  | { readonly type: "queue"; readonly blocks: readonly AnnouncementBlock[] }
  | { readonly type: "drop"; readonly instance: string } // it is master no more
  | { readonly type: "timer" };

export interface PacingStep {
  readonly state: PacingState;
  readonly send: readonly Announcement[]; // now, in this order
}

/** Nothing waits. */
export const UNPACED: PacingState = { current: undefined, behind: [], readyAt: 0 };

/** Messages that leave in one turn where no gap is asked for: then advertisements and packets have theirs. */
export const BURST = {
  first: 1024, //  of addresses that are announced for the first time: nobody knows yet where they are
  repeats: 128, // 2 to 3 ms
};

/** The announcements as blocks: those of one interface and family together, in their order. */
export function blocksOf(
  announcements: readonly Announcement[],
  rounds: number,
  about: AnnouncementBlock["about"] = "addresses",
): AnnouncementBlock[] {
  const blocks = new Map<string, { readonly first: Announcement; readonly addresses: IpAddress[] }>();
  for (const first of announcements) {
    const key = `${first.instance} ${first.interface} ${family(first.address)}`;
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { first, addresses: [first.address] });
    else block.addresses.push(first.address);
  }
  return [...blocks.values()].map(({ first, addresses }) => ({
    instance: first.instance,
    interface: first.interface,
    about,
    addresses,
    rounds,
  }));
}

/**
 * One transition; `gap` is the least time between two messages, 0 = none. Whatever waits, each address is announced once
 * before any is announced twice. A block that is asked for again while it waits is sent as often as asked for from then
 * on, and not more: so what waits is bounded, however often it is asked for. (Keepalived 2.2.7 queues one message for
 * each address, and so loses repeats.)
 */
export function paceStep(gap: Micros, state: PacingState, event: PacingEvent, now: Micros): PacingStep {
  switch (event.type) {
    case "drop":
      return { state: inOrder(state, (all) => all.filter(({ instance }) => instance !== event.instance)), send: [] };
    case "queue":
      return release(
        gap,
        inOrder(state, (all) => event.blocks.reduce(asked, all)),
        now,
      );
    case "timer":
      return release(gap, state, now);
  }
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function paceDeadline({ current, readyAt }: PacingState): Micros | undefined {
  return current === undefined ? undefined : readyAt;
}

function inOrder(state: PacingState, change: (all: readonly Waiting[]) => readonly Waiting[]): PacingState {
  const all = change(state.current === undefined ? [] : [state.current, ...state.behind]);
  const [current, ...behind] = all.toSorted((a, b) => a.sent - b.sent);
  return { ...state, current, behind };
}

function asked(all: readonly Waiting[], block: AnnouncementBlock): readonly Waiting[] {
  const same = (it: Waiting): boolean =>
    it.instance === block.instance && it.interface === block.interface && it.about === block.about;
  const known = all.find(same);
  if (known === undefined) return [...all, { ...block, next: 0, sent: 0 }];
  // A round goes on where it is: begun anew each time, its last addresses would never have their turn.
  const next = areEqual(known.addresses, block.addresses) ? known.next : 0;
  const rounds = Math.max(known.rounds, block.rounds + (next > 0 ? 1 : 0));
  return all.map((it) => (it === known ? { ...block, next, rounds, sent: 0 } : it));
}

function release(gap: Micros, state: PacingState, now: Micros): PacingStep {
  if (gap > 0 && now < state.readyAt) return { state, send: [] };
  const send: Announcement[] = [];
  let { current, behind } = state;
  while (current !== undefined) {
    const { instance, interface: name, addresses, next, rounds, sent }: Waiting = current;
    const room = (gap > 0 ? 1 : sent === 0 ? BURST.first : BURST.repeats) - send.length;
    if (room <= 0) break;
    const end = Math.min(addresses.length, next + room);
    for (const address of addresses.slice(next, end)) send.push({ instance, interface: name, address });
    if (end < addresses.length) current = { ...current, next: end };
    else {
      const rest =
        rounds > 1 ? placed(behind, { ...current, next: 0, sent: current.sent + 1, rounds: rounds - 1 }) : behind;
      [current, ...behind] = rest;
    }
  }
  return { state: { current, behind, readyAt: send.length > 0 ? now + gap : state.readyAt }, send };
}

/** Behind those of as many rounds. */
function placed(behind: readonly Waiting[], block: Waiting): readonly Waiting[] {
  const at = behind.findIndex(({ sent }) => sent > block.sent);
  return at === -1 ? [...behind, block] : behind.toSpliced(at, 0, block);
}

function areEqual(a: readonly IpAddress[], b: readonly IpAddress[]): boolean {
  return a.length === b.length && a.every((address, i) => address === b[i]);
}
