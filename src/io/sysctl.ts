import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** A setting that we changed: its path below /proc/sys, what it was, what we made of it. */
export interface ChangedSysctl {
  readonly path: string; // net/ipv4/conf/eth0/arp_ignore
  readonly before: string;
  readonly after: string;
}

/** The value of a setting, without its line end; undefined where there is none. */
export function readSysctl(path: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${path}`, "latin1").trim();
  } catch {
    return undefined;
  }
}

/** Sets a value; false where the setting does not exist or is refused. */
export function writeSysctl(path: string, value: string): boolean {
  try {
    writeFileSync(`/proc/sys/${path}`, value, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

/** The interfaces that have IPv4 settings, with `default` and without `all`. */
export function configuredInterfaces(): readonly string[] {
  try {
    return readdirSync("/proc/sys/net/ipv4/conf").filter((name) => name !== "all");
  } catch {
    return [];
  }
}

/** Settings changed for a time. Plain data goes in and out, so that they outlive a process that is killed. */
export class SysctlChanges {
  readonly #changed: Map<string, ChangedSysctl>;

  /** `known`: what a predecessor had changed. */
  constructor(known: readonly ChangedSysctl[] = []) {
    this.#changed = new Map(known.map((one) => [one.path, one]));
  }

  get all(): readonly ChangedSysctl[] {
    return [...this.#changed.values()];
  }

  /** What a setting was before we changed it. */
  before(path: string): string | undefined {
    return this.#changed.get(path)?.before;
  }

  /** Takes over what somebody else changed; what is known already counts. */
  adopt(one: ChangedSysctl): void {
    if (!this.#changed.has(one.path)) this.#changed.set(one.path, one);
  }

  /** Sets a value, unless it has it already: then nothing will be restored. Whether that was done. */
  set(path: string, after: string): boolean {
    const before = readSysctl(path);
    if (before === undefined || before === after || !writeSysctl(path, after)) return false;
    this.#changed.set(path, { path, before, after });
    return true;
  }

  /** Puts back what `which` says, unless it is not what we made of it; those that were. */
  restore(which: (path: string) => boolean): readonly ChangedSysctl[] {
    const chosen = this.all.filter(({ path }) => which(path));
    for (const { path } of chosen) this.#changed.delete(path);
    return chosen.filter(({ path, before, after }) => readSysctl(path) === after && writeSysctl(path, before));
  }
}
