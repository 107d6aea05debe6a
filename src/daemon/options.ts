import { SIGNAL_JSON, SIGNAL_STATS_CLEAR } from "../io/signals.ts";

/** What the command line asks of the daemon; see `keepalived-ts --help`. */
export interface Options {
  readonly configFile: string;
  readonly configId: string | undefined; // -i
  readonly vrrp: boolean; // not -C
  readonly checkers: boolean; // not -P
  readonly bfd: boolean; // not -B
  readonly everyChild: boolean; // --all
  readonly foreground: boolean; // -n
  readonly console: boolean; // -l
  readonly json: boolean; // --log-format json
  readonly detail: boolean; // -D
  readonly syslog: boolean; // not -G
  readonly facility: number; // -S, as syslog(3) numbers them before the shift
  readonly umask: number | undefined; // -u
  readonly releaseVips: boolean; // not -V
  readonly releaseIpvs: boolean; // not -I
  readonly respawn: boolean; // not -R
  readonly dumpConfig: boolean; // -d
  readonly heedInterrupt: boolean; // not --ignore-sigint
  readonly pidFile: string | undefined; // undefined, here and below: see service-files.ts
  readonly vrrpPidFile: string | undefined;
  readonly checkersPidFile: string | undefined;
  readonly bfdPidFile: string | undefined;
  readonly namespace: string | undefined; // -s
  readonly testLog: string | undefined; // -tFILE: where the findings are appended; undefined = stderr
  readonly metrics: Endpoint | undefined; // undefined = off
  readonly snmp: boolean; // -x
  readonly snmpSocket: string | undefined; // -A; undefined: that of the file
}

/** Where the metrics page is served. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export const DEFAULTS: Options = {
  configFile: "/etc/keepalived/keepalived.conf",
  configId: undefined,
  vrrp: true,
  checkers: true,
  bfd: true,
  everyChild: false,
  foreground: false,
  console: false,
  json: false,
  detail: false,
  syslog: true,
  facility: 3,
  umask: undefined,
  releaseVips: true,
  releaseIpvs: true,
  respawn: true,
  dumpConfig: false,
  heedInterrupt: true,
  pidFile: undefined,
  vrrpPidFile: undefined,
  checkersPidFile: undefined,
  bfdPidFile: undefined,
  namespace: undefined,
  testLog: undefined,
  metrics: { host: "127.0.0.1", port: 9650 },
  snmp: false,
  snmpSocket: undefined,
};

/** An option of the command line; `--log-format` and `--metrics` are ours, the others keepalived(8)'s. */
export interface OptionRow {
  readonly short?: string;
  readonly long: string;
  readonly argument?: string; // its name in the usage text; in [brackets] = optional, and then attached
  readonly help: string;
  /** What it changes; `value` is "" where an optional argument is not given. */
  readonly apply: (value: string) => Applied;
}

/** `set` changes options, `warn` is said and work goes on, `refuse` ends with status 1, `answer` ends with status 0. */
export interface Applied {
  readonly set?: Partial<Options>;
  readonly warn?: string;
  readonly refuse?: string;
  readonly answer?: "help" | "version" | "test" | { readonly text: string };
}

