import { type Difference, diff } from "../base/diff.ts";
import type { Answer } from "../netlink/conversation.ts";
import type { TableKind } from "../netlink/table-kind.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

/** What came of bringing entries in line. */
export interface Applied<T> {
  readonly done: Difference<T>; //                what was asked of the kernel
  readonly added: readonly T[]; //                what is there now and was not before
  readonly refused: readonly Refusal<T>[]; //     what means something
}

/** An entry that the kernel would not add, or not remove. */
export interface Refusal<T> {
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

/**
 * A mirror of one of the kernel's tables, or of the entries in it that may be ours. It answers for the kernel as long as
 * somebody tells it every change.
 */
export class KernelTable<T> {
  readonly kind: TableKind<T>;
  readonly #netlink: NetlinkSocket;
  readonly #mirrors: (entry: T) => boolean;
  readonly #entries: Entries<T>;

  /**
   * `mirrors`: whether an entry's coming and going is heard of at all. Of one that is not, its owner's word counts: what
   * he has, he removes, and what he has not, he adds.
   */
  constructor(
    netlink: NetlinkSocket,
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
  holds(want: T): boolean {
    const have = this.at(want);
    return have !== undefined && this.kind.same(have, want);
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
  apply(owned: readonly T[], want: readonly T[]): Applied<T> {
    const { kind } = this;
    const have = [...owned.flatMap((entry) => this.#presumed(entry)), ...want.flatMap((entry) => this.at(entry) ?? [])];
    const done = diff(have, want, kind);
    const removed = [...new Set([...done.removed, ...done.changed.map(({ from }) => from)])];
    const asked = [...done.changed.map(({ to }) => to), ...done.added];
    if (removed.length + asked.length === 0) return { done, added: [], refused: [] };
    const answers = this.#netlink.transact([
      ...removed.map((entry) => kind.remove(entry)),
      ...asked.map((entry) => kind.add(entry)),
    ]);
    const added: T[] = [];
    const refused: Refusal<T>[] = [];
    removed.forEach((entry, i) => {
      if (tolerates(answers[i], kind.gone)) this.forget(entry);
      else refused.push({ entry, error: this.#refusal("cannot remove", entry, answers[i]) });
    });
    asked.forEach((entry, i) => {
      const answer = answers[removed.length + i];
      if (answer?.ok) added.push(entry);
      if (tolerates(answer, kind.there)) this.remember(entry);
      else refused.push({ entry, error: this.#refusal("cannot add", entry, answer) });
    });
    return { done, added, refused };
  }

  #presumed(entry: T): T | readonly T[] {
    return this.at(entry) ?? (this.#mirrors(entry) ? [] : entry);
  }

  #refusal(what: string, entry: T, answer: Answer | undefined): KernelError {
    const { errno, text } = answer !== undefined && !answer.ok ? answer : { errno: 0, text: undefined };
    return new KernelError(`${what} ${this.kind.what} ${this.kind.title(entry)}`, errno, text);
  }
}

function tolerates(answer: Answer | undefined, errnos: readonly number[]): boolean {
  return answer !== undefined && (answer.ok || errnos.includes(answer.errno));
}
