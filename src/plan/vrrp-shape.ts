import { toSeconds } from "../base/time.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type {
  ChecksumConfig,
  HmacConfig,
  InstanceNotifications,
  UnicastConfig,
  UnicastPeer,
  VirtualInterface,
} from "../config/model/vrrp.ts";
import { NOTIFICATIONS } from "./group-shape.ts";
import { group, list, value } from "./shape.ts";
import { AT_ALL, always, command, unless } from "./words.ts";

/** `unicast_peer` and what goes with it. */
export const UNICAST = group<UnicastConfig>(
  "",
  {
    peers: list<UnicastPeer>({
      words: "unicast_peer",
      key: ({ address }) => address,
      title: ({ address }) => address,
      shape: { minTtl: value("min_ttl"), maxTtl: value("max_ttl") },
    }),
    checkSource: value("check_unicast_src"),
    ttl: value("unicast_ttl"),
  },
  { whole: value("unicast_peer", { show: ({ peers }) => peers.map(({ address }) => address).join(" ") }) },
);

/** How checksums of VRRPv3 are computed. */
export const CHECKSUM = group<ChecksumConfig>("", {
  pseudoHeader: unless("v3_checksum_as_v2", { effect: always(AT_ALL) }),
  oldUnicast: value("old_unicast_checksum"),
});

/** `garp_extra_if`. */
export const EXTRA = value<VrrpInstanceConfig["announce"]["extra"]>("garp_extra_if", {
  show: ({ interval, everyInterface }) => `${everyInterface ? "all " : ""}${toSeconds(interval)} s`,
});

/** `use_vmac` and `use_ipvlan`, as they are written. */
export const VIRTUAL_INTERFACE = value<VirtualInterface | undefined>("virtual interface", {
  show: made,
  effect: always("a master moves its addresses, and announces them"),
});

function made(it: VirtualInterface): string {
  const { name = "", group } = it;
  const own =
    it.type === "ipvlan"
      ? ["use_ipvlan", name, it.address === undefined ? "" : `${it.address}/${it.prefixLength ?? ""}`, it.mode]
      : ["use_vmac", name, it.mac ?? "", it.notifyBase ? "netlink_notify_msg" : ""];
  const more =
    it.type === "ipvlan" ? [] : [it.transmitOnBase ? "vmac_xmit_base" : "", it.otherInterfaces ? "use_vmac_addr" : ""];
  const words = [...own, group === undefined ? "" : `group ${group}`, ...more];
  return words.filter((word) => word !== "").join(" ");
}

/** The scripts of an instance. */
export const INSTANCE_NOTIFICATIONS = group<InstanceNotifications>("", {
  ...NOTIFICATIONS,
  deleted: command("notify_deleted"),
  reportsDeleted: value("reports DELETED"),
  lowerPriority: command("notify_master_rx_lower_pri"),
});

/** `auth_hmac`. A key is not shown, only that there is one. */
export const HMAC = value<HmacConfig | undefined>("auth_hmac", {
  effect: always(AT_ALL),
  show: ({ keys, activeKey, timeWindow, antiReplay, mode }) =>
    [
      ...keys.map(({ id }) => `key ${id}`),
      ...(activeKey === undefined ? [] : [`active_key ${activeKey}`]),
      ...(timeWindow === undefined ? [] : [`time_window ${toSeconds(timeWindow)}`]),
      antiReplay,
      mode,
    ].join(" "),
});
