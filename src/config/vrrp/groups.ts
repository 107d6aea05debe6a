import type { TRACK_GROUP, VRRP_SYNC_GROUP } from "../../keywords/groups.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { type Body, last, type Setting } from "../../syntax/table.ts";
import type { Defaults } from "../global/defaults.ts";
import type { SyncGroupConfig, TrackGroupConfig } from "../model/group.ts";
import { notifications } from "../notify.ts";
import { firstAt, knownNames } from "../reference.ts";
import { type FoundTrackers, findTrackers, type TrackSources, trackersOf } from "../track/trackers.ts";

type SyncBody = Setting<Body<string, typeof VRRP_SYNC_GROUP>>;
type TrackBody = Setting<Body<string, typeof TRACK_GROUP>>;
type Members = readonly Setting<readonly Setting<string>[]>[];

/** Every instance of the file by name, wherever it stands, with the place of its block. */
type InstanceNames = ReadonlyMap<string, Span>;

/** What groups are resolved with. */
interface GroupContext {
  readonly instances: InstanceNames;
  readonly sources: TrackSources;
  readonly defaults: Defaults;
  readonly report: Report;
}

/** A sync group before it is known which of its members own their addresses. */
interface SyncGroup {
  readonly name: string;
  readonly members: readonly string[];
  readonly found: FoundTrackers;
  readonly trackingWeight: boolean;
  readonly body: SyncBody;
}

/** Sync groups by the names of their members: an instance is in one at most. */
export type Memberships = ReadonlyMap<string, SyncGroup>;

/** Every `vrrp_sync_group` with a member, by member. */
export function resolveMemberships(bodies: readonly SyncBody[], context: GroupContext): Memberships {
  const { report } = context;
  const joined = new Map<string, SyncGroup>();
  const places = new Map<string, Span>(); // of the name in its group, by instance
  for (const body of unique("vrrp_sync_group", bodies, (name) => `vrrp sync group ${name} already defined`, report)) {
    const { header: name, settings } = body.value;
    const listed = groupMembers(settings.group, "sync group", name, report);
    const members = listed.filter((member) => joins(member, name, places, context));
    const found = findTrackers(settings, name, context.sources, report);
    const weights = [...settings.sync_group_tracking_weight, ...settings.global_tracking];
    deprecatedTracking(body, report);
    const group = { name, members: members.map(({ value }) => value), found, trackingWeight: weights.length > 0, body };
    for (const member of members) joined.set(member.value, group);
    few(group, listed.length, report);
  }
  return joined;
}

/** Each block of a name once. */
function* unique<B extends Setting<Body<string, never>> | SyncBody | TrackBody>(
  block: string,
  bodies: readonly B[],
  logged: (name: string) => string,
  report: Report,
): Iterable<B> {
  const places = new Map<string, Span>();
  for (const body of bodies) {
    const name = body.value.header;
    const first = places.get(name);
    if (first === undefined) {
      places.set(name, body.span);
      yield body;
    } else {
      const message = `${block} \`${name}\` is defined already; this one is left out`;
      report.error(["duplicate", message], body.span, { keepalived: body.at + logged(name), ...firstAt(first) });
    }
  }
}

/** The names in the first `group { }` of a group; Keepalived trips over a second one. */
function groupMembers(
  [first, ...others]: Members,
  kind: "sync group" | "track group",
  name: string,
  report: Report,
): readonly Setting<string>[] {
  if (first === undefined) return [];
  for (const other of others) {
    const keepalived = `${other.at}Group list already specified for sync group ${name}`;
    const message = "`group` is given already; this one is ignored";
    report.error(["duplicate", message], other.keyword, { keepalived, ...firstAt(first.keyword) });
  }
  if (first.value.length === 0) {
    const keepalived = `${first.at}Warning - ${kind} ${name} has empty group block`;
    report.error(["empty", "`group` names no instance"], first.keyword, { keepalived, help: HELP_MEMBERS });
  }
  return first.value;
}
const HELP_MEMBERS = "write the names of its vrrp_instances, one on each line";

/** Whether a name is that of an instance in no other group; else it is said. */
function joins(
  { value, span }: Setting<string>,
  group: string,
  places: Map<string, Span>,
  { instances, report }: GroupContext,
): boolean {
  const there = places.get(value);
  if (!instances.has(value)) {
    const keepalived = `Virtual router ${value} specified in sync group ${group} doesn't exist - ignoring`;
    const help = knownNames(value, instances, `define it with \`vrrp_instance ${value} { ... }\``);
    report.error(["unknown-reference", `no vrrp_instance \`${value}\``], span, { keepalived, help });
    return false;
  }
  if (there !== undefined) {
    const keepalived = `Virtual router ${value} cannot exist in more than one sync group; ignoring ${group}`;
    const message = `\`${value}\` is in a sync group already; here it is ignored`;
    report.error(["duplicate", message], span, { keepalived, ...firstAt(there) });
    return false;
  }
  places.set(value, span);
  return true;
}

