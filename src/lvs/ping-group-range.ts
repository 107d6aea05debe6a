/**
 * The range of groups that may use ping sockets (`net.ipv4.ping_group_range`, two numbers), made wide enough for a group,
 * as the kernel writes it; undefined where it is, or the text is no range. A range whose first is the greater has nobody in it. icmp(7).
 */
export function rangeWithGroup(range: string, group: number): string | undefined {
  const [, first = "", last = ""] = /^(\d+)\s+(\d+)$/.exec(range) ?? [];
  if (first === "") return undefined;
  const [from, to] = [Number(first), Number(last)];
  if (from > to) return `${group}\t${group}`;
  if (from <= group && group <= to) return undefined;
  return `${Math.min(from, group)}\t${Math.max(to, group)}`;
}
