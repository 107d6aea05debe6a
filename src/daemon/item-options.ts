import type { ItemOption } from "../config/model/network.ts";
import type { NameRegister } from "../io/number-names.ts";

/** What the words of an item mean on this host. */
export interface Place {
  /** The interface's number; undefined while there is none of this name. */
  ifindex(name: string): number | undefined;
  /** The routing table of a VRF; undefined while there is none of this name. */
  vrfTable(name: string): number | undefined;
  /** The number of a name that only the host knows. */
  number(register: NameRegister, name: string): number | undefined;
}

/** An item as the kernel takes it, or why it cannot be. */
export type Placed<T> =
  | { readonly ok: true; readonly entry: T }
  | { readonly ok: false; readonly why: string; readonly absent?: string }; // `absent`: it waits for this interface

/** The options of one item. Of a word and its aliases the last one written counts. Notes what has no meaning here. */
export class ItemOptions {
  readonly #options: readonly ItemOption[];
  readonly #place: Place;
  #failure: { readonly why: string; readonly absent?: string } | undefined;

  constructor(options: readonly ItemOption[], place: Place) {
    this.#options = options;
    this.#place = place;
  }

  /** The item, unless something in it has no meaning on this host. */
  placed<T>(entry: T): Placed<T> {
    return this.#failure === undefined ? { ok: true, entry } : { ok: false, ...this.#failure };
  }

  /** Whether one of these words is there. */
  has(...words: readonly string[]): boolean {
    return this.#options.some(([word]) => words.includes(word));
  }

  /** The value behind the last of these words. The keyword tables say of which type it is. */
  value<T>(...words: readonly string[]): T | undefined {
    return this.#options.findLast(([word]) => words.includes(word))?.[1] as T | undefined;
  }

  /** The last of these words that is there. */
  word<W extends string>(words: readonly W[]): W | undefined {
    return this.#options.findLast(([word]) => (words as readonly string[]).includes(word))?.[0] as W | undefined;
  }

  /** The options of each item within this one, such as `nexthop`. */
  each(word: string): readonly ItemOptions[] {
    return this.#options
      .filter(([name]) => name === word)
      .map(([, value]) => new ItemOptions(value as unknown as readonly ItemOption[], this.#place));
  }

  /** A number, or the name of one. */
  number(register: NameRegister, ...words: readonly string[]): number | undefined {
    return this.named(register, this.value<number | string>(...words));
  }

  /** The number that a value is, or names. */
  named(register: NameRegister, value: number | string | undefined): number | undefined {
    if (typeof value !== "string") return value;
    const found = this.#place.number(register, value);
    if (found === undefined) this.#failure ??= { why: `\`${value}\` is not in ${register}` };
    return found;
  }

  /** The number of the interface behind the last of these words. */
  interface(...words: readonly string[]): number | undefined {
    const name = this.value<string>(...words);
    if (name === undefined) return undefined;
    const found = this.#place.ifindex(name);
    if (found === undefined) this.#failure ??= { why: `there is no interface ${name}`, absent: name };
    return found;
  }

  /** The routing table: that of `table` or of `vrf`, whichever is written last. */
  table(): number | undefined {
    if (this.word(["table", "vrf"]) !== "vrf") return this.number("rt_tables", "table");
    const name = this.value<string>("vrf") ?? "";
    const found = this.#place.vrfTable(name);
    if (found === undefined) this.#failure ??= { why: `there is no VRF ${name}`, absent: name };
    return found;
  }

  /** Source << 16 | destination. */
  realms(): number | undefined {
    const value = this.value<{ source: number | string | undefined; destination: number | string }>("realms");
    if (value === undefined) return undefined;
    const source = this.named("rt_realms", value.source) ?? 0;
    return source * 0x1_0000 + (this.named("rt_realms", value.destination) ?? 0);
  }

  /** Fails as one within it does. */
  inherit(inner: ItemOptions): void {
    this.#failure ??= inner.#failure;
  }
}
