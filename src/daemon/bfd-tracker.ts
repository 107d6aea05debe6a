import type { Config } from "../config/model/model.ts";
import type { Tracked } from "../config/model/track.ts";
import type { Log } from "../observe/log.ts";
import type { TrackedBfd } from "../vrrp/tracking.ts";
import { bfdTurnedWords } from "../vrrp/words.ts";
import type { BfdVerdict } from "./messages.ts";

/** The `track_bfd` of the vrrp process: what instances track, and what the bfd process says of it. */
export class BfdTracker {
  readonly #log: Log;
  readonly #up = new Map<string, boolean>(); // a session that nobody has spoken of is down
  #tracked: ReadonlyMap<string, readonly Tracked[]>; // by instance

  constructor(config: Config, known: readonly BfdVerdict[], log: Log) {
    this.#log = log;
    this.#tracked = trackedByInstance(config);
    for (const { name, up } of known) this.#up.set(name, up);
  }

  /** Another configuration: sessions that are gone are forgotten. */
  reload(config: Config): void {
    this.#tracked = trackedByInstance(config);
    const names = new Set(config.bfdInstances.map(({ name }) => name));
    for (const name of [...this.#up.keys()]) if (!names.has(name)) this.#up.delete(name);
  }

  /** What an instance tracks, as it stands. */
  of(instance: string): readonly TrackedBfd[] {
    const tracked = this.#tracked.get(instance) ?? [];
    return tracked.map((item) => ({ ...item, verdict: this.#up.get(item.name) ? "up" : "down" }));
  }

  /** Takes it in, and says what has turned to each instance that tracks it; whether anything has. */
  heard(verdicts: readonly BfdVerdict[]): boolean {
    const turned = verdicts.filter(({ name, up }) => (this.#up.get(name) ?? false) !== up);
    for (const { name, up } of verdicts) this.#up.set(name, up);
    if (turned.length === 0) return false;
    const news = new Map(turned.map(({ name, up }) => [name, up]));
    for (const [instance, items] of this.#tracked)
      for (const { name } of items) {
        const up = news.get(name);
        if (up !== undefined) this.#log.info(bfdTurnedWords(instance, name, up), { iname: instance, bfd: name });
      }
    return true;
  }
}

/**
 * What each instance tracks: its own `track_bfd` and that of its sync group, whose weight counts where both have one
 * as Keepalived has it for scripts.
 */
export function trackedByInstance({ vrrpInstances, syncGroups }: Config): ReadonlyMap<string, readonly Tracked[]> {
  const grouped = new Map(syncGroups.flatMap(({ members, trackBfd }) => members.map((name) => [name, trackBfd])));
  return new Map(
    vrrpInstances.map(({ name, trackBfd }) => {
      const items = [...trackBfd, ...(grouped.get(name) ?? [])];
      return [name, [...new Map(items.map((item) => [item.name, item])).values()]];
    }),
  );
}
