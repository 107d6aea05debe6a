import type { AnnounceConfig, VirtualAddress, VrrpInstanceConfig } from "../config/model/model.ts";
import { ADDRESS, addressKey, routes, rules } from "./network-shape.ts";
import { group, IDLE, type ListRow, list, type Shape, value } from "./shape.ts";
import { TRACKERS } from "./track-shape.ts";
import { CHECKSUM, EXTRA, HMAC, INSTANCE_NOTIFICATIONS, UNICAST, VIRTUAL_INTERFACE } from "./vrrp-shape.ts";
import { AT_A_START, AT_ALL, always, seconds, unless } from "./words.ts";

/** A virtual router is the same as long as its interface and its VRID are. */
export function instanceKey({ interface: name, vrid }: Pick<VrrpInstanceConfig, "interface" | "vrid">): string {
  return `${name} ${vrid}`;
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
    trackSourceAddress: value("track_src_ip", IDLE),
    multicastGroup: value("mcast_dst_ip", IDLE),
    unicast: UNICAST,
    faultWithoutPeers: value("unicast_fault_no_peer", IDLE),
    checksum: CHECKSUM,
    virtualInterface: VIRTUAL_INTERFACE,
    vrf: value("vrf", IDLE),
    accept: value("accept", { effect: always("the packet filter of a master follows") }),
    ownerIgnoresAdverts: value("owner_ignore_adverts", IDLE),
    lateTimerPriority: value("timer_expired_backup", IDLE),
    notify: INSTANCE_NOTIFICATIONS,
    smtpAlert: value("smtp_alert", IDLE),
    notifyPriorityChanges: value("notify_priority_changes", IDLE),
    promoteSecondaries: value("promote_secondaries", IDLE),
    pollLink: value("linkbeat_use_polling", IDLE),
    syncInterface: value("lvs_sync_daemon_interface", IDLE),
    receiveBuffer: value("kernel_rx_buf_size", { unit: "bytes", ...IDLE }),
  },
  added: always("begins as at a start"),
  removed: always("a master resigns, and its addresses go that no other master here has"),
  replaced: always("another interface or VRID is another instance: this one begins as at a start, the old one ends"),
});

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
