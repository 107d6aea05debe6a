import { destinationName } from "../base/ipvs.ts";
import type { Notification } from "../base/notification.ts";
import type { Trap, TrapPool, TrapServer, TrapService } from "../base/trap.ts";
import type { PoolNote } from "../lvs/pool.ts";

/** Something that happened to a pool. */
export type TrapNotice =
  | { readonly type: "server"; readonly server: TrapServer; readonly up: boolean }
  | { readonly type: "quorum"; readonly up: boolean; readonly weight: number; readonly quorum: number };

/** A service and its real servers, as far as a trap names them. */
type Pool = { readonly subject: TrapService; readonly quorum: number; readonly realServers: readonly TrapServer[] };

/** What a manager is told of a notice. `alive`: behind it, in the order of the servers. */
export function noticeTrap(pool: Pool, alive: readonly boolean[], notice: TrapNotice): Trap {
  const about = poolOf(pool, alive);
  if (notice.type === "quorum")
    return { type: "quorum", pool: about, quorum: notice.quorum, status: notice.up ? "met" : "not-met" };
  const { address, port } = notice.server;
  return { type: "server", pool: about, server: { address, port }, up: notice.up };
}

/** The traps of what a pool says of itself. */
export function noteTraps(pool: Pool, alive: readonly boolean[], notes: readonly PoolNote[]): readonly Trap[] {
  return notes.flatMap((note) => {
    const notice = noticeOf(note, pool.quorum);
    return notice === undefined ? [] : [noticeTrap(pool, alive, notice)];
  });
}

/** Those of servers that leave one after the other: each counts one less. */
export function leavingTraps(pool: Pool, alive: readonly boolean[], leaving: readonly TrapServer[]): readonly Trap[] {
  const left = [...alive];
  const places = new Map(pool.realServers.map((one, i) => [destinationName(one), i]));
  return leaving.flatMap((server) => {
    const i = places.get(destinationName(server));
    if (i === undefined || left[i] !== true) return [];
    left[i] = false;
    return [noticeTrap(pool, left, { type: "server", server, up: false })];
  });
}

/** The end of a service: its servers go, then its quorum. At the daemon's stop that is told as a shutdown. */
export function endingTraps(pool: Pool, alive: readonly boolean[], how: "shutdown" | "not-met"): readonly Trap[] {
  const servers = leavingTraps(pool, alive, pool.realServers);
  return [...servers, { type: "quorum", pool: poolOf(pool, []), quorum: pool.quorum, status: how }];
}

/** A notification of nobody but managers. */
export function trapNotification(traps: readonly Trap[]): Notification {
  return { about: "SNMP", scripts: [], line: undefined, traps, alert: undefined, repeats: false, final: false };
}

function noticeOf(note: PoolNote, quorum: number): TrapNotice | undefined {
  switch (note.name) {
    case "adding":
    case "enabling":
      return { type: "server", server: note.server, up: true };
    case "removing":
    case "disabling":
      return { type: "server", server: note.server, up: false };
    case "quorum-gained":
      return { type: "quorum", up: true, weight: note.weight, quorum };
    case "quorum-lost":
    case "quorum-down-at-start":
      return { type: "quorum", up: false, weight: note.weight, quorum };
    case "adding-sorry":
    case "removing-sorry":
    case "enabling-sorry":
    case "disabling-sorry":
    case "adding-alive":
    case "removing-alive":
      return undefined;
  }
}

function poolOf(pool: Pool, alive: readonly boolean[]): TrapPool {
  return { service: pool.subject, alive: alive.filter((is) => is).length, total: pool.realServers.length };
}