/** Every option, in the order of the usage text. */
export const OPTIONS: readonly OptionRow[] = [
  row("f", "use-file", "FILE", "configuration file", (configFile) => ({ set: { configFile } })),
  row(
    "t",
    "config-test",
    "[LOG-FILE]",
    "say what is wrong as Keepalived's -t does, and end; `check` says more",
    (file) => ({
      answer: "test",
      ...(file === "" ? {} : { set: { testLog: file } }),
    }),
  ),
  row("n", "dont-fork", "", "stay in the foreground", () => ({ set: { foreground: true } })),
  row("l", "log-console", "", "log to standard error too", () => ({ set: { console: true } })),
  row("D", "log-detail", "", "log in detail", () => ({ set: { detail: true } })),
  row("", "log-format", "FORMAT", "form of console lines, text or json; implies -l", logFormat),
  row("S", "log-facility", "FACILITY", "syslog facility: 0-7, local0-local7, user, daemon", facility),
  row("G", "no-syslog", "", "do not log to syslog", () => ({ set: { syslog: false } })),
  row("P", "vrrp", "", "only VRRP: no health checks, no IPVS", () => ({ set: { checkers: false } })),
  row("C", "check", "", "only health checks and IPVS: no VRRP", () => ({ set: { vrrp: false } })),
  row("B", "no_bfd", "", "no BFD: whatever tracks a session finds it down", () => ({ set: { bfd: false } })),
  row("", "all", "", "start every process, configured or not", () => ({ set: { everyChild: true } })),
  row("p", "pid", "FILE", "pid file of the supervisor", (pidFile) => ({ set: { pidFile } })),
  row("r", "vrrp_pid", "FILE", "pid file of the VRRP process", (vrrpPidFile) => ({ set: { vrrpPidFile } })),
  row("c", "checkers_pid", "FILE", "pid file of the checkers", (checkersPidFile) => ({ set: { checkersPidFile } })),
  row("b", "bfd_pid", "FILE", "pid file of the BFD process", (bfdPidFile) => ({ set: { bfdPidFile } })),
  row("s", "namespace", "NAME", "run in this network namespace", (namespace) => ({ set: { namespace } })),
  row("V", "dont-release-vrrp", "", "keep virtual addresses at stop", () => ({ set: { releaseVips: false } })),
  row("I", "dont-release-ipvs", "", "keep the IPVS table at stop", () => ({ set: { releaseIpvs: false } })),
  row("R", "dont-respawn", "", "end when a process dies", () => ({ set: { respawn: false } })),
  row("d", "dump-conf", "", "log the configuration at start", () => ({ set: { dumpConfig: true } })),
  row("i", "config-id", "ID", "who we are for @ID lines; else the host name", (configId) => ({ set: { configId } })),
  row("u", "umask", "MASK", "file creation mask: 0177, 127, 0x7f", umask),
  row("", "ignore-sigint", "", "leave SIGINT to a debugger", () => ({ set: { heedInterrupt: false } })),
  row("", "metrics", "ADDRESS:PORT", "where /metrics is served, or off", metrics),
  row("x", "snmp", "", "serve SNMP, whatever the configuration says", () => ({ set: { snmp: true } })),
  row("A", "snmp-agent-socket", "ADDRESS", "AgentX master", (snmpSocket) => ({ set: { snmpSocket } })),
  row("", "signum", "NAME", "print the number of a signal: STOP RELOAD DATA STATS STATS_CLEAR JSON", signum),
  row("T", "genhash", "OPTIONS", "print the digest of a web page, and end; -T -h says more", () => ({
    refuse: "--genhash is to be the first option, and alone",
  })),
  row("v", "version", "", "print the version", () => ({ answer: "version" })),
  row("h", "help", "", "print this text", () => ({ answer: "help" })),
  // Their feature is not here. Where the daemon would do another job than the one asked for, it does not start.
  absent("X", "release-vips", "", "dropping addresses on a signalled transition"),
  absent("a", "address-monitoring", "", "logging of every address change"),
  absent("m", "core-dump", "", "lifting the core size limit"),
  absent("M", "core-dump-pattern", "[PATTERN]", "the core pattern"),
  absent("e", "all-config", "", "strict includes"),
  absent("L", "mem-check-log", "", "allocation checks"),
  absent("", "no-mem-check", "", "allocation checks"),
  absent("O", "openssl-mem-check", "", "allocation checks"),
  absent("", "perf", "[MODE]", "perf recording"),
  absent("", "debug", "[SWITCHES]", "debug switches"),
  absent("", "flush-log-file", "", "logging to a file"),
  refused("g", "log-file", "[FILE]", "logging to a file; use -l or syslog"),
  refused("", "config-fd", "FD", "a configuration from a descriptor"),
];

function row(short: string, long: string, argument: string, help: string, apply: OptionRow["apply"]): OptionRow {
  return { long, help, apply, ...(short === "" ? {} : { short }), ...(argument === "" ? {} : { argument }) };
}

function absent(short: string, long: string, argument: string, feature: string): OptionRow {
  const warn = `option ${name(short, long)} has no effect: ${feature} is not supported`;
  return row(short, long, argument, `no effect: ${feature}`, () => ({ warn }));
}

function refused(short: string, long: string, argument: string, feature: string): OptionRow {
  const refuse = `option ${name(short, long)} is not supported: ${feature}`;
  return row(short, long, argument, `refused: ${feature}`, () => ({ refuse }));
}

function name(short: string, long: string): string {
  return short === "" ? `--${long}` : `-${short} (--${long})`;
}

function logFormat(format: string): Applied {
  if (format !== "text" && format !== "json") return { refuse: `--log-format is text or json, not ${format}` };
  return { set: { console: true, json: format === "json" } };
}

/** `local0`..`local7` are 16..23 (syslog(3)). A bad value is reported and has no effect, as with Keepalived. */
function facility(value: string): Applied {
  const local = /^(?:local)?([0-7])$/.exec(value);
  if (local !== null) return { set: { facility: 16 + Number(local[1]) } };
  if (value === "user") return { set: { facility: 1 } };
  return value === "daemon" ? { set: { facility: 3 } } : { warn: `Invalid log facility '${value}'` };
}

function umask(value: string): Applied {
  const octal = /^0[0-7]*$/.test(value);
  const mask = octal ? Number.parseInt(value, 8) : /^(0[xX][\da-fA-F]+|[1-9]\d*)$/.test(value) ? Number(value) : -1;
  return mask < 0 || mask > 0o777 ? { refuse: `Invalid --umask option ${value}` } : { set: { umask: mask } };
}

function metrics(value: string): Applied {
  if (value === "off") return { set: { metrics: undefined } };
  const [, v6, v4, digits] = /^(?:\[([\da-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = v6 ?? v4;
  const port = Number(digits);
  if (host === undefined || port > 65535) return { refuse: `--metrics is ADDRESS:PORT or off, not ${value}` };
  return { set: { metrics: { host, port } } };
}

/** Numbers of glibc on Linux; TDUMP is of debug builds alone. */
function signum(value: string): Applied {
  const number = { STOP: 15, RELOAD: 1, DATA: 10, STATS: 12, STATS_CLEAR: SIGNAL_STATS_CLEAR, JSON: SIGNAL_JSON }[
    value
  ];
  if (number !== undefined) return { answer: { text: `${number}\n` } };
  return { refuse: `Unknown sigfunc ${value}` };
}
