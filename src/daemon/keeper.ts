import { type Micros, seconds } from "../base/time.ts";
import type { Clock } from "../io/clock.ts";
import { ENETDOWN, ENODEV } from "../io/constants.ts";
import { hasFailed } from "../netlink/address-kind.ts";
import { restoreAt, restored, UNDISTURBED, wordsOf } from "../vrrp/restoring.ts";
import { Holding, type Others, type Outcome, type Refused, type Tables } from "./holding.ts";
import { keysOf, NOWHERE, type Placement, size } from "./placement.ts";

/** What a keeper needs of its owner, and tells him. */
export interface KeeperHost extends Tables {
  readonly clock: Pick<Clock, "now" | "wakeAt">;
  readonly others: Others;
  /** The kernel refused something; said once until all is brought anew. */
  refused(message: string): void;
  /** What others had removed is back. "fight": they do it again and again, so it takes longer from now on. */
  restored(outcome: Outcome, words: ReturnType<typeof wordsOf>): void;
  /** What could not be added before is there now. */
  added(outcome: Outcome): void;
  /** Another host answers for an address of ours. RFC 4862 §5.4.5. */
  duplicate(title: string): void;
  /** Something that was there cannot be put back, or can again: `lost` says what. */
  lostChanged(): void;
  /** Where something is to be tried again, as if the network had changed. */
  again(): void;
}

/** Until what could not be put back is tried again, where the network does not change. */
const RETRY: Micros = seconds(10);
/** Between two tries at least. */
const LEAST: Micros = seconds(1);

/** Interfaces have trackers of their own: what is refused because of one is not lost. */
const OF_INTERFACES: readonly number[] = [ENETDOWN, ENODEV];

/** Keeps an owner's items in the kernel's tables: puts back what others remove, at a pace, and knows what it cannot. */
export class Keeper {
  readonly #host: KeeperHost;
  readonly #holding: Holding;
  #pace = UNDISTURBED;
  #lost: ReadonlyMap<string, string> = new Map(); // titles by key
  readonly #unable = new Map<string, { readonly title: string; readonly group: string | undefined }>(); // by key
  #said = new Set<string>();
  #triedAt: Micros = 0;
  #cancelWake = (): void => {};

  constructor(host: KeeperHost) {
    this.#host = host;
    this.#holding = new Holding(host, host.others);
  }

