import { SYNC_GROUP, SYNC_PORT, SYNC_TTL } from "../../base/ipvs.ts";
import { type RowPlace, SERVICE_FLAGS, type ServerRow } from "../../base/ipvs-row.ts";
import { flagBits } from "./flags.ts";
import { HELP, VERSION_LINE } from "./help.ts";
import { type CommandName, OPTIONS, type OptionName, RULES } from "./options.ts";
import type { Names } from "./place.ts";
import type { Change, Columns, Plan } from "./plan.ts";
import { listFault, tunnelFault } from "./rules.ts";
import { NOTHING_SAID, type Problem, readOption, readTimeout, type Values } from "./values.ts";
import { readWords, type Word } from "./words.ts";

/** What is said where a line begins with no command. */
const NO_COMMAND = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";
const WRONG = 2;
const NOT_UNDERSTOOD = 255;
/** The scheduler where none is named. */
const SCHEDULER = "wlc";

/**
 * What a command line of ipvsadm(8) asks for: its words, its checks, in its order; without arguments it lists. A line that
 * names a host unknown to `names` asks for it first: then it is read anew.
 */
export function readCommandLine(args: readonly string[], names: Names): Plan {
  if (args.length === 0) return planned("list", "", NOTHING_SAID, []);
  const words = readWords(args);
  const at = words.findIndex(({ type }) => type !== "operand");
  const command = words[at];
  if (command?.type !== "command") return refuse(NO_COMMAND, NOT_UNDERSTOOD);
  if (command.command === "help") return { type: "answer", text: HELP };
  if (command.command === "version") return { type: "answer", text: `${VERSION_LINE}\n` };
  const operands = words.flatMap((word) => (word.type === "operand" ? [word.text] : []));
  const values = readValues(words.slice(at + 1), names);
  if ("plan" in values) return values.plan;
  if (command.command !== "set" && operands[0] !== undefined) return refuse(`unexpected argument ${operands[0]}`);
  return planned(command.command, command.value, values, operands);
}

/** The options behind the command, or why the line says nothing. */
function readValues(words: readonly Word[], names: Names): Values | { readonly plan: Plan } {
  const given = new Set<OptionName>();
  const values: Values = { ...NOTHING_SAID, given };
  for (const word of words) {
    if (word.type === "wrong") return { plan: refuse(word.message, NOT_UNDERSTOOD) };
    if (word.type === "command") return { plan: refuse(`invalid option \`${word.written}'`) };
    if (word.type === "operand") continue;
    const said = readOption(values, word, names);
    if ("wrong" in said || "resolve" in said) return { plan: problem(said) };
    Object.assign(values, said); // a line of a restore takes no more than it must
    const { option } = word.spelling;
    if (option !== "sort" && option !== "ipv6") given.add(option);
  }
  return values;
}

function problem(said: Problem): Plan {
  return "wrong" in said ? refuse(said.wrong) : { type: "resolve", host: said.resolve };
}

function planned(command: CommandName, value: string, values: Values, operands: readonly string[]): Plan {
  if (command === "set") return planTimeouts(operands, values);
  const fault = optionFault(command, values.given);
  if (fault !== undefined) return refuse(fault);
  switch (command) {
    case "add-service":
    case "edit-service":
      return planService(command, values);
    case "delete-service":
      return change({ type: command, place: placeOf(values) });
    case "add-server":
    case "edit-server":
    case "delete-server":
      return planServer(command, values);
    case "flush":
      return change({ type: "clear" });
    case "zero":
      return change({ type: "zero", place: values.given.has("service-address") ? placeOf(values) : undefined });
    case "start-daemon":
    case "stop-daemon":
      return planDaemon(command, value, values);
    case "save":
      return { type: "save", numeric: values.given.has("numeric"), thresholds: values.given.has("thresholds") };
    case "restore":
      return { type: "restore" };
    case "list":
      return planList(values);
    default:
      return { type: "answer", text: HELP };
  }
}

/** An option that is missing, or that does not belong to the command: the first in the order of `OPTIONS`. */
function optionFault(command: CommandName, given: ReadonlySet<OptionName>): string | undefined {
  const { needs, takes } = RULES[command];
  for (const option of OPTIONS) {
    if (given.has(option) && !needs.includes(option) && !takes.includes(option))
      return `Illegal '${option}' option with the '${command}' command`;
    if (!given.has(option) && needs.includes(option))
      return `You need to supply the '${option}' option for the '${command}' command`;
  }
  return undefined;
}

function placeOf({ family, fwmark, protocol, address, port }: Values): RowPlace {
  return { family, fwmark, protocol, address, port };
}

