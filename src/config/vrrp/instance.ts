import { type Family, family, isLinkLocalGroup } from "../../base/ip.ts";
import type { Report } from "../../syntax/report.ts";
import { last } from "../../syntax/table.ts";
import type { VrrpInstanceConfig } from "../model/model.ts";
import { instanceNotifications } from "../notify.ts";
import { firstAt } from "../reference.ts";
import { announcements } from "./announce.ts";
import { authentication, hmac } from "./authentication.ts";
import { carrierOf } from "./carrier.ts";
import { ownAddresses } from "./instance-addresses.ts";
import type { Given, Instance, InstanceBody, VrrpContext } from "./instance-context.ts";
import { instanceTrackers } from "./instance-trackers.ts";
import { routes, rules } from "./items.ts";
import { preemption } from "./preemption.ts";
import { advertInterval, decideFamily, decideVersion, nativeIpv6, sourceAddress, strictVersion } from "./protocol.ts";
import { strictMode, type Wishes } from "./strict.ts";
import { findPeers, unicast } from "./unicast.ts";
import { sharedNames, virtualInterface } from "./virtual-interface.ts";
import { type ResolvedInstance, vridClashes } from "./vrid.ts";

/** Every `vrrp_instance` that can be understood, in the order of reading. */
export function resolveInstances(bodies: readonly InstanceBody[], context: VrrpContext): readonly VrrpInstanceConfig[] {
  const { report } = context;
  const places = new Map<string, InstanceBody>();
  const found: ResolvedInstance[] = [];
  for (const body of bodies) {
    const name = body.value.header;
    const twin = places.get(name);
    if (twin !== undefined) {
      const keepalived = `${body.at}vrrp instance ${name} already defined`;
      const message = `vrrp_instance \`${name}\` is defined already; this one is left out`;
      report.error(["duplicate", message], body.span, { keepalived, ...firstAt(twin.span) });
      continue;
    }
    places.set(name, body);
    const config = resolveInstance(body, context);
    if (config !== undefined) found.push({ config, body });
  }
  vridClashes(found, report);
  sharedNames(found, report);
  oneSyncDaemon(found, report);
  return found.map(({ config }) => config);
}

/** There is one IPVS sync daemon. */
function oneSyncDaemon(instances: readonly ResolvedInstance[], report: Report): void {
  const users = instances.filter(({ config }) => config.syncInterface !== undefined);
  const [first, ...others] = users.map(({ config, body }) => ({
    config,
    setting: last(body.value.settings.lvs_sync_daemon_interface),
  }));
  for (const { config, setting } of first === undefined ? [] : others) {
    if (setting === undefined) continue;
    const keepalived = `${setting.at}(${config.name}) lvs_sync_daemon_interface has already been specified as ${first?.config.syncInterface} - ignoring`;
    const message = `the sync daemon follows \`${first?.config.name}\`; this is ignored`;
    report.error(["duplicate", message], setting.span, {
      keepalived,
      ...firstAt(first?.setting?.span ?? setting.span),
    });
  }
}

