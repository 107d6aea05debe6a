import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { VrrpInstanceConfig } from "../../src/config/model/model.ts";
import { startStatus, testStatus } from "../../src/syntax/diagnostic.ts";
import { findings, instance, reading } from "./reading.ts";

/** The one instance of a text. */
function only(text: string): VrrpInstanceConfig | undefined {
  return reading(text).config.vrrpInstances[0];
}

const messages = (text: string): readonly string[] => reading(text).diagnostics.map(({ message }) => message);

test("an instance that says only what it must has Keepalived's defaults", () => {
  const { config, diagnostics } = reading(instance());
  expect(diagnostics).toEqual([]);
  expect(config.vrrpInstances).toEqual([
    {
      name: "V",
      interface: "eth0",
      vrid: 51,
      version: 2,
      family: 4,
      priority: 100,
      wantedState: "backup",
      advertInterval: seconds(1),
      downTimerAdverts: 3,
      preempt: true,
      preemptDelay: 0,
      authentication: { type: "none" },
      hmac: undefined,
      strict: false,
      skipCheckAdvertAddresses: false,
      sourceAddress: undefined,
      trackSourceAddress: false,
      multicastGroup: "224.0.0.18",
      unicast: undefined,
      faultWithoutPeers: false,
      checksum: { pseudoHeader: true, oldUnicast: "detect" },
      virtualInterface: undefined,
      vrf: undefined,
      accept: true,
      trackPrimary: true,
      lowerPriorityAdvert: true,
      higherPriorityAdvert: false,
      ownerIgnoresAdverts: false,
      lateTimerPriority: undefined,
      addresses: [
        {
          address: "192.0.2.254",
          prefixLength: 32,
          interface: "eth0",
          label: undefined,
          broadcast: undefined,
          scope: 0,
          peer: undefined,
          preferredLifetime: undefined,
          flags: [],
          tracked: true,
          ownVmac: false,
        },
      ],
      excludedAddresses: [],
      routes: [],
      rules: [],
      trackScripts: [],
      trackInterfaces: [],
      trackFiles: [],
      trackProcesses: [],
      trackBfd: [],
      announce: {
        repeat: 5,
        delay: seconds(5),
        refresh: 0,
        refreshRepeat: 1,
        lowerPriorityRepeat: 5,
        lowerPriorityDelay: seconds(5),
        extra: undefined,
      },
      notify: {
        master: undefined,
        backup: undefined,
        fault: undefined,
        stop: undefined,
        every: undefined,
        deleted: undefined,
        reportsDeleted: false,
        lowerPriority: undefined,
      },
      smtpAlert: false,
      notifyPriorityChanges: false,
      promoteSecondaries: false,
      pollLink: false,
      syncInterface: undefined,
      receiveBuffer: undefined,
    },
  ]);
});

