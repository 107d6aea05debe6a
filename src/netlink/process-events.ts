import { viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import {
  CN_IDX_PROC,
  CN_VAL_PROC,
  NLMSG_DONE,
  PROC_CN_MCAST_LISTEN,
  PROC_EVENT_COMM,
  PROC_EVENT_EXEC,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
  PROC_EVENT_NONE,
} from "./constants.ts";
import { encodeMessages, LITTLE_ENDIAN } from "./message.ts";

/** What the kernel tells of processes, linux/cn_proc.h. Threads are left out: a process is what has its own tgid. */
export type ProcessEvent =
  | { readonly type: "fork"; readonly parent: number; readonly pid: number }
  | { readonly type: "exec" | "renamed" | "exit"; readonly pid: number }
  | { readonly type: "answer"; readonly errno: number } // to a request to listen; 0: it is granted
  | { readonly type: "other" };

/** struct cn_msg: idx u32, val u32, seq u32, ack u32, len u16, flags u16. */
const CONNECTOR = 20;
/** Then struct proc_event: what u32, cpu u32, timestamp u64, and the event. */
const EVENT = CONNECTOR + 16;

/** Asks the process connector for its events, as one datagram. */
export function listenToProcesses(): Uint8Array {
  const body = new Uint8Array(CONNECTOR + 4);
  const view = viewOf(body);
  view.setUint32(0, CN_IDX_PROC, LITTLE_ENDIAN);
  view.setUint32(4, CN_VAL_PROC, LITTLE_ENDIAN);
  view.setUint16(16, 4, LITTLE_ENDIAN);
  view.setUint32(CONNECTOR, PROC_CN_MCAST_LISTEN, LITTLE_ENDIAN);
  return encodeMessages([{ type: NLMSG_DONE, flags: 0, sequence: 0, body }]);
}

/** Reads the body of a message of the process connector. Never throws. */
export function decodeProcessEvent(body: Uint8Array): Decoded<ProcessEvent, "truncated" | "not-process"> {
  if (body.length < EVENT + 8) return drop("truncated");
  const view = viewOf(body);
  const number = (at: number): number => view.getUint32(at, LITTLE_ENDIAN);
  if (number(0) !== CN_IDX_PROC || number(4) !== CN_VAL_PROC) return drop("not-process");
  const [first, second] = [number(EVENT), number(EVENT + 4)];
  switch (number(CONNECTOR)) {
    case PROC_EVENT_NONE:
      return accept({ type: "answer", errno: first });
    case PROC_EVENT_FORK: {
      if (body.length < EVENT + 16) return drop("truncated");
      const [pid, process] = [number(EVENT + 8), number(EVENT + 12)];
      return accept(pid === process ? { type: "fork", parent: second, pid } : { type: "other" });
    }
    case PROC_EVENT_EXEC:
      return accept({ type: "exec", pid: second });
    case PROC_EVENT_COMM:
      return accept(first === second ? { type: "renamed", pid: first } : { type: "other" });
    case PROC_EVENT_EXIT:
      return accept(first === second ? { type: "exit", pid: first } : { type: "other" });
    default:
      return accept({ type: "other" });
  }
}