function resolveInstance(body: InstanceBody, context: VrrpContext): VrrpInstanceConfig | undefined {
  const { header: name, settings: given } = body.value;
  const { defaults, report } = context;
  const instance = { name, given, body, report };
  const vrid = last(given.virtual_router_id);
  if (vrid === undefined) absent("virtual_router_id", `(${name}) the virtual router id must be set`, body, context);
  const peers = findPeers(instance);
  const decided = decideFamily(instance, peers);
  const of = decided?.value ?? 4;
  const carrier = carrierOf(instance, peers, of);
  if (carrier === undefined) absent("interface", `(${name}) Unknown interface!`, body, context);
  const strict = (last(given.strict_mode) ?? defaults.strict)?.value ?? false;
  const { version: chosen, span } = decideVersion(instance, decided, defaults.version);
  const version = strict ? strictVersion(instance, chosen, of === 6, span ?? body.span) : chosen;
  if (vrid === undefined || carrier === undefined) return undefined;
  nativeIpv6(instance, decided);
  debugging(instance);
  const wishes = strictMode(wished(instance, { strict, version, of }, context), {
    name,
    given,
    strict: defaults.strict,
    report,
  });
  const sent = unicast(instance, peers, of, defaults.checkUnicastSource);
  const addresses = ownAddresses(instance, carrier, of, { strict, version });
  return {
    name,
    interface: carrier,
    vrid: vrid.value,
    version,
    family: of,
    priority: wishes.priority,
    wantedState: wishes.wantedState,
    advertInterval: advertInterval(instance, version),
    downTimerAdverts: wishes.downTimerAdverts,
    ...preemption(wishes, given, name, report),
    authentication: wishes.authentication,
    hmac: hmac(instance),
    strict,
    skipCheckAdvertAddresses: last(given.skip_check_adv_addr)?.value ?? defaults.skipCheckAdvertAddresses,
    sourceAddress: sourceAddress(instance, of),
    trackSourceAddress: given.track_src_ip.length > 0,
    multicastGroup: multicastGroup(instance, of) ?? defaults.multicastGroups[of],
    unicast: sent,
    faultWithoutPeers: given.unicast_fault_no_peer.length > 0,
    checksum: {
      pseudoHeader: !(last(given.v3_checksum_as_v2)?.value ?? defaults.checksumAsV2),
      oldUnicast: oldUnicast(given),
    },
    virtualInterface: virtualInterface(instance, { family: of, unicast: sent !== undefined, strict }),
    vrf: vrf(instance),
    accept: wishes.accept,
    trackPrimary: given.dont_track_primary.length === 0,
    lowerPriorityAdvert: wishes.lowerPriorityAdvert,
    higherPriorityAdvert: wishes.higherPriorityAdvert,
    ownerIgnoresAdverts: last(given.owner_ignore_adverts)?.value ?? defaults.ownerIgnoresAdverts ?? strict,
    lateTimerPriority: lateTimer(given),
    ...addresses,
    routes: routes(given.virtual_routes, { groups: NO_GROUPS, report }),
    rules: rules(given.virtual_rules, context.rulePriorities, { groups: NO_GROUPS, report }),
    ...instanceTrackers(instance, wishes.priority, carrier, context),
    announce: wishes.announce,
    notify: instanceNotifications(instance, defaults.scriptUser),
    smtpAlert: last(given.smtp_alert)?.value ?? defaults.smtpAlert,
    notifyPriorityChanges: notifiesPriorityChanges(instance, context),
    promoteSecondaries: given.promote_secondaries.length > 0,
    pollLink: pollsLink(instance),
    syncInterface: last(given.lvs_sync_daemon_interface)?.value,
    receiveBuffer: last(given.kernel_rx_buf_size)?.value,
  };
}
const NO_GROUPS = new Map<string, never>();

interface Kind {
  readonly strict: boolean;
  readonly version: 2 | 3;
  readonly of: Family;
}

/** What the instance asks for, before strict mode has its say. */
function wished(instance: Instance, { strict, version, of }: Kind, { defaults }: VrrpContext): Wishes {
  const { given, name, report } = instance;
  const master = isMaster(given, name, report);
  const priority = last(given.priority)?.value ?? (master === true ? 255 : 100);
  const [preempt, nopreempt] = [last(given.preempt), last(given.nopreempt)];
  const accepts = last<unknown>(given.accept, given.no_accept);
  const authenticated = authentication(instance, { strict, version, six: of === 6 });
  const wantedState = (master ?? priority === 255) ? "master" : "backup";
  return {
    priority,
    wantedState: ahState(instance, authenticated, priority, wantedState),
    strict,
    version,
    authentication: authenticated,
    preempt: nopreempt === undefined || (preempt !== undefined && preempt.order > nopreempt.order),
    preemptDelay: last(given.preempt_delay)?.value ?? 0,
    downTimerAdverts: last(given.down_timer_adverts)?.value ?? defaults.downTimerAdverts,
    lowerPriorityAdvert: !(last(given.lower_prio_no_advert)?.value ?? defaults.lowerPriorityNoAdvert ?? false),
    higherPriorityAdvert: last(given.higher_prio_send_advert)?.value ?? defaults.higherPriorityAdvert,
    accept: accepts === undefined ? !strict || priority === 255 : accepts === last(given.accept),
    announce: announcements(instance, defaults.announce),
  };
}

/** With AH nobody below an address owner begins as master. */
function ahState(
  { given, name, report }: Instance,
  { type }: Wishes["authentication"],
  priority: number,
  wantedState: Wishes["wantedState"],
): Wishes["wantedState"] {
  const state = last(given.state);
  if (type !== "ah" || wantedState !== "master" || priority === 255 || state === undefined) return wantedState;
  const keepalived = `(${name}) Initial state master is incompatible with AH authentication - clearing`;
  report.warning(["no-effect", "with AH the state begins as BACKUP"], state.span, { status: 5, keepalived });
  return "backup";
}

