import { countAddresses, type Family, family, toBytes } from "../../base/ip.ts";
import type { VIRTUAL_SERVER_GROUP } from "../../keywords/lvs.ts";
import type { AddressRange, GroupMark } from "../../keywords/read-group-entry.ts";
import type { Report } from "../../syntax/report.ts";
import type { Body, Setting } from "../../syntax/table.ts";
import type { GroupEntryConfig, VirtualServerGroupConfig } from "../model/lvs.ts";
import { meetings } from "../vrrp/overlap.ts";

type GroupBody = Setting<Body<string, typeof VIRTUAL_SERVER_GROUP>>;
type Entry = Setting<AddressRange> | Setting<GroupMark>;

/** A group with what its services need to know of it. */
export interface Group {
  readonly config: VirtualServerGroupConfig;
  readonly body: GroupBody;
  readonly marked: boolean; // a member is a firewall mark
  readonly ranges: readonly AddressRange[];
  readonly families: readonly Family[]; // of the members; none where they are marks without family
}

/** Every group by its name; undefined where it is defined and cannot be used, which was said. */
export type Groups = ReadonlyMap<string, Group | undefined>;

/** Every `virtual_server_group` that has a member. The first of a name counts. */
export function resolveGroups(bodies: readonly GroupBody[], report: Report): Groups {
  const groups = new Map<string, Group | undefined>();
  const places = new Map<string, GroupBody>();
  for (const body of bodies) {
    const name = body.value.header;
    const group = resolveGroup(body, report);
    const before = places.get(name);
    if (before === undefined) {
      places.set(name, body);
      groups.set(name, group);
    } else {
      const message = `virtual_server_group \`${name}\` is defined already; this one is left out`;
      const related = [{ span: before.span, message: "this one counts" }];
      report.error(["duplicate", message], body.span, { status: 0, related });
    }
  }
  return groups;
}

function resolveGroup(body: GroupBody, report: Report): Group | undefined {
  const { header: name, settings, end } = body.value;
  const at = `(${end.file}: Line ${end.line}) virtual server group ${name}`;
  // Every address stands in the first row of those in angle brackets: the parser looks no further.
  const written = distinct(inOrder(settings["<IPADDR> [<PORT>]"], settings.fwmark), report);
  if (written.length === 0) {
    const help = "add an address, such as `192.0.2.1 80`, or `fwmark 1`";
    const message = `virtual_server_group \`${name}\` has no entry and is left out`;
    report.error(["missing-keyword", message], body.span, { keepalived: `${at} has no entries - removing`, help });
    return undefined;
  }
  const entries = written.map(({ value }) => entryOf(value));
  const ranges = entries.filter((entry) => entry.type === "addresses");
  const marks = entries.filter((entry) => entry.type === "fwmark");
  const families = [4, 6].filter((each): each is Family => entries.some((entry) => familyOf(entry) === each));
  const bare = marks.some((mark) => mark.family === undefined);
  if (bare && families.length === 2) {
    const keepalived = `${at} cannot have IPv4, IPv6 and fwmark without family - removing`;
    const message = `virtual_server_group \`${name}\` has both families and a mark without one; it is left out`;
    report.error(["conflict", message], body.span, { keepalived, help: "write `fwmark N inet` or `fwmark N inet6`" });
    return undefined;
  }
  return { config: { name, entries }, body, marked: marks.length > 0, ranges, families };
}

function inOrder(ranges: readonly Setting<AddressRange>[], marks: readonly Setting<GroupMark>[]): readonly Entry[] {
  if (marks.length === 0) return ranges;
  return [...ranges, ...marks].sort((a, b) => a.order - b.order);
}

function isMark(value: Entry["value"]): value is GroupMark {
  return "fwmark" in value;
}

function entryOf(value: Entry["value"]): GroupEntryConfig {
  return isMark(value) ? { type: "fwmark", ...value } : { type: "addresses", ...value };
}

function familyOf(entry: GroupEntryConfig): Family | undefined {
  return entry.type === "fwmark" ? entry.family : family(entry.from);
}

/** The members, the first of those that are the same service of the kernel. Of ranges that meet both stay. */
function distinct(entries: readonly Entry[], report: Report): readonly Entry[] {
  const found = new Map<string, Entry>();
  for (const entry of entries) {
    const name = nameOf(entry.value);
    const before = found.get(name);
    if (before === undefined) {
      found.set(name, entry);
      if (!isMark(entry.value)) endless(entry.value, entry, report);
    } else {
      const related = [{ span: placeOf(before), message: "this one counts" }];
      report.error(["duplicate", `\`${name}\` is listed already`], placeOf(entry), { status: 0, related });
    }
  }
  const kept = countable([...found.values()], report);
  overlaps(kept, report);
  return kept;
}

/** The most addresses of a group. The kernel looks for a service in 256 lists: with more than this it hardly forwards. */
const MOST_ADDRESSES = 65_536;

/** The members up to the most that a group can have. */
function countable(entries: readonly Entry[], report: Report): readonly Entry[] {
  let room = MOST_ADDRESSES;
  return entries.filter(({ value, span }) => {
    const count = isMark(value) ? 1 : countAddresses(value.from, value.to);
    if (count <= room) {
      room -= count;
      return true;
    }
    const message = `\`${nameOf(value)}\` makes more than ${MOST_ADDRESSES} addresses of the group; it is left out`;
    const help = "let the firewall mark what goes there, and write `fwmark`";
    report.error(["bad-address", message], span, { status: 0, help });
    return false;
  });
}

/** The entry as it could be written. */
function nameOf(value: Entry["value"]): string {
  if (isMark(value))
    return `fwmark ${value.fwmark}${value.family === undefined ? "" : value.family === 4 ? " inet" : " inet6"}`;
  const { from, to, port } = value;
  return `${from}${from === to ? "" : `-${to}`}${port === 0 ? "" : ` ${port}`}`;
}

function placeOf({ keyword, span, value }: Entry): Setting<unknown>["span"] {
  return isMark(value) ? keyword : span;
}

/** Ranges of one port that share addresses. */
function overlaps(entries: readonly Entry[], report: Report): void {
  const claims = entries.flatMap(({ value, span, order }) => {
    return isMark(value) ? [] : [{ ...value, within: `${value.port}`, name: nameOf(value), span, order }];
  });
  for (const [earlier, later] of meetings(claims)) {
    const message = `\`${later.name}\` has addresses of \`${earlier.name}\``;
    report.warning(["overlap", message], later.span, { related: [{ span: earlier.span, message: "listed here" }] });
  }
}

/** Keepalived counts in the last octet, or group, alone, and never ends where a range leaves it. */
function endless({ from, to }: AddressRange, { span }: Setting<unknown>, report: Report): void {
  const counted = family(from) === 4 ? 1 : 2;
  const [start, end] = [toBytes(from), toBytes(to)];
  if (start.every((byte, i) => i >= start.length - counted || byte === end[i])) return;
  const help = counted === 1 ? "write a range for each /24" : "write a range for each /112";
  const message = `keepalived 2.2.7 never finishes adding the services of \`${from}-${to}\``;
  report.hint(["endless-range", message], span, { help });
}
