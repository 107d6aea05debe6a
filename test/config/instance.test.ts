import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { VrrpInstanceConfig } from "../../src/config/model/model.ts";
import { findings, instance, reading } from "./reading.ts";

/** The one instance of a text. */
function only(text: string): VrrpInstanceConfig | undefined {
  return reading(text).config.vrrpInstances[0];
}

const six = (...lines: readonly string[]): string => instance(...lines).replace("192.0.2.254", "fe80::1");

// Where the line is Keepalived's, `vrrp-cases.txt` holds it against the running one; here is what the model says.
test.each<[string, string, Partial<VrrpInstanceConfig>]>([
  ["an IPv4 address makes version 2", instance(), { family: 4, version: 2 }],
  ["an IPv6 address makes version 3", six(), { family: 6, version: 3 }],
  ["version 2 before an IPv6 address counts", six().replace("interface", "version 2\ninterface"), { version: 2 }],
  ["version 2 behind an IPv6 address does not", six("version 2"), { family: 6, version: 3 }],
  ["the first version counts", instance("version 3", "version 2"), { version: 3 }],
  [
    "strict mode has no IPv6 in version 2",
    six("strict_mode").replace("interface", "version 2\ninterface"),
    { version: 3 },
  ],
  ["vrrp_version is of IPv4", `global_defs {\nvrrp_version 2\n}\n${six()}`, { version: 3 }],
  ["vrrp_version is the version", `global_defs {\nvrrp_version 3\n}\n${instance()}`, { version: 3 }],
  ["native_ipv6 behind an IPv4 address has no effect", instance("native_ipv6"), { family: 4, version: 2 }],
  ["VRRPv3 counts hundredths", instance("version 3", "advert_int 0.014"), { advertInterval: 10_000 }],
  ["a half is rounded up", instance("version 3", "advert_int 0.015"), { advertInterval: 20_000 }],
  ["VRRPv3 ends at 40.95", instance("version 3", "advert_int 41"), { advertInterval: seconds(40.95) }],
  ["and what is rounded does not pass it", instance("version 3", "advert_int 40.956"), { advertInterval: 40_950_000 }],
  [
    "VRRPv3 has no password",
    instance("version 3", "authentication {\nauth_type PASS\nauth_pass x\n}"),
    { authentication: { type: "none" } },
  ],
  [
    "AH keeps its password",
    instance("authentication {\nauth_type AH\nauth_pass 123456789\n}"),
    { authentication: { type: "ah", password: "12345678" } },
  ],
  [
    "AH takes MASTER back",
    instance("state MASTER", "priority 9", "authentication {\nauth_type AH\nauth_pass x\n}"),
    { wantedState: "backup" },
  ],
  [
    "an address owner with AH begins as master",
    instance("state MASTER", "authentication {\nauth_type AH\nauth_pass x\n}"),
    { wantedState: "master" },
  ],
  ["multicast goes to the group of the family", six(), { multicastGroup: "ff02::12" as never, unicast: undefined }],
  ["mcast_dst_ip is the group", instance("mcast_dst_ip 224.0.0.19"), { multicastGroup: "224.0.0.19" as never }],
  ["of the other family it is not", instance("mcast_dst_ip ff02::19"), { multicastGroup: "224.0.0.18" as never }],
  ["a group of IPv6 is one of the link", six("mcast_dst_ip ff12::19"), { multicastGroup: "ff12::19" as never }],
  ["one of the site is not taken", six("mcast_dst_ip ff05::19"), { multicastGroup: "ff02::12" as never }],
  [
    "vrrp_mcast_group4 is the group of all",
    `global_defs {\nvrrp_mcast_group4 224.0.0.77\n}\n${instance()}`,
    { multicastGroup: "224.0.0.77" as never },
  ],
  [
    "a source of the other family is none",
    instance("mcast_src_ip 192.0.2.1", "unicast_src_ip fe80::9"),
    { sourceAddress: "192.0.2.1" as never },
  ],
  ["packets for the addresses are accepted", instance(), { accept: true }],
  ["no_accept", instance("no_accept"), { accept: false }],
  ["the last of accept and no_accept counts", instance("no_accept", "accept"), { accept: true }],
  ["strict mode does not accept", instance("strict_mode"), { accept: false }],
  ["nor with accept in VRRPv2", instance("strict_mode", "accept"), { accept: false }],
  ["but with accept in VRRPv3", instance("strict_mode", "accept", "version 3"), { accept: true }],
  [
    "an address owner accepts in strict mode",
    instance("strict_mode", "priority 255"),
    { accept: true, ownerIgnoresAdverts: true },
  ],
  [
    "owner_ignore_adverts off in strict mode",
    instance("strict_mode", "owner_ignore_adverts off"),
    { ownerIgnoresAdverts: false },
  ],
  ["a bare timer_expired_backup is 254", instance("timer_expired_backup"), { lateTimerPriority: 254 }],
  ["timer_expired_backup", instance("timer_expired_backup 7"), { lateTimerPriority: 7 }],
  [
    "vrrp_down_timer_adverts is of all",
    `global_defs {\nvrrp_down_timer_adverts 7\n}\n${instance()}`,
    { downTimerAdverts: 7 },
  ],
  [
    "old_unicast_checksum",
    instance("old_unicast_checksum"),
    { checksum: { pseudoHeader: true, oldUnicast: "always" } },
  ],
  [
    "old_unicast_checksum never",
    instance("old_unicast_checksum never"),
    { checksum: { pseudoHeader: true, oldUnicast: "never" } },
  ],
  ["v3_checksum_as_v2", instance("v3_checksum_as_v2"), { checksum: { pseudoHeader: false, oldUnicast: "detect" } }],
  ["vrf has no effect beside an interface", instance("vrf red"), { vrf: undefined }],
  [
    "smtp_alert_vrrp comes before smtp_alert",
    `global_defs {\nsmtp_alert\nsmtp_alert_vrrp off\n}\n${instance()}`,
    { smtpAlert: false },
  ],
  ["smtp_alert", `global_defs {\nsmtp_alert\n}\n${instance()}`, { smtpAlert: true }],
])("%s", (_, text, expected) => {
  expect(only(text)).toMatchObject(expected);
});

