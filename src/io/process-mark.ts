import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { SIGKILL } from "./constants.ts";
import { native } from "./native.ts";

/** `PID.STARTTIME`, which no other process of this boot ever has. Throws where /proc is missing. */
export function processMark(pid: number = process.pid): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name may hold anything
  const start = fields[0] === "Z" ? "ended" : fields[19]; // fields 3 and 22 of proc(5)
  return `${pid}.${start}`;
}

/** Whether the process that a mark names is still there. */
export function isMarkAlive(mark: string): boolean {
  try {
    return processMark(Number.parseInt(mark, 10)) === mark;
  } catch {
    return false;
  }
}

/**
 * Kills every process that has `variable=value` in the environment that it was started with: what a dead process has
 * left behind, with all that this started. Returns how many. Looks again as long as there are some: they may fork.
 */
export function endMarked(variable: string, value: string): number {
  const entry = `\0${variable}=${value}\0`;
  let ended = 0;
  for (let look = 0; look < LOOKS; look++) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isMarked(Number(name), entry));
    if (found.length === 0) break;
    for (const pid of found) if (native.kill(Number(pid), SIGKILL) === 0) ended++;
  }
  return ended;
}

const LOOKS = 10;

/** Not ourselves, and not one of another PID namespace, in which the same mark means another process. */
function isMarked(pid: number, entry: string): boolean {
  if (pid === process.pid) return false;
  try {
    if (!`\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(entry)) return false;
    return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync("/proc/self/ns/pid");
  } catch {
    return false; // it has ended, or is none of our business
  }
}
