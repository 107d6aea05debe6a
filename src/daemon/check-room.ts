import { raiseDescriptorLimit } from "../io/realtime.ts";
import type { Log } from "../observe/log.ts";
import type { RunnableService } from "./runnable.ts";

const OURS = 64; // descriptors, beside those of checks

/** Lets every checker that connects have a connection at the same time; says where that is not allowed. */
export function makeRoom(services: readonly RunnableService[], log: Log): void {
  let connecting = 0;
  for (const { realServers } of services)
    for (const { checkers } of realServers)
      for (const { type } of checkers) if (type !== "file" && type !== "bfd") connecting++;
  const limited = raiseDescriptorLimit(connecting + OURS);
  if (limited !== undefined) log.warning("{error}", { error: limited.message });
}
