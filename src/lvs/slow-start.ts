import { type Micros, seconds } from "../base/time.ts";

/** When a weight may rise: at whole seconds of the monotonic clock, so that all that rise share their steps. */
const STEP = seconds(1);

/** A server as its slow start sees it. */
export interface SlowServer {
  readonly name: string; // `destinationName`
  readonly weight: number; // all of it
  readonly slowStart: Micros; // how long its weight rises, whole seconds; 0: not at all
  readonly serving: boolean; // clients are sent there
  readonly realServer: string; // `serverWords`
  readonly virtualServer: string; // as Keepalived names it
}

/** What is remembered of a server; plain JSON data. One that nothing is remembered of has never been met. */
export interface SlowStart {
  readonly serving: boolean;
  readonly risesFrom?: Micros | undefined; // a whole second; undefined: it has all of its weight
}

/** What servers do now: all of them have been met. */
export function metServers(servers: readonly Pick<SlowServer, "name" | "serving">[]): SlowStarts {
  return new Map(servers.map(({ name, serving }) => [name, { serving }]));
}

/** By the names of servers. */
export type SlowStarts = ReadonlyMap<string, SlowStart>;

/** What is worth saying; `slowStartWords` says it. */
export interface SlowStartNote {
  readonly name: "begun" | "ended";
  readonly server: string;
}

export interface SlowStartStep {
  readonly starts: SlowStarts;
  readonly notes: readonly SlowStartNote[];
}

/**
 * Whose weight rises after this. A server begins slowly when it serves again that has served, or has failed a check, before:
 * not at the start, where all would, and not when a reload brings it. It has its weight at once when it stops to serve, or
 * `slow_start` goes. `failed`: the server whose check has just said no. Pure; the same again changes nothing.
 */
export function slowStartStep(
  before: SlowStarts,
  servers: readonly SlowServer[],
  now: Micros,
  failed?: string,
): SlowStartStep {
  const starts = new Map<string, SlowStart>();
  const notes: SlowStartNote[] = [];
  for (const { name, weight, slowStart, serving } of servers) {
    const was = before.get(name);
    if (!serving) {
      if (was !== undefined || name === failed) starts.set(name, { serving });
      continue;
    }
    const returns = was !== undefined && !was.serving;
    const risesFrom = returns ? Math.ceil(now / STEP) * STEP : was?.risesFrom;
    const rises = slowStart > 0 && risesFrom !== undefined && now < risesFrom + slowStart;
    starts.set(name, rises ? { serving, risesFrom } : { serving });
    if (weight <= 1) continue; // it has nothing to rise to
    if (rises && returns) notes.push({ name: "begun", server: name });
    if (!rises && was?.risesFrom !== undefined) notes.push({ name: "ended", server: name });
  }
  return { starts, notes };
}

/** The weight that a server has now: from 1 to all of it in proportion to the time; 0 stays 0. */
export function risingWeight(
  { weight, slowStart }: Pick<SlowServer, "weight" | "slowStart">,
  start: SlowStart | undefined,
  now: Micros,
): number {
  const from = start?.risesFrom;
  if (from === undefined || slowStart === 0 || now >= from + slowStart || weight <= 1) return weight;
  const elapsed = Math.max(0, Math.floor((now - from) / STEP) * STEP);
  return Math.max(1, Math.floor(weight * (elapsed / slowStart)));
}

/** When one of the servers has another weight, or all of it; undefined: none rises. */
export function slowStartDeadline(starts: SlowStarts, servers: readonly SlowServer[], now: Micros): Micros | undefined {
  let earliest: Micros | undefined;
  for (const server of servers) {
    const from = starts.get(server.name)?.risesFrom;
    if (from === undefined) continue;
    const at = nextRise(server, from, now);
    if (earliest === undefined || at < earliest) earliest = at;
  }
  return earliest;
}

function nextRise({ weight, slowStart }: SlowServer, from: Micros, now: Micros): Micros {
  const end = from + slowStart;
  const next = (Math.floor(now / STEP) + 1) * STEP;
  const more = risingWeight({ weight, slowStart }, { serving: true, risesFrom: from }, now) + 1;
  const reached = weight <= 1 ? end : Math.ceil((from + (slowStart * more) / weight) / STEP) * STEP;
  return Math.min(end, Math.max(next, reached));
}

/** The beginning and the end; the steps between them are not said. */
export function slowStartWords(
  { name }: SlowStartNote,
  { weight, slowStart, realServer, virtualServer }: SlowServer,
): string {
  const which = `service ${realServer} of VS ${virtualServer}`;
  if (name === "ended") return `Slow start of ${which} has ended: weight ${weight}`;
  return `Slow start of ${which}: weight 1 to ${weight} in ${slowStart / STEP} seconds`;
}
