import { readdirSync, readFileSync } from "node:fs";
import { toByteString } from "../base/bytes.ts";
import { type Micros, seconds } from "../base/time.ts";
import { CN_IDX_PROC, NETLINK_CONNECTOR } from "../netlink/constants.ts";
import { decodeMessages } from "../netlink/message.ts";
import { decodeProcessEvent, listenToProcesses, type ProcessEvent } from "../netlink/process-events.ts";
import type { Clock } from "./clock.ts";
import { AF_NETLINK, EAGAIN, SO_RCVBUF, SO_RCVBUFFORCE, SOCK_DGRAM, SOL_SOCKET } from "./constants.ts";
import { check, KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { ReceiveArena } from "./receive-arena.ts";
import { sockaddrNl } from "./sockaddr.ts";
import { NOTHING } from "./socket.ts";

/** A running process. Texts are byte strings, one character a byte. */
export interface RunningProcess {
  readonly pid: number;
  readonly name: string;
  readonly command: string; // its arguments, a NUL behind each; empty where it was not asked for
}

/** What a monitor tells, in the order in which it happened. */
export interface ProcessListener {
  /** Whether command lines are wanted too: one more file to read for each process that starts. */
  readonly commands: boolean;
  /** All processes, before anything else and whenever something may have been missed. */
  all(processes: readonly RunningProcess[]): void;
  forked(parent: number, pid: number): void;
  became(process: RunningProcess): void; // another program, or another name
  ended(pid: number): void;
}

export interface MonitorHost {
  readonly clock: Clock;
  readonly poller: Poller;
  /** Of the socket: bytes (0 = the kernel's choice), beyond rmem_max if forced. */
  readonly buffer: { readonly bytes: number; readonly force: boolean };
}

/** How often /proc is read where the kernel does not tell. */
const PERIOD: Micros = seconds(1);
const arena = new ReceiveArena(16, 4096);

/**
 * Hears which processes begin and end: from the kernel's process connector, which only the first namespaces have (of
 * networks and of processes), or else by reading /proc once a second.
 */
export class ProcessMonitor {
  readonly #listener: ProcessListener;
  readonly #host: MonitorHost;
  readonly #fd: number; // -1: /proc is read
  /** Why the kernel does not tell; undefined where it does. */
  readonly refused: KernelError | undefined;
  #cancelWake = (): void => {};

  constructor(host: MonitorHost, listener: ProcessListener) {
    this.#host = host;
    this.#listener = listener;
    const opened = openConnector(host.buffer);
    this.#fd = typeof opened === "number" ? opened : -1;
    this.refused = typeof opened === "number" ? undefined : opened;
    if (this.#fd >= 0) host.poller.add(this.#fd, () => this.#receive());
    this.#scan();
  }

  close(): void {
    this.#cancelWake();
    if (this.#fd < 0) return;
    this.#host.poller.remove(this.#fd);
    native.close(this.#fd);
  }

  #scan(): void {
    this.#listener.all(runningProcesses(this.#listener.commands));
    if (this.#fd >= 0) return;
    this.#cancelWake = this.#host.clock.wakeAt(this.#host.clock.now() + PERIOD, () => this.#scan());
  }

  #receive(): void {
    for (let turn = 0; turn < TURNS; turn++) {
      const count = arena.receive(this.#fd);
      if (count === -EAGAIN) return;
      if (count < 0) {
        this.#scan(); // ENOBUFS: some are lost
        return;
      }
      for (const event of events(count)) this.#heard(event);
    }
  }

  #heard(event: ProcessEvent): void {
    if (event.type === "fork") this.#listener.forked(event.parent, event.pid);
    if (event.type === "exit") this.#listener.ended(event.pid);
    if (event.type !== "exec" && event.type !== "renamed") return;
    const process = runningProcess(event.pid, this.#listener.commands);
    if (process !== undefined) this.#listener.became(process);
  }
}

const TURNS = 64; // receive calls before others get their turn

function openConnector({ bytes, force }: MonitorHost["buffer"]): number | KernelError {
  let fd = -1;
  try {
    fd = check(native.socket(AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR), "cannot open the process connector");
    if (bytes > 0) native.setsockopt(fd, SOL_SOCKET, force ? SO_RCVBUFFORCE : SO_RCVBUF, bytes);
    check(native.bind(fd, sockaddrNl(CN_IDX_PROC)), "cannot bind to the process connector");
    check(native.sendmsg(fd, listenToProcesses(), sockaddrNl(), NOTHING, 0), "cannot ask the process connector");
    // The kernel answers within the call, or, in a namespace of processes that is not the first, not at all.
    for (const event of events(arena.receive(fd))) if (event.type === "answer" && event.errno === 0) return fd;
    throw new KernelError("the process connector does not answer", EAGAIN);
  } catch (error) {
    if (fd >= 0) native.close(fd);
    if (error instanceof KernelError) return error;
    throw error;
  }
}

function events(count: number): readonly ProcessEvent[] {
  const found: ProcessEvent[] = [];
  for (let i = 0; i < count; i++) {
    if (arena.netlinkSender(i) !== 0) continue;
    for (const { body } of decodeMessages(arena.data(i))) {
      const event = decodeProcessEvent(body);
      if (event.ok) found.push(event.value);
    }
  }
  return found;
}

/** Every process that runs now; a zombie does not. */
function runningProcesses(commands: boolean): readonly RunningProcess[] {
  return readdirSync("/proc").flatMap((name) =>
    /^\d+$/.test(name) ? (runningProcess(Number(name), commands) ?? []) : [],
  );
}

function runningProcess(pid: number, commands: boolean): RunningProcess | undefined {
  try {
    // proc_pid_stat(5): `PID (NAME) STATE …`, where the name may hold anything.
    const stat = toByteString(readFileSync(`/proc/${pid}/stat`));
    const end = stat.lastIndexOf(")");
    if (/^ [ZXx]/.test(stat.slice(end + 1))) return undefined;
    const command = commands ? toByteString(readFileSync(`/proc/${pid}/cmdline`)) : "";
    return { pid, name: stat.slice(stat.indexOf("(") + 1, end), command };
  } catch {
    return undefined; // it has ended
  }
}