test("vrrp_min_garp changes what is not given", () => {
  const fewest = (lines: string): unknown => only(`global_defs {\nvrrp_min_garp\n${lines}\n}\n${instance()}`)?.announce;
  expect(fewest("")).toMatchObject({ repeat: 1, delay: 0, lowerPriorityRepeat: 1, lowerPriorityDelay: 0 });
  expect(fewest("vrrp_garp_master_delay 7")).toMatchObject({ repeat: 1, delay: seconds(7) });
  expect(fewest("vrrp_garp_lower_prio_repeat 3")).toMatchObject({ lowerPriorityRepeat: 3 });
});

test("garp_extra_if is an interval, of virtual MACs unless all are meant; 0 is none", () => {
  const extra = (line: string): unknown =>
    only(`global_defs {\nvrrp_garp_extra_if 9\n}\n${instance(line)}`)?.announce.extra;
  expect(extra("")).toEqual({ interval: seconds(9), everyInterface: false });
  expect(extra("garp_extra_if all 5")).toEqual({ interval: seconds(5), everyInterface: true });
  expect(extra("garp_extra_if 0")).toBeUndefined();
});

test("peers have their bounds of TTL, each once, all of one family", () => {
  const { config, diagnostics } = reading(
    instance("unicast_peer {\n192.0.2.2 min_ttl 3\n192.0.2.2\n192.0.2.3 max_ttl 8\nfe80::1\n}", "unicast_ttl 9"),
  );
  expect(config.vrrpInstances[0]?.unicast).toEqual({
    peers: [
      { address: "192.0.2.2", minTtl: 3, maxTtl: 255 },
      { address: "192.0.2.3", minTtl: 0, maxTtl: 8 },
    ],
    checkSource: true, // because of the bounds
    ttl: 9,
  });
  expect(diagnostics.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["`fe80::1` is of another family than the instance; it is no peer"]),
  );
});

test("the source is checked where it is asked for, here or for all", () => {
  const peer = "unicast_peer {\n192.0.2.2\n}";
  expect(only(instance(peer))?.unicast?.checkSource).toBe(false);
  expect(only(instance(peer, "check_unicast_src"))?.unicast?.checkSource).toBe(true);
  expect(only(`global_defs {\nvrrp_check_unicast_src\n}\n${instance(peer)}`)?.unicast?.checkSource).toBe(true);
});

test.each<[string, unknown]>([
  ["use_vmac", { type: "vmac", name: undefined, mac: undefined, transmitOnBase: false, otherInterfaces: false }],
  ["use_vmac foo 02:00:00:00:01\nvmac_xmit_base", { name: "foo", mac: "02:00:00:00:01", transmitOnBase: true }],
  ["use_vmac name group group 7 netlink_notify_msg", { name: "group", group: 7, notifyBase: true }],
  ["use_vmac\nunicast_peer {\n192.0.2.2\n}", { transmitOnBase: true }],
  ["use_vmac foo 02:00:00:00:01\nvmac_xmit_base\nstrict_mode", { mac: undefined, transmitOnBase: false }],
  ["use_vmac foo\nuse_ipvlan bar 192.0.2.9", { type: "vmac", name: "foo" }],
  ["use_ipvlan foo 192.0.2.9/24 private", { type: "ipvlan", address: "192.0.2.9", prefixLength: 24, mode: "private" }],
  ["use_ipvlan foo 192.0.2.9", { prefixLength: 32, mode: "bridge" }],
  ["use_ipvlan foo 2001:db8::1", { name: "foo", address: undefined }],
])("%s", (lines, expected) => {
  expect(only(instance(lines))?.virtualInterface).toMatchObject(expected as object);
});

test("an instance has no interface of its own unless it asks for one", () => {
  expect(only(instance("vmac_xmit_base"))?.virtualInterface).toBeUndefined();
});

