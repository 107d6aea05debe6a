#!/usr/bin/env node
import "./compiler.ts";
import "./no-inspector.ts";
import { appendFileSync } from "node:fs";
import { release } from "node:os";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { CommandHost } from "../command/command.ts";
import { runCommand } from "../command/commands.ts";
import { testConfig } from "../command/config-test.ts";
import { replaceFile } from "../command/replace-file.ts";
import { type Reading, readConfig } from "../config/read.ts";
import { doctorFacts } from "../io/doctor-facts.ts";
import { errnoText } from "../io/errno.ts";
import { hostFacts } from "../io/host-facts.ts";
import { callProcess } from "../io/process-name.ts";
import { realServerHost } from "../io/real-server-host.ts";
import { ignoreRealtimeSignals } from "../io/signals.ts";
import type { Log } from "../observe/log.ts";
import { parseCommandLine } from "./cli.ts";
import { hostSource, recordingSource } from "./config-source.ts";
import { daemonize, isDaemon, leaveFolder, reportStarted, restartIn } from "./daemonize.ts";
import { genhashArguments, parseGenhash } from "./genhash-options.ts";
import { ipvsArguments } from "./ipvs-arguments.ts";
import type { Streams } from "./ipvs-command.ts";
import { openNotify } from "./notify.ts";
import { openLog } from "./open-log.ts";
import type { Options } from "./options.ts";
import { serviceFiles } from "./service-files.ts";
import { withSnmpOptions } from "./snmp-options.ts";
import { Supervisor } from "./supervisor.ts";
import { KEEPALIVED_VERSION, VERSION } from "./version.ts";

type Trial = NonNullable<CommandHost["trial"]>;

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
  const answered = runCommand(args, args[0] === "check" ? { ...commandHost(), trial: await trial() } : commandHost());
  if (answered !== undefined) return await written(answered);
  const asked = parseCommandLine(args);
  if (asked.action === "answer") {
    if (asked.to === "stdout") say(asked.text);
    else process.stderr.write(asked.text);
    return await written(asked.status);
  }
  for (const warning of asked.warnings) process.stderr.write(`${warning}\n`);
  if (asked.action === "test") return await written(configTest(asked.options, await trial()));
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

/** What commands may use of this host. */
function commandHost(): CommandHost {
  const error = (text: string): void => void process.stderr.write(text);
  const server = realServerHost([process.execPath, PROGRAM]);
  const doctor: CommandHost["doctor"] = (probes) => doctorFacts(probes, server.kept());
  return { source: hostSource(undefined), facts: hostFacts, out: say, error, write: replaceFile, server, doctor };
}

/** Loaded where it is needed: TLS takes a while. */
async function trial(): Promise<Trial> {
  return (await import("./trial.ts")).TRIAL;
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

/** `-t`: says what is wrong with the configuration; the exit status. */
function configTest({ configFile, configId, testLog }: Options, tried: Trial): number {
  const { text, status } = testConfig(configFile, { source: hostSource(configId), facts: hostFacts, trial: tried });
  if (testLog === undefined) process.stderr.write(text);
  const failed = testLog === undefined ? undefined : append(testLog, text);
  if (failed === undefined) return status;
  process.stderr.write(`Unable to open config-test log file ${testLog} ${failed} - ${errnoText(failed)}\n`);
  return 1;
}

/** The error number where the text could not be appended. */
function append(path: string, text: string): number | undefined {
  try {
    appendFileSync(path, text);
    return undefined;
  } catch (error) {
    if (error instanceof Error && "errno" in error) return -Number(error.errno);
    throw error;
  }
}

async function run(options: Options, args: readonly string[]): Promise<number> {
  process.umask(options.umask ?? DEFAULT_UMASK);
  callProcess(["keepalived", ...args]);
  const source = recordingSource(hostSource(options.configId));
  const read = (): Reading => {
    source.forget();
    return withSnmpOptions(readConfig(options.configFile, source.source), options);
  };
  const first = read();
  const files = serviceFiles(options, first.config.global.daemon);
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
    read,
    text: source.text,
    programs: { vrrp: beside("vrrp.js"), checkers: beside("checkers.js"), bfd: beside("bfd.js") },
    starting: () => void showMetrics(supervisor, options, log),
    started: reportStarted,
  });
  const status = await supervisor.run();
  log.info("Stopped Keepalived v{keepalived} (keepalived-ts v{version})", versions);
  return status;
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
