import type { Request } from "../netlink/conversation.ts";
import {
  changeMarks,
  type MarkRule,
  type MarkTables,
  makeMarkTables,
  mapNames,
  removeMarkTables,
} from "../netlink/ipvs-marks.ts";
import { NETLINK_NETFILTER } from "../netlink/nft-constants.ts";
import { NFT_BATCH } from "../netlink/nftables.ts";
import type { KernelError } from "./kernel-error.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { inNetwork, type NamedNetwork } from "./network-namespace.ts";
import { batchRefusal } from "./nftables-table.ts";

/**
 * The tables that mark packets for IPVS. They are not bound to this process: when it is killed, traffic goes on, and the
 * next one puts its own in their place in one moment.
 */
export class KernelMarks {
  readonly #netlink: NetlinkSocket;
  #made:
    | { readonly spec: MarkTables; readonly maps: string; readonly rules: ReadonlyMap<string, MarkRule> }
    | undefined;

  /** Where the IPVS table is: this network namespace, or that one. Throws KernelError. */
  constructor(namespace: NamedNetwork | undefined) {
    const open = (): NetlinkSocket => new NetlinkSocket(NETLINK_NETFILTER);
    this.#netlink = namespace === undefined ? open() : inNetwork(namespace, open);
  }

  /** Makes the kernel mark exactly this, all of it or nothing; what it refused. Nothing is written where nothing changes. */
  want(spec: MarkTables, rules: readonly MarkRule[]): KernelError | undefined {
    const wanted = new Map(rules.map((rule) => [JSON.stringify(rule), rule]));
    const maps = mapNames(rules);
    const made = this.#made;
    const same = made?.maps === maps && made.spec.table === spec.table && made.spec.priority === spec.priority;
    const requests =
      same && made !== undefined
        ? [
            ...changeMarks(
              spec,
              [...made.rules].flatMap(([key, rule]) => (wanted.has(key) ? [] : [rule])),
              "delete",
            ),
            ...changeMarks(
              spec,
              [...wanted].flatMap(([key, rule]) => (made.rules.has(key) ? [] : [rule])),
              "add",
            ),
          ]
        : [...(made === undefined ? [] : removeMarkTables(made.spec)), ...makeMarkTables(spec, rules)];
    const refused = this.#batch(`cannot make the nftables table ${spec.table}`, requests);
    if (refused === undefined) this.#made = { spec, maps, rules: wanted };
    return refused;
  }

  /** `remove`: the tables go. */
  close({ remove }: { readonly remove: boolean }): void {
    if (remove && this.#made !== undefined) this.#batch("", removeMarkTables(this.#made.spec));
    this.#netlink.close();
  }

  #batch(what: string, requests: readonly Request[]): KernelError | undefined {
    if (requests.length === 0) return undefined;
    return batchRefusal(what, this.#netlink.transactAtomically(requests, NFT_BATCH));
  }
}
