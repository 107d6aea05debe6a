/** Files about virtual servers, groups, real servers and checkers that `keepalived -t` and we read alike. */

/** A case: its name, and the file. */
export type Case = readonly [name: string, text: string];

const TCP = "lb_algo rr\nlb_kind NAT\nprotocol TCP\n";
const UDP = TCP.replace("TCP", "UDP");
const DR = TCP.replace("NAT", "DR");
const TUN = TCP.replace("NAT", "TUN");
const MARK = "lb_algo rr\nlb_kind NAT\n";

interface Parts {
  readonly before?: string; // the virtual_server
  readonly header?: string;
  readonly top?: string; // what every service says
  readonly inner?: string; // above the real server
  readonly server?: string;
  readonly own?: string; // in the real server
  readonly after?: string; // below it
}

function vs(parts: Parts = {}): string {
  const { before = "", header = "192.0.2.100 80", top = TCP, inner = "", after = "" } = parts;
  const { server = "192.0.2.11 80", own = "" } = parts;
  return `${before}virtual_server ${header} {\n${top}${inner}real_server ${server} {\n${own}}\n${after}}\n`;
}

function group(...entries: readonly string[]): string {
  return `virtual_server_group G {\n${entries.map((entry) => `${entry}\n`).join("")}}\n`;
}

function grouped(entries: readonly string[], parts: Parts = {}): string {
  return vs({ header: "group G", ...parts, before: group(...entries) });
}

function rows(kind: string, values: readonly string[], text: (value: string) => string): Case[] {
  return values.map((value) => [`${kind} ${value.replaceAll("\n", "; ")}`, text(value)]);
}

const FOUR = ["192.0.2.100 80"];
const BOTH = ["192.0.2.100 80", "fd00::100 80"];
const SIX = ["fd00::100 80"];
const MARKED = { header: "fwmark 5", top: MARK, server: "192.0.2.11" };
const BFD = "bfd_instance B {\nneighbor_ip 192.0.2.8\n}\nbfd_instance C {\nneighbor_ip 192.0.2.9\n}\n";
const FILE = "track_file T {\nfile /etc/hostname\n}\n";
const SSL = "SSL {\npassword x\nca /etc/hostname\ncertificate /etc/hostname\nkey /etc/hostname\n}\n";
const SECURE = "global_defs {\nenable_script_security\nscript_user root\n}\n";

