import type { Answer, Request } from "../netlink/conversation.ts";
import { NETLINK_NETFILTER } from "../netlink/nft-constants.ts";
import { addElements, addTable, deleteElements, deleteTable, NFT_BATCH } from "../netlink/nftables.ts";
import { FIREWALL_SETS, type FirewallSet, type FirewallSpec, makeFirewall } from "../netlink/vrrp-firewall.ts";
import { EINVAL, ENODATA, EOPNOTSUPP } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** Elements that come into the sets of the table, or go. */
export interface ElementChange {
  readonly set: FirewallSet;
  readonly keys: readonly Uint8Array[];
}

/**
 * The nftables table of the VRRP process. It belongs to this socket: the kernel removes it when the process ends, however
 * it does (Linux 5.12; before, the next process to start replaces what a killed one left).
 */
export class NftablesTable {
  readonly #netlink = new NetlinkSocket(NETLINK_NETFILTER);
  readonly #spec: FirewallSpec;

  /** Makes the table anew, with these elements; one of the same name goes. Throws KernelError. */
  constructor(spec: FirewallSpec, elements: readonly ElementChange[]) {
    this.#spec = spec;
    try {
      const refusal = this.#make(elements, true);
      if (refusal === undefined) return;
      if (refusal.errno !== EOPNOTSUPP && refusal.errno !== EINVAL) throw refusal;
      const again = this.#make(elements, false);
      if (again !== undefined) throw again;
    } catch (error) {
      this.#netlink.close();
      throw error;
    }
  }

  get spec(): FirewallSpec {
    return this.#spec;
  }

  /** Changes what is in the sets, all of it or nothing; what the kernel refused. */
  change(added: readonly ElementChange[], removed: readonly ElementChange[]): KernelError | undefined {
    const { table } = this.#spec;
    return this.#batch("cannot change the nftables table", [
      ...removed.flatMap(({ set, keys }) => deleteElements(table, FIREWALL_SETS[set].name, keys)),
      ...added.flatMap(({ set, keys }) => addElements(table, FIREWALL_SETS[set].name, keys)),
    ]);
  }

  /** Removes the table. */
  close(): void {
    this.#batch("", [deleteTable(this.#spec.table)]);
    this.#netlink.close();
  }

  /** To add a table that may be there, to remove it and to add it again is the way to begin with an empty one. */
  #make(elements: readonly ElementChange[], owned: boolean): KernelError | undefined {
    const { table } = this.#spec;
    return this.#batch(`cannot make the nftables table ${table}`, [
      addTable(table, false),
      deleteTable(table),
      ...makeFirewall(this.#spec, owned),
      ...elements.flatMap(({ set, keys }) => addElements(table, FIREWALL_SETS[set].name, keys)),
    ]);
  }

  #batch(what: string, requests: readonly Request[]): KernelError | undefined {
    if (requests.length === 0) return undefined;
    return batchRefusal(what, this.#netlink.transactAtomically(requests, NFT_BATCH));
  }
}

/**
 * What the kernel refused of a batch; undefined where it took it. A kernel without nf_tables answers to the beginning of
 * the batch alone.
 */
export function batchRefusal(what: string, answers: readonly Answer[]): KernelError | undefined {
  const refused = answers.find(({ ok }) => !ok);
  if (refused === undefined || refused.ok) return undefined;
  if (refused.errno !== ENODATA) return new KernelError(what, refused.errno, refused.text);
  return new KernelError(what, EOPNOTSUPP, "this kernel has no nf_tables, and iptables is not used");
}
