import { type ChangedSysctl, readSysctl, SysctlChanges } from "../io/sysctl.ts";
import { rangeWithGroup } from "../lvs/ping-group-range.ts";
import type { RunnableService } from "./runnable.ts";

const RANGE = "net/ipv4/ping_group_range"; // of both families

/**
 * PING_CHECKs use ping sockets, which Linux gives to the groups of a range alone, whatever else a process may do: ours is
 * taken in as long as there is a PING_CHECK, then the range is what it was. Where that is refused, each check says so.
 */
export class PingPermission {
  readonly #changes: SysctlChanges;

  /** `known`: what a process before this one had changed. */
  constructor(known: readonly ChangedSysctl[]) {
    this.#changes = new SysctlChanges(known);
  }

  /** To be put back at the end. */
  get sysctls(): readonly ChangedSysctl[] {
    return this.#changes.all;
  }

  /** Follows a configuration. */
  configure(services: readonly RunnableService[]): void {
    const checkers = services.flatMap(({ realServers }) => realServers.flatMap((server) => server.checkers));
    if (!checkers.some(({ type }) => type === "ping")) {
      this.restore();
      return;
    }
    const range = rangeWithGroup(readSysctl(RANGE) ?? "", process.getegid?.() ?? 0);
    if (range !== undefined) this.#changes.set(RANGE, range);
  }

  /** Puts the range back. */
  restore(): void {
    this.#changes.restore(() => true);
  }
}
