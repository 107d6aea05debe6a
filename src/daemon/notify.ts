import { UnixDatagram } from "../io/unix-datagram.ts";

/** Tells systemd how the service does, as sd_notify(3); lines of `NAME=value`. */
export type Notify = (lines: readonly string[]) => void;

/** Takes NOTIFY_SOCKET out of the environment, so that no child and no script speaks in our name. */
export function openNotify(): Notify {
  const path = process.env["NOTIFY_SOCKET"];
  delete process.env["NOTIFY_SOCKET"];
  if (path === undefined || path === "") return () => {};
  const socket = new UnixDatagram(path);
  return (lines) => void socket.send(lines.join("\n"));
}
