import { ENTRIES, type Entry, usageOf } from "../../src/keywords/entries.ts";
import { inDebian } from "./differential.ts";
import { samples } from "./samples.ts";

/** A list of items: how a file with some of them looks, and where an option of an item stands. */
export interface List {
  readonly path: string;
  readonly before: readonly string[]; // lines
  readonly after: readonly string[];
  readonly item: (option: string, place: Place) => string;
  readonly alone?: true; // one item a file: several would disturb each other
}

/** Which option of which item: its words on the way down, and the number of the item in its file. */
export interface Place {
  readonly keyword: string; // `encap.ip.id`
  readonly i: number;
}

const HEAD = ["interface eth0", "virtual_router_id 7"];
const VIP = ["virtual_ipaddress {", "192.0.2.100", "}"];
const INSTANCE = ["vrrp_instance V {", ...HEAD, ...VIP, "}"];

function inInstance(name: string, item: List["item"], alone?: true): List {
  const before = ["vrrp_instance V {", ...HEAD, ...(name === "virtual_ipaddress" ? [] : VIP), `${name} {`];
  const list = { path: `vrrp_instance.${name}`, before, after: ["}", "}"], item };
  return alone === undefined ? list : { ...list, alone };
}

function atTop(path: string, item: List["item"]): List {
  return { path, before: [`${path} {`], after: ["}", ...INSTANCE], item };
}

/** Tracked things, a new one for each item: of one that is tracked twice, Keepalived complains. */
function trackers(name: string, define: (i: number) => readonly string[]): readonly List[] {
  const defined = Array.from({ length: MOST }, (_, i) => define(i)).flat();
  const item: List["item"] = (option, { keyword, i }) =>
    `T${i} ${keyword === "reverse" || keyword === "noreverse" ? `weight 5 ${option}` : option}`.trim();
  const list = inInstance(name, item);
  return [
    { ...list, before: [...defined, ...list.before] },
    { path: `vrrp_sync_group.${name}`, before: [...defined, ...groupWith(name)], after: ["}", "}"], item },
  ];
}

/** Two instances and a group of them, up to the list in it. */
function groupWith(list: string): readonly string[] {
  const second = INSTANCE.map((line) => line.replace(" V ", " W ").replace(" 7", " 8").replace(".100", ".101"));
  const group = ["vrrp_sync_group G {", "group {", "V", "W", "}", "sync_group_tracking_weight", `${list} {`];
  return [...INSTANCE, ...second, ...group];
}

const trackedInterface: List["item"] = (option, { keyword }) =>
  `lo ${keyword === "reverse" ? `weight 5 ${option}` : option}`;

/** Items in one file at most. */
export const MOST = 40;

const SECURE = ["global_defs {", "enable_script_security", "script_user root", "}"];
const address: List["item"] = (option, { keyword, i }) =>
  keyword.startsWith("<") ? option : `192.0.2.${100 + i}/24 ${option}`;
const SIX = /^(from|expires|pref|encap\.ip6\b)/;
const route: List["item"] = (option, { keyword }) => {
  if (/^(\(destination\)|<DEST>|to$|type\.)/.test(keyword)) return `${option} dev eth0`;
  return `${SIX.test(keyword) ? "2001:db8::/32" : "192.0.2.0/24"} dev eth0 ${option}`;
};
const ACTION = /^(table|lookup|goto|nop|blackhole|unreachable|prohibit|type|l3mdev)\b/;
const rule: List["item"] = (option, { keyword }) => {
  if (/^(priority|preference|order)$/.test(keyword)) return `table 5 ${option}`;
  return `${option} ${ACTION.test(keyword) ? "" : "table 5 "}priority 5`;
};

/** Every list of items that Debian's keepalived 2.2.7 knows. */
export const LISTS: readonly List[] = [
  inInstance("virtual_ipaddress", address),
  inInstance("virtual_ipaddress_excluded", address),
  atTop("static_ipaddress", address),
  inInstance("virtual_routes", route),
  atTop("static_routes", route),
  inInstance("virtual_rules", rule),
  atTop("static_rules", rule),
  inInstance("unicast_peer", (option, { i }) => `192.0.2.${2 + i} ${option}`),
  inInstance("track_interface", trackedInterface, true),
  {
    path: "vrrp_sync_group.track_interface",
    before: groupWith("track_interface"),
    after: ["}", "}"],
    item: trackedInterface,
    alone: true,
  },
  ...trackers("track_script", (i) => [...(i === 0 ? SECURE : []), `vrrp_script T${i} {`, "script /bin/true", "}"]),
  ...trackers("track_file", (i) => [`track_file T${i} {`, "file /etc/hostname", "}"]),
  ...trackers("track_process", (i) => [`vrrp_track_process T${i} {`, "process a", "}"]),
  ...trackers("track_bfd", (i) => [`bfd_instance T${i} {`, `neighbor_ip 192.0.2.${i + 1}`, "}"]),
  { ...atTop("interface_up_down_delays", (option) => `eth0 ${option}`) },
  { ...atTop("linkbeat_interfaces", (option) => `eth0 ${option}`) },
  {
    path: "global_defs.lvs_sync_daemon",
    before: ["global_defs {"],
    after: ["}", ...INSTANCE],
    item: (option) => `lvs_sync_daemon eth0 ${option}`,
    alone: true,
  },
  {
    path: "global_defs.lvs_timeouts",
    before: ["global_defs {"],
    after: ["}"],
    item: (option) => `lvs_timeouts ${option}`,
    alone: true,
  },
  words("use_vmac", "vrrp.7"),
  words("use_ipvlan", "ip.7 192.0.2.3"),
];

