import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Config } from "../../src/config/model/model.ts";
import { findings, instance, reading } from "./reading.ts";

const config = (text: string): Config => reading(text).config;
const W = instance().replace("vrrp_instance V", "vrrp_instance W").replace("51", "52");

test("a track file says a path, a weight of 1, and what it begins with", () => {
  const text =
    "track_file F {\nfile /run/f\n}\ntrack_file G {\nfile /run/g\nweight -7 reverse\ninit_file 5 overwrite\n}\n";
  expect(config(text).trackFiles).toEqual([
    { name: "F", path: "/run/f", weight: 1, reverse: false, initial: undefined },
    { name: "G", path: "/run/g", weight: -7, reverse: true, initial: { value: 5, overwrite: true } },
  ]);
  expect(config("track_file F {\nweight 3\n}").trackFiles).toEqual([]);
  expect(config("track_file F {\nfile /a\nfile /b\n}").trackFiles).toMatchObject([{ path: "/a" }]);
  expect(config("vrrp_track_file F {\nfile /a\n}\ntrack_file F {\nfile /b\n}").trackFiles).toMatchObject([
    { path: "/a" },
  ]);
});

test("a track process says what it counts", () => {
  expect(config("vrrp_track_process P {\nprocess a\n}").trackProcesses).toEqual([
    {
      name: "P",
      process: "a",
      parameters: [],
      match: "partial",
      fullCommand: false,
      quorum: 1,
      quorumMax: undefined,
      forkDelay: 0,
      terminateDelay: 0,
      weight: 0,
      reverse: false,
    },
  ]);
  const process = (lines: string): unknown =>
    config(`vrrp_track_process P {\nprocess a b\n${lines}\n}`).trackProcesses[0];
  expect(process("param_match initial")).toMatchObject({ parameters: ["b"], match: "initial", fullCommand: true });
  const bare = (lines: string): unknown => config(`vrrp_track_process P {\nprocess a\n${lines}\n}`).trackProcesses[0];
  expect(bare("full_command")).toMatchObject({ match: "partial", fullCommand: true });
  expect(bare("param_match")).toMatchObject({ parameters: [], match: "exact", fullCommand: true });
  expect(process("delay 3\nfork_delay 4")).toMatchObject({ forkDelay: seconds(4), terminateDelay: seconds(3) });
  expect(process("quorum_max 0")).toMatchObject({ quorum: 0, quorumMax: 0 });
  expect(process("quorum 5\nquorum_max 3")).toMatchObject({ quorum: 5, quorumMax: undefined });
  expect(process("quorum_max 3\nquorum 5")).toMatchObject({ quorum: 1, quorumMax: 3 });
});

test("a BFD session has Keepalived's defaults, by family", () => {
  const session = (lines: string): unknown => config(`bfd_instance B {\n${lines}\n}`).bfdInstances[0];
  expect(session("neighbor_ip 192.0.2.8")).toEqual({
    name: "B",
    neighbor: "192.0.2.8",
    source: undefined,
    minReceive: 10_000,
    minTransmit: 10_000,
    idleTransmit: seconds(1),
    multiplier: 5,
    active: true,
    ttl: undefined,
    maxHops: 0,
    multihop: false,
    weight: 0,
    reverse: false,
    vrrp: true,
    checkers: true,
  });
  expect(session("neighbour_ip 2001:db8::8\nmax_hops 65")).toMatchObject({ ttl: undefined, maxHops: 64 });
  expect(session("neighbor_ip 192.0.2.8\nmultihop")).toMatchObject({ multihop: true, maxHops: undefined });
  expect(session("neighbor_ip 192.0.2.8\nmultihop\nmax_hops 3")).toMatchObject({ multihop: true, maxHops: 3 });
  expect(session("neighbor_ip 192.0.2.8\nmax_hops 255")).toMatchObject({ maxHops: undefined });
  expect(session("neighbor_ip 192.0.2.8\nvrrp\npassive\nmin_rx 20.5")).toMatchObject({
    vrrp: true,
    checkers: false,
    active: false,
    minReceive: 20_500,
  });
  expect(session("neighbor_ip 192.0.2.8\nsource_ip 2001:db8::9")).toBeUndefined();
  expect(session("min_rx 20")).toBeUndefined();
});

test("several sessions go to one neighbour only from addresses of their own", () => {
  const two = (a: string, b: string): number =>
    config(`bfd_instance A {\nneighbor_ip 192.0.2.8\n${a}\n}\nbfd_instance B {\nneighbor_ip 192.0.2.8\n${b}\n}`)
      .bfdInstances.length;
  expect(two("", "")).toBe(1);
  expect(two("source_ip 192.0.2.1", "")).toBe(1);
  expect(two("source_ip 192.0.2.1", "source_ip 192.0.2.1")).toBe(1);
  expect(two("source_ip 192.0.2.1", "source_ip 192.0.2.2")).toBe(2);
});