const GROUPS: readonly Case[] = [
  ["a group above its service", grouped(FOUR)],
  ["a group below its service", vs({ header: "group G" }) + group(...FOUR)],
  ["a group that is not defined", vs({ header: "group G" })],
  ["a group that nobody uses", group(...FOUR) + vs()],
  ["an empty group", grouped([])],
  ["an empty group that nobody uses", group()],
  ["two groups of a name", group(...FOUR) + grouped(["192.0.2.101 81"])],
  ["two groups of a name, the second empty", group(...FOUR) + grouped([])],
  ["an entry twice", grouped([...FOUR, ...FOUR])],
  ["a mark twice in a group", grouped(["fwmark 5", "fwmark 5"], { top: MARK, server: "192.0.2.11" })],
  ["ranges that meet", grouped(["192.0.2.100-110 80", "192.0.2.105-120 80"])],
  ["two services of a group", grouped(FOUR) + vs({ header: "group G" })],
  ["TCP and UDP of a group", grouped(FOUR) + vs({ header: "group G", top: UDP })],
  ["two services of a group of marks", grouped(["fwmark 5"]) + vs({ header: "group G" })],
  ["a service by address that the group has", grouped(FOUR) + vs()],
  ["a group without port", grouped(["192.0.2.100", "192.0.2.101 80"])],
  ["a group without port that is persistent", grouped(["192.0.2.100"], { inner: "persistence_timeout 50\n" })],
  ["an IPv4 group with an IPv6 server", grouped(FOUR, { server: "fd00::11 80" })],
  ["the same through a tunnel", grouped(FOUR, { server: "fd00::11 80", top: TUN })],
  ["an IPv6 group with an IPv4 server", grouped(SIX)],
  ["a group of both families", grouped(BOTH)],
  ["the same through tunnels", grouped(BOTH, { top: TUN })],
  ["both families and a mark of none", grouped([...BOTH, "fwmark 5"], { top: TUN })],
  ["both families and a mark of one", grouped([...BOTH, "fwmark 5 inet"], { top: TUN })],
  ["an address and a mark", grouped([...FOUR, "fwmark 5"])],
  ["an IPv6 group with an IPv4 mark", grouped([...SIX, "fwmark 5 inet"], { server: "fd00::11 80" })],
  ["an IPv6 mark with an IPv4 server", grouped(["fwmark 5 inet6"], { top: MARK, server: "192.0.2.11" })],
  ["ip_family of a group", grouped(FOUR, { inner: "ip_family inet\n" })],
  ["ip_family of the other kind", grouped(FOUR, { inner: "ip_family inet6\n" })],
  ["a prefix length for IPv4 servers", grouped(FOUR, { inner: "persistence_granularity 64\n" })],
  ["a netmask for a group", grouped(FOUR, { inner: "persistence_granularity 255.255.255.0\n" })],
  ["ha_suspend of a group", grouped(FOUR, { inner: "ha_suspend\n" })],
  ["ha_suspend of marks", grouped(["fwmark 5"], { top: MARK, server: "192.0.2.11", inner: "ha_suspend\n" })],
  ["ha_suspend of both", grouped([...FOUR, "fwmark 5"], { inner: "ha_suspend\n" })],
  ["a group without protocol", grouped(FOUR, { top: MARK })],
  ["a group that says nothing", grouped(FOUR, { top: "" })],
  ["a group without servers", `${group(...FOUR)}virtual_server group G {\nprotocol TCP\n}\n`],
  ["the second of a group without servers", `${grouped(FOUR)}virtual_server group G {\nprotocol TCP\n}\n`],
  ["a server twice in a group", grouped(FOUR, { after: "real_server 192.0.2.11 80 {\n}\n" })],
  ["DR to another port", grouped(FOUR, { server: "192.0.2.11 8080", top: DR })],
  ["DR to one port of two", grouped(["192.0.2.100 80", "192.0.2.100 443"], { top: DR })],
  [
    "DR to another port than ranges",
    grouped(["192.0.2.100-110 81", "192.0.2.0/30 82", "192.0.2.5-192.0.2.9 83", "192.0.2.5 80"], { top: DR }),
  ],
  [
    "DR to another port than IPv6 ranges",
    grouped(["fd00::1-ff 81", "fd00::/120 82"], { server: "fd00::11 80", top: DR }),
  ],
  ["DR without port", grouped(FOUR, { server: "192.0.2.11", top: DR })],
  ["DR beside a mark", grouped([...FOUR, "fwmark 5"], { top: DR })],
  ["DR with marks alone", grouped(["fwmark 5"], { top: MARK.replace("NAT", "DR") })],
  ["NAT without port", grouped(FOUR, { server: "192.0.2.11" })],
  ["a sorry server's port with DR", grouped(FOUR, { top: DR, inner: "sorry_server 192.0.2.50 8080\n" })],
  ["a sorry server without port", grouped(FOUR, { top: DR, inner: "sorry_server 192.0.2.50\n" })],
  ["ops of a group of TCP", grouped(FOUR, { inner: "ops\n" })],
  ["ops of a group without protocol", grouped(FOUR, { top: MARK, inner: "ops\n" })],
  ["ops of marks", grouped(["fwmark 5"], { server: "192.0.2.11", inner: "ops\n" })],
  ...rows(
    "group entry",
    [
      ...["192.0.2.100", "192.0.2.100 0", "192.0.2.100-110", "192.0.2.100-99", "192.0.2.100-100", "192.0.2.100-256"],
      ...["192.0.2.100-abc", "192.0.2.1-5x", "192.0.2.1-+5", "192.0.2.100-192.0.2.120", "192.0.2.120-192.0.2.100"],
      ...["192.0.2.100-192.0.4.2", "192.0.2.0/24", "192.0.2.1/24", "192.0.2.0/33", "0.0.0.0/0 80", "192.0.2.0/"],
      ...["192.0.2.0/x", "192.0.2.1/32 80", "10.0.0.0/1 80", "192.0.2.300", "foo", "192.0.2.100 65536"],
      ...["192.0.2.100 abc", "192.0.2.1-192.0.2.5/24", "192.0.2.0/24-5", "192.0.2.100 80 90"],
      ...["fwmark 5", "fwmark 4294967295", "fwmark 4294967296", "fwmark abc", "fwmark 5x", "fwmark 5 inet"],
      ...["fwmark 5 inet7", "fwmark 5 80", "fwmark"],
    ],
    (entry) => grouped([entry]),
  ),
  ...rows(
    "IPv6 group entry",
    [
      ...["fd00::1 80", "fd00::1-ff", "fd00::ff-1", "fd00::1-10000", "fd00::1-xyz", "fd00::1-fd00::20"],
      ...["fd00::/64 80", "fd00::1/64", "fd00::/129", "fd00::1-192.0.2.5", "fwmark 5 inet6"],
    ],
    (entry) => grouped([entry], { server: "fd00::11 80", inner: "persistence_timeout 5\n" }),
  ),
];

