import { family } from "../base/ip.ts";
import { type Reading, readConfig } from "../config/read.ts";
import { examine } from "../doctor/doctor.ts";
import { type Duties, dutiesOf, type Role } from "../doctor/duties.ts";
import type { DoctorFacts, DoctorFinding, Probe } from "../doctor/facts.ts";
import { diagnose } from "../lint/diagnose.ts";
import { scriptPaths } from "../lint/scripts.ts";
import { readArguments, refuse } from "./arguments.ts";
import { CONFIG_FILE } from "./check-arguments.ts";
import type { Command, CommandHost } from "./command.ts";

const [CLEAN, FINDINGS, BLIND] = [0, 1, 2] as const;

const OPTIONS = {
  file: { type: "string", short: "f" },
  "use-file": { type: "string" },
  json: { type: "boolean" },
  role: { type: "string" },
} as const;

const USAGE = "[-f FILE] [--role=ROLE] [--json]";

const HELP = `Usage: keepalived-ts doctor ${USAGE}
Looks at this host as a director, or as a real server of one, and says what keeps it from working: what was seen, why it
matters, and the command that mends it. It changes nothing.

  -f, --file=FILE         the configuration, of this host or of its director; else ${CONFIG_FILE}
      --role=ROLE         director or real-server; else a host is a real server of a file that names its address, and
                          a director otherwise
      --json              an object with \`file\`, \`director\`, \`realServerOf\`, \`findings\` (each with \`code\`, \`severity\`,
                          \`seen\`, \`why\`, \`mend\`) and \`unseen\`
  -h, --help              print this text

Exit status: 0 nothing found, 1 something found, 2 wrong arguments, or not all could be looked at.
`;

/** The lints that look at a host: addresses, scripts, interfaces. */
const HOST_LINTS = new Set(["K015", "K023", "K024", "K027"]);

/** Addresses whose owners are asked for at most. */
const MOST_PROBES = 64;

/** `doctor`: what is wrong with this host. */
export const doctor: Command = {
  name: "doctor",
  usage: USAGE,
  meaning: "look at this host as a director or a real server, and say what is wrong with it",
  help: HELP,
  run(args, host) {
    const task = taskOf(args);
    if (typeof task === "string") {
      refuse(doctor, task, host);
      return BLIND;
    }
    const { file = CONFIG_FILE } = task;
    const reading = readConfig(file, host.source);
    const [unread] = reading.files.length === 0 ? reading.diagnostics : [];
    if (unread !== undefined && task.file !== undefined) return blind(unread.message, host);
    const facts = look(reading, host);
    if (typeof facts === "string") return blind(facts, host);
    const duties = dutiesOf(reading.config, facts, task.role, task.file !== undefined);
    const found = [...examine(duties, facts), ...(duties.director ? lints(reading, host) : [])];
    const answer = { file: unread === undefined ? file : undefined, duties, facts, found };
    host.out(task.json ? json(answer) : text(answer));
    if (found.length > 0) return FINDINGS;
    return facts.unseen.length > 0 || (unread !== undefined && !isServer(answer)) ? BLIND : CLEAN;
  },
};

interface Task {
  readonly file: string | undefined;
  readonly role: Role | undefined;
  readonly json: boolean;
}

interface Answer {
  readonly file: string | undefined; // undefined: there is none
  readonly duties: Duties;
  readonly facts: DoctorFacts;
  readonly found: readonly DoctorFinding[];
}

function taskOf(args: readonly string[]): Task | string {
  const read = readArguments(args, OPTIONS);
  if (typeof read === "string") return read;
  const given = (...names: readonly string[]) => read.findLast(({ option }) => names.includes(option ?? ""))?.value;
  const [operand] = read.filter(({ option }) => option === undefined);
  if (operand !== undefined) return `\`doctor\` takes no argument \`${operand.value}\`: a file is \`-f FILE\``;
  const role = given("role");
  if (role !== undefined && role !== "director" && role !== "real-server")
    return `\`--role\` is director or real-server, not \`${role}\``;
  return { file: given("file", "use-file"), role, json: given("json") !== undefined };
}

function look({ config }: Reading, { doctor: facts }: CommandHost): DoctorFacts | string {
  const probes = config.vrrpInstances.flatMap(({ addresses }) =>
    addresses
      .filter(({ address }) => family(address) === 4)
      .map(({ address, interface: device }): Probe => ({ address, device })),
  );
  try {
    return facts?.(probes.slice(0, MOST_PROBES)) ?? "this host cannot be looked at";
  } catch (error) {
    if (error instanceof Error && error.name === "KernelError") return error.message;
    throw error;
  }
}

/** What the lints find in the configuration with this host beside it. */
function lints(reading: Reading, host: CommandHost): readonly DoctorFinding[] {
  const found = diagnose(reading, { off: new Set(), host: host.facts(scriptPaths(reading)) });
  return found
    .filter(({ code, severity }) => HOST_LINTS.has(code) && severity !== "hint")
    .map(({ code, severity, message, help, span }) => ({
      code,
      severity: severity === "error" ? "error" : "warning",
      seen: message,
      why: `${span.file}:${span.line} needs it`,
      mend: help ?? `keepalived-ts check --host ${span.file}`,
    }));
}

function isServer({ duties, facts }: Answer): boolean {
  return duties.served.length > 0 || (facts.kept?.places.length ?? 0) > 0;
}

function blind(why: string, host: CommandHost): number {
  host.error(`error: ${why}\n`);
  return BLIND;
}

function text(answer: Answer): string {
  const { found, facts } = answer;
  const paragraphs = found.map(
    ({ code, severity, seen, why, mend }) => `${severity}[${code}]: ${seen}\n  why:  ${why}\n  mend: ${mend}\n`,
  );
  const unseen = facts.unseen.map((why) => `not looked at: ${why}\n`);
  const errors = found.filter(({ severity }) => severity === "error").length;
  const counted = `${count(errors, "error")}, ${count(found.length - errors, "warning")}\n`;
  return [rolesOf(answer), ...paragraphs, ...unseen, counted].join("\n");
}

function rolesOf({ file, duties: { director, served } }: Answer): string {
  const services = [...new Set(served.map(({ service }) => `\`${service.name}\``))];
  const shown = services.length > 3 ? [...services.slice(0, 3), `${services.length - 3} more`] : services;
  const roles = [
    ...(director ? ["a director"] : []),
    ...(services.length > 0 ? [`a real server of ${shown.join(", ")}`] : []),
  ];
  const what = roles.length === 0 ? "neither a director nor a real server" : roles.join(" and ");
  return file === undefined
    ? `there is no ${CONFIG_FILE}: this host is looked at by itself\n`
    : `by ${file} this host is ${what}\n`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function json({ file, duties: { director, served }, facts: { unseen }, found }: Answer): string {
  const realServerOf = [...new Set(served.map(({ service }) => service.name))];
  return `${JSON.stringify({ file: file ?? null, director, realServerOf, findings: found, unseen }, undefined, 2)}\n`;
}
