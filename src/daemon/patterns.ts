import type { CheckIo, PatternText } from "../check/checker.ts";
import type { HttpUrl } from "../check/http-verdict.ts";
import { patternSearch } from "../check/pattern-search.ts";
import { type CompiledPattern, compilePattern } from "../io/pattern.ts";
import type { RunnableService } from "./runnable.ts";

type Compiled = ReturnType<CheckIo["pattern"]>;

/** The compiled patterns of a configuration: one for each text, whoever asks for it. */
export class Patterns {
  readonly #byConfig = new WeakMap<PatternText, Compiled>();
  readonly #byText = new Map<string, CompiledPattern | string>();

  /** The same object is looked up, not compared. */
  of(regex: PatternText): Compiled {
    const known = this.#byConfig.get(regex);
    if (known !== undefined) return known;
    const compiled = this.#compiled(regex);
    const pattern =
      typeof compiled === "string" ? compiled : { search: () => patternSearch(compiled, regex, processorTime) };
    this.#byConfig.set(regex, pattern);
    return pattern;
  }

  /** Compiles what a configuration searches for, and forgets the rest. Why some of it cannot be, each once. */
  configure(services: readonly RunnableService[]): readonly string[] {
    this.#byText.clear();
    const checkers = services.flatMap(({ realServers }) => realServers.flatMap((server) => server.checkers));
    const urls = checkers.flatMap((checker): readonly HttpUrl[] => ("urls" in checker ? checker.urls : []));
    for (const { regex } of urls) if (regex !== undefined) this.of(regex);
    return [...new Set([...this.#byText.values()].filter((compiled) => typeof compiled === "string"))];
  }

  #compiled({ pattern, options, stack }: PatternText): CompiledPattern | string {
    const text = JSON.stringify([pattern, options, stack]);
    const known = this.#byText.get(text) ?? compilePattern(pattern, options, stack);
    this.#byText.set(text, known);
    return known;
  }
}

/** Microseconds of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
