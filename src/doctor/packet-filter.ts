import { family } from "../base/ip.ts";
import {
  NF_ACCEPT,
  NF_DROP,
  NFPROTO_INET,
  NFPROTO_IPV4,
  NFPROTO_IPV6,
  NFT_GOTO,
  NFT_JUMP,
  NFT_RETURN,
} from "../netlink/nft-constants.ts";
import type { NftChain, NftRule, NftRuleset, NftTableName } from "../netlink/nft-ruleset.ts";
import { hooksOf, type TestPacket } from "./packet.ts";
import { type RuleEnd, RuleRun } from "./rule-run.ts";

/** What becomes of a packet. `unknown`: a rule looks at what cannot be known here. */
export type Fate =
  | { readonly type: "accepted" }
  | { readonly type: "unknown" }
  | { readonly type: "dropped"; readonly by: Dropper };

/** Who drops it: a rule, or the policy of a chain. */
export interface Dropper {
  readonly family: "inet" | "ip" | "ip6";
  readonly table: string;
  readonly chain: string; //             the base chain that it came into
  readonly handle: number | undefined; // of the rule; undefined: the policy
  readonly within: string; //            the chain of that rule
}

/** Jumps nest no deeper: NFT_JUMP_STACK_SIZE of the kernel. */
const DEEPEST = 16;
/** Rules that one packet is taken through; beyond that what becomes of it is not known. */
const MOST_RULES = 200_000;

/** The rules of this host, to be asked about packets. */
export class PacketFilter {
  readonly #ruleset: NftRuleset;
  readonly #rules = new Map<string, NftRule[]>();

  constructor(ruleset: NftRuleset) {
    this.#ruleset = ruleset;
    for (const rule of ruleset.rules) {
      const key = keyOf(rule, rule.chain);
      const known = this.#rules.get(key);
      if (known === undefined) this.#rules.set(key, [rule]);
      else known.push(rule);
    }
  }

  /** Through all hooks that it passes; one drop is enough, and what is accepted by one chain goes on to the next. */
  fate(packet: TestPacket): Fate {
    const protocol = family(packet.source) === 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
    let unsure = false;
    for (const hook of hooksOf(packet)) {
      const chains = this.#ruleset.chains
        .flatMap((chain) => (chain.base === undefined ? [] : [{ chain, base: chain.base }]))
        .filter(({ base }) => base.hook === hook && base.type !== "nat") // nat decides where to, not whether
        .filter(({ chain }) => chain.family === NFPROTO_INET || chain.family === protocol)
        .sort((a, b) => a.base.priority - b.base.priority);
      for (const { chain, base } of chains) {
        const end = this.#through(chain, new RuleRun(packet, this.#ruleset), 0);
        if (end.type === "dropped") return { type: "dropped", by: dropper(chain, end.rule) };
        if (end.type === "unknown") unsure = true;
        if (end.type === "done" && base.policy === NF_DROP) return { type: "dropped", by: dropper(chain, undefined) };
      }
    }
    return { type: unsure ? "unknown" : "accepted" };
  }

  #through(chain: Pick<NftChain, "family" | "table" | "chain">, run: RuleRun, depth: number): ChainEnd {
    if (depth > DEEPEST) return { type: "unknown" };
    for (const rule of this.#rules.get(keyOf(chain, chain.chain)) ?? []) {
      if (run.count > MOST_RULES) return { type: "unknown" };
      const end = run.run(rule);
      if (end.type === "next") continue;
      const came = this.#verdict(end, { chain, rule, run, depth });
      if (end.sure) {
        if (came.type !== "next") return came;
        continue;
      }
      // Perhaps: what would be dropped may go on, what would be accepted leaves us not knowing.
      if (came.type === "accepted" || came.type === "unknown" || came.type === "done") return { type: "unknown" };
    }
    return { type: "done" };
  }

  #verdict(end: Exclude<RuleEnd, { type: "next" }>, at: Position): ChainEnd | { readonly type: "next" } {
    if (end.type === "lost") return { type: "unknown" };
    const { code, chain } = end.verdict;
    if (code === NF_DROP) return { type: "dropped", rule: at.rule };
    if (code === NF_ACCEPT) return { type: "accepted" };
    if (code === NFT_RETURN) return { type: "done" };
    if ((code !== NFT_JUMP && code !== NFT_GOTO) || chain === undefined) return { type: "unknown" };
    const inner = this.#through({ ...at.chain, chain }, at.run, at.depth + 1);
    return inner.type === "done" && code === NFT_JUMP ? { type: "next" } : inner;
  }
}

interface Position {
  readonly chain: Pick<NftChain, "family" | "table" | "chain">;
  readonly rule: NftRule;
  readonly run: RuleRun;
  readonly depth: number;
}

/** How a chain ends. `done`: no rule ended it, so the policy counts or the caller goes on. */
type ChainEnd =
  | { readonly type: "accepted" }
  | { readonly type: "unknown" }
  | { readonly type: "done" }
  | { readonly type: "dropped"; readonly rule: NftRule };

function keyOf({ family: protocol, table }: NftTableName, chain: string): string {
  return JSON.stringify([protocol, table, chain]);
}

const FAMILIES: ReadonlyMap<number, Dropper["family"]> = new Map([
  [NFPROTO_IPV4, "ip"],
  [NFPROTO_IPV6, "ip6"],
]);

function dropper({ family: protocol, table, chain }: NftChain, rule: NftRule | undefined): Dropper {
  const name = FAMILIES.get(protocol) ?? "inet";
  return { family: name, table, chain, handle: rule?.handle, within: rule?.chain ?? chain };
}
