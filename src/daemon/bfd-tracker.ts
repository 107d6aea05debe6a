import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import { bfdTurnedWords } from "../vrrp/words.ts";
import type { BfdVerdict } from "./messages.ts";

/** The `track_bfd` of the vrrp process: what the bfd process says of the sessions that instances track. */
export class BfdTracker {
  readonly #log: Log;
  readonly #up = new Map<string, boolean>(); // a session that nobody has spoken of is down
  #trackedBy: ReadonlyMap<string, readonly string[]> = new Map(); // names of instances, by session

  constructor(log: Log) {
    this.#log = log;
  }

  /** Follows a configuration: sessions that are gone are forgotten. `known`: what was said of them before. */
  configure({ vrrpInstances, bfdInstances }: Config, known: readonly BfdVerdict[]): void {
    for (const { name, up } of known) this.#up.set(name, up);
    const names = new Set(bfdInstances.map(({ name }) => name));
    for (const name of [...this.#up.keys()]) if (!names.has(name)) this.#up.delete(name);
    const trackedBy = new Map<string, string[]>();
    for (const { name, trackBfd } of vrrpInstances)
      for (const session of trackBfd) {
        const instances = trackedBy.get(session.name);
        if (instances === undefined) trackedBy.set(session.name, [name]);
        else instances.push(name);
      }
    this.#trackedBy = trackedBy;
  }

  isUp(name: string): boolean {
    return this.#up.get(name) ?? false;
  }

  /** Takes it in, and says what has turned to each instance that tracks it; whether anything has. */
  heard(verdicts: readonly BfdVerdict[]): boolean {
    const turned = verdicts.filter(({ name, up }) => this.isUp(name) !== up);
    for (const { name, up } of verdicts) this.#up.set(name, up);
    for (const { name, up } of turned)
      for (const instance of this.#trackedBy.get(name) ?? [])
        this.#log.info(bfdTurnedWords(instance, name, up), { iname: instance, bfd: name });
    return turned.length > 0;
  }
}
