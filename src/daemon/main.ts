#!/usr/bin/env node
import "./compiler.ts";
import "./no-inspector.ts";
import { release } from "node:os";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Reading, readConfig } from "../config/read.ts";
import { callProcess } from "../io/process-name.ts";
import { ignoreRealtimeSignals } from "../io/signals.ts";
import type { Log } from "../observe/log.ts";
import { parseCommandLine } from "./cli.ts";
import { hostSource, overheard, recordingSource } from "./config-source.ts";
import { daemonize, isDaemon, leaveFolder, reportStarted, restartIn } from "./daemonize.ts";
import { genhashArguments, parseGenhash } from "./genhash-options.ts";
import { ipvsArguments } from "./ipvs-arguments.ts";
import type { Streams } from "./ipvs-command.ts";
import { Launcher, type ProcessName } from "./launcher.ts";
import { openNotify } from "./notify.ts";
import { openLog } from "./open-log.ts";
import type { Options } from "./options.ts";
import { serviceFiles } from "./service-files.ts";
import { withSnmpOptions } from "./snmp-options.ts";
import { Supervisor } from "./supervisor.ts";
import { KEEPALIVED_VERSION, VERSION } from "./version.ts";

const PROGRAM = fileURLToPath(import.meta.url);
const DEFAULT_UMASK = 0o177; // Keepalived's: what we and our scripts create is the owner's alone
const INTERNAL_ERROR = 70; // EX_SOFTWARE of sysexits.h
const NOT_WRITTEN = 74; // EX_IOERR of sysexits.h

let lost: string | undefined; // why standard output did not take the answer: Node forgets it

process.exit(await main(process.argv.slice(2)));

/** Does what the arguments ask for; the exit status. */
async function main(args: readonly string[]): Promise<number> {
  ignoreRealtimeSignals();
  process.stderr.on("error", () => {}); // `keepalived-ts -t | head`
  const ipvs = ipvsArguments(process.argv);
  if (ipvs !== undefined) return await written(await (await import("./ipvs-command.ts")).runIpvs(ipvs, streams()));
  const digest = genhashArguments(process.argv[1] ?? "", args);
  if (digest !== undefined) return await written(await pageDigest(digest));
  // What only answers is loaded when it is asked for: the daemon starts sooner without it.
  const answering = () => import("./answering.ts");
  const answered =
    args[0]?.startsWith("-") === false ? await (await answering()).command(args, PROGRAM, say) : undefined;
  if (answered !== undefined) return await written(answered);
  const asked = parseCommandLine(args);
  if (asked.action === "help") {
    process.stderr.write((await answering()).usage());
    return await written(0);
  }
  if (asked.action === "answer") {
    if (asked.to === "stdout") say(asked.text);
    else process.stderr.write(asked.text);
    return await written(asked.status);
  }
  for (const warning of asked.warnings) process.stderr.write(`${warning}\n`);
  if (asked.action === "test") return await written(await (await answering()).configTest(asked.options));
  if (!asked.options.foreground) return await daemonize(PROGRAM, args);
  return await run(isDaemon() ? leaveFolder(asked.options) : asked.options, args);
}

/** genhash; the exit status. */
async function pageDigest({ args, warning }: { args: readonly string[]; warning: string }): Promise<number> {
  process.stderr.write(warning);
  const options = parseGenhash(args);
  if ("server" in options) return await (await import("./genhash.ts")).genhash(options, say);
  process.stderr.write(options.text);
  return options.status;
}

/**
 * The status, when all is said: a pipe takes 64 KiB at once, and the end of the process would drop the rest. Another
 * one where the answer could not be written (`convert ... > FILE` on a full disk).
 */
async function written(status: number): Promise<number> {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write("", () => resolve()));
  await new Promise((resolve) => setImmediate(resolve)); // Node tells of errors in its next round
  if (lost === undefined) return status;
  process.stderr.write(`error: cannot write the answer: ${lost}\n`);
  return NOT_WRITTEN;
}

