/**
 * The alias of an interface that we made: who did, and what the sysctls were before, so that a daemon that starts after
 * one was killed knows what may go and what to put back.
 *
 *     keepalived-ts 1234.5678901 arp_ignore=0 arp_filter=0
 */
export interface LinkMark {
  readonly owner: string; // process id and start time: no other process ever has both
  readonly before: Readonly<Record<string, string>>; // sysctls of the base, by their last word; `all` with its path
}

const SIGN = "keepalived-ts";
/** What the kernel keeps of an alias: IFALIASZ of linux/if.h, without NUL. */
const LONGEST = 255;

/** The alias; values that do not fit are left out. */
export function formatMark({ owner, before }: LinkMark): string {
  let text = `${SIGN} ${owner}`;
  for (const [name, value] of Object.entries(before)) {
    const item = ` ${name}=${value}`;
    if (text.length + item.length <= LONGEST) text += item;
  }
  return text;
}

/** What an alias says; undefined where it is not one of ours. Never throws. */
export function parseMark(alias: string | undefined): LinkMark | undefined {
  const [sign, owner, ...items] = (alias ?? "").split(" ");
  if (sign !== SIGN || owner === undefined || !/^\d+\.\d+$/.test(owner)) return undefined;
  const pairs = items.flatMap((item) => {
    const [, name, value] = /^([a-z_]+)=(\d+)$/.exec(item) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return { owner, before: Object.fromEntries(pairs) };
}
