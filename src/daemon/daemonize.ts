import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { KernelError } from "../io/kernel-error.ts";
import { enterNetwork, isInNetwork } from "../io/network-namespace.ts";
import { becomeProgram } from "../io/program.ts";
import type { Options } from "./options.ts";

/** What the daemon says to the process that was called: it is ready, or wants to be started inside. */
type Said = typeof STARTED | { readonly namespace: string };
const STARTED = "started";

const PATIENCE = 30_000; // milliseconds

/**
 * Runs this program again, as the leader of a session of its own and without a terminal. Resolves with the exit status
 * of the process that was called: 0 when the daemon's first configuration is in force, or its status when it ends before.
 */
export async function daemonize(script: string, args: readonly string[]): Promise<number> {
  const daemon = spawn(process.execPath, [...process.execArgv, script, "--dont-fork", ...args], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return await new Promise((done, reject) => {
    daemon.once("error", reject);
    daemon.once("message", (message: Said) => {
      if (message === STARTED) {
        done(0);
        return;
      }
      daemon.removeAllListeners("exit"); // it ends now, for one that is inside from its first thread on
      enterNetwork(message.namespace);
      daemonize(script, args).then(done, reject);
    });
    daemon.once("exit", (status) => done(status ?? 70));
    setTimeout(() => {
      process.stderr.write("keepalived-ts: still starting; see the log\n");
      done(0);
    }, PATIENCE);
  });
}

/** Whether `daemonize` started this process. */
export function isDaemon(): boolean {
  return process.connected === true;
}

/** Lets the process that was called end with status 0. */
export function reportStarted(): void {
  if (!isDaemon()) return;
  process.send?.(STARTED satisfies Said, () => process.disconnect());
}

/**
 * Goes on in a network namespace, all of it: a thread that runs already would stay outside. The process that was called
 * starts another daemon from inside; one in the foreground, which must keep its pid, becomes its own program again.
 * Returns where it is inside already, or why it cannot be.
 */
export async function restartIn(
  namespace: string,
  script: string,
  args: readonly string[],
): Promise<KernelError | undefined> {
  if (isInNetwork(namespace)) return undefined;
  const refused = enterNetwork(namespace);
  if (refused !== undefined) return refused;
  if (isDaemon()) {
    await new Promise<void>((sent) => void process.send?.({ namespace } satisfies Said, () => sent()));
    process.exit(0);
  }
  return becomeProgram([process.execPath, ...process.execArgv, script, ...args]);
}

/** Gives up the folder we were called in; the paths of the command line still mean what they meant there. */
export function leaveFolder(options: Options): Options {
  const { configFile, pidFile, vrrpPidFile, checkersPidFile, bfdPidFile } = options;
  const absolute = {
    configFile: resolve(configFile),
    pidFile: resolved(pidFile),
    vrrpPidFile: resolved(vrrpPidFile),
    checkersPidFile: resolved(checkersPidFile),
    bfdPidFile: resolved(bfdPidFile),
  };
  process.chdir("/");
  return { ...options, ...absolute };
}

function resolved(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