function planService(type: "add-service" | "edit-service", values: Values): Plan {
  const { given, scheduler = SCHEDULER, timeout, netmask, engine, fwmark, port, protocol } = values;
  if (fwmark === 0 && port === 0 && !given.has("persistent"))
    return refuse("Zero port specified for non-persistent service");
  if (given.has("ops") && fwmark === 0 && protocol !== "udp")
    return refuse("One-Packet Scheduling is only for UDP virtual services");
  const chosen = scheduler === "" ? SCHEDULER : scheduler;
  const bits = flagBits(values.flags, chosen);
  if (typeof bits === "string") return refuse(`incompatible scheduler flag \`${bits}'`);
  const flags =
    bits | (given.has("persistent") ? SERVICE_FLAGS.persistent : 0) | (given.has("ops") ? SERVICE_FLAGS.onePacket : 0);
  return change({ type, service: { ...placeOf(values), scheduler: chosen, flags, timeout, netmask, engine } });
}

/** Where packets are not rewritten, the server has the service's port, whatever is said; a mark has none. */
function planServer(type: "add-server" | "edit-server" | "delete-server", values: Values): Plan {
  const { forwarding, given, server, tunnelType, tunnelPort } = values;
  const fault = tunnelFault(values);
  if (type !== "delete-server" && fault !== undefined) return refuse(fault);
  if (type !== "delete-server" && server.family !== values.family && forwarding !== "tunnel")
    return refuse("Different address family is allowed only for tunneling servers");
  const checksum = given.has("tun-csum") ? "full" : given.has("tun-remcsum") ? "remote" : "none";
  const kept = type === "delete-server" || forwarding === "masquerade" || values.fwmark !== 0;
  const row: ServerRow = {
    family: server.family,
    address: server.address,
    port: kept ? (server.port ?? values.port) : values.port,
    forwarding,
    weight: values.weight,
    upperThreshold: values.upperThreshold,
    lowerThreshold: values.lowerThreshold,
    tunnel: { type: tunnelType, port: tunnelPort, checksum },
  };
  return change({ type, place: placeOf(values), server: row });
}

function planTimeouts(written: readonly string[], values: Values): Plan {
  if (written.length < 3) return refuse("--set option requires 3 timeout values");
  const seconds: number[] = [];
  for (const text of written.slice(0, 3)) {
    const read = readTimeout(text);
    if (typeof read !== "number") return problem(read);
    seconds.push(read);
  }
  if (written[3] !== undefined) return refuse(`unexpected argument ${written[3]}`);
  const fault = optionFault("set", values.given);
  if (fault !== undefined) return refuse(fault);
  const [tcp = 0, tcpFin = 0, udp = 0] = seconds;
  return change({ type: "set-timeouts", timeouts: { tcp, tcpFin, udp } });
}

function planDaemon(type: "start-daemon" | "stop-daemon", state: string, values: Values): Plan {
  if (state !== "master" && state !== "backup")
    return refuse(`illegal ${type === "start-daemon" ? "start-daemon parameter" : "start_daemon"} specified`);
  const { carrier, syncId, maxLength, group = SYNC_GROUP, groupPort = SYNC_PORT, ttl = SYNC_TTL } = values;
  const daemon = { state, interface: carrier, id: syncId, maxLength, port: groupPort, ttl, group } as const;
  return change({ type, daemon });
}

function planList(values: Values): Plan {
  const { given } = values;
  const fault = listFault(given);
  if (fault !== undefined) return refuse(fault);
  const every = given.has("watch") ? values.every : undefined;
  const numeric = given.has("numeric");
  const json = given.has("json");
  if (given.has("connection"))
    return {
      type: "ask",
      question: { type: "connections", numeric, engine: given.has("persistent-conn") },
      json,
      every,
    };
  if (given.has("timeout") || given.has("daemon"))
    return { type: "ask", question: { type: given.has("timeout") ? "timeouts" : "daemons" }, json, every };
  const shown = { columns: columnsOf(given), numeric, exact: given.has("exact"), sorted: !given.has("nosort") };
  const place = given.has("service-address") ? placeOf(values) : undefined;
  return { type: "ask", question: { type: "list", place, shown }, json, every };
}

function columnsOf(given: ReadonlySet<OptionName>): Columns {
  if (given.has("stats")) return "stats";
  if (given.has("rate")) return "rate";
  if (given.has("thresholds")) return "thresholds";
  if (given.has("persistent-conn")) return "persistent";
  return given.has("tun-info") ? "tunnel" : "connections";
}

function change(asked: Change): Plan {
  return { type: "change", change: asked };
}

function refuse(text: string, status = WRONG): Plan {
  return { type: "refuse", text: `${text}\n`, status };
}
