import { readdirSync, readFileSync } from "node:fs";
import type { Director } from "../lab/daemon.ts";

/** What all processes of a daemon take together. */
export interface Footprint {
  readonly resident: number; //     MB
  readonly descriptors: number;
  readonly processor: number; //    seconds since the start
}

const TICKS = 100; // a second: USER_HZ

/** As the kernel says now. */
export function footprint(director: Director): Footprint {
  const each = director.pids().map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return {
      resident: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      processor: (user + system) / TICKS,
    };
  });
  const sum = (key: keyof Footprint): number => each.reduce((total, one) => total + one[key], 0);
  return { resident: sum("resident"), descriptors: sum("descriptors"), processor: sum("processor") };
}

/** `84.1 MB, 61 descriptors`. */
export function footprintWords({ resident, descriptors }: Footprint): string {
  return `${resident.toFixed(1)} MB, ${descriptors} descriptors`;
}
