import { LITTLE_ENDIAN } from "../netlink/message.ts";
import { SO_ERROR, SO_RCVBUF, SO_RCVBUFFORCE, SO_SNDBUF, SO_SNDBUFFORCE, SOL_SOCKET } from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";

/** For arguments that are left out. */
export const NOTHING = new Uint8Array(0);

/**
 * Opens a socket and sets it up. If `configure` throws, the descriptor is closed before the exception goes on. Throws
 * KernelError, its message beginning with `what`.
 */
export function openSocket(
  [family, type, protocol]: readonly [number, number, number],
  what: string,
  configure: (fd: number) => void,
): number {
  const fd = check(native.socket(family, type, protocol), what);
  try {
    configure(fd);
  } catch (error) {
    native.close(fd);
    throw error;
  }
  return fd;
}

/** Takes the pending error (SO_ERROR) off a socket: 0, or a positive errno. */
export function takeError(fd: number): number {
  const value = new Uint8Array(4);
  const length = native.getsockopt(fd, SOL_SOCKET, SO_ERROR, value);
  return length < 0 ? -length : new DataView(value.buffer).getInt32(0, LITTLE_ENDIAN);
}

/** How large a receive buffer shall be. */
export interface BufferWish {
  readonly bytes: number; // 0 = as large as it is anyway
  readonly force: boolean; // beyond net.core.rmem_max
}

/** A receive buffer as an operator wants it, but never less than `least` bytes. What the kernel refuses is left. */
export function sizeReceiveBuffer(fd: number, { bytes, force }: BufferWish, least: number): void {
  if (bytes > least && force) {
    growReceiveBuffer(fd, bytes);
    return;
  }
  if (bytes > least) native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, bytes);
  if (bytes <= least || receiveBuffer(fd) < least) growReceiveBuffer(fd, least);
}

/** The bytes of a socket's receive buffer: the kernel takes twice what is asked for, for its own needs. socket(7). */
export function receiveBuffer(fd: number): number {
  const value = new Uint8Array(4);
  check(native.getsockopt(fd, SOL_SOCKET, SO_RCVBUF, value), "cannot read the size of a buffer");
  return new DataView(value.buffer).getInt32(0, LITTLE_ENDIAN) / 2;
}

/** Asks for that many bytes of receive buffer, beyond `net.core.rmem_max` where we may. */
export function growReceiveBuffer(fd: number, size: number): void {
  if (native.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size) < 0) native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size);
}

/** The same for sending. */
export function growSendBuffer(fd: number, size: number): void {
  if (native.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, size) < 0) native.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, size);
}
