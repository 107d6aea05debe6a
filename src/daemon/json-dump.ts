import { family } from "../base/ip.ts";
import { toSeconds } from "../base/time.ts";
import type { CommandConfig } from "../config/model/command.ts";
import type { Config, VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import type { InstanceNotifications } from "../config/model/vrrp.ts";
import type { NamedState, ProcessReport } from "../observe/report.ts";
import { routeTitle, ruleTitle, scopeName } from "../plan/network-shape.ts";
import type { VrrpInstanceReport, VrrpReport } from "./messages.ts";
import { refusedCounts } from "./statistics.ts";

/** Keepalived's numbers of states. */
const STATES: Readonly<Record<NamedState["name"], number>> = { init: 0, backup: 1, master: 2, fault: 3 };
const AUTHENTICATION = { none: 0, pass: 1, ah: 2 };

/**
 * What Keepalived writes when it gets SIGRTMIN+2: all instances, one line; keys and their order are Keepalived's (cli.md
 * §9). Version 1 is an array, version 2 an object with `vrrp` and, where there are any, `track_process`.
 */
export function jsonDump(config: Config, report: VrrpReport): string {
  const told = new Map(report.instances.map((one) => [one.name, one]));
  const vrrp = config.vrrpInstances.flatMap((instance) => {
    const state = told.get(instance.name);
    return state === undefined
      ? []
      : [{ data: instanceData(instance, state, config), stats: instanceStatistics(state) }];
  });
  return JSON.stringify(config.global.daemon.jsonVersion === 1 ? vrrp : { vrrp, ...trackedProcesses(config, report) });
}

function instanceData(instance: VrrpInstanceConfig, told: VrrpInstanceReport, config: Config) {
  const { announce, virtualInterface, authentication } = instance;
  const made = virtualInterface === undefined ? undefined : told.device;
  const master = told.state.name === "master";
  const interval = toSeconds(instance.advertInterval);
  const learned = told.state.name === "backup" ? told.state.masterInterval : undefined;
  const address = (one: VirtualAddress): string => addressText(one, instance, made, master);
  return {
    iname: instance.name,
    dont_track_primary: Number(!instance.trackPrimary),
    skip_check_adv_addr: Number(instance.skipCheckAdvertAddresses),
    strict_mode: Number(instance.strict),
    vmac_ifname: made ?? "",
    ...(told.device === undefined ? {} : { ifp_ifname: told.device }),
    master_priority: told.lately.masterPriority,
    last_transition: toSeconds(told.lately.transitionAt),
    garp_delay: toSeconds(announce.delay),
    garp_refresh: toSeconds(announce.refresh),
    garp_rep: announce.repeat,
    garp_refresh_rep: announce.refreshRepeat,
    garp_lower_prio_delay: toSeconds(announce.lowerPriorityDelay),
    garp_lower_prio_rep: announce.lowerPriorityRepeat,
    lower_prio_no_advert: Number(!instance.lowerPriorityAdvert),
    higher_prio_send_advert: Number(instance.higherPriorityAdvert),
    vrid: instance.vrid,
    base_priority: instance.priority,
    effective_priority: told.priority,
    vipset: master,
    promote_secondaries: instance.promoteSecondaries,
    adver_int: interval,
    master_adver_int: learned === undefined ? interval : toSeconds(learned),
    accept: Number(instance.accept),
    nopreempt: !instance.preempt,
    preempt_delay: Math.floor(toSeconds(instance.preemptDelay)),
    state: STATES[told.state.name],
    wantstate: STATES[told.state.name],
    version: instance.version,
    smtp_alert: instance.smtpAlert,
    notify_deleted: instance.notify.reportsDeleted,
    ...scripts(instance.notify),
    ...some("vips", instance.addresses.map(address)),
    ...some("evips", instance.excludedAddresses.map(address)),
    ...some("vroutes", instance.routes.map(routeTitle)),
    ...some("vrules", instance.rules.map(ruleTitle)),
    ...some(
      "track_ifp",
      instance.trackInterfaces.map(({ name }) => name),
    ),
    ...some("track_script", trackedCommands(instance, config)),
    ...some(
      "track_process",
      instance.trackProcesses.map(({ name }) => name),
    ),
    auth_type: AUTHENTICATION[authentication.type],
    ...(authentication.type === "none" ? {} : { auth_data: "********" }), // Keepalived differs (before 2.4.0): clear text
  };
}

function instanceStatistics({ counters }: VrrpInstanceReport) {
  const { packet_len_err, advert_interval_err, ip_ttl_err, ...refused } = refusedCounts(counters);
  return {
    advert_rcvd: counters.advertisementsReceived,
    advert_sent: counters.advertisementsSent,
    become_master: counters.becomeMaster,
    release_master: counters.releaseMaster,
    ...{ packet_len_err, advert_interval_err, ip_ttl_err },
    ...refused,
    pri_zero_rcvd: counters.priorityZeroReceived,
    pri_zero_sent: counters.priorityZeroSent,
  };
}

/** `192.0.2.100/24 dev eth0 scope global label eth0:1 set`; a length of 32, which goes without saying, is left out. */
export function addressText(
  { address, prefixLength, interface: name, broadcast, scope, peer, label }: VirtualAddress,
  instance: Pick<VrrpInstanceConfig, "interface">,
  made: string | undefined,
  set: boolean,
): string {
  const whole = family(address) === 4 ? 32 : 128;
  const words = [
    `${address}${prefixLength === whole ? "" : `/${prefixLength}`}`,
    ...(peer === undefined ? [] : [`peer ${peer}`]),
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    `dev ${made !== undefined && name === instance.interface ? `${made}@${name}` : name}`,
    `scope ${scopeName(scope)}`,
    ...(label === undefined ? [] : [`label ${label}`]),
    ...(set ? ["set"] : []),
  ];
  return words.join(" ");
}

function scripts({ master, backup, fault, stop, every, deleted, lowerPriority }: InstanceNotifications) {
  const given = {
    script_backup: backup,
    script_master: master,
    script_fault: fault,
    script_stop: stop,
    script_deleted: deleted,
    script: every,
    script_master_rx_lower_pri: lowerPriority,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, command]) => (command === undefined ? [] : [[key, commandText(command)]])),
  );
}

