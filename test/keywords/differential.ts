import { ENTRIES, type Entry } from "../../src/keywords/entries.ts";
import type { RowText } from "../../src/syntax/table.ts";

const INSTANCE = "interface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\n192.0.2.100\n}\n";
const URL = "url {\npath /\n";
const SECURE = "global_defs {\nenable_script_security\nscript_user root\n}\n";

function instance(inner: string): string {
  return `vrrp_instance V {\n${INSTANCE}${inner}}\n`;
}

const TWO = `${instance("")}${instance("").replace(" V ", " W ").replace("id 7", "id 8").replace(".100", ".101")}`;

function server(inService: string, inServer: string): string {
  const head = "protocol TCP\nlb_algo rr\nlb_kind NAT\nsorry_server 192.0.2.99 80\n";
  return `virtual_server 192.0.2.100 80 {\n${head}${inService}real_server 192.0.2.11 80 {\n${inServer}}\n}\n`;
}

function checker(name: string, needed = "", before = ""): (statement: string) => string {
  return (statement) => `${before}${server("", `${name} {\n${needed}${statement}}\n`)}`;
}

/** A configuration that is right but for the statement, by the block in which that stands. */
export const BLOCKS: Readonly<Record<string, (statement: string) => string>> = {
  global_defs: (statement) => `global_defs {\n${statement}}\n`,
  vrrp_instance: instance,
  "vrrp_instance.authentication": (statement) =>
    instance(`authentication {\nauth_type PASS\nauth_pass x\n${statement}}\n`),
  vrrp_script: (statement) =>
    `${SECURE}vrrp_script S {\nscript /bin/true\n${statement}}\n${instance("track_script {\nS\n}\n")}`,
  vrrp_sync_group: (statement) =>
    `vrrp_sync_group G {\ngroup {\nV\nW\n}\n${statement}}\n${instance("")}${instance("").replace(" V ", " W ").replace("id 7", "id 8").replace(".100", ".101")}`,
  track_file: (statement) => `track_file F {\nfile /etc/hostname\n${statement}}\n`,
  garp_group: (statement) => `garp_group {\ninterface eth0\n${statement}garp_interval 1\n}\n`,
  bfd_instance: (statement) => `bfd_instance B {\nneighbor_ip 192.0.2.8\n${statement}}\n`,
  virtual_server: (statement) => server(statement, "TCP_CHECK {\n}\n"),
  "virtual_server.real_server": (statement) => server("", `TCP_CHECK {\n}\n${statement}`),
  "virtual_server.real_server.TCP_CHECK": checker("TCP_CHECK"),
  "virtual_server.real_server.SMTP_CHECK": checker("SMTP_CHECK"),
  "virtual_server.real_server.PING_CHECK": checker("PING_CHECK"),
  "virtual_server.real_server.UDP_CHECK": checker("UDP_CHECK"),
  "virtual_server.real_server.DNS_CHECK": checker("DNS_CHECK"),
  "virtual_server.real_server.HTTP_GET": checker("HTTP_GET", `${URL}}\n`),
  "virtual_server.real_server.SSL_GET": checker("SSL_GET", `${URL}}\n`),
  "virtual_server.real_server.HTTP_GET.url": (statement) => checker("HTTP_GET")(`${URL}${statement}}\n`),
  "virtual_server.real_server.SSL_GET.url": (statement) => checker("SSL_GET")(`${URL}${statement}}\n`),
  "virtual_server.real_server.MISC_CHECK": checker("MISC_CHECK", "misc_path /bin/true\n", SECURE),
  "virtual_server.real_server.SMTP_CHECK.host": (statement) => checker("SMTP_CHECK")(`host {\n${statement}}\n`),
  "virtual_server.real_server.FILE_CHECK": checker(
    "FILE_CHECK",
    "track_file F\n",
    "track_file F {\nfile /etc/hostname\n}\n",
  ),
  SSL: (statement) => `SSL {\n${statement}}\n`,
  vrrp_track_process: (statement) =>
    `vrrp_track_process P {\n${statement.startsWith("process ") ? "" : "process a\n"}${statement}}\n`,
  "virtual_server.real_server.BFD_CHECK": checker(
    "BFD_CHECK",
    "name B\n",
    "bfd_instance B {\nneighbor_ip 192.0.2.8\n}\n",
  ),
};

/** What Debian's keepalived 2.2.7 was built with. */
const BUILT =
  "NFTABLES REGEX VRRP_AUTH VMAC VRF IPVLAN JSON SNMP SNMP_VRRP SNMP_CHECKER SNMP_RFC SNMP_RFCV2 SNMP_RFCV3";
const PARTS = new Set([...BUILT.split(" "), "DBUS", "SO_MARK", "OLD_CHKSUM_COMPAT", "TRACK_PROCESS"]);

/** Whether Debian's keepalived 2.2.7 knows the keyword. */
export function inDebian({ since = "0", build, note = "", ours }: RowText): boolean {
  if (ours) return false;
  const [major = 0, minor = 0, patch = 0] = since.split(".").map(Number);
  const old = major * 10_000 + minor * 100 + patch <= 20_207;
  const built = build === undefined || build.split(/ or |\+| with /).some((part) => PARTS.has(part));
  return old && built && !/HEAD only|linkbeat build/.test(note);
}

/** Keywords whose values are compared by themselves. */
const VALUED =
  /^(lb_algo|lvs_sched|lb_kind|lvs_method|sorry_server_lvs_method|protocol|ip_family|state|auth_type|umask|type|http_protocol|include_check|dynamic_interfaces|lvs_flush_on_?stop|param_match|regex_options|old_unicast_checksum|vrrp_rx_bufs_policy)( TUN type)?$/;

