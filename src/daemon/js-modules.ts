import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StopSignal } from "../base/stopping.ts";
import { type Micros, milliseconds, seconds } from "../base/time.ts";
import type { JsCheckConfig } from "../config/model/check.ts";
import { modulePermission, type ScriptRules } from "../io/script-permission.ts";
import type { JsEnd } from "../lvs/js-check.ts";
import type { Log } from "../observe/log.ts";
import { JsModule } from "./js-module.ts";
import { startJsThread } from "./js-thread.ts";
import type { RunnableService } from "./runnable.ts";

/** What the modules need of their process. */
export interface JsModulesHost {
  readonly log: Log;
  readonly clock: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void };
  readonly program?: string; // `js-check.js`; undefined: it lies beside the program that runs
}

/** What a module writes is for the log: lines a second. */
const MOST_LINES = 20;

/** For threads to end, when the daemon stops. */
const PATIENCE = milliseconds(500);

/** The modules of the JS_CHECKs, by path: each has a thread from its first check on. */
export class JsModules {
  readonly #host: JsModulesHost;
  readonly #program: string;
  readonly #modules = new Map<string, JsModule>();
  #rules: Pick<ScriptRules, "enableScriptSecurity">;

  constructor(rules: Pick<ScriptRules, "enableScriptSecurity">, host: JsModulesHost) {
    this.#host = host;
    this.#rules = rules;
    this.#program = host.program ?? fileURLToPath(new URL("js-check.js", import.meta.url));
  }

  /** A reload: each module is loaded anew, as it or what it imports may have changed; those that nobody names end. */
  configure(rules: Pick<ScriptRules, "enableScriptSecurity">, services: readonly RunnableService[]): void {
    this.#rules = rules;
    if (this.#modules.size === 0) return;
    const named = modulesOf(services);
    for (const [path, module] of this.#modules) {
      if (named.has(path)) module.renew();
      else {
        this.#modules.delete(path);
        module.close();
      }
    }
  }

  /** Calls the module of a check, as long as it may; ends as soon as `signal` fires. Never rejects. */
  run({ module, arguments: words, timeLimit, server }: JsCheckConfig, signal: StopSignal): Promise<JsEnd> {
    const path = resolve(module);
    let known = this.#modules.get(path);
    if (known === undefined) {
      known = this.#open(path);
      this.#modules.set(path, known);
    }
    return known.ask({ ...server, arguments: words, timeout: Math.max(1, Math.round(timeLimit / 1000)) }, signal);
  }

  /** Ends all threads. Resolves when they are gone, or soon after: one that waits in a system call is left behind. */
  async close(): Promise<void> {
    const { clock } = this.#host;
    const closed = Promise.all([...this.#modules.values()].map((module) => module.close()));
    if (this.#modules.size === 0) return;
    this.#modules.clear();
    await Promise.race([closed, new Promise<void>((done) => clock.wakeAt(clock.now() + PATIENCE, done))]);
  }

  #open(path: string): JsModule {
    const { log, clock } = this.#host;
    let [spoke, lines] = [0, 0];
    return new JsModule({
      clock,
      start: (listener) => {
        const refused = modulePermission(path, this.#rules);
        return refused === undefined ? startJsThread(this.#program, path, listener) : { refused };
      },
      stays: (why) => log.error("JS_CHECK {path}: {why}; what was loaded before stays", { path, why }),
      wrote: (line) => {
        const second = Math.floor(clock.now() / seconds(1));
        lines = second === spoke ? lines + 1 : 1;
        spoke = second;
        if (lines <= MOST_LINES) log.detail("JS_CHECK {path}: {line}", { path, line });
      },
    });
  }
}

function modulesOf(services: readonly RunnableService[]): ReadonlySet<string> {
  const checkers = services.flatMap(({ realServers }) => realServers.flatMap((server) => server.checkers));
  return new Set(checkers.flatMap((checker) => (checker.type === "js" ? [resolve(checker.module)] : [])));
}
