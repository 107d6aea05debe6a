import { seconds } from "../base/time.ts";
import type { FifoConfig } from "../config/model/global.ts";
import { errnoText } from "../io/errno.ts";
import { Fifo } from "../io/fifo.ts";
import { type RunningScript, runScript, type ScriptResult } from "../io/process.ts";
import { type ScriptRules, scriptPermission } from "../io/script-permission.ts";
import type { ScriptsHost } from "./notify-scripts.ts";

/** For the reader to catch up and end, when the FIFO goes; then again, after SIGTERM. */
const GRACE = seconds(0.5);

/** A FIFO of the configuration, with the script that reads it. */
export class FifoChannel {
  readonly config: FifoConfig;
  readonly #host: ScriptsHost;
  readonly #fifo: Fifo | undefined; // undefined: it could not be opened, which was said
  readonly #reader: RunningScript | undefined;
  #closing = false;

  /** Starts the script, then opens the FIFO. Never throws. */
  constructor(config: FifoConfig, host: ScriptsHost, rules: ScriptRules) {
    this.config = config;
    this.#host = host;
    this.#fifo = this.#openFifo();
    this.#reader = this.#fifo === undefined ? undefined : this.#startReader(rules);
  }

  write(line: string): void {
    this.#fifo?.write(line);
  }

  /** For what waits to be written, for half a second. */
  async drained(): Promise<void> {
    if (this.#fifo?.isBehind) await this.#pause();
  }

  /** Removes the FIFO at once. Resolves when its script has ended, within a second or so. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#fifo?.close(); // who still reads it gets what is in it, and the end
    const reader = this.#reader;
    if (reader === undefined) return;
    const ended = reader.result.then(() => {});
    await Promise.race([ended, this.#pause()]);
    reader.kill();
    await Promise.race([ended, this.#pause()]);
    reader.kill();
  }

  /** Ends the reader at once. */
  kill(): void {
    this.#reader?.kill();
    this.#reader?.kill();
  }

  #openFifo(): Fifo | undefined {
    const { path, user, group } = this.config;
    const { log, poller } = this.#host;
    try {
      return new Fifo(path, { user, group }, poller, (lost) => {
        if (lost === "first") log.warning("notify FIFO {path} is full: lines are lost", { path });
        else log.info("notify FIFO {path} is read again, {lost} lines are lost", { path, lost });
      });
    } catch (error) {
      log.error("notify FIFO {path} is not written: {error}", {
        path,
        error: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  }

  #startReader(rules: ScriptRules): RunningScript | undefined {
    const { path, script } = this.config;
    const { clock, poller, log } = this.#host;
    if (script === undefined) return undefined;
    const said = { script: script.argv[0], path };
    try {
      const permission = scriptPermission(script, rules);
      if (!permission.allowed) {
        log.error("script {script} does not read {path}: {why}", { ...said, why: permission.why });
        return undefined;
      }
      const reader = runScript([...permission.argv, path], permission.account, clock, poller);
      reader.result.then((result) => {
        if (!this.#closing) log.warning("script {script} reads {path} no more: {how}", { ...said, how: end(result) });
      });
      return reader;
    } catch (error) {
      log.error("script {script} does not read {path}: {why}", { ...said, why: String(error) });
      return undefined;
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#host;
    return new Promise((resolve) => void clock.wakeAt(clock.now() + GRACE, resolve));
  }
}

function end(result: ScriptResult): string {
  if ("exited" in result) return `it ended with status ${result.exited}`;
  if ("signal" in result) return `signal ${result.signal}`;
  return "failed" in result ? errnoText(result.failed) : "it did not end in time";
}