/** True for MASTER, false for BACKUP, undefined where nothing is said. MASTER cannot be taken back. */
function isMaster({ state }: Given, name: string, report: Report): boolean | undefined {
  const first = state.findIndex(({ value }) => value === "MASTER");
  if (first === -1) return state.length === 0 ? undefined : false;
  for (const { value, span, at } of state.slice(first)) {
    if (value === "MASTER") continue;
    const keepalived = `${at}(${name}) state previously set as MASTER - ignoring BACKUP`;
    report.error(["duplicate", "`state` is MASTER already; BACKUP is ignored"], span, { keepalived });
  }
  return true;
}

/** Keepalived reads it, and does nothing with it either. */
function debugging({ given, report }: Instance): void {
  const setting = last(given.debug);
  if (setting !== undefined) report.hint(["no-effect", "`debug` has no effect, as in Keepalived"], setting.keyword);
}

function multicastGroup(
  { name, given, report }: Instance,
  of: Family,
): VrrpInstanceConfig["multicastGroup"] | undefined {
  const setting = last(given.mcast_dst_ip);
  if (setting === undefined) return undefined;
  const { value: group, at, span } = setting;
  const refuse = (message: string, keepalived: string): void =>
    report.error(["bad-address", `\`${group}\` ${message}`], span, { keepalived: `${at}(${name}) ${keepalived}` });
  if (family(group) === 6 && !isLinkLocalGroup(group))
    refuse(
      "is no group of the link alone: its scope is not 2",
      `mcast_dst_ip ${group} not link-local multicast. Skipping...`,
    );
  else if (family(group) !== of)
    refuse(
      "is of another family than the instance",
      `mcast dest address ${group} MUST match VRRP instance family. Skipping...`,
    );
  else return group;
  return undefined;
}

function oldUnicast({ old_unicast_checksum }: Given): VrrpInstanceConfig["checksum"]["oldUnicast"] {
  const setting = last(old_unicast_checksum);
  if (setting === undefined) return "detect";
  return setting.value === "never" ? "never" : "always";
}

function vrf({ name, given, report }: Instance): string | undefined {
  const setting = last(given.vrf);
  if (setting === undefined || given.interface.length === 0) return setting?.value;
  const keepalived = `${setting.at}(${name}) Cannot specify VRF interface and interface - ignoring`;
  const message = "`vrf` has no effect beside `interface`: the VRF of the interface counts";
  report.error(["no-effect", message], setting.span, { keepalived });
  return undefined;
}

const LATE = 254; // the priority that a bare `timer_expired_backup` means

function lateTimer({ timer_expired_backup, thread_timer_expired }: Given): number | undefined {
  const setting = last<number | boolean>(timer_expired_backup, thread_timer_expired);
  return typeof setting?.value === "boolean" ? LATE : setting?.value;
}

function pollsLink({ name, given, report }: Instance): boolean {
  const [setting] = given.linkbeat_use_polling;
  if (setting === undefined) return false;
  const keepalived = `${setting.at}(${name}) 'linkbeat_use_polling' in vrrp instance deprecated - use linkbeat_interfaces block`;
  const message = "`linkbeat_use_polling` in an instance is the old way to poll its interface";
  const help = "write `linkbeat_interfaces { INTERFACE }` at the top level";
  report.warning(["deprecated", message], setting.keyword, { status: 5, keepalived, help });
  return true;
}

function notifiesPriorityChanges({ name, given }: Instance, { memberships, defaults }: VrrpContext): boolean {
  const group = memberships.get(name)?.body.value.settings.notify_priority_changes;
  return (last(given.notify_priority_changes) ?? last(group ?? []))?.value ?? defaults.notifyPriorityChanges;
}

/** A keyword without which the instance cannot be. */
function absent(keyword: string, keepalived: string, body: InstanceBody, { report, swallowed }: VrrpContext): void {
  const trace = swallowed(keyword, body.keyword, body.value.end);
  const help =
    trace === undefined
      ? `add \`${keyword}\` to the block`
      : `\`${keyword}\` stands in the comment of line ${trace.line}, column ${trace.column}: put a line break before it`;
  const message = `vrrp_instance \`${body.value.header}\` has no \`${keyword}\``;
  report.error(["missing-keyword", message], body.span, { fatal: true, keepalived, help });
}
