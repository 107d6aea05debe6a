/** What fills a phrase, and what a JSON line carries beside it. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Where a process says what happened. The phrase is fixed text with `{names}` of fields in it, so that it can be found
 * in the source: `log.info("({iname}) Entering {state} STATE", { iname, state })`. Text lines show the phrase with its
 * fields filled in; JSON lines have that as `msg`, and every field besides. Never throws, never waits.
 */
export interface Log {
  /** The daemon or a part of it cannot do its work (syslog `err`). */
  error(phrase: string, fields?: Fields): void;
  /** Something is wrong and work goes on (`warning`). */
  warning(phrase: string, fields?: Fields): void;
  /** What an operator wants to read of a healthy day (`info`). */
  info(phrase: string, fields?: Fields): void;
  /** As `info`, but only with `-D`. */
  detail(phrase: string, fields?: Fields): void;
}

export type Level = "error" | "warning" | "info";

/** One thing that was said, with its fields filled in and control characters escaped. */
export interface Line {
  readonly at: Date;
  readonly level: Level;
  readonly text: string;
  readonly fields: Fields;
}

/** Takes lines to a terminal, a syslog daemon, a test. What it throws is dropped: a log must not stop the daemon. */
export type Sink = (line: Line) => void;

/** A sink that is done with a line at once, and `flush`, which gives what it took since to `sinks`, in order. */
export interface Backlog {
  readonly sink: Sink;
  readonly flush: () => void;
}

/**
 * Keeps what is said until `later` calls back: at the end of the turn, so that no packet waits for a terminal or syslog.
 * A line keeps its own time. Who ends the process calls `flush` before.
 */
export function backlog(sinks: readonly Sink[], later: (flush: () => void) => void): Backlog {
  let waiting: Line[] = [];
  const flush = (): void => {
    const lines = waiting;
    waiting = [];
    for (const line of lines)
      for (const sink of sinks) {
        try {
          sink(line);
        } catch {
          // A full disk or a closed pipe: there is nowhere left to say so.
        }
      }
  };
  const sink = (line: Line): void => {
    if (waiting.push(line) === 1) later(flush);
  };
  return { sink, flush };
}

/** A log into `sinks`; with `detail` (-D) it keeps the detailed lines. `now` is the wall clock. */
export function createLog(sinks: readonly Sink[], detail: boolean, now = (): Date => new Date()): Log {
  const say = (level: Level, phrase: string, fields: Fields = {}): void => {
    const line = { at: now(), level, text: fill(phrase, fields), fields };
    for (const sink of sinks) {
      try {
        sink(line);
      } catch {
        // A full disk or a closed pipe: there is nowhere left to say so.
      }
    }
  };
  return {
    error: (phrase, fields) => say("error", phrase, fields),
    warning: (phrase, fields) => say("warning", phrase, fields),
    info: (phrase, fields) => say("info", phrase, fields),
    detail: (phrase, fields) => {
      if (detail) say("info", phrase, fields);
    },
  };
}

/** Keepalived's console lines (`-l`; measured on keepalived 2.2.7): `Sat Nov 21 09:36:52 2026: text`, local time. */
export function consoleSink(write: (line: string) => void): Sink {
  return ({ at, text }) => write(`${DAYS[at.getDay()]} ${monthToTime(at)} ${at.getFullYear()}: ${text}\n`);
}

/** Who speaks in a syslog line. `facility` is the number of syslog(3) before its shift: 3 = daemon, 16 = local0. */
export interface Speaker {
  readonly ident: string;
  readonly pid: number;
  readonly facility: number;
}

/** Lines of RFC 3164 §4.1 as glibc's syslog(3) sends them to /dev/log: `<30>Nov 21 09:36:52 Keepalived[7]: text`. */
export function syslogSink({ ident, pid, facility }: Speaker, send: (line: string) => void): Sink {
  return ({ at, level, text }) =>
    send(`<${facility * 8 + SEVERITY[level]}>${monthToTime(at)} ${ident}[${pid}]: ${text}`);
}

/** One JSON object a line: `time` (ISO 8601, UTC), `level`, `process`, `pid`, the fields, `msg`. Loads pino. */
export async function jsonSink({ ident, pid }: Speaker, write: (line: string) => void): Promise<Sink> {
  const { default: pino } = await import("pino"); // a named import is lost in the bundle
  const options = {
    base: { process: ident, pid },
    customLevels: { warning: 40 },
    timestamp: false,
    formatters: { level: (level: string) => ({ level }) },
  };
  const json = pino(options, { write });
  return ({ at, level, text, fields }) => {
    const own = Object.entries(fields).filter(([name]) => !RESERVED.has(name));
    json[level]({ time: at.toISOString(), ...Object.fromEntries(own) }, text);
  };
}

/** `text` as one printable line: control characters, C1 and Unicode line ends as `\x0a`, `\u2028`. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}

function fill(phrase: string, fields: Fields): string {
  return printable(phrase.replace(/\{(\w+)\}/g, (hole, name: string) => String(fields[name] ?? hole)));
}

function monthToTime(at: Date): string {
  const day = String(at.getDate()).padStart(2);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
  return `${MONTHS[at.getMonth()]} ${day} ${time}`;
}

/** Keys of a JSON line that no field may take the place of. */
const RESERVED = new Set(["time", "level", "process", "pid", "msg"]);
const SEVERITY: Record<Level, number> = { error: 3, warning: 4, info: 6 };
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;
