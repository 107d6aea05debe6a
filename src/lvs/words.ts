import type { Leaving } from "./notice.ts";
import type { PoolNote, ServerPlace, VirtualServer } from "./pool.ts";

/** A real or sorry server as Keepalived names it in logs: `[10.9.0.11]:tcp:80`; of a firewall mark `[10.9.0.11]:none:80`. */
export function serverWords(
  { address, port }: Pick<ServerPlace, "address" | "port">,
  protocol: VirtualServer["protocol"],
): string {
  return `[${address}]:${protocol ?? "none"}:${port}`;
}

/** What a pool does, in Keepalived's words. */
export function poolWords(server: VirtualServer, note: PoolNote): string {
  const { name: vs, quorum, hysteresis } = server;
  switch (note.name) {
    case "adding":
      return `Adding service ${serverWords(note.server, server.protocol)} to VS ${vs}`;
    case "removing":
      return `Removing service ${serverWords(note.server, server.protocol)} from VS ${vs}`;
    case "enabling":
      return `Enabling service ${serverWords(note.server, server.protocol)} of VS ${vs}`;
    case "disabling":
      return `Disabling service ${serverWords(note.server, server.protocol)} of VS ${vs}`;
    case "quorum-gained":
      return `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${note.weight} for VS ${vs}`;
    case "quorum-lost":
      return `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${note.weight} for VS ${vs}`;
    case "quorum-down-at-start":
      return `Starting with quorum down ${quorum}-${hysteresis}=${quorum - hysteresis} > ${note.weight} for VS ${vs}`;
    case "adding-sorry":
      return `Adding sorry server ${serverWords(note.server, server.protocol)} to VS ${vs}`;
    case "removing-sorry":
      return `Removing sorry server ${serverWords(note.server, server.protocol)} from VS ${vs}`;
    case "enabling-sorry":
      return `Enabling sorry server ${serverWords(note.server, server.protocol)} to VS ${vs}`;
    case "disabling-sorry":
      return `Disabling sorry server ${serverWords(note.server, server.protocol)} from VS ${vs}`;
    case "adding-alive":
      return `Adding alive servers to the pool for VS ${vs}`;
    case "removing-alive":
      return `Removing alive servers from the pool for VS ${vs}`;
  }
}

/** Something is to be said of a server's certificate. Keepalived looks at none. */
export function certificateWords(realServer: string, what: string): string {
  return `TLS on service ${realServer}: ${what}`;
}

/** A virtual server is configured no more; of those by group Keepalived names the group. */
export function goneWords(name: string): string {
  const [, group] = /^(\[.*\]):\d+$/.exec(name) ?? [];
  return group === undefined ? `Removing Virtual Server ${name}` : `Removing Virtual Server Group ${group}`;
}

/** A checker begins to work. */
export function activatingWords(realServer: string, virtualServer: string): string {
  return `Activating healthchecker for service ${realServer} for VS ${virtualServer}`;
}

/** A checker rests, since the address of its service is elsewhere: from the start, or from now on. `ha_suspend`. */
export function restingWords(how: "Deactivating" | "Suspending", { realServer, virtualServer }: Place): string {
  return `${how} healthchecker for service ${realServer} for VS ${virtualServer}`;
}

/** A server leaves the table because it or its service is configured no more, or the daemon stops. */
export function leavingWords(how: Leaving, alive: boolean, { realServer, virtualServer }: Place): string {
  return `${how} ${alive ? "" : "(inhibited) "}service ${realServer} from VS ${virtualServer}`;
}

/** A FILE_CHECK has another verdict than before. */
export function fileCheckWords(realServer: string, file: string, up: boolean): string {
  return `(${realServer}): tracked file ${file} ${up ? "leaving" : "now"} FAULT state`;
}

/** A BFD_CHECK has another verdict than before. */
export function bfdCheckWords(realServer: string, session: string, up: boolean): string {
  return `BFD check of [${session}] RS(${realServer}) is ${up ? "UP" : "DOWN"}`;
}

/** A reload, or what the checkers add, changed a weight. */
export function weightWords({ from, to, alive, realServer, virtualServer }: WeightChange): string {
  return `Changing weight from ${from} to ${to} for ${alive ? "active" : "inactive"} service ${realServer} of VS ${virtualServer}`;
}

/** Of whom is spoken, as of `serverWords`. */
export interface Place {
  readonly realServer: string;
  readonly virtualServer: string;
}

export interface WeightChange extends Place {
  readonly from: number;
  readonly to: number;
  readonly alive: boolean;
}
