import type { Outgoing } from "./outgoing.ts";
import type { Micros } from "./time.ts";

/** What is sent from a socket of its own, and until when an answer is waited for. */
export interface DatagramQuestion extends Outgoing {
  readonly protocol: "udp" | "ping"; // ping: an ICMP message without identifier and checksum, which the kernel writes
  readonly request: Uint8Array;
  readonly deadline: Micros; // a point in time
}

/**
 * What came of it. `unreachable`: there is no way there. `refused`: the network's word, such as ICMP's port
 * unreachable. `local`: trouble of our own.
 */
export type DatagramResult<Answer> =
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "silence" }
  | { readonly type: "unreachable" | "refused" | "local"; readonly error: SystemError };

/** The kernel's word. */
export interface SystemError {
  readonly message: string; // connect: EHOSTUNREACH (No route to host)
  readonly errno: number; // 113
  readonly text: string; // No route to host
}
