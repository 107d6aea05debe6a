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
