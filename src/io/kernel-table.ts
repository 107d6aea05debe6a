import { NLMSG_NOOP } from "../netlink/constants.ts";
import type { Answer, Request } from "../netlink/conversation.ts";
import type { TableKind } from "../netlink/table-kind.ts";
import { KernelError } from "./kernel-error.ts";
import { NOTHING } from "./socket.ts";

/** An entry with what is made of it once: its key, and how it is asked for and removed. */
export interface Keyed<T> {
  readonly key: string;
  readonly entry: T;
  readonly request: Request;
  readonly removal: Request;
}

/** An entry, and what a table of that kind makes of it. */
export function keyed<T>(kind: TableKind<T>, entry: T): Keyed<T> {
  return { entry, key: kind.key(entry), request: kind.add(entry), removal: kind.remove(entry) };
}

/** What came of bringing entries in line. */
export interface Applied<T> {
  readonly added: readonly Keyed<T>[]; //         what is there now and was not before
  readonly refused: readonly Refusal<T>[]; //     what means something
}

/** An entry that the kernel would not add, or not remove. */
export interface Refusal<T> {
  readonly key: string;
  readonly entry: T;
  readonly error: KernelError;
}

/** Where entries are kept, by their keys. A Map is one. */
export interface Entries<T> extends Iterable<[string, T]> {
  get(key: string): T | undefined;
  set(key: string, entry: T): unknown;
  delete(key: string): boolean;
  clear(): void;
}

/** Who asks the kernel: a NetlinkSocket. */
export interface Asker {
  transact(requests: readonly Request[]): readonly Answer[];
}

/**
 * A mirror of one of the kernel's tables, or of the entries in it that may be ours. It answers for the kernel as long as
 * somebody tells it every change.
 */
export class KernelTable<T> {
  readonly kind: TableKind<T>;
  readonly #netlink: Asker;
  readonly #mirrors: (entry: T) => boolean;
  readonly #entries: Entries<T>;

  /**
   * `mirrors`: whether an entry's coming and going is heard of at all. Of one that is not, its owner's word counts: what
   * he has, he removes, and what he has not, he adds.
   */
  constructor(
    netlink: Asker,
    kind: TableKind<T>,
    { entries = new Map(), mirrors = () => true }: { entries?: Entries<T>; mirrors?: (entry: T) => boolean } = {},
  ) {
    this.#netlink = netlink;
    this.kind = kind;
    this.#entries = entries;
    this.#mirrors = mirrors;
  }

  /** The entry that the kernel has where `entry` would be. */
  at(entry: T): T | undefined {
    return this.#entries.get(this.kind.key(entry));
  }

  /** Whether the kernel has this entry, as it was asked for. */
  holds({ key, entry }: Keyed<T>): boolean {
    const have = this.#entries.get(key);
    return have !== undefined && this.kind.same(have, entry);
  }

  /** The kernel has it. */
  remember(entry: T): void {
    this.#entries.set(this.kind.key(entry), entry);
  }

  /** The kernel has it no more. */
  forget(entry: T): void {
    this.#entries.delete(this.kind.key(entry));
  }

  /** The kernel may have dropped these: they will be asked for again, which does no harm to one that is there. */
  doubt(doubtful: (entry: T, key: string) => boolean): boolean {
    let any = false;
    for (const [key, entry] of this.#entries) if (doubtful(entry, key)) any = this.#entries.delete(key);
    return any;
  }

  clear(): void {
    this.#entries.clear();
  }

  /**
   * Of `owned` entries, makes those of `want` be there and the others be gone, by as few system calls as they fit into;
   * entries of others stay as they are. What there is already is not touched.
   */
  apply(owned: readonly Keyed<T>[], want: readonly Keyed<T>[]): Applied<T> {
    const unheard = new Map<string, T>(); // of what is owned: there, as its owner says
    for (const { key, entry } of owned) if (!this.#mirrors(entry)) unheard.set(key, entry);
    const [wanted, changed, asked] = [new Set<string>(), [] as Keyed<T>[], [] as Keyed<T>[]];
    for (const item of want) {
      if (wanted.has(item.key)) continue;
      wanted.add(item.key);
      const have = this.#had(item, unheard);
      if (have === item) continue;
      if (have !== undefined) changed.push(have);
      asked.push(item);
    }
    const gone = new Map<string, Keyed<T>>();
    for (const item of owned) {
      const have = wanted.has(item.key) ? undefined : this.#had(item, unheard);
      if (have !== undefined) gone.set(item.key, have);
    }
    const removed = [...gone.values(), ...changed];
    if (removed.length + asked.length === 0) return { added: [], refused: [] };
    const answers = this.#netlink.transact([
      ...removed.map(({ removal }) => removal),
      ...asked.map(({ request }) => request),
    ]);
    const added: Keyed<T>[] = [];
    const refused: Refusal<T>[] = [];
    removed.forEach(({ key, entry }, i) => {
      if (tolerates(answers[i], this.kind.gone)) this.#entries.delete(key);
      else refused.push({ key, entry, error: this.#refusal("cannot remove", entry, answers[i]) });
    });
    asked.forEach((item, i) => {
      const { key, entry } = item;
      const answer = answers[removed.length + i];
      if (answer?.ok) added.push(item);
      if (tolerates(answer, this.kind.there)) this.#entries.set(key, entry);
      else refused.push({ key, entry, error: this.#refusal("cannot add", entry, answer) });
    });
    return { added, refused };
  }

  /** Asks the kernel for nothing, so that what asking takes is at hand: for an `apply` that will be in a hurry. */
  rehearse(): void {
    this.#netlink.transact([{ type: NLMSG_NOOP, flags: 0, body: NOTHING }]);
  }

  /** The item itself where the kernel has it; what the kernel has in its place; or undefined. */
  #had(item: Keyed<T>, unheard: ReadonlyMap<string, T>): Keyed<T> | undefined {
    const entry = this.#entries.get(item.key) ?? unheard.get(item.key);
    if (entry === undefined || this.kind.same(entry, item.entry)) return entry && item;
    return { ...item, entry, removal: this.kind.remove(entry) };
  }

  #refusal(what: string, entry: T, answer: Answer | undefined): KernelError {
    const { errno, text } = answer !== undefined && !answer.ok ? answer : { errno: 0, text: undefined };
    return new KernelError(`${what} ${this.kind.what} ${this.kind.title(entry)}`, errno, text);
  }
}

function tolerates(answer: Answer | undefined, errnos: readonly number[]): boolean {
  return answer !== undefined && (answer.ok || errnos.includes(answer.errno));
}
