import { describe, expect, test } from "vitest";
import { lines, router } from "./planning.ts";

const V1 = "vrrp_instance `V1` (`eth0`, VRID 51)";

/** The lines about V1 when it gets `body`, and when it loses it. */
function inV1(body: string, before = ""): readonly [gets: readonly string[], loses: readonly string[]] {
  const [old, next] = [router("V1", 51, before), router("V1", 51, body)];
  const inner = (said: readonly string[]): readonly string[] =>
    said.filter((line) => line !== `changed ${V1}`).map((line) => line.slice(4));
  return [inner(lines(old, next)), inner(lines(next, old))];
}

const ALL = ": every director needs the same";
test.each(["use_vmac vrrp.51 02:00:00:00:02:01", "use_ipvlan vrrp.51 192.0.2.9/24 vepa group 5"])(
  "%s moves the addresses of a master",
  (body) => {
    const moves = ": a master moves its addresses, and announces them";
    expect(inV1(body)).toEqual([
      [`virtual interface none → ${body}${moves}`],
      [`virtual interface ${body} → none${moves}`],
    ]);
  },
);

describe("what changes in an instance", () => {
  test("linkbeat_use_polling is said with both values", () => {
    expect(inV1("linkbeat_use_polling")).toEqual([
      ["linkbeat_use_polling off → on"],
      ["linkbeat_use_polling on → off"],
    ]);
  });

  test("garp_extra_if is said with its interval", () => {
    expect(inV1("garp_extra_if all 10")).toEqual([
      ["garp_extra_if none → all 10 s"],
      ["garp_extra_if all 10 s → none"],
    ]);
  });

  test.each([
    ["smtp_alert", "smtp_alert", "off", "on"],
    ["notify_master /bin/true", "notify_master", "none", "/bin/true"],
  ])("%j runs: who is told", (body, keyword, off, on) => {
    expect(inV1(body)).toEqual([[`${keyword} ${off} → ${on}`], [`${keyword} ${on} → ${off}`]]);
  });

  test("one peer more is one peer", () => {
    const peers = (...all: readonly string[]): string => `unicast_peer {\n${all.join("\n")}\n}`;
    const [more, fewer] = inV1(peers("192.0.2.3", "192.0.2.4"), peers("192.0.2.3"));
    expect(more).toEqual(["added unicast_peer 192.0.2.4"]);
    expect(fewer).toEqual(["removed unicast_peer 192.0.2.4"]);
    expect(inV1(peers("192.0.2.3 min_ttl 5"), peers("192.0.2.3 max_ttl 255 min_ttl 4"))[0]).toEqual([
      "changed unicast_peer 192.0.2.3",
      "    min_ttl 4 → 5",
    ]);
  });

  test.each([
    ["virtual_routes {\n10.0.0.0/8 via 192.0.2.1 dev eth0\n}", "virtual_routes 10.0.0.0/8 via 192.0.2.1 dev eth0"],
    ["virtual_rules {\nfrom 192.0.2.0/24 table 5 priority 7\n}", "virtual_rules priority 7 from 192.0.2.0/24 table 5"],
  ])("%j comes and goes with the master", (body, item) => {
    expect(inV1(body)).toEqual([[`added ${item}: a master sets it`], [`removed ${item}: a master takes it away`]]);
  });

  test("a route is the same with another gateway, and another one in another table", () => {
    const route = (text: string): string => `virtual_routes {\n10.0.0.0/8 ${text}\n}`;
    expect(inV1(route("via 192.0.2.2 dev eth0"), route("via 192.0.2.1 dev eth0"))[0]).toEqual([
      `changed virtual_routes 10.0.0.0/8 via 192.0.2.2 dev eth0: a master sets it anew`,
      "    options via 192.0.2.1 dev eth0 → via 192.0.2.2 dev eth0",
    ]);
    expect(inV1(route("dev eth0 table 5"), route("dev eth0"))[0]).toEqual([
      `added virtual_routes 10.0.0.0/8 dev eth0 table 5: a master sets it`,
      `removed virtual_routes 10.0.0.0/8 dev eth0: a master takes it away`,
    ]);
    const hops = (...to: readonly string[]): string =>
      to.map((host) => `nexthop via 192.0.2.${host} weight 2`).join(" ");
    expect(inV1(route(`mtu lock 1400 ${hops("1", "2")}`))[0]).toEqual([
      `added virtual_routes 10.0.0.0/8 mtu lock value 1400 ${hops("1", "2")}: a master sets it`,
    ]);
    expect(inV1(route("dev eth0 priority 5"), route("metric 5 dev eth0"))[0]?.[0]).toMatch(/^changed /);
  });

  test("a rule that asks something else at the same priority comes for the old one", () => {
    const rule = (text: string): string => `virtual_rules {\n${text}\n}`;
    expect(inV1(rule("to 10.0.0.0/8 table 5 priority 7"), rule("to 10.0.0.0/8 table 6 priority 7"))[0]).toEqual([
      `replaced virtual_rules priority 7 to 10.0.0.0/8 table 5: a master sets it anew`,
      "    options to 10.0.0.0/8 table 6 → to 10.0.0.0/8 table 5",
    ]);
    expect(inV1(rule("to 10.0.0.0/8 table 5 priority 8"), rule("to 10.0.0.0/8 table 5 priority 7"))[0]).toEqual([
      `added virtual_rules priority 8 to 10.0.0.0/8 table 5: a master sets it`,
      `removed virtual_rules priority 7 to 10.0.0.0/8 table 5: a master takes it away`,
    ]);
  });

  test("keys of `auth_hmac` are never shown", () => {
    const hmac = (key: string): string => `auth_hmac {\nkey 1 ${key}\nactive_key 1\n}`;
    expect(inV1(hmac("one"), hmac("two"))[0]).toEqual([`changed auth_hmac${ALL}`]);
    expect(inV1(hmac("one"))).toEqual([
      [`auth_hmac none → key 1 active_key 1 time enforce${ALL}`],
      [`auth_hmac key 1 active_key 1 time enforce → none${ALL}`],
    ]);
  });

  test("of a new instance it says what it consists of", () => {
    const bfd = "bfd_instance B {\nneighbor_ip 192.0.2.9\n}\n";
    expect(lines(bfd, bfd + router("V1", 51, "track_bfd {\nB\n}"))).toEqual([
      `added ${V1}: begins as at a start`,
      "    added virtual_ipaddress 192.0.2.100/32 dev eth0",
      "    added track_bfd `B`",
    ]);
  });
});

