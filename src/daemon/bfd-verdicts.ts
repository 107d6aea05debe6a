import type { Config } from "../config/model/model.ts";
import type { BfdInstanceConfig } from "../config/model/track.ts";
import type { BfdVerdict } from "./messages.ts";

/** Who follows BFD sessions. */
export type BfdFollower = "vrrp" | "checkers";

/**
 * What the bfd process has said of its sessions, kept by the supervisor: a follower that is started again learns it from
 * here, and one that runs hears what has turned. Each hears of the sessions that are for it.
 */
export class BfdVerdicts {
  #sessions: ReadonlyMap<string, BfdInstanceConfig> = new Map();
  readonly #up = new Map<string, boolean>();

  /** From now on these sessions count; what is known of others is forgotten. */
  follow({ bfdInstances }: Config): void {
    this.#sessions = new Map(bfdInstances.map((session) => [session.name, session]));
    for (const name of [...this.#up.keys()]) if (!this.#sessions.has(name)) this.#up.delete(name);
  }

  /** What each follower has to be told. */
  heard(verdicts: readonly BfdVerdict[]): Readonly<Record<BfdFollower, readonly BfdVerdict[]>> {
    for (const { name, up } of verdicts) if (this.#sessions.has(name)) this.#up.set(name, up);
    return { vrrp: this.#for("vrrp", verdicts), checkers: this.#for("checkers", verdicts) };
  }

  /** All that a follower may know. */
  known(follower: BfdFollower): readonly BfdVerdict[] {
    const verdicts = [...this.#up].map(([name, up]) => ({ name, up }));
    return this.#for(follower, verdicts);
  }

  #for(follower: BfdFollower, verdicts: readonly BfdVerdict[]): readonly BfdVerdict[] {
    return verdicts.filter(({ name }) => this.#sessions.get(name)?.[follower] === true);
  }
}
