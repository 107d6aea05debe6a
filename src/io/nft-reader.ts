import { NETLINK_NETFILTER } from "../netlink/nft-constants.ts";
import {
  decodeChain,
  decodeElements,
  decodeRule,
  decodeSet,
  dumpElements,
  dumpNft,
  type NftRuleset,
} from "../netlink/nft-ruleset.ts";
import { dump } from "./interfaces.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** The rules of nf_tables in this network namespace, also those that iptables-nft wrote. Throws KernelError. */
export function readRuleset(): NftRuleset {
  const netlink = new NetlinkSocket(NETLINK_NETFILTER);
  const all = (what: "chains" | "rules" | "sets"): readonly Uint8Array[] =>
    dump(netlink, dumpNft(what), `cannot read the ${what} of nf_tables`);
  try {
    const sets = all("sets").flatMap((body) => decodeSet(body) ?? []);
    return {
      chains: all("chains").flatMap((body) => decodeChain(body) ?? []),
      rules: all("rules").flatMap((body) => decodeRule(body) ?? []),
      sets: sets.map((set) => {
        const bodies = dump(netlink, dumpElements(set), `cannot read the set ${set.set} of nf_tables`);
        return { ...set, elements: bodies.flatMap(decodeElements) };
      }),
    };
  } finally {
    netlink.close();
  }
}
