import { AF_UNIX, SOCK_STREAM } from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { sockaddrUn } from "./sockaddr.ts";
import { openSocket } from "./socket.ts";
import { Stream } from "./stream.ts";

/**
 * Connects to a unix stream socket, at once or not at all (EAGAIN: too many wait there already); a leading `@` is the
 * abstract namespace. Throws KernelError, RangeError (path too long).
 */
export function connectUnix(path: string, poller: Poller): Stream {
  const address = sockaddrUn(path);
  const fd = openSocket([AF_UNIX, SOCK_STREAM, 0], "cannot open a unix socket", (opened) => {
    check(native.connect(opened, address), `cannot connect to ${path}`);
  });
  return new Stream(fd, poller);
}
