/**
 * What operators are told of a virtual server, in the order of Keepalived: each real server that turns, then what that
 * makes of the quorum, then the mail of the checker behind it.
 */
export type PoolNotice =
  | {
      readonly type: "server"; // by script, FIFO and trap
      readonly server: number; // of its virtual server's, from 0
      readonly alive: boolean; // from now on; as before where an `alpha` checker fails at first
      readonly initial: boolean; // it begins to be checked, and is up: told with `rs_init_notifies`
      readonly final: boolean; // the daemon stops: traps, and the rest with `omega`
    }
  | {
      readonly type: "quorum"; // by script, FIFO, trap and mail
      readonly up: boolean;
      readonly weight: number; // of the servers that are alive
      readonly initial: boolean; // the service begins to run
      readonly final: boolean;
    }
  | {
      readonly type: "mail"; // of a checker, or that the server goes
      readonly server: number;
      readonly alive: boolean; // the server, not the checker
      readonly turned: boolean; // and so the server has: all that is mailed with `no_checker_emails`
      readonly body: string; // without its arrows
      readonly final: boolean;
    };

/** Why servers leave that need not be down. */
export type Leaving = "Removing" | "Shutting down";

/** A verdict, as `Health` gives it: at each turn and at the first. */
export interface CheckerTurn {
  readonly up: boolean;
  readonly before: boolean;
  readonly mail: string | undefined; // what it says in a mail; undefined: nothing
}

/** A server is up or down. */
export function serverNotice(server: number, alive: boolean, more: { initial?: true } = {}): PoolNotice {
  return { type: "server", server, alive, initial: false, final: false, ...more };
}

/** The quorum is gained or lost. */
export function quorumNotice(up: boolean, weight: number, more: { initial?: true } = {}): PoolNotice {
  return { type: "quorum", up, weight, initial: false, final: false, ...more };
}

/**
 * What is told of a server behind a verdict, around what is told of the quorum. The first failure of each `alpha` checker
 * is told, though the server was never up, and not mailed (measured, 2.2.7).
 */
export function turnNotices(
  server: number,
  alive: { readonly before: boolean; readonly now: boolean },
  turn: CheckerTurn | undefined,
  quorum: readonly PoolNotice[],
): PoolNotice[] {
  const turned = alive.before !== alive.now;
  const unproven = turn !== undefined && !turn.up && !turn.before;
  const body = turn === undefined || turn.up === turn.before ? undefined : turn.mail;
  return [
    ...(turned || unproven ? [serverNotice(server, alive.now)] : []),
    ...quorum,
    ...(body === undefined ? [] : [{ type: "mail", server, alive: alive.now, turned, body, final: false } as const]),
  ];
}

/** What is told of a server that leaves: nothing where it was down. */
export function leavingNotices(server: number, alive: boolean | undefined, why: Leaving): PoolNotice[] {
  if (alive !== true) return [];
  const final = why === "Shutting down";
  return [
    { type: "server", server, alive: false, initial: false, final },
    { type: "mail", server, alive: false, turned: true, body: why, final },
  ];
}

/**
 * What is told of a service that leaves with all its servers: they first, then the quorum; at the stop also where there was
 * none (measured, 2.2.7). Keepalived differs: a server that is alive beside an active sorry server is not told of, though
 * the last word about it was UP.
 */
export function closingNotices(
  { alive, quorumUp }: { readonly alive: readonly boolean[]; readonly quorumUp: boolean },
  why: Leaving,
): PoolNotice[] {
  const servers = alive.flatMap((up, server) => leavingNotices(server, up, why));
  const final = why === "Shutting down";
  return quorumUp || final ? [...servers, { type: "quorum", up: false, weight: 0, initial: false, final }] : servers;
}