test("the keys of auth_hmac, and which of them signs", () => {
  const hmac = (lines: string): unknown => only(instance(`auth_hmac {\n${lines}\n}`))?.hmac;
  expect(hmac("key 1 abc\nkey 2 hex:00\nactive_key 2\ntime_window 9\nanti_replay monotonic\nmode permissive")).toEqual({
    keys: [
      { id: 1, key: "abc" },
      { id: 2, key: "hex:00" },
    ],
    activeKey: 2,
    timeWindow: seconds(9),
    antiReplay: "monotonic",
    mode: "permissive",
  });
  expect(hmac("key 1 abc\nactive_key 3")).toMatchObject({ activeKey: undefined, antiReplay: "time", mode: "enforce" });
  expect(hmac("key 256 abc")).toMatchObject({ keys: [] });
  expect(only(instance())?.hmac).toBeUndefined();
});

test("scripts of a transition have their account, or script_user; the first of a kind counts", () => {
  const globals = "global_defs {\nenable_script_security\nscript_user joe\n}\n";
  const lines = ['notify_master "/bin/m a" ann staff', "notify_master /bin/n", "notify /bin/every", "notify_deleted"];
  const { config, diagnostics } = reading(globals + instance(...lines));
  expect(config.vrrpInstances[0]?.notify).toEqual({
    master: { argv: ["/bin/m", "a"], user: "ann", group: "staff" },
    backup: undefined,
    fault: undefined,
    stop: undefined,
    every: { argv: ["/bin/every"], user: "joe", group: undefined },
    deleted: undefined,
    reportsDeleted: true,
    lowerPriority: undefined,
  });
  const again = diagnostics.find(({ code }) => code === "duplicate");
  expect(again).toMatchObject({ message: "`notify_master` is given already; this one is ignored" });
  expect(again?.related?.map(({ span }) => span.line)).toEqual([again === undefined ? 0 : again.span.line - 1]);
});

test("scripts of a transition want script security as much as track scripts", () => {
  const code = (text: string): number =>
    reading(text).diagnostics.filter((each) => each.code === "script-security").length;
  expect(code(instance("notify_master /bin/true"))).toBe(1);
  expect(code(instance("notify_deleted /bin/true", "notify_master_rx_lower_pri /bin/true"))).toBe(1);
  expect(code(instance("notify_deleted"))).toBe(0);
  expect(code(`global_defs {\nenable_script_security\n}\n${instance("notify_master /bin/true")}`)).toBe(0);
});

test("what does not fit into an advertisement is held without being advertised", () => {
  const many = Array.from({ length: 257 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join("\n");
  const { config, diagnostics } = reading(instance().replace("192.0.2.254", many));
  const [found] = config.vrrpInstances;
  expect(found?.addresses.length).toBe(255);
  expect(found?.excludedAddresses.map(({ address }) => address)).toEqual(["10.0.0.255", "10.0.1.0"]);
  expect(findings({ ...reading(""), diagnostics })).toEqual([
    "warning 260:1 an advertisement carries 255 addresses; 2 are held without being advertised",
  ]);
});

test("a clash of numbers shows the other place, by family, group and peers", () => {
  const clashes = (a: string, b: string): readonly unknown[] =>
    reading(a + b.replace("vrrp_instance V", "vrrp_instance W"))
      .diagnostics.filter(({ code }) => code === "vrid-clash")
      .map(({ related }) => related?.[0]?.span.line);
  expect(clashes(instance(), instance())).toEqual([3]);
  expect(clashes(instance(), six())).toEqual([]);
  expect(clashes(instance(), instance("mcast_dst_ip 224.0.0.19"))).toEqual([]);
  const unicast = (peer: string): string => instance(`unicast_peer {\n${peer}\n}`);
  expect(clashes(instance(), unicast("192.0.2.2"))).toEqual([]);
  expect(clashes(unicast("192.0.2.2"), unicast("192.0.2.3"))).toEqual([]);
  expect(clashes(unicast("192.0.2.2"), unicast("192.0.2.3\n192.0.2.2"))).toEqual([3]);
});

test("routes and rules are kept in the words of ip(8), in the order of writing", () => {
  const routes = "virtual_routes {\n203.0.113.0/24 via 192.0.2.9 dev eth1 metric 5\ndefault via 192.0.2.9 no_track\n}";
  const rules = "virtual_rules {\nfrom 203.0.113.0/24 table 100\nfrom all table 7 priority 5\nto 10.0.0.0/8 table 8\n}";
  const found = only(instance(routes, rules));
  expect(found?.routes).toEqual([
    {
      destination: "203.0.113.0/24",
      tracked: true,
      trackGroup: undefined,
      options: [
        ["via", "192.0.2.9"],
        ["dev", "eth1"],
        ["metric", 5],
      ],
    },
    { destination: "default", tracked: false, trackGroup: undefined, options: [["via", "192.0.2.9"]] },
  ]);
  expect(found?.rules.map(({ priority }) => priority)).toEqual([16384, 5, 16383]);
});
