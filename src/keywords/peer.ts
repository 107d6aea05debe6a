import { line, type Table } from "../syntax/table.ts";
import { integer, shown, text } from "../syntax/types.ts";

/** An item of `unicast_peer`. */
export const UNICAST_PEER = {
  "<IPADDR>": line(shown("[min_ttl <N>] [max_ttl <N>]", text), {
    meaning: "Peer address",
    note: "one per line; duplicates dropped",
    repeats: true,
  }),
  min_ttl: line(integer(0, 255, "strict"), {
    default: "0",
    meaning: "Lowest accepted TTL from this peer",
    note: "turns check_unicast_src on",
  }),
  max_ttl: line(integer(0, 255, "strict"), {
    default: "255",
    meaning: "Highest accepted TTL from this peer",
    note: "turns check_unicast_src on",
  }),
} satisfies Table;