/** What `ipvs` reads and writes. */
function streams(): Streams {
  const error = (text: string): void => void process.stderr.write(text);
  return { out: say, error, input: async () => await text(process.stdin), terminal: process.stdout.isTTY };
}

/** Standard output; who stops reading (`| head`) is no error. */
function say(text: string): void {
  if (process.stdout.listenerCount("error") === 0)
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") lost ??= error.message;
    });
  process.stdout.write(text);
}

async function run(options: Options, args: readonly string[]): Promise<number> {
  process.umask(options.umask ?? DEFAULT_UMASK);
  callProcess(["keepalived", ...args]);
  const launcher = new Launcher({ vrrp: beside("vrrp.js"), checkers: beside("checkers.js"), bfd: beside("bfd.js") });
  const source = recordingSource(hostSource(options.configId));
  const read = (from = source.source): Reading => {
    source.forget();
    return withSnmpOptions(readConfig(options.configFile, from), options);
  };
  const first = read(overheard(source.source, (text) => launcher.lookAhead(text, mayRun(options, text))));
  const files = serviceFiles(options, first.config.global.daemon);
  if (files.namespace !== undefined) launcher.dismiss();
  const refused = files.namespace === undefined ? undefined : await restartIn(files.namespace, PROGRAM, args);
  const notify = openNotify();
  const log = await openLog(`Keepalived${files.suffix}`, options);
  for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, (error) => crash(log, error));
  const versions = { version: VERSION, keepalived: KEEPALIVED_VERSION };
  log.info("Starting Keepalived v{keepalived} (keepalived-ts v{version})", versions);
  log.info("Running on Linux {kernel}, Node {node}", { kernel: release(), node: process.version });
  log.info("Command line: {words}", { words: ["keepalived-ts", ...args].map((word) => `'${word}'`).join(" ") });
  if (refused !== undefined) {
    log.error("Unable to set network namespace {namespace} - exiting: {error}", {
      namespace: files.namespace,
      error: refused.message,
    });
    return 1;
  }
  const supervisor: Supervisor = new Supervisor(options, {
    log,
    notify,
    files,
    first,
    read: () => read(),
    text: source.text,
    launcher,
    starting: () => void showMetrics(supervisor, options, log),
    started: reportStarted,
  });
  const status = await supervisor.run();
  launcher.dismiss(); // it may not have come to that
  log.info("Stopped Keepalived v{keepalived} (keepalived-ts v{version})", versions);
  return status;
}

/** The processes that may be started before all of the configuration is known; in another namespace the program begins anew. */
function mayRun({ vrrp, checkers, bfd, namespace }: Options, text: string): readonly ProcessName[] {
  if (namespace !== undefined || text.includes("net_namespace")) return [];
  const allowed = { vrrp, checkers, bfd };
  return (["vrrp", "checkers", "bfd"] as const).filter((name) => allowed[name]);
}

/** Never rejects. What it needs is loaded here, while the processes start. */
async function showMetrics(supervisor: Supervisor, { metrics }: Options, log: Log): Promise<void> {
  if (metrics === undefined) return;
  const { host, port } = metrics;
  try {
    const [{ createMetricsPage }, { serveMetrics }] = await Promise.all([
      import("../observe/metrics.ts"),
      import("./metrics-server.ts"),
    ]);
    await serveMetrics(
      metrics,
      createMetricsPage(() => supervisor.scrape()),
    );
    log.detail("Serving metrics on {host} port {port}", { host, port });
  } catch (error) {
    log.warning("cannot serve metrics on {host} port {port}: {error}", { host, port, error: String(error) });
  }
}

/** A bug of ours: the children stop in order when they find us gone. */
function crash(log: Log, error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error("internal error: {error}", { error: text });
  process.exit(INTERNAL_ERROR);
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
