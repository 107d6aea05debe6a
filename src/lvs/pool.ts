import {
  destinationName,
  type IpvsDestination,
  type IpvsEntry,
  type IpvsService,
  type Protocol,
  serviceName,
} from "../base/ipvs.ts";
import type { Micros } from "../base/time.ts";
import { type CheckerTurn, type PoolNotice, quorumNotice, serverNotice, turnNotices } from "./notice.ts";

/** Servers, and the services of the kernel that deal out connections to them. */
export interface VirtualServer {
  readonly name: string; // as Keepalived names it: `[10.9.0.100]:tcp:80`, `FWM 9`, `[G]:0`
  readonly protocol: Protocol | undefined; // undefined: firewall marks alone
  readonly services: readonly IpvsService[]; // at least one; of a group one for each of its members
  readonly quorum: number;
  readonly hysteresis: number;
  readonly realServers: readonly RealServer[];
  readonly sorryServer: SorryServer | undefined;
}

/** Where a server is, and how connections reach it. */
export interface ServerPlace extends Pick<IpvsDestination, "address" | "port" | "tunnel"> {
  readonly forwarding: "nat" | "dr" | "tun";
}

export interface RealServer extends ServerPlace {
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly inhibitOnFailure: boolean; // weight 0 instead of removal
  readonly slowStart?: Micros | undefined; // how long its weight rises when it returns: slow-start.ts; undefined: not at all
}

/** Takes the traffic while the quorum is lost. */
export interface SorryServer extends ServerPlace {
  readonly inhibitOnFailure: boolean;
}

/** What is known of a virtual server. `alive` is in the order of its real servers: no checker of theirs has failed. */
export interface PoolState {
  readonly alive: readonly boolean[];
  readonly quorumUp: boolean;
}

export type PoolEvent =
  | { readonly type: "configured"; readonly alive: readonly boolean[] } // start
  | { readonly type: "reconfigured"; readonly from: VirtualServer; readonly alive: readonly boolean[] } // reload
  | { readonly type: "changed"; readonly server: number; readonly alive: boolean; readonly turn?: CheckerTurn }
  | { readonly type: "turned"; readonly alive: readonly boolean[] }; // several at once, or their weights

/** What is worth saying; `words.ts` says it in Keepalived's words. */
export type PoolNote =
  | { readonly name: "adding" | "removing" | "enabling" | "disabling"; readonly server: RealServer }
  | { readonly name: "quorum-gained" | "quorum-lost" | "quorum-down-at-start"; readonly weight: number }
  | {
      readonly name: "adding-sorry" | "removing-sorry" | "enabling-sorry" | "disabling-sorry";
      readonly server: SorryServer;
    }
  | { readonly name: "adding-alive" | "removing-alive" };

export interface PoolStep {
  readonly state: PoolState;
  readonly notes: readonly PoolNote[]; // in this order
  readonly notices: readonly PoolNotice[]; // so too
}

/** Before the first `configured` event. */
export const EMPTY_POOL: PoolState = { alive: [], quorumUp: false };

/** One transition of what we believe. Whether the kernel follows is another matter: see plan.ts. */
export function poolStep(server: VirtualServer, state: PoolState, event: PoolEvent): PoolStep {
  switch (event.type) {
    case "configured":
      return configured(server, state, event.alive);
    case "reconfigured":
      return reconfigured(server, state, event);
    case "changed":
      return changed(server, state, event);
    case "turned":
      return turned(server, state, event.alive);
  }
}

/** The summed weight of the servers that are alive, and so the measure of the quorum. */
export function aliveWeight({ realServers }: VirtualServer, alive: readonly boolean[]): number {
  return realServers.reduce((sum, { weight }, i) => (alive[i] === true ? sum + weight : sum), 0);
}

/** Gained at quorum + hysteresis; lost below quorum - hysteresis, or when nothing is left. */
export function hasQuorum({ quorum, hysteresis }: VirtualServer, weight: number, before: boolean): boolean {
  return before ? weight > 0 && weight >= quorum - hysteresis : weight >= quorum + hysteresis;
}

/** What the kernel's table should hold for one virtual server: each service with the servers that serve now. */
export function wantedEntries(server: VirtualServer, state: PoolState): readonly IpvsEntry[] {
  const { services } = server;
  const byPort = new Map<number, readonly IpvsDestination[]>(); // rows differ by the port of the service alone
  return services.map((service) => {
    const port = portOf(service);
    const destinations = byPort.get(port) ?? wantedDestinations(server, state, service);
    byPort.set(port, destinations);
    return { service, destinations };
  });
}

