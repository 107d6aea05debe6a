import { existsSync } from "node:fs";
import { UnixDatagram } from "../io/unix-datagram.ts";
import { backlog, consoleSink, createLog, jsonSink, type Log, type Sink, syslogSink } from "../observe/log.ts";
import { openConsole } from "./console.ts";

const SYSLOG = "/dev/log";

/** Where a process logs to; the fields of the same names in `Options` and `ChildOptions`. */
export interface LogOptions {
  readonly detail: boolean;
  readonly console: boolean;
  readonly json: boolean;
  readonly syslog: boolean;
  readonly facility: number;
  readonly afterTurn?: () => boolean; // whether lines are written when the turn is done now: packets first
}

/**
 * The log of a process: to standard error, as text or JSON, and to syslog, whose lines are always text. Keepalived is
 * silent where there is no syslog, as in a container; we write to standard error then.
 */
export async function openLog(ident: string, options: LogOptions): Promise<Log> {
  const speaker = { ident, pid: process.pid, facility: options.facility };
  const sinks: Sink[] = [];
  const nobodyHears = options.syslog && !existsSync(SYSLOG);
  if (options.syslog) {
    const syslog = new UnixDatagram(SYSLOG);
    sinks.push(syslogSink(speaker, (line) => void syslog.send(line)));
  }
  if (options.console || nobodyHears) {
    const write = openConsole();
    sinks.push(options.json ? await jsonSink(speaker, write) : consoleSink(write));
  }
  const { afterTurn } = options;
  if (afterTurn === undefined) return createLog(sinks, options.detail);
  const { sink, flush } = backlog(sinks, (end) => (afterTurn() ? queueMicrotask(end) : end()));
  process.on("exit", flush);
  return createLog([sink], options.detail);
}
