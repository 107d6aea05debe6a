import type { Trackers } from "../model/track.ts";
import { electionHint } from "../track/scripts.ts";
import { type FoundTrackers, findTrackers, trackersOf, withoutWeights } from "../track/trackers.ts";
import type { Instance, VrrpContext } from "./instance-context.ts";

/** Everything an instance tracks, with the weights that count. */
export function instanceTrackers(
  instance: Instance,
  priority: number,
  carrier: string,
  { sources, memberships, report }: VrrpContext,
): Trackers {
  const { name, given } = instance;
  const all = withoutOwn(findTrackers(given, name, sources, report), carrier, instance);
  const group = memberships.get(name);
  if (group !== undefined) bothTrack(all, carrier, group.found.interfaces, instance);
  const why =
    group !== undefined && !group.trackingWeight ? "SYNC group" : priority === 255 ? "address_owner" : undefined;
  const found = why === undefined ? all : withoutWeights(all, why, name, report);
  if (priority !== 255) for (const script of found.scripts) electionHint(script, priority, report);
  return trackersOf(found);
}

/** An instance tracks its own interface anyway. */
function withoutOwn(found: FoundTrackers, carrier: string, { name, report }: Instance): FoundTrackers {
  const own = found.interfaces.find((each) => each.name === carrier);
  if (own === undefined) return found;
  const keepalived = `(${name}) Ignoring track_interface ${carrier} since own interface`;
  const message = `\`${carrier}\` is tracked anyway: it is the interface of the instance`;
  report.warning(["no-effect", message], own.span, { status: 5, keepalived });
  return { ...found, interfaces: found.interfaces.filter((each) => each !== own) };
}

function bothTrack(
  { interfaces }: FoundTrackers,
  carrier: string,
  ofGroup: FoundTrackers["interfaces"],
  { name, report }: Instance,
): void {
  if (ofGroup.length === 0) return;
  const own = new Set([carrier, ...interfaces.map((each) => each.name)]);
  for (const each of ofGroup) {
    if (!own.has(each.name)) continue;
    const keepalived = `(${name}) track_interface ${each.name} is configured on VRRP instance and sync group. Remove vrrp instance or sync group config`;
    const message = `the group tracks \`${each.name}\`, and its member \`${name}\` does so itself`;
    report.warning(["duplicate", message], each.span, { status: 5, keepalived, help: "delete it in one of the two" });
  }
}
