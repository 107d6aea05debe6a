import { readFileSync } from "node:fs";

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
