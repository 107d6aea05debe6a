import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";

/** The name of this process for ps -C, killall and pgrep: Linux keeps 15 bytes of it. proc_pid_comm(5). */
export function nameProcess(name: string): void {
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Without /proc nobody looks for a name either.
  }
}

/**
 * The words of this process for ps, pgrep -f and pidof, which finds a process by the first of them: instead of Node's
 * name, options and file. What does not fit into the place of these is cut off. proc_pid_cmdline(5).
 */
export function callProcess(words: readonly string[]): void {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third on
    const [from, to] = [Number(fields[ARG_START - 3]), Number(fields[ARG_START - 2])];
    if (!(from > 0 && to > from)) return; // another user's, or a kernel that hides it
    const place = new Uint8Array(to - from); // ends with NUL, as what was there does
    const text = new TextEncoder().encode(words.join("\0"));
    place.set(text.subarray(0, place.length - 1));
    writeOwnMemory(place, from);
  } catch {
    // It goes by Node's name then.
  }
}
const ARG_START = 48; // field of proc_pid_stat(5); arg_end is the next one

function writeOwnMemory(bytes: Uint8Array, at: number): void {
  const memory = openSync("/proc/self/mem", "r+");
  try {
    writeSync(memory, bytes, 0, bytes.length, at);
  } finally {
    closeSync(memory);
  }
}
