import { type IpvsEntry, serviceName } from "../../src/base/ipvs.ts";
import type { Log } from "../../src/observe/log.ts";

/** Takes the place of `daemon/ipvs-table.ts`: a kernel that takes everything, and says in the log what it has. */
export class IpvsTable {
  readonly #log: Log;
  readonly #has = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  weight = (): number => 0;

  apply(entries: IpvsEntry | readonly IpvsEntry[]): boolean {
    for (const { service, destinations } of [entries].flat()) {
      const rows = destinations.map(({ address, weight }) => `${address} ${weight}`).join(", ");
      const name = serviceName(service);
      if (this.#has.get(name) === rows) continue;
      this.#has.set(name, rows);
      this.#log.info(`table of ${name}: ${rows}`);
    }
    return true;
  }

  applyAll(entries: readonly IpvsEntry[]): boolean {
    return this.apply(entries);
  }

  buffer(): void {}

  close(): void {}
}