/** Every word in single quotes. */
export function commandText({ argv }: Pick<CommandConfig, "argv">): string {
  return argv.map((word) => `'${word}'`).join(" ");
}

function trackedCommands({ trackScripts }: VrrpInstanceConfig, { vrrpScripts }: Config): readonly string[] {
  const commands = new Map(vrrpScripts.map((script) => [script.name, commandText(script)]));
  return trackScripts.flatMap(({ script }) => commands.get(script) ?? []);
}

function trackedProcesses({ trackProcesses }: Config, { processes }: VrrpReport) {
  const now = new Map(processes.map((one): readonly [string, ProcessReport] => [one.name, one]));
  return some(
    "track_process",
    trackProcesses.map((one) => {
      const { count = 0, quorum = false, waiting = false } = now.get(one.name) ?? {};
      return {
        process: one.process,
        ...(one.parameters.length === 0 ? {} : { parameters: one.parameters.join(" ") }),
        param_match: one.parameters.length === 0 ? "none" : one.match,
        min_processes: one.quorum,
        ...(one.quorumMax === undefined ? {} : { max_processes: one.quorumMax }),
        current_processes: count,
        have_quorum: quorum,
        weight: one.reverse ? -one.weight : one.weight,
        terminate_delay: toSeconds(one.terminateDelay),
        fork_delay: toSeconds(one.forkDelay),
        fork_delay_timer_running: waiting && !quorum,
        terminate_delay_timer_running: waiting && quorum,
        full_command: one.fullCommand,
      };
    }),
  );
}

function some<T>(key: string, items: readonly T[]): Readonly<Record<string, readonly T[]>> {
  return items.length === 0 ? {} : { [key]: items };
}
