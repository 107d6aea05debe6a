import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { ToThread } from "./js-messages.ts";

/** A thread that runs a module. */
export interface JsThread {
  post(message: ToThread): void;
  /** Ends it, wherever it is; resolves when it is gone. One that waits in a system call ends behind that. */
  end(): Promise<void>;
}

/** Who hears of a thread. */
export interface JsThreadListener {
  heard(message: unknown): void;
  ended(why: string): void; // by itself; not after `end()`
  wrote(line: string): void; // to standard output or standard error
}

/** Megabytes of a module's thread. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 };

/**
 * A process that exits waits for its threads, and one of them may wait in a system call for ever: where threads are left,
 * it ends without waiting, by SIGKILL. What it had to say and to undo is done by then.
 */
const living = new Set<Worker>();
process.on("exit", () => {
  if (living.size > 0) process.kill(process.pid, "SIGKILL");
});

/**
 * Starts a thread for a module; `program`: `js-check.js`. It has a heap, a stack and a loop of its own, no environment, no
 * arguments and no standard input; what it writes is handed to us. It shares with us what threads share: the privileges
 * and the descriptors.
 */
export function startJsThread(program: string, module: string, listener: JsThreadListener): JsThread {
  const worker = new Worker(program, {
    workerData: pathToFileURL(module).href,
    name: "JS_CHECK",
    ...{ argv: [], execArgv: [], env: {}, stdin: false, stdout: true, stderr: true, resourceLimits: LIMITS },
  });
  living.add(worker);
  let over = false;
  const ended = (why: string): void => {
    if (over) return;
    over = true;
    listener.ended(why);
  };
  worker.on("message", (message: unknown) => {
    if (!over) listener.heard(message);
  });
  worker.on("messageerror", () => {});
  worker.on("error", (error: unknown) => ended(wordsOf(error)));
  worker.on("exit", (status) => {
    living.delete(worker);
    ended(`it ended with status ${status}`);
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n", MOST_LINES)) if (line !== "") listener.wrote(line);
    });
  return {
    post: (message) => worker.postMessage(message),
    async end() {
      over = true;
      await worker.terminate();
    },
  };
}
const MOST_LINES = 20; // of one piece

function wordsOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return `more than ${LIMITS.maxOldGenerationSizeMb} MB of memory`;
  try {
    return `uncaught ${String(error)}`;
  } catch {
    return "uncaught, without words";
  }
}