/** The same of one of its services. */
export function wantedDestinations(
  server: VirtualServer,
  { alive, quorumUp }: PoolState,
  service: IpvsService,
): readonly IpvsDestination[] {
  const { realServers, sorryServer } = server;
  const open = isOpen(server, { quorumUp });
  return withSorry(
    realServers.flatMap((real, i) => destination(service, real, open && alive[i] === true)),
    sorryServer && { ...sorryServer, port: portAt(service, sorryServer) },
    !open,
  );
}

/** Whether clients are sent to the servers that are alive, and not to the sorry server. */
export function isOpen({ sorryServer }: Pick<VirtualServer, "sorryServer">, { quorumUp }: Pick<PoolState, "quorumUp">) {
  return quorumUp || sorryServer === undefined;
}

/** What the kernel's table should hold for all of them: a function of configuration, verdicts and quorum. */
export function wantedTable(
  pools: readonly { readonly server: VirtualServer; readonly state: PoolState }[],
): readonly IpvsEntry[] {
  return united(pools.flatMap(({ server, state }) => wantedEntries(server, state)));
}

/**
 * The kernel has one service of a name: where several virtual servers want it, as groups with a member in common do, it
 * is as the first one wants it, with the servers of all.
 */
export function united(entries: readonly IpvsEntry[]): readonly IpvsEntry[] {
  const byName = new Map<string, IpvsEntry>();
  for (const entry of entries) {
    const name = serviceName(entry.service);
    const before = byName.get(name);
    byName.set(name, before === undefined ? entry : joined(before, entry));
  }
  return byName.size === entries.length ? entries : [...byName.values()];
}

/** How a server is named within a service: only NAT changes the port that a connection came to. */
export function nameAt(service: IpvsService, { address, port, forwarding }: ServerPlace): string {
  return destinationName({ address, port: portAt(service, { port, forwarding }) });
}

function joined({ service, destinations }: IpvsEntry, { destinations: more }: IpvsEntry): IpvsEntry {
  const names = new Set(destinations.map(destinationName));
  return { service, destinations: [...destinations, ...more.filter((one) => !names.has(destinationName(one)))] };
}

function portAt(service: IpvsService, { port, forwarding }: Pick<ServerPlace, "port" | "forwarding">): number {
  return forwarding === "nat" ? port : portOf(service);
}

function portOf(service: IpvsService): number {
  return "fwmark" in service ? 0 : service.port;
}

const INITIAL = { initial: true } as const;

function configured(server: VirtualServer, before: PoolState, alive: readonly boolean[]): PoolStep {
  const starting = before.alive.length === 0;
  const weight = aliveWeight(server, alive);
  const quorumUp = hasQuorum(server, weight, before.quorumUp);
  const state = { alive, quorumUp };
  if (!starting) return { state, ...quorumTurn(server, before.quorumUp, state) };
  const servers = alive.flatMap((up, i) => (up ? [serverNotice(i, true, INITIAL)] : []));
  if (quorumUp) {
    const notices = [...servers, quorumNotice(true, weight, INITIAL)];
    return { state, notes: [{ name: "quorum-gained", weight }], notices };
  }
  // Keepalived says nothing where there is no sorry server: traffic is not affected.
  const { sorryServer } = server;
  if (sorryServer === undefined) return { state, notes: [], notices: servers };
  return {
    state,
    notes: [{ name: "quorum-down-at-start", weight }, sorryNote(sorryServer, true)],
    notices: [...servers, quorumNotice(false, weight, INITIAL)],
  };
}

/**
 * Servers keep what is known of them by their names. Keepalived differs: it counts the quorum after each one that goes, with
 * the former numbers, and so may tell of a loss that there is not.
 */
function reconfigured(
  server: VirtualServer,
  before: PoolState,
  { from, alive }: Extract<PoolEvent, { type: "reconfigured" }>,
): PoolStep {
  const known = new Map(from.realServers.map((real, i) => [destinationName(real), before.alive[i]]));
  const kept = server.realServers.map((real) => known.get(destinationName(real)));
  const added = alive.flatMap((up, i) => (up && kept[i] === undefined ? [serverNotice(i, true, INITIAL)] : []));
  const realigned = { ...before, alive: kept.map((up, i) => up ?? alive[i] === true) };
  const { state, notes, notices } = turned(server, realigned, alive);
  return { state, notes, notices: [...added, ...notices] };
}

