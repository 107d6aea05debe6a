import { type Micros, seconds } from "../base/time.ts";
import { type Account, scriptAccount, type UserAndGroup } from "./account.ts";
import type { Clock } from "./clock.ts";
import { EINVAL, SIGKILL, SIGTERM } from "./constants.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { CPUS_AT_START, cpuMask } from "./threads.ts";

/** How a script ended. `failed`: it could not be started, with the (positive) errno, such as 2 for ENOENT. */
export type ScriptResult =
  | { readonly exited: number }
  | { readonly signal: number }
  | { readonly timedOut: true }
  | { readonly failed: number };

/** How a script is run: user and group as `scriptPermission` gives them. */
export interface ScriptOptions extends UserAndGroup {
  readonly timeout?: Micros | undefined; // a span; none: it may run for ever
  readonly environment?: Readonly<Record<string, string>>; // beside ours
}

export interface RunningScript {
  /** Never rejects. Resolves when the script has ended, and at the latest 12 s after its timeout or `kill`. */
  readonly result: Promise<ScriptResult>;
  /** Ends the script and what it started: SIGTERM to its process group, SIGKILL two seconds later or when called again. */
  kill(): void;
}

/** From SIGTERM to SIGKILL, and from there until we no longer wait for a process that cannot die. */
const GRACE = seconds(2);
const LAST_WAIT = seconds(10);

/** Not for scripts: what would steer a shell or the loader, and what is between Node or systemd and ourselves. */
const PRIVATE = new Set([
  "IFS",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_OPTIONS",
  "NOTIFY_SOCKET",
]);

/**
 * Runs a program as keepalived(8) runs its scripts: own process group, standard streams on /dev/null, our umask, but
 * ordinary scheduling whatever ours is, SIGTERM when we die. A name without a slash is looked for in PATH. An unknown user is EINVAL.
 */
export function runScript(
  argv: readonly string[],
  { timeout, environment = {}, ...asked }: ScriptOptions,
  clock: Clock,
  poller: Poller,
): RunningScript {
  const account = scriptAccount(asked);
  const pid = account === undefined ? -EINVAL : spawn(argv, account, environment);
  if (pid < 0) return { result: Promise.resolve({ failed: -pid }), kill: () => {} };
  return watch(pid, timeout, { clock, poller });
}

function watch(
  pid: number,
  timeout: Micros | undefined,
  { clock, poller }: { readonly clock: Clock; readonly poller: Poller },
): RunningScript {
  let running = true;
  let dying = false;
  let timedOut = false;
  let cancel = (): void => {};
  const { promise, resolve } = deferred<ScriptResult>();
  const wait = (span: Micros, wake: () => void): void => {
    cancel();
    cancel = clock.wakeAt(clock.now() + span, wake);
  };

  /** The whole group; only while the leader is not reaped, so its number cannot be another's. */
  const signal = (number: number): void => void native.kill(-pid, number);
  const force = (): void => {
    signal(SIGKILL);
    wait(LAST_WAIT, () => resolve(timedOut ? { timedOut } : { signal: SIGKILL })); // its end is still awaited
  };
  const end = (): void => {
    if (!running) return;
    if (dying) {
      force();
      return;
    }
    dying = true;
    signal(SIGTERM);
    wait(GRACE, force);
  };
  /** What it started does not outlive a script that was told to end. */
  const ending = (): void => {
    if (dying) signal(SIGKILL);
  };
  onExit(pid, { clock, poller, ending }, (status) => {
    running = false;
    cancel();
    resolve(timedOut ? { timedOut } : meaning(status));
  });
  if (timeout !== undefined)
    wait(timeout, () => {
      timedOut = true;
      end();
    });
  return { result: promise, kill: end };
}

/**
 * Calls back with the wait status, once, after reaping; and `ending` just before, while the number is still its own. By
 * pidfd; without one (no descriptors left) by looking again, and then without `ending`.
 */
function onExit(
  pid: number,
  { clock, poller, ending }: { readonly clock: Clock; readonly poller: Poller; readonly ending: () => void },
  ended: (status: number) => void,
): void {
  const pidfd = native.pidfdOpen(pid);
  const look = (): void => {
    if (pidfd >= 0) ending();
    const status = native.waitpid(pid);
    if (status === -1 && pidfd < 0) clock.wakeAt(clock.now() + seconds(0.05), look);
    if (status === -1) return;
    if (pidfd >= 0) {
      poller.remove(pidfd);
      native.close(pidfd);
    }
    ended(status);
  };
  if (pidfd < 0) look();
  else poller.add(pidfd, look);
}

/** waitpid(2): the signal in the low seven bits, the exit status in the next byte. A child that is lost exited with 127. */
function meaning(status: number): ScriptResult {
  if (status < 0) return { exited: 127 };
  const signal = status & 0x7f;
  return signal === 0 ? { exited: (status >> 8) & 0xff } : { signal };
}

function spawn(argv: readonly string[], { uid, gid, groups }: Account, more: Readonly<Record<string, string>>): number {
  return native.spawn(argv, environment(more), uid, gid, Int32Array.from(groups), CPUS);
}
const CPUS = cpuMask(CPUS_AT_START); // not those of a process that has asked for some of them

function environment(more: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries({ ...process.env, ...more })
    .filter(([name]) => !PRIVATE.has(name))
    .map(([name, value]) => `${name}=${value}`);
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolver) => {
    resolve = resolver;
  });
  return { promise, resolve };
}
