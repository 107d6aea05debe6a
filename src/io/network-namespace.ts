import { closeSync, constants, openSync, statSync } from "node:fs";
import { CLONE_NEWNET, EINVAL } from "./constants.ts";
import { check, failure, type KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";

/** Where ip-netns(8) keeps the names of network namespaces. */
const NAMES = "/run/netns";
const OWN = "/proc/thread-self/ns/net";

/** A network namespace by its name in ip-netns(8); true: that of the host, which its first process is in. */
export type NamedNetwork = string | true;

/** Whether this thread is in the namespace of that name. */
export function isInNetwork(name: NamedNetwork): boolean {
  const [wanted, own] = [pathOf(name), OWN].map((path) => statSync(path, { throwIfNoEntry: false }));
  return wanted !== undefined && own !== undefined && wanted.ino === own.ino && wanted.dev === own.dev;
}

/**
 * This thread enters the namespace; other threads stay where they are, and what this one starts is inside: processes and
 * threads. Why not, where it cannot.
 */
export function enterNetwork(name: NamedNetwork): KernelError | undefined {
  const failed = `cannot enter network namespace ${name === true ? "of the host" : name}`;
  if (name !== true && (name.includes("/") || name === "" || name === "." || name === ".."))
    return failure(-EINVAL, failed);
  let fd: number;
  try {
    fd = openSync(pathOf(name), constants.O_RDONLY);
  } catch (error) {
    return failure(error instanceof Error && "errno" in error ? Number(error.errno) : -EINVAL, failed);
  }
  const refused = failure(native.setns(fd, CLONE_NEWNET), failed);
  closeSync(fd);
  return refused;
}

/** Calls `act`, which must not wait, in another namespace: sockets that it makes stay there. Throws KernelError. */
export function inNetwork<T>(name: NamedNetwork, act: () => T): T {
  const home = openSync(OWN, constants.O_RDONLY);
  try {
    const refused = enterNetwork(name);
    if (refused !== undefined) throw refused;
    try {
      return act();
    } finally {
      check(native.setns(home, CLONE_NEWNET), "cannot return to the network namespace");
    }
  } finally {
    closeSync(home);
  }
}

function pathOf(name: NamedNetwork): string {
  return name === true ? "/proc/1/ns/net" : `${NAMES}/${name}`;
}
