import { constants, fstatSync, openSync, writeSync } from "node:fs";

const STDERR = 2;

/**
 * Writes lines to standard error without ever waiting for who reads them: a terminal that is stopped with ^S or a full
 * pipe loses lines instead of adverts. So it opens a terminal or pipe anew, as O_NONBLOCK belongs to the open file, which
 * is shared with the shell. A file never makes us wait; a socket (the journal's) cannot be opened again.
 */
export function openConsole(): (line: string) => void {
  const fd = reopen();
  return (line) => {
    try {
      writeSync(fd, line);
    } catch {
      // Nobody reads: EAGAIN, EPIPE, EIO.
    }
  };
}

function reopen(): number {
  try {
    const found = fstatSync(STDERR);
    if (!found.isCharacterDevice() && !found.isFIFO()) return STDERR;
    return openSync(`/proc/self/fd/${STDERR}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return STDERR; // no /proc, a terminal that belongs to somebody else
  }
}