  /** What could not be put back: titles. */
  get lost(): readonly string[] {
    return [...this.#lost.values()];
  }

  /** Of what some of these groups depend on: what the kernel refused when it was last asked. Titles. */
  unable(groups: ReadonlySet<string>): readonly string[] {
    return [...this.#unable.values()].flatMap(({ title, group }) =>
      group !== undefined && groups.has(group) ? [title] : [],
    );
  }

  /** See `Holding.presume`. */
  presume(placement: Placement): void {
    this.#holding.presume(placement);
  }

  /** Makes exactly this be there. A refusal is said, and the rest goes on: vrrp.md §4.1. */
  bring(want: Placement): Outcome {
    this.#cancelWake();
    this.#said = new Set();
    this.#unable.clear();
    const outcome = this.#holding.bring(want);
    for (const { title, why } of want.unplaced)
      this.#once(`${title} ${why}`, () => this.#host.refused(`cannot add ${title}: ${why}`));
    this.#note(want, outcome.refused);
    return outcome;
  }

  /** Looks whether all of it is still there, and puts back what is not. */
  check(want: Placement): void {
    const { disturbed, pending } = this.#holding.missing(want);
    const now = this.#host.clock.now();
    const duplicates = this.#sayDuplicates(disturbed);
    if (size(pending) > 0) this.#tryPending(pending, now);
    if (size(disturbed) === 0) {
      this.#setLost(new Map());
      return;
    }
    const at = restoreAt(this.#pace, now);
    if (at > now) {
      this.#wake(at);
      return;
    }
    const outcome = this.#holding.restore(disturbed);
    if (outcome.titles.length > 0) this.#pace = restored(this.#pace, now);
    // An address that another host has was not removed: nobody has to hear that it is tried again.
    if (outcome.titles.length > 0 && size(disturbed) > duplicates) this.#host.restored(outcome, wordsOf(this.#pace));
    this.#note(disturbed, outcome.refused);
    const lost = outcome.refused.filter(({ errno }) => !OF_INTERFACES.includes(errno));
    this.#setLost(new Map(lost.map(({ key, title }) => [key, title])));
  }

  /** Whether what is lost could be put back now; for an owner who does not hold it while it is lost. */
  probe(want: Placement): void {
    if (this.#lost.size === 0) return;
    const now = this.#host.clock.now();
    const at = this.#triedAt + LEAST;
    if (now < at) {
      this.#wake(at);
      return;
    }
    this.#triedAt = now;
    const still = new Set(this.#holding.probe(only(want, this.#lost)).map(({ key }) => key));
    this.#setLost(new Map([...this.#lost].filter(([key]) => still.has(key))));
    if (this.#lost.size > 0) this.#wake(now + RETRY);
  }

  close(): void {
    this.#cancelWake();
  }

  #tryPending(pending: Placement, now: Micros): void {
    if (now < this.#triedAt + LEAST) {
      this.#wake(this.#triedAt + LEAST);
      return;
    }
    this.#triedAt = now;
    const outcome = this.#holding.restore(pending);
    if (outcome.titles.length > 0) this.#host.added(outcome);
    this.#note(pending, outcome.refused);
  }

  /** After an attempt to put these there. What was refused is tried again some time. */
  #note(items: Placement, refused: readonly Refused[]): void {
    this.#say(refused);
    if (this.#unable.size > 0) for (const [key] of groupsOf(items)) this.#unable.delete(key);
    if (refused.length === 0) return;
    const groups = new Map(groupsOf(items));
    for (const { key, title } of refused) this.#unable.set(key, { title, group: groups.get(key) });
    this.#wake(this.#host.clock.now() + RETRY);
  }

  #say(refused: readonly Refused[]): void {
    for (const { key, errno, message } of refused) this.#once(`${key} ${errno}`, () => this.#host.refused(message));
  }

  /** How many there are. */
  #sayDuplicates({ addresses }: Placement): number {
    const { table } = this.#host.network;
    const duplicates = addresses.filter(({ entry }) => {
      const have = table.at(entry);
      return have !== undefined && hasFailed(have);
    });
    for (const { entry, key } of duplicates)
      this.#once(`${key} duplicate`, () => this.#host.duplicate(table.kind.title(entry)));
    return duplicates.length;
  }

  #once(what: string, say: () => void): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    say();
  }

  #setLost(lost: ReadonlyMap<string, string>): void {
    const same = lost.size === this.#lost.size && [...lost.keys()].every((key) => this.#lost.has(key));
    this.#lost = lost;
    if (!same) this.#host.lostChanged();
  }

  #wake(at: Micros): void {
    this.#cancelWake();
    this.#cancelWake = this.#host.clock.wakeAt(at, () => this.#host.again());
  }
}

function only(want: Placement, keys: ReadonlyMap<string, unknown>): Placement {
  const known = new Set(keysOf(want).filter((key) => keys.has(key)));
  return {
    ...NOWHERE,
    addresses: want.addresses.filter(({ key }) => known.has(`addresses ${key}`)),
    routes: want.routes.filter(({ key }) => known.has(`routes ${key}`)),
    rules: want.rules.filter(({ key }) => known.has(`rules ${key}`)),
  };
}

function groupsOf({ addresses, routes, rules }: Placement): readonly (readonly [string, string | undefined])[] {
  return [
    ...addresses.map(({ key, trackGroup }) => [`addresses ${key}`, trackGroup] as const),
    ...routes.map(({ key, trackGroup }) => [`routes ${key}`, trackGroup] as const),
    ...rules.map(({ key, trackGroup }) => [`rules ${key}`, trackGroup] as const),
  ];
}
