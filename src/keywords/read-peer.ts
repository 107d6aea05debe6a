import { type IpAddress, parseIp } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { type Manner, readOptions } from "../syntax/options.ts";
import { type ArgumentType, last } from "../syntax/table.ts";
import { refuse, word } from "../syntax/types.ts";
import type { UNICAST_PEER } from "./peer.ts";

/** An item of `unicast_peer`. */
export interface PeerItem {
  readonly address: IpAddress;
  readonly minTtl: number | undefined; // undefined: any
  readonly maxTtl: number | undefined;
}

const MANNER: Manner = {
  unknown: "(%b) unknown unicast_peer option %w",
  missing: "(%b) %w is missing a value",
  bare: () => undefined, // the address comes first
};
const MALFORMED = "Configuration error: VRRP instance[%b] malformed unicast peer address[%w]. Skipping...";

/** `ADDR [min_ttl N] [max_ttl N]`; a TTL that is none is left out. */
export function peerItem(usage: string, options: typeof UNICAST_PEER): ArgumentType<PeerItem> {
  const read = (argument: Argument): PeerItem | undefined => {
    const first = word(argument);
    const [text = "", prefix] = first.text.split("/");
    const address = parseIp(text);
    if (address === undefined) {
      const row = { ...argument.row, refusal: MALFORMED };
      const own = argument.within(argument.words, argument.keyword, row);
      return refuse(own, first, `\`${first.text}\` is no IP address; the peer is left out`);
    }
    if (prefix !== undefined) {
      const finding = ["no-effect", `the prefix length of a peer has no effect: \`${address}\` is meant`] as const;
      argument.report.warning(finding, first.span, { help: `write \`${address}\`` });
    }
    const { given } = readOptions(argument, options, MANNER, argument.words.slice(1));
    return { address, minTtl: last(given.min_ttl)?.value, maxTtl: last(given.max_ttl)?.value };
  };
  return { usage, options, least: 1, most: Number.POSITIVE_INFINITY, read };
}
