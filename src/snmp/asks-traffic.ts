import type { AgentxPacket } from "../wire/agentx.ts";
import { CHECK } from "./names.ts";
import { compareOids } from "./rows.ts";

/** The tables of services and of servers, and what is behind them. */
const [FROM, BEHIND] = [
  [...CHECK, 3],
  [...CHECK, 5],
];

/** Whether the answer may show what the kernel counted of services or servers. */
export function asksTraffic(pdu: AgentxPacket["pdu"]): boolean {
  if (pdu.type === "get")
    return pdu.ranges.some(({ start }) => compareOids(start, FROM) > 0 && compareOids(start, BEHIND) < 0);
  if (pdu.type !== "get-next" && pdu.type !== "get-bulk") return false;
  return pdu.ranges.some(
    ({ start, end }) => compareOids(start, BEHIND) < 0 && (end.length === 0 || compareOids(end, FROM) > 0),
  );
}
