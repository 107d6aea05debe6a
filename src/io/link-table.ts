import type { MacAddress } from "../base/mac.ts";
import type { Link } from "../netlink/link.ts";

/** The interfaces of a network namespace, by number and by name, and which names changed since they were last asked for. */
export class LinkTable {
  readonly #links = new Map<number, Link>();
  readonly #byName = new Map<string, Link>();
  #changed = new Set<string>();
  /** Another number whenever a name means another interface than before. */
  generation = 0;

  named(name: string): Link | undefined {
    return this.#byName.get(name);
  }

  get all(): readonly Link[] {
    return [...this.#links.values()];
  }

  numbered(ifindex: number): Link | undefined {
    return this.#links.get(ifindex);
  }

  /** Whether any interface has this hardware address. */
  hasMac(mac: MacAddress): boolean {
    for (const link of this.#links.values()) if (link.mac === mac) return true;
    return false;
  }

  /** The names that came, went or changed since the last call. */
  takeChanged(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** A renamed interface keeps its number: the old name is gone then. */
  set(link: Link): void {
    const before = this.#links.get(link.ifindex);
    if (before?.name !== link.name) this.generation++;
    this.#links.set(link.ifindex, link);
    this.#byName.set(link.name, link);
    this.#changed.add(link.name);
    if (before === undefined || before.name === link.name) return;
    if (this.#byName.get(before.name)?.ifindex === link.ifindex) this.#byName.delete(before.name);
    this.#changed.add(before.name);
  }

  drop({ ifindex, name }: Link): void {
    this.generation++;
    this.#links.delete(ifindex);
    this.#changed.add(name);
    if (this.#byName.get(name)?.ifindex === ifindex) this.#byName.delete(name);
  }

  /** Forgets all of them; each name counts as changed. */
  clear(): void {
    for (const name of this.#byName.keys()) this.#changed.add(name);
    this.generation++;
    this.#links.clear();
    this.#byName.clear();
  }
}