// Each row was compared with `keepalived -t` and the dump of `keepalived -n -l -d` 2.2.7.
test.each<[string, readonly string[], Partial<VrrpInstanceConfig>, number]>([
  ["state MASTER", ["state MASTER"], { wantedState: "master", priority: 255 }, 0],
  ["state MASTER with a priority", ["state MASTER", "priority 100"], { wantedState: "master", priority: 100 }, 0],
  ["priority 255 without a state", ["priority 255"], { wantedState: "master" }, 0],
  ["state BACKUP, priority 255", ["state BACKUP", "priority 255"], { wantedState: "backup", priority: 255 }, 0],
  ["an unknown state is BACKUP", ["state FOO"], { wantedState: "backup" }, 5],
  ["MASTER cannot be taken back", ["state MASTER", "state BACKUP"], { wantedState: "master" }, 5],
  ["priority 0 is refused", ["priority 0"], { priority: 100 }, 5],
  ["a wrong priority is 100 even for a master", ["state MASTER", "priority abc"], { priority: 100 }, 5],
  ["12abc is no priority", ["priority 12abc"], { priority: 100 }, 5],
  ["the last priority counts", ["priority 7", "priority 50"], { priority: 50 }, 0],
  ["half a second becomes a whole one", ["advert_int 0.5"], { advertInterval: seconds(1) }, 5],
  ["1.5 seconds become 2", ["advert_int 1.5"], { advertInterval: seconds(2) }, 5],
  ["advert_int 0 is refused", ["advert_int 0"], { advertInterval: seconds(1) }, 5],
  ["nopreempt", ["state BACKUP", "nopreempt"], { preempt: false }, 0],
  ["preempt takes nopreempt back", ["nopreempt", "preempt"], { preempt: true }, 0],
  ["nopreempt does not go with MASTER", ["state MASTER", "priority 90", "nopreempt"], { preempt: true }, 5],
  ["nopreempt does not go with 255", ["state BACKUP", "priority 255", "nopreempt"], { preempt: true }, 5],
  ["preempt_delay", ["preempt_delay 2.5"], { preemptDelay: 2_500_000 }, 0],
  ["preempt_delay does not go with MASTER", ["state MASTER", "preempt_delay 10"], { preemptDelay: 0 }, 5],
  [
    "preempt_delay does not go with nopreempt",
    ["nopreempt", "preempt_delay 10"],
    { preempt: false, preemptDelay: 0 },
    5,
  ],
  ["preempt_delay up to 1000", ["preempt_delay 2000"], { preemptDelay: 0 }, 5],
  ["down_timer_adverts", ["down_timer_adverts 5"], { downTimerAdverts: 5 }, 0],
  ["down_timer_adverts 0 is refused", ["down_timer_adverts 0"], { downTimerAdverts: 3 }, 5],
  ["skip_check_adv_addr", ["skip_check_adv_addr"], { skipCheckAdvertAddresses: true }, 0],
  ["skip_check_adv_addr false", ["skip_check_adv_addr false"], { skipCheckAdvertAddresses: false }, 0],
  ["skip_check_adv_addr foo", ["skip_check_adv_addr foo"], { skipCheckAdvertAddresses: false }, 5],
  ["lower_prio_no_advert", ["lower_prio_no_advert"], { lowerPriorityAdvert: false }, 0],
  ["higher_prio_send_advert", ["higher_prio_send_advert"], { higherPriorityAdvert: true }, 0],
  ["dont_track_primary", ["dont_track_primary"], { trackPrimary: false }, 0],
  ["an IPv6 source for an IPv4 instance", ["mcast_src_ip fe80::1"], { sourceAddress: undefined }, 5],
  ["1.2.3 is no source", ["mcast_src_ip 1.2.3"], { sourceAddress: undefined }, 5],
])("%s", (_, lines, expected, status) => {
  const { config, diagnostics } = reading(instance(...lines));
  expect(config.vrrpInstances[0]).toMatchObject(expected);
  expect(testStatus(diagnostics)).toBe(status);
  expect(startStatus(diagnostics)).toBeUndefined();
});

test("the announcements of an instance come from its own keywords, then from global_defs", () => {
  const globals = "global_defs {\nvrrp_garp_master_repeat 3\nvrrp_garp_master_delay 7\n}\n";
  expect(only(globals + instance("garp_master_repeat 2", "garp_master_refresh 60"))?.announce).toEqual({
    repeat: 2,
    delay: seconds(7),
    refresh: seconds(60),
    refreshRepeat: 1,
    lowerPriorityRepeat: 3, // the global value, not the instance's own
    lowerPriorityDelay: seconds(7),
    extra: undefined,
  });
});

test("a repetition of 0 counts as 1, with an error", () => {
  expect(only(instance("garp_master_repeat 0"))?.announce.repeat).toBe(1);
  expect(findings(reading(instance("garp_master_repeat 0")))).toEqual([
    "error 7:20 `garp_master_repeat 0` would announce nothing; 1 is used",
  ]);
});

const PASS = (password: string): string => `authentication {\nauth_type PASS\nauth_pass ${password}\n}`;

test("a password of more than 8 bytes is cut, with a warning", () => {
  expect(only(instance(PASS("123456789")))?.authentication).toEqual({ type: "pass", password: "12345678" });
  expect(only(instance(PASS("12345678")))?.authentication).toEqual({ type: "pass", password: "12345678" });
  expect(only(instance(PASS("密码密")))?.authentication).toEqual({ type: "pass", password: "密码" });
  expect(messages(instance(PASS("123456789")))).toEqual([
    "only `12345678` of the password is used: VRRPv2 carries 8 bytes",
  ]);
});

