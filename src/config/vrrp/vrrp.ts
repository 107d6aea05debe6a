import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TOP } from "../../keywords/language.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import type { Settings } from "../../syntax/table.ts";
import type { Defaults } from "../global/defaults.ts";
import { checkFollowed } from "../global/ipvs.ts";
import type { LvsConfig } from "../model/lvs.ts";
import type { Config } from "../model/model.ts";
import { resolveBfdInstances } from "../track/bfd.ts";
import { configs } from "../track/definitions.ts";
import { resolveScripts, scriptSecurity } from "../track/scripts.ts";
import { resolveTrackFiles, resolveTrackProcesses } from "../track/tracked.ts";
import { bfdForVrrp } from "../track/trackers.ts";
import { resolveMemberships, resolveSyncGroups, resolveTrackGroups } from "./groups.ts";
import { resolveInstances } from "./instance.ts";
import type { VrrpContext } from "./instance-context.ts";
import { routes, rulePriorities, rules, staticAddresses } from "./items.ts";
import { resolveGarpGroups, resolveInterfaceDelays, resolveLinkbeat } from "./network.ts";

type Tree = Settings<typeof TOP>;

/** Everything of a configuration but `global_defs` and the load-balancing side. */
type VrrpPart = Omit<Config, "global" | keyof LvsConfig>;

/** The VRRP side of a file: definitions first, then groups, then the instances that are in them. */
export function resolveVrrp(
  tree: Tree,
  globals: Settings<typeof GLOBAL_DEFS>,
  defaults: Defaults,
  report: Report,
  swallowed: VrrpContext["swallowed"],
): VrrpPart {
  const scripts = resolveScripts(tree.vrrp_script, defaults, report);
  const files = resolveTrackFiles(inOrder([...tree.track_file, ...tree.vrrp_track_file]), report);
  const processes = resolveTrackProcesses(tree.vrrp_track_process, report);
  const bfd = resolveBfdInstances(tree.bfd_instance, report);
  const sources = { scripts, files, processes, bfd: bfdForVrrp(bfd) };
  const instances = new Map<string, Span>();
  for (const { value, span } of tree.vrrp_instance) if (!instances.has(value.header)) instances.set(value.header, span);
  const memberships = resolveMemberships(tree.vrrp_sync_group, { instances, sources, defaults, report });
  const virtualRules = tree.vrrp_instance.map(({ value }) => value.settings.virtual_rules);
  const priorities = rulePriorities([tree.static_rules, ...virtualRules], report);
  const context = { defaults, sources, memberships, rulePriorities: priorities, report, swallowed };
  const vrrpInstances = resolveInstances(tree.vrrp_instance, context);
  checkFollowed(globals, instances, report);
  const owners = new Set(vrrpInstances.filter(({ priority }) => priority === 255).map(({ name }) => name));
  const groups = new Map<string, { readonly order: number; readonly place: Span }>();
  for (const { value, order, span: place } of tree.track_group)
    if (!groups.has(value.header)) groups.set(value.header, { order, place });
  const items = { groups, report };
  scriptSecurity(tree, globals, scripts, defaults, report);
  return {
    vrrpScripts: configs(scripts),
    vrrpInstances,
    syncGroups: resolveSyncGroups(memberships, (name) => owners.has(name), { defaults, report }),
    trackGroups: resolveTrackGroups(tree.track_group, { instances, report }),
    trackFiles: configs(files),
    trackProcesses: configs(processes),
    bfdInstances: configs(bfd),
    staticAddresses: staticAddresses(tree.static_ipaddress, defaults.interface, items),
    staticRoutes: routes(tree.static_routes, items),
    staticRules: rules(tree.static_rules, priorities, items),
    garpGroups: resolveGarpGroups(tree.garp_group, report),
    interfaceDelays: resolveInterfaceDelays(tree.interface_up_down_delays, report),
    linkbeatInterfaces: resolveLinkbeat(tree.linkbeat_interfaces, report),
    pollLinks: tree.linkbeat_use_polling.length > 0,
  };
}

function inOrder<T extends { readonly order: number }>(settings: T[]): readonly T[] {
  return settings.sort((a, b) => a.order - b.order);
}
