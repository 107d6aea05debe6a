import { serviceName } from "../base/ipvs.ts";
import type { Config } from "../config/model/model.ts";
import { HostNetwork } from "../io/host-network.ts";
import type { Poller } from "../io/poller.ts";
import { type AddressRange, HeldAddresses } from "../lvs/held-addresses.ts";
import type { Log } from "../observe/log.ts";

type Suspending = Pick<Config, "virtualServers" | "groupServers" | "virtualServerGroups" | "global">;

export interface HaSuspendHost {
  readonly poller: Poller;
  readonly log: Log;
  /** The addresses of services with `ha_suspend` have come or gone. */
  turned(): void;
}

/**
 * `ha_suspend`: whether the address of a service is on this host, of a group any of its addresses (with Keepalived 2.2.7 a
 * group never is). Nothing is watched where no service asks for it.
 */
export class HaSuspend {
  readonly #host: HaSuspendHost;
  #services: ReadonlyMap<string, readonly AddressRange[]> = new Map();
  #away: ReadonlySet<string> = new Set();
  #network: HostNetwork | undefined;

  constructor(host: HaSuspendHost) {
    this.#host = host;
  }

  /** Follows a configuration. Where the kernel does not tell of its addresses, that is said, and nothing rests. */
  configure(config: Suspending): void {
    this.#services = suspending(config);
    if (this.#services.size === 0) this.close();
    else this.#watch();
    this.#network?.buffers(config.global.daemon.checkers);
    this.#away = this.#find();
  }

  /** Whether the checks of a service rest: by `serviceName`, of a group by `[GROUP]:ORDINAL`. */
  isAway(service: string): boolean {
    return this.#away.has(service);
  }

  close(): void {
    this.#network?.close();
    this.#network = undefined;
  }

  #watch(): void {
    try {
      this.#network ??= new HostNetwork(this.#host.poller, () => this.#look());
    } catch (error) {
      this.#host.log.error("ha_suspend has no effect: {error}", { error: String(error) });
    }
  }

  #look(): void {
    const away = this.#find();
    if (away.size === this.#away.size && [...away].every((name) => this.#away.has(name))) return;
    this.#away = away;
    this.#host.turned();
  }

  #find(): ReadonlySet<string> {
    const network = this.#network;
    if (network === undefined) return new Set();
    const held = new HeldAddresses(
      network.links.flatMap(({ ifindex }) => network.addresses(ifindex).map(({ address }) => address)),
    );
    return new Set([...this.#services].filter(([, ranges]) => !held.anyIn(ranges)).map(([name]) => name));
  }
}

/** The services with `ha_suspend`, and where each is reached. */
function suspending({ virtualServers, groupServers, virtualServerGroups }: Suspending) {
  const groups = new Map(virtualServerGroups.map(({ name, entries }) => [name, entries]));
  const found = new Map<string, readonly AddressRange[]>();
  for (const server of virtualServers)
    if (server.haSuspend) found.set(serviceName(server), [{ from: server.address, to: server.address }]);
  for (const { group, ordinal, haSuspend } of groupServers) {
    const entries = groups.get(group) ?? [];
    const ranges = entries.flatMap((entry) => (entry.type === "addresses" ? [entry] : []));
    if (haSuspend) found.set(`[${group}]:${ordinal}`, ranges);
  }
  return found;
}
