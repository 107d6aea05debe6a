import type { IpAddress } from "../base/ip.ts";
import type { InterfaceAddress } from "../netlink/address.ts";
import type { Entries } from "./kernel-table.ts";

/** Addresses by their keys, and those of each interface in the kernel's order. */
export class AddressEntries implements Entries<InterfaceAddress> {
  readonly #all = new Map<string, InterfaceAddress>();
  readonly #on = new Map<number, Map<string, InterfaceAddress>>();

  get(key: string): InterfaceAddress | undefined {
    return this.#all.get(key);
  }

  set(key: string, entry: InterfaceAddress): void {
    this.#all.set(key, entry);
    const on = this.#on.get(entry.ifindex) ?? new Map<string, InterfaceAddress>();
    on.set(key, entry);
    this.#on.set(entry.ifindex, on);
  }

  delete(key: string): boolean {
    const entry = this.#all.get(key);
    if (entry !== undefined) this.#on.get(entry.ifindex)?.delete(key);
    return this.#all.delete(key);
  }

  clear(): void {
    this.#all.clear();
    this.#on.clear();
  }

  [Symbol.iterator](): Iterator<[string, InterfaceAddress]> {
    return this.#all[Symbol.iterator]();
  }

  on(ifindex: number): readonly InterfaceAddress[] {
    return [...(this.#on.get(ifindex)?.values() ?? [])];
  }

  /** Whether any interface has this address. */
  holds(address: IpAddress): boolean {
    for (const entry of this.#all.values()) if (entry.address === address) return true;
    return false;
  }

  /** Those of an interface that is gone. */
  dropInterface(ifindex: number): void {
    for (const key of this.#on.get(ifindex)?.keys() ?? []) this.#all.delete(key);
    this.#on.delete(ifindex);
  }
}
