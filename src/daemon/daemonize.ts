import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Options } from "./options.ts";

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
    daemon.once("message", () => done(0));
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
  process.send?.("started", () => process.disconnect());
}

/** Gives up the folder we were called in; the paths of the command line still mean what they meant there. */
export function leaveFolder(options: Options): Options {
  const { configFile, pidFile, vrrpPidFile, checkersPidFile } = options;
  const absolute = {
    configFile: resolve(configFile),
    pidFile: resolve(pidFile),
    vrrpPidFile: resolve(vrrpPidFile),
    checkersPidFile: resolve(checkersPidFile),
  };
  process.chdir("/");
  return { ...options, ...absolute };
}