function few({ name, members, body }: SyncGroup, listed: number, report: Report): void {
  if (members.length > 1) return;
  const title = `vrrp_sync_group \`${name}\``;
  if (members.length === 1) {
    const keepalived = `Sync group ${name} has only 1 virtual router(s) - this probably isn't what you want`;
    const finding = ["lonely-group", `${title} has one member, which has nobody to follow`] as const;
    report.warning(finding, body.span, { status: 5, keepalived, help: "add a second one, or delete the group" });
    return;
  }
  const keepalived =
    listed === 0
      ? `Sync group ${name} has no virtual router(s). removing`
      : `Sync group ${name}, no matching virtual router found in group declaration - removing`;
  report.error(["empty", `${title} has no member and is left out`], body.span, { keepalived });
}

function deprecatedTracking({ value }: SyncBody, report: Report): void {
  for (const { at, keyword } of value.settings.global_tracking) {
    const keepalived = `${at}(${value.header}) global_tracking is deprecated. Use track_interface/script/file on the sync group`;
    const message = "`global_tracking` is the old way to let members keep their weights";
    const help = "track in the group, or write `sync_group_tracking_weight`";
    report.warning(["deprecated", message], keyword, { status: 5, keepalived, help });
  }
}

/** The groups of the model, in the order of reading. `owns` says whose priority is 255: beside such a member no weight counts. */
export function resolveSyncGroups(
  memberships: Memberships,
  owns: (instance: string) => boolean,
  { defaults, report }: Pick<GroupContext, "defaults" | "report">,
): readonly SyncGroupConfig[] {
  return [...new Set(memberships.values())].map(({ name, members, found, trackingWeight, body }) => {
    const { settings } = body.value;
    const owner = members.find(owns);
    const context = { owner: `vrrp group ${name}:`, scriptUser: defaults.scriptUser, report };
    return {
      name,
      members,
      trackingWeight,
      ...trackersOf(owner === undefined ? found : clearWeights(found, name, owner, report)),
      notify: notifications(settings, context),
      smtpAlert: last(settings.smtp_alert)?.value ?? defaults.smtpAlert,
      notifyPriorityChanges: last(settings.notify_priority_changes)?.value ?? defaults.notifyPriorityChanges,
    };
  });
}

/** Beside an address owner the weights of a group do not count: a failure is a fault. */
function clearWeights(found: FoundTrackers, group: string, owner: string, report: Report): FoundTrackers {
  const cleared = (list: FoundTrackers["files"], noun: string, so: string): FoundTrackers["files"] =>
    list.map((each) => {
      if (each.weight === 0) return each;
      const keepalived = `(${group}) Cannot have weighted ${noun} '${each.name}' with member having priority 255 - ${so}`;
      const message = `\`${each.name}\` has no weight here: the priority of the member \`${owner}\` is 255`;
      const help = "write `weight 0`: then a failure is a fault; or give every member a priority below 255";
      report.warning(["weight-in-group", message], each.span, { status: 5, keepalived, help });
      return { ...each, weight: 0 };
    });
  return {
    scripts: cleared(found.scripts, "track script", "clearing weight"),
    interfaces: cleared(found.interfaces, "track interface", "clearing weight"),
    files: cleared(found.files, "track file", "setting weight 0"),
    processes: cleared(found.processes, "track process", "setting weight 0"),
    bfd: cleared(found.bfd, "track bfd", "setting weight 0"),
  };
}

/** Every `track_group`; members that do not exist are left out, which Keepalived does without a word. */
export function resolveTrackGroups(
  bodies: readonly TrackBody[],
  { instances, report }: Pick<GroupContext, "instances" | "report">,
): readonly TrackGroupConfig[] {
  const found: TrackGroupConfig[] = [];
  for (const body of unique("track_group", bodies, (name) => `track_group ${name} already defined`, report)) {
    const { header: name, settings } = body.value;
    const members = new Set<string>();
    for (const { value, span } of groupMembers(settings.group, "track group", name, report)) {
      if (instances.has(value)) members.add(value);
      else {
        const help = knownNames(value, instances, `define it with \`vrrp_instance ${value} { ... }\``);
        report.warning(["unknown-reference", `no vrrp_instance \`${value}\``], span, { help });
      }
    }
    found.push({ name, members: [...members] });
  }
  return found;
}
