/** When a `reload_time_file` asks for a reload, or why it does not. */
export type ReloadTime = { readonly at: Date; readonly daily: boolean } | "invalid" | "past";

const FORMAT = /^(?:(\d\d(?:\d\d)?)-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)(Z?)$/;

/**
 * The first line of a file: `HH:MM:SS`, `YY-MM-DD HH:MM:SS` or `YYYY-MM-DD HH:MM:SS`, local time or, with `Z` behind it,
 * UTC. Without a date it is the next time that a clock shows it, after `now`. keepalived.conf(5).
 */
export function reloadTime(line: string, now: Date): ReloadTime {
  const match = FORMAT.exec(line);
  if (match === null) return "invalid";
  const [, year, month, day, hour = "", minute = "", second = "", zone] = match;
  const clock = [Number(hour), Number(minute), Number(second)] as const;
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59) return "invalid";
  const at = zone === "Z" ? utc : local;
  if (year === undefined || month === undefined || day === undefined) {
    const today = zone === "Z" ? utcDay(now) : localDay(now);
    const first = at(today, clock);
    const [y, m, d] = today;
    return { at: first.getTime() > now.getTime() ? first : at([y, m, d + 1], clock), daily: true };
  }
  const date = [Number(year) + (year.length === 2 ? 2000 : 0), Number(month), Number(day)] as const;
  if (!isDay(date)) return "invalid";
  const found = at(date, clock);
  return found.getTime() > now.getTime() ? { at: found, daily: false } : "past";
}

type Triple = readonly [number, number, number];

function local([year, month, day]: Triple, [hour, minute, second]: Triple): Date {
  return new Date(year, month - 1, day, hour, minute, second);
}

function utc([year, month, day]: Triple, [hour, minute, second]: Triple): Date {
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

function localDay(now: Date): Triple {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()];
}

function utcDay(now: Date): Triple {
  return [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()];
}

function isDay(date: Triple): boolean {
  const [, month, day] = utcDay(utc(date, [0, 0, 0]));
  return month === date[1] && day === date[2];
}

/** `2026-11-21 23:00:10`, as Keepalived says it in the log: local time. */
export function timeWords(at: Date): string {
  const [year, ...rest] = [...localDay(at), at.getHours(), at.getMinutes(), at.getSeconds()];
  const [month, day, hour, minute, second] = rest.map((n) => String(n).padStart(2, "0"));
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