const SERVICES: readonly Case[] = [
  ...rows(
    "virtual_server",
    ["fwmark 5", "fwmark 5 80", "fwmark 4294967296", "fwmark abc", "fwmark 5x", "fwmark -1"],
    (header) => vs({ header }),
  ),
  ["marks have no protocol", vs(MARKED)],
  ["a mark with NAT and a port", vs({ ...MARKED, server: "192.0.2.11 80" })],
  ["a mark with DR and a port", vs({ ...MARKED, server: "192.0.2.11 80", top: MARK.replace("NAT", "DR") })],
  ["a mark with a tunnel and a port", vs({ ...MARKED, server: "192.0.2.11 80", top: MARK.replace("NAT", "TUN") })],
  ["a mark that says nothing", vs({ ...MARKED, top: "" })],
  ["ops of a mark", vs({ ...MARKED, inner: "ops\n" })],
  ["ha_suspend of a mark", vs({ ...MARKED, inner: "ha_suspend\n" })],
  ["a mark twice", vs(MARKED) + vs(MARKED)],
  ["a mark with servers of both families", vs({ ...MARKED, after: "real_server fd00::11 {\n}\n" })],
  [
    "a mark with tunnels to both families",
    vs({ ...MARKED, top: MARK.replace("NAT", "TUN"), after: "real_server fd00::11 {\n}\n" }),
  ],
  ["ip_family against the servers of a mark", vs({ ...MARKED, inner: "ip_family inet6\n" })],
  ["ip_family below the server of a mark", vs({ ...MARKED, after: "ip_family inet6\n" })],
  ["ip_family twice", vs({ ...MARKED, inner: "ip_family inet\nip_family inet6\n" })],
  [
    "a netmask makes a mark IPv4",
    vs({ ...MARKED, server: "fd00::11", inner: "persistence_granularity 255.255.255.0\n" }),
  ],
  ["a prefix length makes a mark IPv6", vs({ ...MARKED, inner: "persistence_granularity 64\n" })],
  ["a prefix length below IPv4 servers", vs({ ...MARKED, after: "persistence_granularity 64\n" })],
  ["a sorry server of the other family", vs({ ...MARKED, inner: "sorry_server fd00::1\n" })],
  ["a sorry server with a port and NAT", vs({ ...MARKED, inner: "sorry_server 192.0.2.50 80\n" })],
  [
    "a sorry server with a port and DR",
    vs({ ...MARKED, top: MARK.replace("NAT", "DR"), inner: "sorry_server 192.0.2.50 80\n" }),
  ],
  ["a mark without servers", "virtual_server fwmark 5 {\nprotocol TCP\n}\n"],
  ["a server of a mark twice", vs({ ...MARKED, after: "real_server 192.0.2.11 {\n}\n" })],
  ["a service twice", vs() + vs()],
  ["a service of TCP and of UDP", vs() + vs({ top: UDP })],
  ["a service that says nothing", vs({ top: "" })],
  ["a service without servers", "virtual_server 192.0.2.100 80 {\nprotocol TCP\n}\n"],
  ["a service without port", vs({ header: "192.0.2.100" })],
  ["DR of a service without port", vs({ header: "192.0.2.100", top: `${DR}persistence_timeout 5\n` })],
  ["ip_family against the address", vs({ inner: "ip_family inet6\n" })],
  ["a prefix length for IPv4", vs({ inner: "persistence_granularity 64\n" })],
  ["a server twice", vs({ after: "real_server 192.0.2.11 80 {\n}\n" })],
  ["a server three times", vs({ after: "real_server 192.0.2.11 80 {\n}\n".repeat(2) })],
  ["a server on two ports", vs({ after: "real_server 192.0.2.11 81 {\n}\n" })],
  ["a server twice, once without port", vs({ after: "real_server 192.0.2.11 {\n}\n" })],
  ["a server of the other family", vs({ server: "fd00::11 80" })],
  ["one server of the other family", vs({ after: "real_server fd00::11 80 {\n}\n" })],
  ["the other family through a tunnel", vs({ server: "fd00::11 80", top: TUN })],
  [
    "the tunnel is named below",
    vs({ server: "fd00::11 80", top: "lb_algo rr\nprotocol TCP\n", after: "lb_kind TUN\n" }),
  ],
  ["the server names its tunnel", vs({ server: "fd00::11 80", own: "lvs_method TUN\n" })],
  ["another port with DR", vs({ server: "192.0.2.11 8080", top: DR })],
  ["all weights 0", vs({ own: "weight 0\n" })],
  ["all weights 0 and a hysteresis", vs({ inner: "hysteresis 3\nquorum 4\n", own: "weight 0\n" })],
  ...rows(
    "virtual_server",
    [
      ...["sorry_server 192.0.2.11 80", "sorry_server 192.0.2.11 80\nsorry_server_inhibit"],
      ...["inhibit_on_failure\nsorry_server 192.0.2.11 80", "sorry_server fd00::1 80"],
      ...["sorry_server fd00::1 80\nsorry_server_lvs_method TUN", "sorry_server_inhibit\nsorry_server 192.0.2.50 80"],
      ...["sorry_server_lvs_method DR\nsorry_server 192.0.2.50 80", "sorry_server_inhibit"],
      ...["sorry_server 192.0.2.50 80\nsorry_server 192.0.2.51 80"],
      ...["sorry_server 192.0.2.50 8080\nsorry_server_lvs_method DR"],
      ...["quorum 5", "quorum 0", "quorum 1\nhysteresis 1", "weight 3\nquorum 3\nhysteresis 3"],
      ...["weight 3\nquorum 9\nhysteresis 8", "persistence_engine sip", "persistence_engine abcdefghijklmnop"],
      ...["persistence_engine abcdefghijklmnopq", "persistence_engine sip\npersistence_timeout 5", "ops", "hashed"],
      ...["ha_suspend", "alpha", "omega", "smtp_alert", "smtp_alert maybe", "virtualhost x", "snmp_name x"],
      ...["sh-port", "lb_algo sh\nsh-port", "lb_algo sh\nsh-port\nlb_algo rr", "lb_algo sh\nlb_algo rr\nsh-port"],
      ...["lb_algo mh\nsh-port", "lb_algo sh\nmh-port", "lb_algo mh\nmh-port\nmh-fallback", "mh-fallback"],
      ...["protocol FOO", "ip_family foo", 'quorum_up ""'],
    ],
    (inner) => vs({ inner: `${inner}\n` }),
  ),
  ...rows("real_server", ["lthreshold 5", "uthreshold 3\nlthreshold 5", "smtp_alert off", "smtp_alert maybe"], (own) =>
    vs({ own: `${own}\n` }),
  ),
  ...["quorum_up", "quorum_down"].map((name): Case => {
    return [`${name} twice`, vs({ before: SECURE, inner: `${name} /bin/true\n${name} /bin/false\n` })];
  }),
  ...["notify_up", "notify_down"].map((name): Case => {
    return [`${name} twice`, vs({ before: SECURE, own: `${name} /bin/true\n${name} /bin/false\n` })];
  }),
  ["a script without script security", vs({ inner: "quorum_up /bin/true\n" })],
  ["two scripts without script security", vs({ inner: "quorum_up /bin/true\n", own: "notify_up /bin/true\n" })],
];