test("an incomplete authentication is none", () => {
  for (const lines of ["auth_type PASS", "auth_pass x", "auth_type FOO\nauth_pass x"]) {
    const text = instance(`authentication {\n${lines}\n}`);
    expect(only(text)?.authentication).toEqual({ type: "none" });
    expect(messages(text)).not.toEqual([]);
  }
});

test("without a virtual_router_id or an interface the daemon cannot start", () => {
  for (const missing of ["virtual_router_id 51", "interface eth0"]) {
    const { config, diagnostics } = reading(instance().replace(missing, ""));
    expect(config.vrrpInstances).toEqual([]);
    expect(startStatus(diagnostics)).toBe(2);
    expect(testStatus(diagnostics)).toBe(5);
  }
});

test("two instances with one number on one interface cannot start", () => {
  const { diagnostics } = reading(instance() + instance().replace("vrrp_instance V", "vrrp_instance W"));
  expect(diagnostics.map(({ message, keepalived, fatal }) => [message, keepalived, fatal])).toEqual([
    ["`V` uses `virtual_router_id 51` on `eth0` too", "V and W both use VRID 51 with IPv4 on interface eth0", true],
  ]);
});

test("the second instance of a name is left out", () => {
  const { config, diagnostics } = reading(instance() + instance().replace("51", "52"));
  expect(config.vrrpInstances.map(({ vrid }) => vrid)).toEqual([51]);
  expect(startStatus(diagnostics)).toBeUndefined();
  expect(testStatus(diagnostics)).toBe(5);
});

test("VRRPv3, IPv6 and AH start", () => {
  for (const text of [
    instance("authentication {\nauth_type AH\nauth_pass x\n}"),
    instance("version 3"),
    `global_defs {\nvrrp_version 3\n}\n${instance()}`,
    instance().replace("192.0.2.254", "fd00::1"),
  ])
    expect(startStatus(reading(text).diagnostics)).toBeUndefined();
});

test("an interface may be missing where unicast has a source and every address its own `dev`, and not elsewhere", () => {
  const roaming = (body: string, address = "192.0.2.254 dev eth1"): string =>
    instance(body)
      .replace(/^\s*interface .*$/m, "")
      .replace("192.0.2.254", address);
  const unicast = "unicast_peer {\n192.0.2.2\n}";
  const sourced = `unicast_src_ip 192.0.2.1\n${unicast}`;
  const read = reading(roaming(`${sourced}\nvrf blue`));
  expect(startStatus(read.diagnostics)).toBeUndefined();
  expect(read.config.vrrpInstances[0]).toMatchObject({ interface: "", vrf: "blue" });
  for (const text of [roaming(""), roaming(unicast), roaming(sourced, "192.0.2.254")])
    expect(startStatus(reading(text).diagnostics)).toBe(2);
});

test("no address is a warning, in strict mode an error", () => {
  const empty = instance().replace("192.0.2.254", "");
  expect(startStatus(reading(empty).diagnostics)).toBeUndefined();
  expect(testStatus(reading(empty).diagnostics)).toBe(5);
  expect(startStatus(reading(empty.replace("interface", "strict_mode\ninterface")).diagnostics)).toBe(2);
});

/** One address item, read. */
function item(text: string): { readonly value: unknown; readonly said: readonly string[] } {
  const { config, diagnostics } = reading(instance().replace("192.0.2.254", text));
  return { value: config.vrrpInstances[0]?.addresses[0], said: diagnostics.map(({ message }) => message) };
}

