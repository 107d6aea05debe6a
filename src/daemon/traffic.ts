import { type Micros, milliseconds } from "../base/time.ts";
import type { ServiceTraffic, TrafficReport, TrafficWish } from "../observe/traffic.ts";

/** How old what is shown may be: `snmp_vs_stats_update_interval`, `snmp_rs_stats_update_interval`. */
export interface TrafficAges {
  readonly services: Micros;
  readonly servers: Micros;
}

/** What the kernel counted, by service; what was read last of each. */
export type KnownTraffic = ReadonlyMap<string, ServiceTraffic>;

/** What has to be known to read it again. */
interface Source {
  readonly now: () => Micros;
  /** The process that has the table; undefined where it does not answer. */
  readonly ask: (wish: TrafficWish) => Promise<TrafficReport | undefined>;
}

/** When a part was read, and how long that took. */
interface Reading {
  readonly at: Micros;
  readonly took: Micros;
}

/** No part is read more often, nor for more than one part in so many of the time: who asks walks row by row. */
const LEAST_AGE = milliseconds(100);
const SHARE = 20;
/** Milliseconds that who asks waits for it. */
const PATIENCE = 500;
const NEVER: Reading = { at: Number.NEGATIVE_INFINITY, took: 0 };

/** What the kernel counted of the services, as the supervisor knows it: read on demand, and kept for as long as may be. */
export class Traffic {
  readonly #source: Source;
  #services: Reading = NEVER;
  #servers: Reading = NEVER;
  #known: KnownTraffic = new Map();
  #reading: Promise<void> | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Another map whenever something was read. */
  get known(): KnownTraffic {
    return this.#known;
  }

  /**
   * Reads what is too old. Resolves, never rejects, when it is there, or half a second later: a manager asks again after a
   * second; undefined: nothing is too old.
   */
  refresh(ages: TrafficAges): Promise<void> | undefined {
    const reading = this.#started(ages);
    return reading && soon(reading);
  }

  #started(ages: TrafficAges): Promise<void> | undefined {
    const now = this.#source.now();
    const wish = {
      services: isDue(this.#services, ages.services, now),
      servers: isDue(this.#servers, ages.servers, now),
    };
    if (this.#reading !== undefined || !(wish.services || wish.servers)) return this.#reading;
    this.#reading = this.#read(wish, now).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(wish: TrafficWish, at: Micros): Promise<void> {
    const report = await this.#source.ask(wish).catch(() => undefined);
    const reading = { at, took: this.#source.now() - at };
    if (wish.services) this.#services = reading;
    if (wish.servers) this.#servers = reading;
    if (report !== undefined) this.#known = merged(this.#known, report, wish);
  }
}

async function soon(reading: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  await Promise.race([reading, late]);
  clearTimeout(timer);
}

function isDue({ at, took }: Reading, age: Micros, now: Micros): boolean {
  return now >= at + Math.max(age, LEAST_AGE, SHARE * took);
}

/** What was not asked for stays as it was. */
function merged(known: KnownTraffic, { services }: TrafficReport, wish: TrafficWish): KnownTraffic {
  return new Map(
    services.map((read) => {
      const before = known.get(read.name);
      const statistics = wish.services ? read.statistics : before?.statistics;
      return [
        read.name,
        { name: read.name, statistics, servers: wish.servers ? read.servers : (before?.servers ?? []) },
      ];
    }),
  );
}
