import type { HostNetwork } from "../io/host-network.ts";
import type { HostRouting } from "../io/host-routing.ts";
import type { Applied, KernelTable } from "../io/kernel-table.ts";
import { keysOf, NOWHERE, type PlacedItem, type Placement } from "./placement.ts";

/** The kernel's tables that items go into. */
export interface Tables {
  readonly network: Pick<HostNetwork, "table">;
  readonly routing: Pick<HostRouting, "routes" | "rules">;
}

/** What an owner has in the kernel's tables, or may have. */
export type TableName = "addresses" | "routes" | "rules";

/** In the order in which a new master puts them, vrrp.md §4.1; what goes, goes in the other direction, §4.2. */
const TABLES: readonly TableName[] = ["addresses", "routes", "rules"];

/** What came of it, counted. */
export interface Outcome {
  readonly added: Readonly<Record<TableName, number>>;
  readonly titles: readonly string[]; //  of some of what was added: `address 192.0.2.1/24 on interface 3`
  readonly refused: readonly Refused[];
}

/** An item that the kernel would not take, or give back. */
export interface Refused {
  readonly key: string; // of the table, with its name before it
  readonly title: string;
  readonly errno: number;
  readonly message: string;
}

const NOTHING_DONE: Outcome = { added: { addresses: 0, routes: 0, rules: 0 }, titles: [], refused: [] };

/** Tells of keys which are another owner's as well: `addresses 3 192.0.2.1/24`. */
export type Others = () => ReadonlySet<string>;

/** The entries of one owner in the kernel's tables: brings them in line, and sees which of them others removed. */
export class Holding {
  readonly #tables: Tables;
  readonly #others: Others;
  #held: Placement = NOWHERE; // what we have put there, or may have
  #set = noKeys(); //            what was there at some time since

  /** `others`: what other owners have; it is asked when something is to go. */
  constructor(tables: Tables, others: Others) {
    this.#tables = tables;
    this.#others = others;
  }

  /** All of it may be there already: it was left behind by a process that died, or it is there from before. */
  presume(placement: Placement): void {
    this.#held = placement;
  }

  /** Makes exactly this be there. */
  bring(want: Placement): Outcome {
    const outcomes = [...TABLES].reverse().map((name) => this.#remove(name, want));
    this.#held = want;
    this.#set = noKeys();
    for (const name of TABLES) outcomes.push(this.#put(name, want[name]));
    this.#note(want);
    return sum(outcomes);
  }

  /** What should be there and is not: `disturbed` was there before, `pending` never was. Nothing where nobody watches. */
  missing(want: Placement): { readonly disturbed: Placement; readonly pending: Placement } {
    const [disturbed, pending] = [
      (name: TableName) => (item: PlacedItem<unknown>) => item.tracked && this.#set[name].has(item.key),
      (name: TableName) => (item: PlacedItem<unknown>) => !this.#set[name].has(item.key),
    ];
    const gone = select(want, (name) => (item) => !this.#holds(name, item));
    return { disturbed: select(gone, disturbed), pending: select(gone, pending) };
  }

  /** Puts these back, and leaves all others as they are. */
  restore(items: Placement): Outcome {
    const outcomes = TABLES.map((name) => this.#put(name, items[name]));
    this.#held = merged(this.#held, items);
    this.#note(items);
    return sum(outcomes);
  }

  /** Adds these only to see whether they can be added, and takes away again what was. Those that could not be. */
  probe(items: Placement): readonly Refused[] {
    const { refused } = sum(TABLES.map((name) => this.#put(name, items[name])));
    for (const name of [...TABLES].reverse()) table(this.#tables, name).apply(items[name], []);
    return refused;
  }

  #holds(name: TableName, item: PlacedItem<unknown>): boolean {
    return table(this.#tables, name).holds(item);
  }

  #remove(name: TableName, want: Placement): Outcome {
    const owned = this.#held[name] as readonly PlacedItem<unknown>[];
    if (owned.length === 0) return NOTHING_DONE;
    const into = table(this.#tables, name);
    const kept = new Set(want[name].map(({ key }) => key));
    const candidates = owned.some(({ key }) => !kept.has(key));
    const others = candidates ? this.#others() : NOBODY;
    const ours = others.size === 0 ? owned : owned.filter(({ key }) => kept.has(key) || !others.has(`${name} ${key}`));
    const stays = want[name].filter((item) => this.#holds(name, item));
    return outcome(name, into, into.apply(ours, stays));
  }

  #put(name: TableName, items: readonly PlacedItem<unknown>[]): Outcome {
    if (items.length === 0) return NOTHING_DONE;
    const into = table(this.#tables, name);
    return outcome(name, into, into.apply([], items));
  }

  #note(items: Placement): void {
    for (const name of TABLES)
      for (const item of items[name]) if (this.#holds(name, item)) this.#set[name].add(item.key);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

function noKeys(): Readonly<Record<TableName, Set<string>>> {
  return { addresses: new Set(), routes: new Set(), rules: new Set() };
}

function table(tables: Tables, name: TableName): KernelTable<unknown> {
  const found = name === "addresses" ? tables.network.table : tables.routing[name];
  return found as unknown as KernelTable<unknown>;
}

function select(from: Placement, keep: (name: TableName) => (item: PlacedItem<unknown>) => boolean): Placement {
  return {
    addresses: from.addresses.filter(keep("addresses")),
    routes: from.routes.filter(keep("routes")),
    rules: from.rules.filter(keep("rules")),
    unplaced: [],
  };
}

function merged(held: Placement, more: Placement): Placement {
  const keys = new Set(keysOf(held));
  const news = select(
    more,
    (name) =>
      ({ key }) =>
        !keys.has(`${name} ${key}`),
  );
  return {
    addresses: [...held.addresses, ...news.addresses],
    routes: [...held.routes, ...news.routes],
    rules: [...held.rules, ...news.rules],
    unplaced: [],
  };
}

function outcome(name: TableName, { kind }: KernelTable<unknown>, { added, refused }: Applied<unknown>): Outcome {
  return {
    added: { ...NOTHING_DONE.added, [name]: added.length },
    titles: added.slice(0, NAMED).map(({ entry }) => `${kind.what} ${kind.title(entry)}`),
    refused: refused.map(({ key, entry, error }) => ({
      key: `${name} ${key}`,
      title: `${kind.what} ${kind.title(entry)}`,
      errno: error.errno,
      message: error.message,
    })),
  };
}
/** Of how many it is said by name. */
const NAMED = 20;

function sum(outcomes: readonly Outcome[]): Outcome {
  const count = (name: TableName): number => outcomes.reduce((all, { added }) => all + added[name], 0);
  return {
    added: { addresses: count("addresses"), routes: count("routes"), rules: count("rules") },
    titles: outcomes.flatMap(({ titles }) => titles),
    refused: outcomes.flatMap(({ refused }) => refused),
  };
}