test("address items", () => {
  const full = "192.0.2.9/24 dev eth1 label eth1:0 brd + scope link";
  expect(item(full)).toEqual({
    value: {
      address: "192.0.2.9",
      prefixLength: 24,
      interface: "eth1",
      label: "eth1:0",
      broadcast: "192.0.2.255",
      scope: 253,
      peer: undefined,
      preferredLifetime: undefined,
      flags: [],
      tracked: true,
      ownVmac: false,
    },
    said: [],
  });
  expect(item("192.0.2.9 peer 192.0.2.10 home -nodad preferred_lft 60 no_track use_vmac").value).toMatchObject({
    peer: "192.0.2.10",
    preferredLifetime: 60,
    flags: ["home", "-nodad"],
    tracked: false,
    ownVmac: true,
  });
  expect(item("192.0.2.9/20 broadcast -").value).toMatchObject({ broadcast: "192.0.0.0" });
  expect(item("192.0.2.9/24 brd 192.0.2.127").value).toMatchObject({ broadcast: "192.0.2.127" });
  expect(item("192.0.2.9/33")).toMatchObject({
    value: { prefixLength: 32 },
    said: ["`33` is no prefix length; 32 is used"],
  });
  expect(item("192.0.2.9 foo")).toMatchObject({
    value: { address: "192.0.2.9" },
    said: ["unknown option `foo` of `virtual_ipaddress`"],
  });
  expect(item("192.0.2.9 __proto__").said).toEqual(["unknown option `__proto__` of `virtual_ipaddress`"]);
  expect(item("192.0.2.9 scope foo")).toMatchObject({ value: { scope: 0 }, said: ["`foo` is no scope"] });
  expect(item("192.0.2.9 scope 7").value).toMatchObject({ scope: 7 });
  expect(item("192.0.2.9 no_track label a").value).toMatchObject({ label: "a" });
});

test.each(["192.0.2.300", "192.0.2.9 dev", "192.0.2.9 label abcdefghijklmnop", "192.0.2.9 brd 1.2.3"])(
  "%s is left out",
  (text) => {
    expect(item(text).value).toBeUndefined();
  },
);

test("addresses of the other family belong to virtual_ipaddress_excluded", () => {
  const { config, diagnostics } = reading(
    instance("virtual_ipaddress_excluded {\nfd00::1/64 label x\n}").replace("192.0.2.254", "192.0.2.254\nfd00::2"),
  );
  expect(config.vrrpInstances[0]?.addresses.map(({ address }) => address)).toEqual(["192.0.2.254"]);
  expect(config.vrrpInstances[0]?.excludedAddresses).toMatchObject([{ address: "fd00::1", label: undefined }]);
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "`fd00::2` is left out: an instance has addresses of one family",
    "IPv6 addresses have no label",
  ]);
});

test("strict mode corrects what RFC 3768 forbids, each time with a warning", () => {
  const text = instance(
    "strict_mode true",
    "state MASTER",
    "priority 100",
    "preempt_delay 5",
    "down_timer_adverts 5",
    "higher_prio_send_advert",
    "lower_prio_no_advert off",
    "garp_lower_prio_repeat 4",
    "garp_lower_prio_delay 4",
    PASS("x"),
  );
  const { config, diagnostics } = reading(text);
  expect(config.vrrpInstances[0]).toMatchObject({
    strict: true,
    wantedState: "backup",
    preemptDelay: 0,
    downTimerAdverts: 3,
    higherPriorityAdvert: false,
    lowerPriorityAdvert: false,
    authentication: { type: "none" },
    announce: { repeat: 5, lowerPriorityRepeat: 0, lowerPriorityDelay: 0 },
  });
  expect(diagnostics.map(({ code }) => code)).toEqual(["strict-drops-traffic", ...Array(8).fill("strict")]);
  expect(diagnostics.every(({ severity }) => severity === "warning")).toBe(true);
});

test("an address owner in strict mode is master and keeps its traffic", () => {
  const { config, diagnostics } = reading(instance("strict_mode", "state BACKUP", "priority 255"));
  expect(config.vrrpInstances[0]).toMatchObject({ wantedState: "master", priority: 255 });
  expect(diagnostics.map(({ code }) => code)).toEqual(["strict"]);
});

test("strict_mode off undoes vrrp_strict", () => {
  expect(only(`global_defs {\nvrrp_strict\n}\n${instance("strict_mode off")}`)?.strict).toBe(false);
});

test("an interval that goes on with letters is not used: Keepalived beside us sends every second, too", () => {
  const { config, diagnostics } = reading(instance("advert_int 3s"));
  expect(config.vrrpInstances[0]?.advertInterval).toBe(seconds(1));
  expect(diagnostics.map(({ message, help }) => [message, help])).toEqual([
    ["`3s` is no number", "write a number from 0.01 to 255 seconds"],
  ]);
  expect(only(instance("preempt_delay 3s"))?.preemptDelay).toBe(seconds(3));
});