const METHODS = [
  ...[
    "TUN",
    "TUN type ipip",
    "TUN type gue",
    "TUN type gue port 5555",
    "TUN type gue port 0",
    "TUN type gue port 70000",
  ],
  ...["TUN type gre", "TUN type gre port 5", "TUN type ipip port 5", "TUN type ipip csum", "TUN type ipip nocsum"],
  ...["TUN type gre csum", "TUN type gre remcsum", "TUN type gue port 5 remcsum", "TUN port 5", "TUN csum"],
  ...["TUN type foo", "TUN foo", "TUN type", "TUN type gue port", "TUN type gue port abc", "NAT type ipip", "DR csum"],
  ...["NAT foo", "TUN type gue type gre", "TUN port 5 type gue", "FOO"],
];

const CHECKERS: readonly Case[] = [
  ...["TCP_CHECK", "SMTP_CHECK", "DNS_CHECK", "UDP_CHECK", "PING_CHECK", "HTTP_GET", "SSL_GET"].flatMap((name) => {
    const url = name.endsWith("GET") ? "url {\npath /\n}\n" : "";
    return rows(
      name,
      [
        ...["connect_ip fd00::5", "bindto fd00::5", "connect_ip fd00::5\nbindto fd00::6", "connect_ip fe80::5"],
        ...["bindto fd00::6\nconnect_ip fd00::5", "bindto 192.0.2.7\nconnect_ip fd00::5", "bind_port 99"],
        ...["connect_ip fe80::5\nbind_if eth0", "bindto 192.0.2.7\nbindto fd00::1"],
      ],
      (inner) => check(name, `${inner}\n${url}`),
    );
  }),
  ["bindto of a tunnelled server", vs({ server: "fd00::11 80", top: TUN, own: "TCP_CHECK {\nbindto fd00::7\n}\n" })],
  ["a TCP check of UDP", vs({ top: UDP, own: "TCP_CHECK {\n}\n" })],
  ["a UDP check of TCP", vs({ own: "UDP_CHECK {\n}\n" })],
  ["SCTP", vs({ top: TCP.replace("TCP", "SCTP"), own: "TCP_CHECK {\n}\n" })],
  ...rows(
    "BFD_CHECK",
    ["name B", "", "alpha", "name X", "name B\nname X", "name X\nname B", "name B\nname C", "name B\nalpha off"],
    (inner) => check("BFD_CHECK", `${inner}\n`, BFD),
  ),
  ["a BFD instance below", check("BFD_CHECK", "name B\n") + BFD],
  ["a BFD instance for VRRP", check("BFD_CHECK", "name B\n", BFD.replace("}", "vrrp\n}"))],
  ["a BFD instance for checkers", check("BFD_CHECK", "name B\n", BFD.replace("}", "checker\n}"))],
  ["a BFD instance twice", vs({ before: BFD, own: "BFD_CHECK {\nname B\n}\n".repeat(2) })],
  ["an unknown BFD instance twice", vs({ own: "BFD_CHECK {\nname B\n}\n".repeat(2) })],
  ...rows(
    "FILE_CHECK",
    [
      ...["track_file T", "weight 5", "track_file X", "track_file T\ntrack_file X", "track_file T\ntrack_file T"],
      ...["track_file T\nweight 2147483647", "track_file T\nweight 2147483648", "track_file T\nweight -2147483648"],
      ...[
        "track_file T\nweight abc",
        "track_file T\nweight 5x",
        "track_file T\nweight 5 reverse",
        "track_file T\nweight",
      ],
      ...["track_file T\nweight 5 noreverse", "track_file T\nweight 5 foo"],
    ],
    (inner) => check("FILE_CHECK", `${inner}\n`, FILE),
  ),
  ["a track_file below", check("FILE_CHECK", "track_file T\n") + FILE],
  ["a vrrp_track_file", check("FILE_CHECK", "track_file T\n", `vrrp_${FILE}`)],
  ...rows(
    "MISC_CHECK",
    [
      ...["misc_path /bin/true", "", "misc_timeout 3", 'misc_path ""', "misc_path /bin/true\nmisc_path /bin/false"],
      ...[
        "misc_path /bin/true\nmisc_timeout 4294",
        "misc_path /bin/true\nmisc_timeout 4295",
        "user root\nmisc_path /bin/true",
      ],
      ...["misc_path /bin/true\nmisc_dynamic", "misc_path /bin/true\nconnect_ip 192.0.2.5"],
    ],
    (inner) => check("MISC_CHECK", `${inner}\n`, SECURE),
  ),
  ["a MISC_CHECK without script security", check("MISC_CHECK", "misc_path /bin/true\n")],
  ...rows(
    "DNS_CHECK",
    [
      ...["type A", "type soa", "type FOO", "type DNSKEY\ntype A", "name example.com", "name example.com.", "name ."],
      ...["name a..b", "name .a", "name example.com\nname b.c", `name ${"a".repeat(64)}.b`, "name foo_bar"],
    ],
    (inner) => check("DNS_CHECK", `${inner}\n`),
  ),
  ...rows(
    "SMTP_CHECK",
    [
      ...["helo_name x", "host {\n}", "host {\nconnect_ip 192.0.2.9\nconnect_port 26\n}", "host {\nbindto fd00::9\n}"],
      ...["host {\n}\nhost {\n}", "host {\nconnect_ip fe80::1\n}", "host {\nhelo_name x\n}"],
      ...["bindto fd00::1\nhost {\n}", "connect_ip fd00::1\nhost {\nbindto fd00::2\n}"],
      ...["connect_ip fe80::1\nhost {\n}", "bind_if eth0\nhost {\nconnect_ip fe80::1\n}"],
    ],
    (inner) => check("SMTP_CHECK", `${inner}\n`),
  ),
  ...rows(
    "UDP_CHECK",
    [
      ...["payload 0102", "payload 01 02", "payload 1 23 456", "payload 0x01", "payload 0g", "payload", 'payload ""'],
      ...['payload "01 02"', "payload 01 zz", "require_reply", "require_reply XX 1x", "require_reply zz"],
      ...["min_reply_length 255", "min_reply_length 256", "min_reply_length 65536", "min_reply_length 5x"],
      ...["max_reply_length 65535", "max_reply_length 65536", "max_reply_length 5\nmin_reply_length 10"],
      ...["min_reply_length 10\nmax_reply_length 5"],
    ],
    (inner) => check("UDP_CHECK", `${inner}\n`),
  ),
  ...["HTTP_GET", "SSL_GET"].flatMap((name) =>
    rows(
      name,
      [
        ...[
          "url {\npath /\n}",
          "url {\npath /\n}\nurl {\n}",
          "url {\npath /\npath /x\n}",
          "enable_sni\nurl {\npath /\n}",
        ],
        ...["enable_sni foo\nurl {\npath /\n}", "fast_recovery foo\nurl {\npath /\n}"],
        `url {\npath /\ndigest ${"a".repeat(32)}\ndigest ${"b".repeat(32)}\n}`,
        ...["regex foo", "regex", "regex foo bar", "regex_options caseless", "regex foo\nregex_options foo"].map(inUrl),
        ...["regex foo\nregex_min_offset 6\nregex_max_offset 5", "regex foo\nregex_stack 5"].map(inUrl),
        ...["regex foo\nregex_stack 2 1", "regex_no_match", "regex foo\nregex_max_offset -1"].map(inUrl),
      ],
      (inner) => check(name, `${inner}\n`),
    ),
  ),
];

