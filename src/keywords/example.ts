import { ENTRIES, type Entry, pathOf, usageOf } from "./entries.ts";

/** How blocks are opened in examples, where their keyword alone is not enough. */
const HEADERS: Readonly<Record<string, string>> = {
  virtual_server: "virtual_server 192.0.2.100 80",
  real_server: "real_server 192.0.2.11 80",
  vrrp_instance: "vrrp_instance VI_1",
  vrrp_sync_group: "vrrp_sync_group VG_1",
  vrrp_script: "vrrp_script check_haproxy",
  vrrp_track_process: "vrrp_track_process haproxy",
  track_file: "track_file drain",
  vrrp_track_file: "vrrp_track_file drain",
  track_group: "track_group TG_1",
  bfd_instance: "bfd_instance BFD_1",
  virtual_server_group: "virtual_server_group VSG_1",
};

/** An argument for every way of writing one. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  "(flag)": "",
  "(word)": "",
  "[<BOOL>]": "on",
  "<IFNAME>": "eth0",
  "<IFNAME, max 15 chars>": "eth0",
  "<IPADDR>": "192.0.2.9",
  "<IPADDR> [<PORT>]": "192.0.2.9 80",
  "<SCRIPT>": '"/usr/bin/killall -0 haproxy"',
  "<SCRIPT> [<USER> [[:]<GROUP>]]": "/usr/local/bin/notify.sh",
  "<USER> [[:]<GROUP>]": "nobody",
  "<STRING>": "www.example.org",
  "<NAME>": "main",
  "<2|3>": "3",
};

/** A number that looks natural wherever it is allowed. */
const USUAL = 10;

const BLOCKS: ReadonlySet<string> = new Set(ENTRIES.filter(({ row }) => row.kind === "block").map(pathOf));

/** A keyword in its blocks, as lines of a configuration; undefined where its usage says it better. */
export function exampleOf(entry: Entry): readonly string[] | undefined {
  const argument = argumentOf(entry);
  if (argument === undefined || entry.row.kind !== "line" || /[(<]/.test(entry.keyword)) return undefined;
  if (entry.block !== "(top)" && !BLOCKS.has(entry.block)) return undefined;
  const blocks = entry.block === "(top)" ? [] : entry.block.split(".");
  const lines = blocks.map((block, depth) => `${"    ".repeat(depth)}${HEADERS[block] ?? block} {`);
  const ends = blocks.map((_, depth) => `${"    ".repeat(depth)}}`).reverse();
  return [...lines, `${"    ".repeat(blocks.length)}${`${entry.keyword} ${argument}`.trim()}`, ...ends];
}

function argumentOf({ row }: Entry): string | undefined {
  const usage = usageOf(row);
  const known = ARGUMENTS[usage];
  if (known !== undefined) return known;
  const range = /^\[?<(?:integer|decimal) (-?[\d.]+?)\.\.(-?[\d.]*)/.exec(usage);
  if (range !== null) {
    const [low, high] = [Number(range[1]), Number(range[2] || Number.POSITIVE_INFINITY)];
    const standard = Number(row.default || Number.NaN);
    return String(standard >= low && standard <= high ? standard : Math.min(Math.max(USUAL, low), high));
  }
  if (/^[\w.-]+(\|[\w.-]+)+/.test(usage)) return /^[\w.-]+/.exec(usage)?.[0];
  return undefined;
}
