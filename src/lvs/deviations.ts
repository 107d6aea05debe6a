import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { type IpvsChange, plan, withHandWeights } from "./plan.ts";

/**
 * In what the kernel's table is otherwise than it was made, in words; weights set by hand are no deviation. `asked`: the
 * services as we last made them; `have`: what the kernel says of them, nothing where they are gone.
 */
export function deviations(asked: readonly IpvsEntry[], have: ReadonlyMap<string, IpvsEntry>): readonly string[] {
  return asked.flatMap((entry) => {
    const name = serviceName(entry.service);
    const found = have.get(name);
    if (found === undefined) return [`service ${name} is gone`];
    return plan([found], [withHandWeights(entry, entry, found)], NOTHING_GOES).map(deviationWords);
  });
}

/** What is to be said of deviations after a look: those that are new, and when all is well again. */
export function deviationNews(before: ReadonlySet<string>, now: readonly string[]): readonly string[] {
  if (now.length === 0) return before.size === 0 ? [] : ["the table is as wanted again"];
  const fresh = now.filter((one) => !before.has(one));
  const more = fresh.length - MOST_LINES;
  return more <= 0 ? fresh : [...fresh.slice(0, MOST_LINES), `and ${more} more that are otherwise than wanted`];
}

const MOST_LINES = 20;
const NOTHING_GOES: ReadonlySet<string> = new Set();

function deviationWords(change: IpvsChange): string {
  const service = serviceName(change.service);
  if (!("destination" in change)) return `service ${service} has other settings than ours`;
  const server = destinationName(change.destination);
  switch (change.type) {
    case "new-destination":
      return `server ${server} of ${service} is gone`;
    case "set-destination":
      return `server ${server} of ${service} has other settings than ours`;
    case "delete-destination":
      return `server ${server} of ${service} is not ours`;
  }
}