function changed(
  server: VirtualServer,
  before: PoolState,
  { server: index, alive, turn }: Extract<PoolEvent, { type: "changed" }>,
): PoolStep {
  const real = server.realServers[index];
  const was = before.alive[index];
  if (real === undefined || was === undefined) return { state: before, notes: [], notices: [] };
  if (was === alive)
    return { state: before, notes: [], notices: turnNotices(index, { before: was, now: alive }, turn, []) };
  const now = before.alive.map((one, i) => (i === index ? alive : one));
  const quorumUp = hasQuorum(server, aliveWeight(server, now), before.quorumUp);
  const state = { alive: now, quorumUp };
  const quorum = quorumTurn(server, before.quorumUp, state);
  return {
    state,
    notes: [serverNote(real, alive), ...quorum.notes],
    notices: turnNotices(index, { before: was, now: alive }, turn, quorum.notices),
  };
}

/** The quorum is counted once for all of them. */
function turned(server: VirtualServer, before: PoolState, alive: readonly boolean[]): PoolStep {
  const turns = server.realServers.flatMap((real, i) => {
    const now = alive[i] === true;
    return now === before.alive[i] ? [] : [{ note: serverNote(real, now), notice: serverNotice(i, now) }];
  });
  const { state, notes, notices } = configured(server, before, alive);
  return {
    state,
    notes: [...turns.map(({ note }) => note), ...notes],
    notices: [...turns.map(({ notice }) => notice), ...notices],
  };
}

/** What a quorum that was, or was not, has become. */
function quorumTurn(
  server: VirtualServer,
  before: boolean,
  { alive, quorumUp }: PoolState,
): Pick<PoolStep, "notes" | "notices"> {
  if (quorumUp === before) return { notes: [], notices: [] };
  const weight = aliveWeight(server, alive);
  const notes: PoolNote[] = quorumUp ? [{ name: "quorum-gained", weight }, ...restored(server)] : lost(server, weight);
  return { notes, notices: [quorumNotice(quorumUp, weight)] };
}

function restored({ sorryServer }: VirtualServer): PoolNote[] {
  return sorryServer === undefined ? [] : [sorryNote(sorryServer, false), { name: "adding-alive" }];
}

/** Keepalived (2.2.7) says that the alive servers are removed, also where none is left. */
function lost({ sorryServer }: VirtualServer, weight: number): PoolNote[] {
  const sorry: PoolNote[] = sorryServer === undefined ? [] : [sorryNote(sorryServer, true), { name: "removing-alive" }];
  return [{ name: "quorum-lost", weight }, ...sorry];
}

function serverNote(server: RealServer, alive: boolean): PoolNote {
  if (server.inhibitOnFailure) return { name: alive ? "enabling" : "disabling", server };
  return { name: alive ? "adding" : "removing", server };
}

function sorryNote(server: SorryServer, active: boolean): PoolNote {
  if (server.inhibitOnFailure) return { name: active ? "enabling-sorry" : "disabling-sorry", server };
  return { name: active ? "adding-sorry" : "removing-sorry", server };
}

function destination(service: IpvsService, server: RealServer, active: boolean): IpvsDestination[] {
  const { address, forwarding, tunnel, upperThreshold, lowerThreshold, weight, inhibitOnFailure } = server;
  if (!active && !inhibitOnFailure) return [];
  const port = portAt(service, server);
  return [{ address, port, forwarding, tunnel, weight: active ? weight : 0, upperThreshold, lowerThreshold }];
}

/** The sorry server may be one of the real servers too: its row counts while it is active, else the real server's. */
function withSorry(
  reals: readonly IpvsDestination[],
  sorry: SorryServer | undefined,
  active: boolean,
): readonly IpvsDestination[] {
  if (sorry === undefined || (!active && !sorry.inhibitOnFailure)) return reals;
  const { address, port, forwarding, tunnel } = sorry;
  const row = { address, port, forwarding, tunnel, weight: active ? 1 : 0, upperThreshold: 0, lowerThreshold: 0 };
  const others = reals.filter((real) => destinationName(real) !== destinationName(row));
  return active || others.length === reals.length ? [...others, row] : reals;
}
