import { type Micros, toSeconds } from "../base/time.ts";
import type { Config, VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import type { InstanceNotifications } from "../config/model/vrrp.ts";
import { routeTitle, ruleTitle } from "../plan/network-shape.ts";
import { addressText, commandText } from "./json-dump.ts";
import type { VrrpInstanceReport, VrrpReport } from "./messages.ts";

/**
 * What the vrrp process knows, as text in Keepalived's layout and with its words where it has the same thing to say:
 * `keepalived.data`, in which operators look for `State = MASTER` behind `VRRP Instance = NAME`. cli.md §4.
 */
export function vrrpData(config: Config, report: VrrpReport): string {
  const told = new Map(report.instances.map((one) => [one.name, one]));
  const instances = config.vrrpInstances.flatMap((instance) => {
    const state = told.get(instance.name);
    return state === undefined ? [] : instanceLines(instance, state);
  });
  const lines = [
    ...globalLines(config),
    "------< VRRP Topology >------",
    ...instances,
    ...section("VRRP Sync groups", config.syncGroups.flatMap(groupLines(told))),
    ...section("VRRP Scripts", scriptLines(config, report)),
  ];
  return `${lines.join("\n")}\n`;
}

function globalLines({ global: { daemon, routerId } }: Config): readonly string[] {
  return [
    "------< Global definitions >------",
    ` Network namespace = ${daemon.namespace ?? "(default)"}`,
    ...(daemon.instance === undefined ? [] : [` Instance name = ${daemon.instance}`]),
    ` Router ID = ${routerId ?? "[unknown]"}`,
  ];
}

function instanceLines(instance: VrrpInstanceConfig, told: VrrpInstanceReport): readonly string[] {
  const { announce, virtualInterface, unicast, authentication } = instance;
  const made = virtualInterface === undefined ? undefined : told.device;
  const master = told.state.name === "master";
  const address = (one: VirtualAddress): string => `     ${addressText(one, instance, made, master)}`;
  const state = told.state.name.toUpperCase();
  return [
    ` VRRP Instance = ${instance.name}`,
    `   VRRP Version = ${instance.version}`,
    `   State = ${state}`,
    `   Wantstate = ${state}`,
    `   Last transition = ${pointInTime(told.lately.transitionAt)}`,
    ...(told.state.name === "backup" && told.state.master !== undefined
      ? [`   Master router = ${told.state.master}`, `   Master priority = ${told.lately.masterPriority}`]
      : []),
    `   Interface = ${made ?? instance.interface}${made === undefined ? "" : `, vmac on ${instance.interface}`}`,
    ...(instance.sourceAddress === undefined ? [] : [`   Using src_ip = ${instance.sourceAddress}`]),
    ...(unicast === undefined
      ? [`   Multicast address ${instance.multicastGroup}`]
      : ["   Unicast Peer :", ...unicast.peers.map((peer) => `     ${peer.address}`)]),
    `   Gratuitous ARP delay = ${toSeconds(announce.delay)}`,
    `   Gratuitous ARP repeat = ${announce.repeat}`,
    `   Gratuitous ARP refresh = ${toSeconds(announce.refresh)}`,
    `   Gratuitous ARP refresh repeat = ${announce.refreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${toSeconds(announce.lowerPriorityDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${announce.lowerPriorityRepeat}`,
    `   Down timer adverts = ${instance.downTimerAdverts}`,
    `   Send advert after receive lower priority advert = ${instance.lowerPriorityAdvert}`,
    `   Send advert after receive higher priority advert = ${instance.higherPriorityAdvert}`,
    `   Virtual Router ID = ${instance.vrid}`,
    `   Priority = ${instance.priority}`,
    `   Effective priority = ${told.priority}`,
    `   Advert interval = ${interval(instance)}`,
    `   Accept = ${enabled(instance.accept)}`,
    `   Preempt = ${enabled(instance.preempt)}`,
    ...(instance.preemptDelay > 0 ? [`   Preempt delay = ${toSeconds(instance.preemptDelay)} secs`] : []),
    `   Promote_secondaries = ${enabled(instance.promoteSecondaries)}`,
    ...(authentication.type === "none" ? [] : [`   Authentication type = ${AUTHENTICATION[authentication.type]}`]),
    `   Virtual IP (${instance.addresses.length}):`,
    ...instance.addresses.map(address),
    ...under("Virtual IP Excluded :", instance.excludedAddresses.map(address)),
    ...under(
      "Virtual Routes :",
      instance.routes.map((route) => `     ${routeTitle(route)}`),
    ),
    ...under(
      "Virtual Rules :",
      instance.rules.map((rule) => `     ${ruleTitle(rule)}`),
    ),
    ...under(
      "Tracked scripts :",
      instance.trackScripts.map(({ script, weight }) => `     ${script} weight ${weight}`),
    ),
    ...under(
      "Tracked interfaces :",
      instance.trackInterfaces.map(({ name, weight }) => `     ${name} weight ${weight}`),
    ),
    ...under(
      "Tracked files :",
      instance.trackFiles.map(({ name, weight }) => `     ${name} weight ${weight}`),
    ),
    ...under(
      "Tracked processes :",
      instance.trackProcesses.map(({ name, weight }) => `     ${name} weight ${weight}`),
    ),
    ...under(
      "Tracked BFD instances :",
      instance.trackBfd.map(({ name, weight }) => `     ${name} weight ${weight}`),
    ),
    `   Using smtp notification = ${instance.smtpAlert ? "yes" : "no"}`,
    `   Notify deleted = ${instance.notify.reportsDeleted ? "Deleted" : "Fault"}`,
    ...notifyLines(instance.notify),
  ];
}

const AUTHENTICATION = { pass: "SIMPLE_PASSWORD", ah: "IPSEC_AH" };

function notifyLines({ master, backup, fault, stop, every }: InstanceNotifications): readonly string[] {
  const given = [
    ["Master state transition", master],
    ["Backup state transition", backup],
    ["Fault state transition", fault],
    ["Stop state transition", stop],
    ["Generic state transition", every],
  ] as const;
  return given.flatMap(([what, command]) =>
    command === undefined ? [] : [`   ${what} script = ${commandText(command)}`],
  );
}

function groupLines(told: ReadonlyMap<string, VrrpInstanceReport>) {
  return ({ name, members }: Config["syncGroups"][number]): readonly string[] => [
    ` VRRP Sync Group = ${name}, ${groupState(members.map((member) => told.get(member)?.state.name))}`,
    ...under(
      "VRRP member instances :",
      members.map((member) => `     ${member}`),
    ),
  ];
}

function groupState(states: readonly (string | undefined)[]): string {
  const [first = "init", ...others] = new Set(states);
  return (others.length === 0 ? first : "fault").toUpperCase();
}

function scriptLines({ vrrpScripts }: Config, { scripts }: VrrpReport): readonly string[] {
  const verdicts = new Map(scripts.map(({ name, verdict }) => [name, verdict]));
  return vrrpScripts.flatMap((script) => [
    ` VRRP Script = ${script.name}`,
    `   Command = ${commandText(script)}`,
    `   Interval = ${toSeconds(script.interval)} sec`,
    `   Timeout = ${toSeconds(script.timeout)} sec`,
    `   Weight = ${script.weight}${script.reverse ? " reverse" : ""}`,
    `   Rise = ${script.rise}`,
    `   Fall = ${script.fall}`,
    `   Status = ${STATUS[verdicts.get(script.name) ?? "pending"]}`,
  ]);
}
const STATUS = { pending: "INIT", up: "GOOD", down: "BAD" };

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`------< ${title} >------`, ...lines];
}

function under(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`   ${title}`, ...lines];
}

function interval({ version, advertInterval }: VrrpInstanceConfig): string {
  return version === 2 ? `${toSeconds(advertInterval)} sec` : `${advertInterval / 1000} milli-sec`;
}

function enabled(it: boolean): string {
  return it ? "enabled" : "disabled";
}

/** `1795300548.042000 (2026-11-21T22:35:48.042Z)`. */
function pointInTime(at: Micros): string {
  return at === 0 ? "0.000000" : `${toSeconds(at).toFixed(6)} (${new Date(at / 1000).toISOString()})`;
}
