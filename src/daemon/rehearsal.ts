import { type Micros, milliseconds } from "../base/time.ts";
import { step, type VrrpState } from "../vrrp/machine.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import { outgoingPackets } from "../vrrp/transmit.ts";
import type { RouterAnnouncements } from "./router-announcements.ts";
import type { RouterEffects } from "./router-effects.ts";
import type { RouterHost } from "./router-host.ts";

/** Before the takeover. */
const AHEAD = milliseconds(2);

/** When a router in that state rehearses; undefined: it has nothing to. Each advertisement of a master puts it off. */
export function rehearsalAt(state: VrrpState): Micros | undefined {
  return state.name === "backup" ? state.masterDownAt - AHEAD : undefined;
}

/**
 * Goes through all of a takeover, and leaves nothing behind: no packet, no address, no state. It comes once in months;
 * what it takes has long gone from the processor's caches by then. From the deadline to the first gratuitous ARP of one
 * address it is 1.0 ms so, and 1.5 without.
 */
export function rehearse(
  host: Pick<RouterHost, "network">,
  { parameters, state }: { readonly parameters: VrrpParameters; readonly state: VrrpState },
  { effects, announcements }: { readonly effects: RouterEffects; readonly announcements: RouterAnnouncements },
): void {
  if (state.name !== "backup") return;
  step(parameters, state, { type: "timer" }, state.masterDownAt);
  outgoingPackets(parameters, parameters.priority, 1, new Set());
  effects.placement();
  host.network.table.rehearse();
  announcements.rehearse();
}