test("a tracked script or interface is said with what it means, by its weight", () => {
  const script = 'vrrp_script s {\nscript "/bin/true"\n}\n';
  const tracked = (item: string): string => script + router("V1", 51, `track_script {\n${item}\n}`);
  const without = script + router("V1", 51);
  expect(lines(without, tracked("s"))[1]).toBe("    added track_script `s`: its failure is a fault");
  expect(lines(without, tracked("s weight 0 reverse"))[1]).toBe("    added track_script `s`: its success is a fault");
  expect(lines(without, tracked("s weight -20"))[1]).toBe("    added track_script `s`: mastership may move");
  expect(lines(tracked("s"), without)[1]).toBe("    removed track_script `s`: counts no more");
  const bare = "track_interface {\neth1\n}";
  expect(lines(router("V1", 51), router("V1", 51, bare))[1]).toBe(
    "    added track_interface `eth1`: its failure is a fault",
  );
  expect(lines(router("V1", 51, bare), router("V1", 51))[1]).toBe("    removed track_interface `eth1`: counts no more");
  expect(lines(tracked("s"), tracked("s weight -20")).slice(1)).toEqual([
    "    changed track_script `s`: mastership may move",
    "        weight 0 → -20",
  ]);
});

test("passwords and keys are in no line, whatever becomes of them", () => {
  const secret = (word: string): string => {
    const blocks = ["auth_type PASS", `auth_pass ${word}`, "}", "auth_hmac {", `key 1 ${word}`, `key 2 ${word}`];
    const ssl = `SSL {\npassword ${word}\nca /tmp/ca\n}\n`;
    return ssl + router("V1", 51, `authentication {\n${blocks.join("\n")}\n}`);
  };
  const texts = ["", router("V1", 51), secret("hush-one"), secret("hush-two"), secret("hush-one").replace("51", "52")];
  const said = texts.flatMap((from) => texts.flatMap((to) => lines(from, to)));
  expect(said.filter((line) => /auth|SSL/.test(line)).length).toBeGreaterThan(20);
  expect(said.filter((line) => line.includes("hush"))).toEqual([]);
});