const DEFINED = `track_file F {
file /f
}
bfd_instance B {
neighbor_ip 192.0.2.8
weight 7
}
bfd_instance C {
neighbor_ip 192.0.2.9
checker
}
vrrp_track_process P {
process a
weight 3 reverse
}
`;

test("an item has its own weight, or that of what it names", () => {
  const lists = [
    "track_file {\nF weight 5 reverse\n}",
    "track_bfd {\nB\n}",
    "track_process {\nP\n}",
    "track_interface {\neth1 weight -254\neth2\n}",
  ];
  expect(config(DEFINED + instance(...lists)).vrrpInstances[0]).toMatchObject({
    trackFiles: [{ name: "F", weight: 5, reverse: true }],
    trackBfd: [{ name: "B", weight: 7, reverse: false }],
    trackProcesses: [{ name: "P", weight: 3, reverse: true }],
    trackInterfaces: [
      { name: "eth1", weight: -253, reverse: false },
      { name: "eth2", weight: 0, reverse: false },
    ],
  });
  expect(config(DEFINED + instance("track_process {\nP weight 4\n}")).vrrpInstances[0]?.trackProcesses).toEqual([
    { name: "P", weight: 4, reverse: false },
  ]);
  expect(config(DEFINED + instance("track_process {\nP weight 4 noreverse\n}")).vrrpInstances[0]).toMatchObject({
    trackProcesses: [{ reverse: false }],
  });
});

test.each([
  ["track_file {\nFF\n}", "no track_file `FF`; it is not tracked", "did you mean `F`?"],
  ["track_process {\nother\n}", "no vrrp_track_process `other`; it is not tracked", "defined are `P`"],
  ["track_bfd {\nC\n}", "no bfd_instance `C`; it is not tracked", "did you mean `B`?"],
  [
    "track_script {\nS\n}",
    "no vrrp_script `S`; it is not tracked",
    'define it with `vrrp_script NAME { script "COMMAND" }` at the top level',
  ],
])("%s: nothing of that name", (list, message, help) => {
  expect(reading(DEFINED + instance(list)).diagnostics).toContainEqual(expect.objectContaining({ message, help }));
});

test.each([
  ["track_file", "track_file {\nF\n}", { trackFiles: [{ name: "F" }] }, 0],
  ["vrrp_track_process", "track_process {\nP\n}", { trackProcesses: [{ name: "P" }] }, 5],
  ["bfd_instance", "track_bfd {\nB\n}", { trackBfd: [{ name: "B" }] }, 5],
])("a %s that is defined below is tracked, with a warning that Keepalived does not", (what, list, expected, status) => {
  const { config, diagnostics } = reading(instance(list) + DEFINED);
  expect(config.vrrpInstances[0]).toMatchObject(expected);
  expect(diagnostics.filter(({ code }) => code === "used-above-definition")).toMatchObject([
    {
      severity: "warning",
      help: `move the ${what} up, so that both do the same`,
      related: [{ message: "it is defined here" }],
      status,
    },
  ]);
});

test("an owner of its addresses keeps no weight, a member of a group none of its own", () => {
  const lists = ["track_file {\nF\n}", "track_interface {\neth1 weight 4\n}", "track_bfd {\nB\n}"];
  expect(config(DEFINED + instance("priority 255", ...lists)).vrrpInstances[0]).toMatchObject({
    trackFiles: [{ name: "F", weight: 0 }],
    trackInterfaces: [],
    trackBfd: [],
  });
  const group = (more: string): Config =>
    config(`${DEFINED}vrrp_sync_group G {\n${more}\ngroup {\nV\nW\n}\n}\n${instance(...lists)}${W}`);
  expect(group("").vrrpInstances[0]).toMatchObject({
    trackFiles: [{ name: "F", weight: 0 }],
    trackInterfaces: [{ name: "eth1", weight: 0 }],
    trackBfd: [],
  });
  expect(group("sync_group_tracking_weight").vrrpInstances[0]).toMatchObject({
    trackFiles: [{ weight: 1 }],
    trackInterfaces: [{ weight: 4 }],
    trackBfd: [{ weight: 7 }],
  });
});

test("a sync group names instances wherever they stand", () => {
  const text = `vrrp_sync_group G {\ngroup {\nV W\n}\nnotify /bin/n\nsmtp_alert\ntrack_interface {\neth9 weight 5\n}\n}\n`;
  expect(config(`global_defs {\nscript_user joe\n}\n${text}${instance()}${W}`).syncGroups).toEqual([
    {
      name: "G",
      members: ["V", "W"],
      trackingWeight: false,
      trackScripts: [],
      trackInterfaces: [{ name: "eth9", weight: 5, reverse: false }],
      trackFiles: [],
      trackProcesses: [],
      trackBfd: [],
      notify: {
        master: undefined,
        backup: undefined,
        fault: undefined,
        stop: undefined,
        every: { argv: ["/bin/n"], user: "joe", group: undefined },
      },
      smtpAlert: true,
      notifyPriorityChanges: false,
    },
  ]);
  const owner = config(text + instance("priority 255") + W);
  expect(owner.syncGroups[0]?.trackInterfaces).toEqual([{ name: "eth9", weight: 0, reverse: false }]);
});