/** Words and values of those keywords, as statements: `lb_algo rr`, `lb_kind TUN type gre`. */
export const valueStatements: readonly { readonly entry: Entry; readonly block: string; readonly text: string }[] =
  ENTRIES.flatMap((entry) => {
    const { block, keyword, row } = entry;
    const owner = Object.keys(BLOCKS)
      .filter((name) => block.startsWith(`${name}.`))
      .reduce((longest, name) => (name.length > longest.length ? name : longest), "");
    if (owner === "" || row.kind !== "line" || keyword.startsWith("<") || !inDebian(row)) return [];
    if (block.split(".").length > owner.split(".").length + 2 || row.type.usage.includes("<")) return [];
    const way = block.slice(owner.length + 1).replace(/^(\w*(kind|method))\.type$/, "$1 TUN type");
    return VALUED.test(way) ? [{ entry, block: owner, text: `${way} ${keyword}` }] : [];
  });

/** Keywords that stand in those blocks and that Debian's keepalived 2.2.7 knows. */
export const statements = ENTRIES.filter(({ block, keyword, row }) => {
  return BLOCKS[block] !== undefined && row.kind === "line" && !keyword.startsWith("<") && inDebian(row);
});

const service = (header: string): string => server("", "TCP_CHECK {\n}\n").replace("192.0.2.100 80", header);
const real = (header: string): string => server("", "TCP_CHECK {\n}\n").replace("192.0.2.11 80", header);

/** Headers of blocks, on the first line of a file where they can be. */
export const HEADERS: readonly string[] = [
  ...["192.0.2.100 80", "192.0.2.100", "192.0.2.100 0", "192.0.2.100 65535", "192.0.2.100 65536"].map(service),
  ...["192.0.2.100 x", "192.0.2.100 80x", "192.0.2.300 80", "x 80", "fwmark x", "fwmark -1", "fwmark 4294967296"].map(
    service,
  ),
  ...["192.0.2.11", "192.0.2.11 0", "192.0.2.11 65535", "192.0.2.11 65536", "192.0.2.11 x", "x 80"].map(real),
  ...["a234567890123456789012345678901", "a2345678901234567890123456789012", "B C"].map(
    (name) => `bfd_instance ${name} {\nneighbor_ip 192.0.2.8\n}\n`,
  ),
  ...["", "W", '"two words"'].map((name) => `vrrp_instance ${name} {\n${INSTANCE}}\n`),
  ...["", "G"].map((name) => `vrrp_sync_group ${name} {\ngroup {\nV\nW\n}\n}\n${TWO}`),
  ...["", "T"].map((name) => `track_group ${name} {\ngroup {\nV\n}\n}\n${instance("")}`),
  ...["", "S", "S T"].map((name) => `vrrp_script ${name} {\nscript /bin/true\n}\n${SECURE}`),
  ...["", "F", "F G"].map((name) => `track_file ${name} {\nfile /etc/hostname\n}\n`),
  ...["", "P", "P Q"].map((name) => `vrrp_track_process ${name} {\nprocess a\n}\n`),
  ...["", "G"].map((name) => `virtual_server_group ${name} {\n192.0.2.9 80\n}\n`),
  ...["static_ipaddress", "static_routes", "static_rules", "interface_up_down_delays"].flatMap((list) => [
    `${list} {\n}\n`,
    `${list} x {\n}\n`,
  ]),
];

/** Where we differ from keepalived 2.2.7, by keyword and value, and why. */
export const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/vrrp_(skip_check_adv_addr|strict) (1|ON|maybe)$/, "2.2.7 does not read the argument; later versions do"],
  [/(HTTP|SSL)_GET\.http_protocol 2$/, "HTTP/2 is ours: keepalived knows 1.0 and 1.1"],
  [/(interval|timeout) 0\.001$/, "fractions of a second came with 2.3.2"],
  [/garp_group\.\w+_interval 4294\.967295$/, "the range grew with 2.3.2"],
  [/default_interface a234567890123456$/, "no interface can have a name of 16 characters"],
  [/regex_(min_offset|max_offset) a$/, "a word that is no number is an error; keepalived takes it for 0"],
  [/persistence_granularity (0|129)$/, "no prefix length, and no netmask either; keepalived reads 0.0.0.129"],
  [/smtp_server a$/, "a host name is looked up when a mail is sent, not when the file is read"],
  [
    /(_script|script_user|\.user|vrrp_script\.script|track_file\.file|(quorum|notify)_(up|down)|(instance|group)\.notify\w*) a$/,
    "accounts and files are the host's, not the language's",
  ],
  [
    /garp_group\.interface a23456789012345$|(_routes|nexthop|_rules|address|excluded)\.(dev|iif|oif|vrf) (lo|a23456789012345)$/,
    "interfaces are the host's, not the language's",
  ],
  [/: 192\.0\.2\.\d\/( dev eth0)?$/, "an empty prefix length is an error; 2.2.7 takes it for 0"],
  [/_routes\.table -1$/, "a number that does not fit is an error; 2.2.7 lets it wrap around"],
  [/_routes: 192\.0\.2\.0\/24 192\.0\.3\.0\/24 dev eth0$/, "two destinations are an error; 2.2.7 takes the last"],
  [/_rules\.inet6?$/, "2.2.7 skips the word behind the family"],
  [/use_(vmac|ipvlan)\.(name|group) \w+$/, "2.2.7 does not know `name` and `group`; later versions do"],
  [/use_vmac\.netlink_notify_msg$/, "2.2.7 takes it only behind a MAC address"],
  [/umask\.IRWX[UGO]$/, "2.2.7 refuses the words for three bits at once"],
  [
    /min_reply_length 65535$|unicast_ttl \d+$|bfd_instance\.source_ip 2001:db8::9$/,
    "said where it is written, not where its block ends",
  ],
];