describe("blocks beside the instances", () => {
  const both = router("V1", 51) + router("V2", 52, "", ["192.0.2.101"]);
  const sync = (members: string, more = ""): string =>
    `vrrp_sync_group G {\ngroup {\n${members}\n}\n${more}\n}\n${both}`;

  test("a sync group runs, and tells", () => {
    expect(lines(both, sync("V1\nV2"))).toEqual([
      "added vrrp_sync_group `G`: its members share one state",
      "    added member `V1`",
      "    added member `V2`",
    ]);
    expect(lines(sync("V1\nV2"), sync("V2\nV1"))).toEqual([]);
    expect(lines(sync("V1\nV2"), sync("V1", "notify_backup /bin/true\nsmtp_alert"))).toEqual([
      "changed vrrp_sync_group `G`",
      "    smtp_alert off → on",
      "    notify_backup none → /bin/true",
      "    removed member `V2`",
    ]);
    expect(lines(sync("V1"), both)).toEqual(["removed vrrp_sync_group `G`: each of its members is by itself"]);
  });

  test.each([
    ["track_file f", "file /tmp/f", "file /tmp/g", "file /tmp/f → /tmp/g"],
    ["track_file f", "file /tmp/f", "file /tmp/f\ninit_file 2 overwrite", "init_file none → 2 overwrite"],
    ["vrrp_track_process p", "process sshd", "process sshd\ndelay 0.5", "fork_delay 0 s → 0.5 s"],
  ])("%s is the same while its name is: %j to %j", (header, old, next, expected) => {
    const block = (body: string): string => `${header} {\n${body}\n}\n`;
    const [word, name] = header.split(" ");
    const said = lines(block(old), block(next));
    expect(said[0]).toBe(`changed ${word} \`${name}\``);
    expect(said).toContain(`    ${expected}`);
    expect(lines("", block(old))).toEqual([`added ${word} \`${name}\``]);
  });

  test.each([
    ["interface_up_down_delays", "eth0 1 2", "`eth0`", "eth1 1 2"],
    ["linkbeat_interfaces", "eth0", "`eth0`", "eth1"],
  ])("%s: an item that comes or goes is the only one named", (keyword, item, title, other) => {
    const list = (...all: readonly string[]): string => `${keyword} {\n${all.join("\n")}\n}\n`;
    const [one, two] = [list(other), list(other, item)];
    expect(lines(one, two)).toEqual([`added ${keyword} ${title}`]);
    expect(lines(two, one)).toEqual([`removed ${keyword} ${title}`]);
  });

  test("a garp_group is the same while its first interface by name is, in whatever order they stand", () => {
    const group = (gap: string, ...all: readonly string[]): string =>
      `garp_group {\ngarp_interval ${gap}\ninterfaces {\n${all.join("\n")}\n}\n}\n`;
    expect(lines(group("1", "eth0", "eth1"), group("1", "eth1", "eth0"))).toEqual([]);
    expect(lines(group("1", "eth0"), group("1.5", "eth1", "eth0"))).toEqual([
      "changed garp_group eth1 eth0",
      "    garp_interval 1 s → 1.5 s",
      "    added interface `eth1`",
    ]);
  });
});

test.each([
  ["static_ipaddress", "192.0.2.7/24 dev eth0", "192.0.2.7/24 dev eth0", "192.0.2.7/24 dev eth1"],
  ["static_routes", "10.0.0.0/8 dev eth0", "10.0.0.0/8 dev eth0", "10.0.0.0/9 dev eth0"],
  ["static_rules", "from 10.0.0.0/8 table 5 priority 7", "priority 7 from 10.0.0.0/8 table 5", ""],
])("%s: an item that comes or goes is the only one named, and does so at once", (keyword, item, title, other) => {
  const list = (...all: readonly string[]): string => `${keyword} {\n${all.join("\n")}\n}\n`;
  const [one, two] = [list(other), list(other, item)];
  expect(lines(one, two)).toEqual([`added ${keyword} ${title}: set at once`]);
  expect(lines(two, one)).toEqual([`removed ${keyword} ${title}: taken away`]);
});

