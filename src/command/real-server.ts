import { type IpAddress, parseIp } from "../base/ip.ts";
import type { ServerHost } from "../real-server/host.ts";
import { isDevice } from "../real-server/kept.ts";
import {
  isThere,
  type Kept,
  missing,
  missingDevices,
  type Place,
  placesOf,
  prepare,
  restore,
  type Step,
  samePlace,
  type Work,
} from "../real-server/preparation.ts";
import { UNIT, unitPlaces, unitText } from "../real-server/unit.ts";
import { readArguments, refuse } from "./arguments.ts";
import type { Command, CommandHost } from "./command.ts";

/** Exit status where the host is not, or not wholly, as it was asked for. */
const INCOMPLETE = 2;

const OPTIONS = {
  dev: { type: "string" },
  "keep-unit": { type: "boolean" },
  persist: { type: "boolean" },
  tun: { type: "boolean" },
} as const;

const USAGE = "up|down|status [OPTION]... [VIP]...";

const HELP = `Usage: keepalived-ts real-server ${USAGE}
Makes this host a real server of a director that forwards by DR or TUN: it takes packets for the virtual addresses, and
does not answer for them by ARP. What it finds is kept in /run/keepalived-ts until \`down\`, which puts it back.

  up VIP...               address as /32 or /128 on lo; arp_ignore=1, arp_announce=2
  down [VIP]...           undo that; without VIP, of all
  status [VIP]...         say what is as it should be, and what is not

      --tun               the director forwards by TUN: addresses on tunl0 or ip6tnl0, rp_filter loose there
      --dev=INTERFACE     another interface than these
      --persist           at each start of the host, too: writes and enables the systemd unit
                          ${UNIT}; \`down\` removes it
      --keep-unit         \`down\` leaves the unit as it is
  -h, --help              print this text

Exit status: 0 it is as it should be, 1 wrong arguments, 2 it is not.
`;

/** `real-server`: a host behind a director, made ready and put back. */
export const realServer: Command = {
  name: "real-server",
  usage: USAGE,
  meaning: "prepare this host as a real server of DR or TUN, and put it back",
  help: HELP,
  run(args, host) {
    const task = taskOf(args);
    if (typeof task === "string") return refuse(realServer, task, host);
    if (host.server === undefined) return refuse(realServer, "this host cannot be changed", host);
    return ACTIONS[task.action](task, { ...host, server: host.server });
  },
};

interface Task {
  readonly action: "up" | "down" | "status";
  readonly addresses: readonly IpAddress[];
  readonly tunnel: boolean;
  readonly device: string | undefined;
  readonly persist: boolean;
  readonly keepUnit: boolean;
}

type Host = CommandHost & { readonly server: ServerHost };

function taskOf(args: readonly string[]): Task | string {
  const read = readArguments(args, OPTIONS);
  if (typeof read === "string") return read;
  const [action, ...words] = read.filter(({ option }) => option === undefined).map(({ value }) => value);
  if (action !== "up" && action !== "down" && action !== "status")
    return `\`real-server\` takes \`up\`, \`down\` or \`status\`${action === undefined ? "" : `, not \`${action}\``}`;
  const device = read.findLast(({ option }) => option === "dev")?.value;
  if (device !== undefined && !isDevice(device)) return `\`${device}\` is no name of an interface`;
  const addresses: IpAddress[] = [];
  for (const word of words) {
    const address = parseIp(word.replace(/\/(?:32|128)$/, ""));
    if (address === undefined) return `\`${word}\` is no address`;
    addresses.push(address);
  }
  if (action === "up" && addresses.length === 0) return "`real-server up` needs a virtual address";
  const given = (name: keyof typeof OPTIONS): boolean => read.some(({ option }) => option === name);
  return { action, addresses, device, tunnel: given("tun"), persist: given("persist"), keepUnit: given("keep-unit") };
}

const ACTIONS = { up, down, status } as const;

function up(task: Task, { server, out, error }: Host): number {
  const places = placesOf(task);
  const kept = server.kept();
  if (kept === undefined) return unreadable(error);
  for (const device of missingDevices(places, server.facts())) server.makeTunnel(device);
  const facts = server.facts();
  const [none] = missingDevices(places, facts);
  if (none !== undefined) {
    error(`error: there is no interface \`${none}\`\n`);
    return INCOMPLETE;
  }
  const work = prepare(places, kept, facts);
  const foreign = places.filter((place) => isThere(place, facts) && !kept.places.some((one) => samePlace(one, place)));
  for (const { address, device } of foreign) out(`${address} was on ${device} already: \`down\` will leave it\n`);
  const done = carriedOut(work, union(kept, work.kept), { server, out, error });
  const unit = task.persist ? persisted(places, server) : undefined;
  if (unit !== undefined) error(`error: cannot write ${UNIT}: ${unit}\n`);
  if (!done || unit !== undefined) return INCOMPLETE;
  out(`ready: ${places.map(({ address, device }) => `${address} on ${device}`).join(", ")}\n`);
  return 0;
}

