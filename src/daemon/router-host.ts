import type { Trap, TrapRouter } from "../base/trap.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { Log } from "../observe/log.ts";
import type { NotifiedEvent } from "../vrrp/notification.ts";
import type { Announcer } from "./announcer.ts";
import type { ArpWatch } from "./arp-watch.ts";
import type { Others, Tables } from "./holding.ts";
import type { Surroundings } from "./instance.ts";
import type { PlacementCache } from "./placement.ts";
import type { Router } from "./router.ts";
import type { VrrpSockets } from "./vrrp-sockets.ts";

/** What a router needs of the process it lives in. */
export interface RouterHost extends Surroundings, Pick<Tables, "routing"> {
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly arpWatch: ArpWatch;
  readonly log: Log;
  readonly sockets: VrrpSockets;
  changed(): void;
  /** Operators are to be told of an instance, with its effective priority. */
  notify(instance: VrrpInstanceConfig, event: NotifiedEvent, priority: number): void;
  /** SNMP managers are to be told, if there are any: only then it is asked of what. */
  trap(router: Router, told: (router: TrapRouter) => readonly Trap[]): void;
  /** Where items are put, as the interfaces are now. */
  readonly places: PlacementCache;
  /** Told before a router holds its addresses, and after it has let them go: the packet filter follows. */
  guard(router: Router, holds: boolean): void;
  /** The keys of what other masters of this host have, or will have when a reload is done. */
  heldByOthers(router: Router): ReturnType<Others>;
  /** Static items of the instance's track groups that were removed and cannot be put back. */
  lostStatics(instance: string): readonly string[];
}