function words(keyword: string, standard: string): List {
  return {
    path: `vrrp_instance.${keyword}`,
    before: INSTANCE.slice(0, -1),
    after: ["}"],
    item: (option, { keyword: name }) =>
      `${keyword} ${name.startsWith("<") ? `${option} ${name === "<IFNAME>" ? standard.split(" ").slice(1).join(" ") : ""}` : `${standard} ${option}`}`.trim(),
    alone: true,
  };
}

/** Items that no single option makes: what goes together, and what does not; by what the path of the list ends in. */
const COMBINED: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /_ipaddress(_excluded)?$/,
    [
      ...[
        "192.0.2.9",
        "192.0.2.9/0",
        "192.0.2.9/33",
        "192.0.2.9/x",
        "192.0.2.9/",
        "192.0.2.9/24/3",
        "192.0.2.256",
        "x",
      ],
      ...[
        "example.com",
        "192.0.2.9:80",
        "192.0.2.9%eth0",
        "dev eth0 192.0.2.9",
        "192.0.2.9 192.0.2.10",
        "192.0.2.9 foo",
      ],
      ...["192.0.2.9 dev eth0 dev lo", "192.0.2.9/32 brd +", "192.0.2.9/31 brd -", "192.0.2.9/30 brd +"],
      ...["192.0.2.9/24 peer 192.0.2.7", "192.0.2.9 peer 192.0.2.7", "192.0.2.9 peer 192.0.2.7 brd 192.0.2.8"],
      ...["192.0.2.9 peer 2001:db8::1", "192.0.2.9 scope", "192.0.2.9 foo bar", "192.0.2.9 DEV eth0"],
    ],
  ],
  [
    /(_excluded|static_ipaddress)$/,
    [
      ...["2001:db8::9", "2001:db8::9/129", "2001:db8::9 scope link", "2001:db8::9 label x", "2001:db8::9 brd +"],
      ...["2001:db8::9 peer 2001:db8::7", "2001:db8::9 peer 192.0.2.7", "2001:db8::9/64 home -nodad"],
    ],
  ],
  [
    /_routes$/,
    [
      ...["dev eth0", "x dev eth0", "to x dev eth0", "to", "blackhole", "192.0.2.0/33 dev eth0", "192.0.2.0/ dev eth0"],
      ...["192.0.2.0/24 dev eth0 foo", "192.0.2.0/24 dev eth0 metrik 5", "foo 192.0.2.0/24 dev eth0"],
      ...["192.0.2.0/24 192.0.3.0/24 dev eth0", "default6 dev eth0 via 192.0.2.1", "default dev eth0 via 2001:db8::1"],
      ...["192.0.2.0/24 dev eth0 src 2001:db8::1", "192.0.2.0/24 dev eth0 via inet6 192.0.2.1"],
      ...["192.0.2.0/24 dev eth0 expires 5", "192.0.2.0/24 dev eth0 pref low", "2001:db8::/32 dev eth0 realms 1"],
      ...[
        "192.0.2.0/24 dev eth0 from 192.0.2.1",
        "192.0.2.0/24 dev eth0 lock mtu 5",
        "192.0.2.0/24 dev eth0 hoplimit lock 5",
      ],
      ...["192.0.2.0/24 dev eth0 src", "192.0.2.0/24 dev eth0 mtu lock", "192.0.2.0/24 dev eth0 via inet"],
      ...["192.0.2.0/24 dev eth0 encap", "192.0.2.0/24 dev eth0 encap foo", "192.0.2.0/24 dev eth0 encap ip"],
      ...[
        "192.0.2.0/24 dev eth0 encap ip src 192.0.2.1",
        "192.0.2.0/24 dev eth0 encap ip id",
        "192.0.2.0/24 dev eth0 gw",
      ],
      ...[
        "192.0.2.0/24 dev eth0 nexthop via 192.0.2.1 nexthop via 192.0.2.2 weight 2",
        "192.0.2.0/24 dev eth0 nexthop",
      ],
      ...["192.0.2.0/24 dev eth0 nexthop via 192.0.2.1 foo", "192.0.2.0/24 dev eth0 nexthop via 2001:db8::1"],
      ...["192.0.2.0/24 dev eth0 protocol 18", "192.0.2.0/24 dev eth0 protocol 5 no_track", "192.0.2.0/24 no_track"],
    ],
  ],
  [
    /_rules$/,
    [
      ...["priority 5", "from 192.0.2.0/24 priority 5", "table 5 table 6 priority 5", "nop blackhole priority 5"],
      ...["table 5 goto 9 priority 5", "l3mdev table 5 priority 5", "goto 5 priority 5", "goto 4 priority 5", "goto 9"],
      ...["from 192.0.2.1 to 2001:db8::1 table 5 priority 5", "from all to 2001:db8::1 table 5 priority 5"],
      ...[
        "from 2001:db8::1 realms 1 table 5 priority 5",
        "blackhole sup_pl 5 priority 5",
        "blackhole realms 1 priority 5",
      ],
      ...["protocol 5 no_track table 5 priority 5", "table 5 foo priority 5", "tabel 5 priority 5", "table", "type"],
      ...["type foo priority 5", "type table 5 priority 5", "from 192.0.2.0/33 table 5 priority 5"],
    ],
  ],
  [/unicast_peer$/, ["x", "192.0.2.256", "192.0.2.9/24", "192.0.2.9 foo", "192.0.2.9 foo 5", "192.0.2.9 min_ttl"]],
  [/track_\w+$/, ["T0 foo", "T0 weight", "T0 reverse", "T0 weight 5 foo", "T0 weight 5 reverse foo"]],
  [/delays$/, ["eth0 1 2", "eth0 256", "eth0 1 256", "eth0 x", "eth0 1 x", "eth0 1.5", "eth0 -1", "eth0 5x"]],
  [/linkbeat_interfaces$/, ["eth0", "eth0 FOO", "eth0 mii"]],
  [
    /sync_daemon$/,
    ["lvs_sync_daemon", "lvs_sync_daemon eth0 V", "lvs_sync_daemon eth0 V 5", "lvs_sync_daemon eth0 V 256"].concat([
      ...["lvs_sync_daemon eth0 id", "lvs_sync_daemon eth0 inst", "lvs_sync_daemon eth0 inst V inst V"],
      "lvs_sync_daemon a234567890123456",
    ]),
  ],
  [/timeouts$/, ["lvs_timeouts", "lvs_timeouts foo", "lvs_timeouts tcp", "lvs_timeouts tcp 5 udp 6"]],
  [/use_vmac$/, ["use_vmac", "use_vmac a b", "use_vmac 02:00:00:00:00:07", "use_vmac 01:00:00:00:00:07"]],
  [/use_ipvlan$/, ["use_ipvlan a 192.0.2.3 b", "use_ipvlan a 192.0.2.3 192.0.2.4", "use_ipvlan 192.0.2.3 vepa bridge"]],
];