test("a member that is in another group, or nowhere, is left out, with both places", () => {
  const groups = "vrrp_sync_group G {\ngroup {\nV\nW\n}\n}\nvrrp_sync_group H {\ngroup {\nW\nVV\n}\n}\n";
  const found = reading(groups + instance() + W);
  expect(found.config.syncGroups.map(({ name, members }) => [name, members])).toEqual([["G", ["V", "W"]]]);
  expect(findings(found).filter((line) => line.startsWith("error"))).toEqual(
    [
      "error 7:1 vrrp_sync_group `H` has no member and is left out",
      "error 9:1 `W` is in a sync group already; here it is ignored",
      "error 10:1 no vrrp_instance `VV`",
    ].map((line) => line.replace("7:1", "7:17")),
  );
  expect(found.diagnostics.find(({ span }) => span.line === 9)?.related?.[0]?.span.line).toBe(4);
  expect(found.diagnostics.find(({ span }) => span.line === 10)?.help).toBe("did you mean `V`?");
});

test("a group without a member is left out, one with a single member is said", () => {
  expect(config("vrrp_sync_group G {\ngroup {\n}\n}").syncGroups).toEqual([]);
  const found = reading(`vrrp_sync_group G {\ngroup {\nV\n}\n}\n${instance()}`);
  expect(found.config.syncGroups).toMatchObject([{ members: ["V"] }]);
  expect(found.diagnostics).toContainEqual(expect.objectContaining({ code: "lonely-group", status: 5 }));
});

test("a group decides about notify_priority_changes where an instance does not", () => {
  const text = "vrrp_sync_group G {\nnotify_priority_changes\ngroup {\nV\nW\n}\n}\n";
  const [v, w] = config(text + instance("notify_priority_changes off") + W).vrrpInstances;
  expect([v?.notifyPriorityChanges, w?.notifyPriorityChanges]).toEqual([false, true]);
});

test("static items name track groups, wherever they stand", () => {
  const groups = "track_group T {\ngroup {\nV X\nV\n}\n}\n";
  const items =
    "static_ipaddress {\n192.0.2.7/24 track_group T\n2001:db8::1 dev eth1\n}\nstatic_routes {\n203.0.113.0/24 dev eth1 track_group T\n}\nstatic_rules {\nfrom all dev eth1 track_group U table 5\n}\n";
  const found = config(`global_defs {\ndefault_interface eth7\n}\n${groups}${items}${instance()}`);
  expect(found.trackGroups).toEqual([{ name: "T", members: ["V"] }]);
  expect(found.staticAddresses).toMatchObject([
    { address: "192.0.2.7", prefixLength: 24, interface: "eth7", trackGroup: "T" },
    { address: "2001:db8::1", prefixLength: 128, interface: "eth1", trackGroup: undefined },
  ]);
  expect(found.staticRoutes).toMatchObject([{ destination: "203.0.113.0/24", tracked: true, trackGroup: "T" }]);
  expect(found.staticRules).toMatchObject([{ priority: 16384, trackGroup: undefined }]);
  const below = reading(items + groups + instance());
  expect(below.config.staticAddresses[0]?.trackGroup).toBe("T");
  expect(below.diagnostics.filter(({ code }) => code === "used-above-definition")).toHaveLength(2);
});

test("an interface is in one garp_group, which has a gap", () => {
  const text =
    "garp_group {\ngarp_interval 1.5\ninterfaces {\neth0 eth1\n}\n}\ngarp_group {\ngna_interval 2\ninterface eth0\ninterface eth2\n}\ngarp_group {\ninterface eth3\n}\n";
  expect(config(text).garpGroups).toEqual([
    { garpInterval: 1_500_000, gnaInterval: undefined, interfaces: ["eth0", "eth1"], shared: true },
    { garpInterval: undefined, gnaInterval: seconds(2), interfaces: ["eth2"], shared: false },
  ]);
});

test("delays and polled interfaces", () => {
  const text =
    "interface_up_down_delays {\neth0 3\neth1 1.5 2\neth0 4 5\n}\nlinkbeat_interfaces {\neth0\neth1 MII\n}\n";
  expect(config(text)).toMatchObject({
    interfaceDelays: [
      { interface: "eth0", down: seconds(4), up: seconds(5) },
      { interface: "eth1", down: 1_500_000, up: seconds(2) },
    ],
    linkbeatInterfaces: [
      { interface: "eth0", method: undefined },
      { interface: "eth1", method: "mii" },
    ],
  });
});