test("another track group leaves a static route as it is", () => {
  const text = (more: string): string =>
    `track_group G {\ngroup {\nV1\n}\n}\nstatic_routes {\n10.0.0.0/8 dev eth0 ${more}\n}\n`;
  expect(lines(text(""), text("track_group G"))).toEqual([
    "changed static_routes 10.0.0.0/8 dev eth0",
    "    track_group none → G",
  ]);
});

test.each([
  ["vrrp_priority -20", "vrrp_priority 0 → -20"],
  ["checker_rlimit_rttime 20000", "checker_rlimit_rttime 10000 µs → 20000 µs"],
  ["vrrp_cpu_affinity 0 2", "vrrp_cpu_affinity all → 0 2"],
  ["umask 022", "umask 0177 → 022"],
  ["lvs_netlink_cmd_rcv_bufs 5000000", "lvs_netlink_cmd_rcv_bufs 0 → 5000000"],
  ["enable_snmp_checker", "enable_snmp_checker off → on"],
  ["snmp_rs_stats_update_interval 2", "snmp_rs_stats_update_interval 0 s → 2 s"],
])("global_defs: %s counts from the reload on", (line, expected) => {
  const [off, on] = [router("V1", 51), `global_defs {\n${line}\n}\n${router("V1", 51)}`];
  expect(lines(off, on)).toEqual([`global_defs ${expected}`]);
});

test.each([
  ["startup_script /bin/true", "startup_script none → /bin/true (10 s): counts at the next start only"],
  ["reload_repeat", "reload_repeat off → on"],
  ["lvs_timeouts tcp 5 udp 6", "lvs_timeouts tcp 0 tcpfin 0 udp 0 → tcp 5 tcpfin 0 udp 6: counts for new packets"],
  ["lvs_flush", "lvs_flush off → on: counts at the next start only"],
  ["lvs_flush_on_stop VS", "lvs_flush_on_stop no → own: counts when the daemon stops"],
  ["lvs_compare repair 5", "lvs_compare report 60 → repair 5"],
  ["check_once off", "check_once on → off: checks begin anew, their verdicts stay"],
  ["json_version 2", "json_version 1 → 2"],
  [
    "tmp_config_directory /d",
    "tmp_config_directory none → /d: cannot change while the daemon runs: the reload is refused",
  ],
])("global_defs: %s is said with what it means", (line, expected) => {
  const [off, on] = [router("V1", 51), `global_defs {\n${line}\n}\n${router("V1", 51)}`];
  expect(lines(off, on)).toEqual([`global_defs ${expected}`]);
});

test("global_defs: the bus and the sync daemon follow at once", () => {
  const off = router("V1", 51);
  const using = (line: string): string => `global_defs {\n${line}\n}\n${off}`;
  const bus = "global_defs enable_dbus";
  expect(lines(off, using("enable_dbus"))).toEqual([`${bus} none → org.keepalived.Vrrp1: the bus shows it at once`]);
  expect(lines(using("enable_dbus"), off)).toEqual([
    `${bus} org.keepalived.Vrrp1 → none: the name on the bus is released`,
  ]);
  expect(lines(off, using("lvs_sync_daemon eth0 V1 id 5"))).toEqual([
    "global_defs lvs_sync_daemon none → eth0 V1 id 5 port 8848 group 224.0.0.81: the kernel's sync daemon is another: connections of that moment are not copied",
  ]);
});

test("a BFD session stays up with other timers, and is another one by another path", () => {
  const block = (body: string): string => `bfd_instance B {\nneighbor_ip 192.0.2.9\n${body}\n}\n`;
  expect(lines(block(""), block("min_rx 20\npassive"))).toEqual([
    "changed bfd_instance `B`: the session stays",
    "    min_rx 0.01 s → 0.02 s",
    "    passive off → on",
  ]);
  expect(lines(block(""), block("source_ip 192.0.2.1"))[0]).toBe(
    "changed bfd_instance `B`: down until the new path is up",
  );
  expect(lines("", block(""))).toEqual(["added bfd_instance `B`: down until the neighbour has answered"]);
  expect(lines(block(""), "")).toEqual([
    "removed bfd_instance `B`: the neighbour is told that it is administratively down",
  ]);
});
