import type { AnnounceConfig, VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import { keysOf } from "./compare.ts";
import type { Difference } from "./difference.ts";
import { ADDRESS, addressKey, routes, rules } from "./network-shape.ts";
import { group, type ListRow, list, type Shape, value } from "./shape.ts";
import { TRACKERS } from "./track-shape.ts";
import { CHECKSUM, EXTRA, HMAC, INSTANCE_NOTIFICATIONS, UNICAST, VIRTUAL_INTERFACE } from "./vrrp-shape.ts";
import { AT_A_START, AT_ALL, always, seconds, unless } from "./words.ts";

/**
 * A virtual router is the same as long as its interface, its VRID, its family and the group or the source that it speaks
 * with are; keepalived 2.2.7 finds it by the same. Those that differ by their peers alone are told apart by their order.
 */
export function instanceKey(instance: VrrpInstanceConfig): string {
  const { interface: name, vrid, family, unicast, sourceAddress, multicastGroup } = instance;
  return `${name} ${vrid} IPv${family} ${unicast === undefined ? multicastGroup : `from ${sourceAddress ?? name}`}`;
}

/** The keys of a list of instances, as `planVrrp` calls them. */
export function instanceKeys(instances: readonly VrrpInstanceConfig[]): readonly string[] {
  return keysOf(instances, instanceKey);
}

const ANNOUNCE: Shape<AnnounceConfig> = {
  repeat: value("garp_master_repeat"),
  delay: seconds("garp_master_delay"),
  refresh: seconds("garp_master_refresh"),
  refreshRepeat: value("garp_master_refresh_repeat"),
  lowerPriorityRepeat: value("garp_lower_prio_repeat"),
  lowerPriorityDelay: seconds("garp_lower_prio_delay"),
  extra: EXTRA,
};

const SYNC = "the kernel's sync daemon is another: connections of that moment are not copied";

/** `vrrp_instance`. */
export const INSTANCES = list<VrrpInstanceConfig>({
  words: "vrrp_instance",
  plural: "instances",
  key: instanceKey,
  successor: ({ name }) => name,
  title: ({ name, interface: carrier, vrid }) => `\`${name}\` (\`${carrier}\`, VRID ${vrid})`,
  shape: {
    name: value("name", { effect: always("the same virtual router goes on") }),
    interface: value("interface"),
    vrid: value("virtual_router_id"),
    version: value("version", { effect: always(AT_ALL) }),
    family: value("family", { show: (family) => `IPv${family}`, effect: always(AT_ALL) }),
    priority: value("priority", { effect: always("mastership may move") }),
    wantedState: value("state", { effect: always(AT_A_START) }),
    advertInterval: seconds("advert_int", { effect: always(AT_ALL) }),
    downTimerAdverts: value("down_timer_adverts"),
    preempt: value("preempt"),
    preemptDelay: seconds("preempt_delay"),
    // The password is not shown.
    authentication: value("authentication", { show: ({ type }) => type, effect: always(AT_ALL) }),
    strict: value("strict_mode"),
    skipCheckAdvertAddresses: value("skip_check_adv_addr"),
    sourceAddress: value("mcast_src_ip"),
    lowerPriorityAdvert: value("advertises at a lower priority"),
    higherPriorityAdvert: value("higher_prio_send_advert"),
    addresses: addresses("virtual_ipaddress"),
    excludedAddresses: addresses("virtual_ipaddress_excluded"),
    ...TRACKERS,
    trackPrimary: unless("dont_track_primary"),
    announce: group("", ANNOUNCE),
    routes: routes("virtual_routes"),
    rules: rules("virtual_rules"),
    hmac: HMAC,
    trackSourceAddress: value("track_src_ip"),
    multicastGroup: value("mcast_dst_ip", { effect: always(AT_ALL) }),
    unicast: UNICAST,
    faultWithoutPeers: value("unicast_fault_no_peer"),
    checksum: CHECKSUM,
    virtualInterface: VIRTUAL_INTERFACE,
    vrf: value("vrf"),
    accept: value("accept", { effect: always("the packet filter of a master follows") }),
    ownerIgnoresAdverts: value("owner_ignore_adverts"),
    lateTimerPriority: value("timer_expired_backup"),
    notify: INSTANCE_NOTIFICATIONS,
    smtpAlert: value("smtp_alert"),
    notifyPriorityChanges: value("notify_priority_changes"),
    promoteSecondaries: value("promote_secondaries"),
    pollLink: value("linkbeat_use_polling"),
    syncInterface: value("lvs_sync_daemon_interface", { effect: always(SYNC) }),
    receiveBuffer: value("kernel_rx_buf_size", { unit: "bytes" }),
  },
  added: always("begins as at a start"),
  removed: always("a master resigns, and its addresses go that no other master here has"),
  replaced: always(
    "another interface, VRID, family, group or source is another instance: this one begins as at a start, the old one ends",
  ),
});

const TOLD: ReadonlySet<string> = new Set(["smtpAlert", "notifyPriorityChanges", "syncInterface"]);

/** Whether the same router goes on, and only who is told of it is another. */
export function isAboutTelling({
  fields,
  groups: { notify: _, ...groups },
  lists,
}: Difference<VrrpInstanceConfig>): boolean {
  const others = [...Object.values(groups), ...Object.values(lists)];
  return fields.every(({ field }) => TOLD.has(field)) && others.every((part) => part === undefined);
}

/** Their order is that of the advertisements, and of the announcements. */
function addresses(words: string): ListRow<VirtualAddress> {
  return list<VirtualAddress>({
    words,
    ordered: true,
    key: addressKey,
    title: addressKey,
    shape: ADDRESS,
    added: always("a master sets and announces it"),
    removed: always("a master takes it down, unless another master here has it"),
  });
}
