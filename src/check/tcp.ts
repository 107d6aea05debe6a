import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { type CheckIo, type Target, UP, type Verdict } from "./checker.ts";

/**
 * Connects, and closes. Up means the handshake finished within `connectTimeout`. Nothing is sent or read. `signal` ends
 * the check early; its verdict then says nothing.
 */
export async function tcpCheck(
  { connectTimeout, ...target }: Target & { readonly connectTimeout: Micros },
  io: CheckIo,
  signal: StopSignal,
): Promise<Verdict> {
  const connected = await io.connect(target, io.now() + connectTimeout, signal);
  if (!connected.ok) return { up: false, why: connected.why, local: connected.local };
  connected.connection.close();
  return UP;
}
