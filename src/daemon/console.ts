import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

const STDERR = 2;

/**
 * Writes lines to standard error without ever waiting for who reads them: a terminal that is stopped with ^S or a full
 * pipe loses lines instead of adverts. So it opens the terminal, pipe or file anew, as O_NONBLOCK belongs to the open
 * file, which is shared with the shell. A socket (a journal's) cannot be opened again and is written to as it is.
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
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY;
    const fd = openSync(`/proc/self/fd/${STDERR}`, flags);
    if (fstatSync(fd).ino === fstatSync(STDERR).ino) return fd;
    closeSync(fd);
  } catch {
    // A socket, no /proc, or a terminal that belongs to somebody else.
  }
  return STDERR;
}