const TLS: readonly Case[] = [
  ["an SSL block", SSL + vs()],
  ["two SSL blocks", SSL + SSL + vs()],
  ["an empty SSL block", `SSL {\n}\n${vs()}`],
  ...rows("SSL", ["password", "ca", "certificate", "key"], (name) => `SSL {\n${name} a\n${name} b\n}\n${vs()}`),
];

function inUrl(lines: string): string {
  return `url {\npath /\n${lines}\n}`;
}

function check(name: string, inner: string, before = ""): string {
  return vs({ before, own: `${name} {\n${inner}}\n` });
}

/** All of them; no two have one name. */
export const CASES: readonly Case[] = [
  ...GROUPS,
  ...SERVICES,
  ...rows("lb_kind", METHODS, (method) => vs({ top: `lb_algo rr\nlb_kind ${method}\nprotocol TCP\n` })),
  ...rows("real_server lvs_method", METHODS, (method) => vs({ own: `lvs_method ${method}\n` })),
  ...rows("sorry_server_lvs_method", METHODS, (method) =>
    vs({ inner: `sorry_server 192.0.2.50 80\nsorry_server_lvs_method ${method}\n` }),
  ),
  ...CHECKERS,
  ...TLS,
];

/** Where we differ from keepalived 2.2.7, by the name of the case, and why. */
export const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/fwmark 4294967296$|weight 2147483648$/, "keepalived names the type of the number, we its range"],
  [/^group entry fwmark$/, "keepalived reads no further"],
  [/^a vrrp_track_file$/, "an old name is said to be one"],
  [/^IPv6 group entry fd00::\/64 80$/, "a group has 65,536 addresses at most: each is a service of the kernel"],
  [/^a track_file below$/, "what is defined below counts, so the checker is not left out"],
];
