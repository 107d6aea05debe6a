/** Argument texts to try behind a keyword: good ones, and such as lie just outside of what its usage allows. */
export function samples(usage: string): readonly string[] {
  const range = /<(integer|decimal) (-?[\d.]+?)\.\.(-?[\d.]*)(, 3 places)?>/.exec(usage);
  if (range !== null) {
    const [, kind, low = "0", high = ""] = range;
    const step = kind === "integer" ? 1 : 0.000001;
    const tail = /\[reverse/.test(usage) ? ["1 reverse"] : [];
    const bounds = [low, ...(high === "" ? [] : [high]), below(low, step), ...(high === "" ? [] : [above(high, step)])];
    return [...(usage.startsWith("[") ? [""] : []), ...bounds, ...tail, `${low}x`, "x"];
  }
  const known = KNOWN[usage];
  if (known !== undefined) return known;
  if (/^[\w.|-]+$/.test(usage)) return [...usage.split("|"), "xyzzy"];
  return ["a"];
}

const WORD = ["a", '"two words"'];
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "(flag)": [""],
  "[<BOOL>]": ["", "on", "true", "yes", "off", "false", "no", "1", "ON", "maybe"],
  "<IFNAME>": ["lo", "a23456789012345", "a234567890123456"],
  "<IFNAME, max 15 chars>": ["eth0", "a234567890123456"],
  "<IPADDR>": ["192.0.2.9", "2001:db8::9", "192.0.2.256", "x"],
  "<STRING>": WORD,
  "<2|3>": ["2", "3", "1", "4"],
  "<1|2>": ["1", "2", "0", "3"],
  "<IPADDR> [<PORT>]": ["192.0.2.9 80", "192.0.2.9", "x 80", "192.0.2.9 65535", "192.0.2.9 65536", "192.0.2.9 0"],
  "<IPv4 multicast>": ["224.0.0.19", "192.0.2.1", "ff02::19", "x"],
  "<IPv6 multicast>": ["ff02::19", "2001:db8::1", "224.0.0.19", "x"],
  "<multicast IPADDR>": ["224.0.0.19", "192.0.2.1", "x"],
  "<32 hex digits>": ["0123456789abcdef0123456789ABCDEF", "0123", "x"],
  "<N|N-M within 100..599>...": ["200", "200-299", "100 599", "99", "600", "300-200", "x"],
  "TCP|UDP|SCTP (case-insensitive)": ["TCP", "udp", "Sctp", "ICMP"],
  "NAT|DR|TUN [type <T>] [port <N>] [nocsum|csum|remcsum]": ["NAT", "DR", "TUN", "nat", "XYZ"],
  "<NAME>": ["a"],
  "first word of the line": ["192.0.2.9", "192.0.2.9/24"],
  "<IPv4>|+|-": ["192.0.2.255", "+", "-", "x", "192.0.2.255/24", "2001:db8::1"],
  "global|site|link|host|nowhere|<number>": ["link", "0", "255", "256", "-1", "0x10", "0x1g", "elsewhere"],
  "<STRING, max 15 chars>": ["eth0:1", "a23456789012345", "a234567890123456"],
  "<IPADDR without mask>": ["192.0.2.7", "192.0.2.7/24", "x"],
  "<integer 0..4294967295>|forever": ["0", "4294967295", "4294967296", "-1", "5x", "x", "forever"],
  "address, default, any, all or default6": ["192.0.2.0/24", "default"],
  "<DEST>": ["", "192.0.2.0/24"],
  "[inet|inet6] <IPADDR>": ["192.0.2.7", "inet 192.0.2.7", "inet6 2001:db8::1", "x", "192.0.2.7/24"],
  "[to] <ADDR>": ["192.0.2.7", "to 192.0.2.7"],
  "<IPv6>[/<PREFIX>]": ["2001:db8:1::/48", "2001:db8:1::/129", "192.0.2.1", "x"],
  "<dsfield name|number>": ["0", "255", "256", "0x10", "AF11", "-1", "1c"],
  "<dsfield>": ["0", "255", "256", "0x10", "AF11", "-1", "1c"],
  "<name|number>": ["0", "5", "-1", "0x1g", "12x"],
  "<name|number, not 0>": ["main", "5", "0", "unspec", "0x1g", "12x"],
  "[lock] <integer 0..4294967295>": ["0", "4294967295", "4294967296", "lock 5", "lock x", "-1", "5x", "x"],
  "[lock] <number>[s|ms]": ["0", "5", "5s", "5ms", "lock 1S", "0.5s", "0.5", "960001", "961s", "1e3", "1m", "-1", "x"],
  "[lock] <NAME>": ["cubic", "lock cubic"],
  "[<SRC>/]<DST>": ["1", "1/2", "255", "256", "1/256", "1/", "/2", "0x10", "-1", "cosmos"],
  "0|1": ["0", "1", "2", "-1", "x"],
  "low|medium|high|<integer 0..255>": ["low", "medium", "high", "0", "255", "256", "-1", "x"],
  "ip|ip6|mpls|ila, then options": ["ip id 1", "xyzzy"],
  "<nexthop options>...": ["via 192.0.2.7"],
  "see encap": ["ip id 1", "xyzzy", ""],
  "<ip options>": ["id 1", "dst 192.0.2.7", ""],
  "<ip6 options>": ["id 1", "dst 2001:db8::7", ""],
  "<integer 64 bit>": ["0", "18446744073709551615", "18446744073709551616", "-1", "0x10", "x"],
  "<IPv4>": ["192.0.2.7", "2001:db8::7", "x"],
  "<IPv6>": ["2001:db8::7", "192.0.2.7", "x"],
  "<LABEL>[/<LABEL>]...": ["100", "100/200", "1048575", "1048576", "100/", "x", ""],
  "<LOCATOR, four hex groups>": ["1:2:3:4", "1:2:3", "12345:2:3:4", "x", ""],
  "<ADDR>[/<PREFIX>]|all": ["192.0.2.0/24", "all", "any", "default", "192.0.2.0/33", "x"],
  "<integer 0..4294967295> (0x and 0 prefixes allowed)": [
    "0",
    "4294967295",
    "4294967296",
    "-1",
    "0x10",
    "010",
    "08",
    "x",
  ],
  "<N>[/<MASK>]": ["0", "1", "4294967295", "4294967296", "0x1/0xff", "1/4294967296", "1/x", "-1", "x"],
  "<GROUP>": ["0", "5", "default", "2147483647", "2147483648", "-1"],
  "<N>-<M>": ["1-2", "1-1", "1", "x", "1-x", "1-"],
  "<action>": ["blackhole", "prohibit", "unreachable", "nop", "goto 7", "xyzzy"],
  "<TRACK_GROUP NAME>": [],
  "[weight <N> [option]]": [""],
  "(word)": [""],
  "(word after weight)": [""],
  "(word after interface)": [""],
  "[min_ttl <N>] [max_ttl <N>]": [""],
  "<down 0..255> [<up 0..255>]": ["0", "255"],
  "<VRRP_INSTANCE>": ["V"],
  "5|6 colon-separated octets": [
    "02:00:00:00:00:07",
    "02:00:00:00:00",
    "02:00:00:00",
    "01:00:00:00:00:07",
    "2:0:0:0:0:zz",
  ],
  "<ADDR>[/<PREFIX>]": ["192.0.2.3", "192.0.2.3/24"],
  "[MII|ETHTOOL|IOCTL]": [""],
  "<IPv4 netmask|prefix 1..128>": ["255.255.255.0", "64", "0", "129", "x"],
};

function below(bound: string, step: number): string {
  return shown(Number(bound) - step, step);
}

function above(bound: string, step: number): string {
  return shown(Number(bound) + step, step);
}

function shown(value: number, step: number): string {
  return step === 1 ? String(value) : value.toFixed(6);
}