function down(task: Task, { server, out, error }: Host): number {
  const kept = server.kept();
  if (kept === undefined) return unreadable(error);
  const addresses = task.addresses.length === 0 ? kept.places.map(({ address }) => address) : task.addresses;
  for (const address of addresses.filter((one) => !kept.places.some((place) => place.address === one)))
    out(`${address} is none of ours: it stays as it is\n`);
  const done = carriedOut(restore(addresses, kept, server.facts()), kept, { server, out, error });
  const unit = task.keepUnit ? undefined : forgotten(task.addresses, server);
  if (unit !== undefined) error(`error: cannot change ${UNIT}: ${unit}\n`);
  return done && unit === undefined ? 0 : INCOMPLETE;
}

function status(task: Task, { server, out, error }: Host): number {
  const kept = server.kept();
  if (kept === undefined) return unreadable(error);
  const persistent = unitPlaces(server.unit() ?? "");
  const known = [...kept.places, ...persistent.filter((one) => !kept.places.some((place) => samePlace(one, place)))];
  const places =
    task.addresses.length === 0
      ? known
      : task.addresses.map((address) => known.find((place) => place.address === address) ?? placeOf(task, address));
  const facts = server.facts();
  if (places.length === 0) out("no virtual addresses were prepared here\n");
  let complete = true;
  for (const place of places) {
    const gone = missingDevices([place], facts);
    const wrong = gone.length > 0 ? [`there is no interface ${place.device}`] : missing([place], facts).map(lack);
    complete &&= wrong.length === 0;
    const lasting = persistent.some((one) => samePlace(one, place)) ? ", also after a restart" : "";
    const words = wrong.length === 0 ? `ready${lasting}` : wrong.join("; ");
    out(`${place.address} on ${place.device}: ${words}\n`);
  }
  return complete ? 0 : INCOMPLETE;
}

function placeOf({ tunnel, device }: Task, address: IpAddress): Place {
  const [place] = placesOf({ addresses: [address], tunnel, device });
  return place ?? { address, device: "lo", tunnel };
}

/** What is going to be kept is written first: a host that was half changed can be put back. Whether all was done. */
function carriedOut(
  { steps, kept }: Work,
  meanwhile: Kept,
  { server, out, error }: Pick<Host, "server" | "out" | "error">,
): boolean {
  const unkept = steps.length === 0 ? undefined : server.keep(meanwhile);
  if (unkept !== undefined) {
    error(`error: cannot keep what was found: ${unkept}\n`);
    return false;
  }
  for (const step of steps) {
    const refused = server.carryOut(step);
    if (refused !== undefined) {
      error(`error: ${refused}\n`);
      return false;
    }
    out(`${deed(step)}\n`);
  }
  const lost = steps.length === 0 ? undefined : server.keep(kept);
  if (lost !== undefined) error(`error: cannot keep what was found: ${lost}\n`);
  return lost === undefined;
}

function union(a: Kept, b: Kept): Kept {
  const known = new Set(b.settings.map(({ path }) => path));
  return { ...b, settings: [...a.settings.filter(({ path }) => !known.has(path)), ...b.settings] };
}

function deed(step: Step): string {
  if (step.type === "set") return `set ${dotted(step.path)}=${step.value}`;
  if (step.type === "raise" || step.type === "lower") return `${step.device} ${step.type === "raise" ? "up" : "down"}`;
  const { address, device } = step.place;
  return step.type === "add" ? `added ${address} to ${device}` : `removed ${address} from ${device}`;
}

function lack(step: Step): string {
  if (step.type === "set") return `${dotted(step.path)} is not ${step.value}`;
  if (step.type === "raise" || step.type === "lower") return `${step.device} is down`;
  return "the address is missing";
}

/** As sysctl(8) writes it; a dot in a name of an interface stands as a slash. */
function dotted(path: string): string {
  return path.replaceAll(/[./]/g, (sign) => (sign === "/" ? "." : "/"));
}

function persisted(places: readonly Place[], server: ServerHost): string | undefined {
  const before = unitPlaces(server.unit() ?? "").filter(
    ({ address }) => !places.some((one) => one.address === address),
  );
  return server.setUnit(unitText([...before, ...places], server.program));
}

/** Without addresses: all of them. */
function forgotten(addresses: readonly IpAddress[], server: ServerHost): string | undefined {
  const text = server.unit();
  if (text === undefined) return undefined;
  const places = unitPlaces(text);
  const left = addresses.length === 0 ? [] : places.filter(({ address }) => !addresses.includes(address));
  return left.length === places.length && left.length > 0 ? undefined : server.setUnit(unitText(left, server.program));
}

function unreadable(error: Host["error"]): number {
  error("error: what /run/keepalived-ts keeps of this host cannot be read\n");
  error(" = help: put the host back by hand, and remove that file\n");
  return INCOMPLETE;
}
