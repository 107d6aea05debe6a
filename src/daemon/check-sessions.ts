import type { Config } from "../config/model/model.ts";
import type { BfdVerdict } from "./messages.ts";

/** What the bfd process has said of the sessions that BFD_CHECKs follow. */
export class CheckSessions {
  readonly #up = new Map<string, boolean>();

  /** Follows a configuration: sessions that are gone are forgotten. `known`: what was said of them before. */
  configure({ bfdInstances }: Pick<Config, "bfdInstances">, known: readonly BfdVerdict[]): void {
    for (const { name, up } of known) this.#up.set(name, up);
    const names = new Set(bfdInstances.map(({ name }) => name));
    for (const name of [...this.#up.keys()]) if (!names.has(name)) this.#up.delete(name);
  }

  /** Undefined: nobody has spoken of it. */
  isUp(name: string): boolean | undefined {
    return this.#up.get(name);
  }

  /** Takes it in; the sessions that are otherwise than they were, or heard of for the first time. */
  heard(verdicts: readonly BfdVerdict[]): ReadonlySet<string> {
    const turned = verdicts.filter(({ name, up }) => this.#up.get(name) !== up);
    for (const { name, up } of verdicts) this.#up.set(name, up);
    return new Set(turned.map(({ name }) => name));
  }
}
