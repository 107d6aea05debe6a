import type { IpAddress } from "../base/ip.ts";
import { readCommandLine } from "../command/ipvs/arguments.ts";
import { type Labels, NUMERIC } from "../command/ipvs/labels.ts";
import type { Plan } from "../command/ipvs/plan.ts";
import { addressOf, namesOf, type ServiceNames, serviceNames } from "../io/host-names.ts";

/** The names of hosts and ports, as far as they were asked for: each is looked up once. */
export class IpvsNames {
  readonly #hosts = new Map<string, IpAddress | undefined>();
  #services: ServiceNames | undefined;

  /** What a line asks for, with the hosts that it names looked up, one after the other. */
  async read(args: readonly string[]): Promise<Plan> {
    const port = (name: string, protocol: string): number | undefined => this.#ports().get(`${name}/${protocol}`);
    for (;;) {
      const plan = readCommandLine(args, { hosts: this.#hosts, port });
      if (plan.type !== "resolve") return plan;
      this.#hosts.set(plan.host, await addressOf(plan.host));
    }
  }

  /** How these addresses are shown. */
  async labels(numeric: boolean, addresses: Iterable<IpAddress>): Promise<Labels> {
    if (numeric) return NUMERIC;
    const hosts = await namesOf(addresses);
    this.#services ??= serviceNames();
    const { names } = this.#services;
    return { host: (address) => hosts.get(address), service: (port, protocol) => names.get(`${port}/${protocol}`) };
  }

  #ports(): ReadonlyMap<string, number> {
    this.#services ??= serviceNames();
    return this.#services.ports;
  }
}