/** An item of a list, with its name for the table of differences. */
export interface ItemCase {
  readonly name: string;
  readonly item: (i: number) => string;
}

/** The keyword rows that stand in a list: options of its items, and their values. */
export function entriesOf({ path }: List): readonly Entry[] {
  return ENTRIES.filter(({ block, row }) => (block === path || block.startsWith(`${path}.`)) && inDebian(row));
}

/** Every option with each of its samples, and what is combined. */
export function casesOf(list: List): readonly ItemCase[] {
  const { path } = list;
  const options = entriesOf(list).flatMap(({ block, keyword, row }) => {
    if (row.kind !== "line") return [];
    const inside = `${block.slice(path.length + 1)}.${keyword}`.replace(/^\./, "");
    const way = inside
      .replace(/^\(destination\)\.|^type\./, "")
      .split(".")
      .join(" ");
    return samples(usageOf(row)).map((value) => {
      const option = (keyword.startsWith("<") ? value : `${way} ${value}`).trim();
      return {
        name: `${path}.${inside} ${value}`.trim(),
        item: (i: number) => list.item(option, { keyword: inside, i }),
      };
    });
  });
  const combined = COMBINED.filter(([pattern]) => pattern.test(path)).flatMap(([, items]) =>
    items.map((item) => ({
      name: `${path}: ${item}`,
      item: (i: number) => item.replace("T0", path.endsWith("_interface") ? "lo" : `T${i}`),
    })),
  );
  return [...options, ...combined];
}

/** A file with these items, the first on line `first`. */
export function fileOf(
  { before, after }: List,
  items: readonly string[],
): { readonly text: string; readonly first: number } {
  return { text: `${[...before, ...items, ...after].join("\n")}\n`, first: before.length + 1 };
}
