import { type Comparison, diff } from "../base/diff.ts";
import {
  destinationName,
  type IpvsDestination,
  type IpvsEntry,
  type IpvsManner,
  type IpvsService,
  serviceName,
  type Tunnel,
} from "../base/ipvs.ts";

/** One request to the kernel. */
export type IpvsChange =
  | { readonly type: "new-service" | "set-service" | "delete-service"; readonly service: IpvsService }
  | {
      readonly type: "new-destination" | "set-destination" | "delete-destination";
      readonly service: IpvsService;
      readonly destination: IpvsDestination;
    };

/**
 * What turns the table `have` into `want`, in order: for each service the destinations that come, then those that
 * change (to more weight before to less), then those that go, so a pool is never empty on the way; services that go
 * come last. `owned` names services of ours (`serviceName`): only those are deleted when unwanted. A wanted service
 * that is there already, whoever made it, is taken over. Foreign services are not touched.
 */
export function plan(have: readonly IpvsEntry[], want: readonly IpvsEntry[], owned: ReadonlySet<string>): IpvsChange[] {
  const { added, changed, removed } = diff(have, want, ENTRIES);
  const mine = removed.filter(({ service }) => owned.has(serviceName(service)));
  return [
    ...added.flatMap((entry) => [
      { type: "new-service", service: entry.service } as const,
      ...pool(entry.service, [], entry),
    ]),
    ...changed.flatMap(({ from, to }) => [
      ...(sameService(from.service, to.service) ? [] : [{ type: "set-service", service: to.service } as const]),
      ...pool(to.service, from.destinations, to),
    ]),
    ...mine.map(({ service }) => ({ type: "delete-service", service }) as const),
  ];
}

/**
 * `want`, but with the weights that somebody has set by hand since we last `asked` for the same: a server drained with
 * ipvsadm(8) stays drained until its own state or configuration changes, as with Keepalived.
 */
export function withHandWeights(want: IpvsEntry, asked: IpvsEntry, have: IpvsEntry): IpvsEntry {
  if (isAlike(have.destinations, asked.destinations)) return want;
  const weights = ({ destinations }: IpvsEntry): ReadonlyMap<string, number> =>
    new Map(destinations.map((one) => [destinationName(one), one.weight]));
  const [before, now] = [weights(asked), weights(have)];
  const destinations = want.destinations.map((one) => {
    const name = destinationName(one);
    const weight = before.get(name) === one.weight ? now.get(name) : undefined;
    return weight === undefined || weight === one.weight ? one : { ...one, weight };
  });
  return { ...want, destinations };
}

/**
 * What of `want` was asked for with success: where the kernel `refused` a change, as it was `asked` for before. Else the
 * next change of a server beside a refused one would pass for a weight set by hand.
 */
export function granted(want: IpvsEntry, asked: IpvsEntry | undefined, refused: readonly IpvsChange[]): IpvsEntry {
  const servers = new Set(
    refused.flatMap((change) => ("destination" in change ? destinationName(change.destination) : [])),
  );
  const before = new Map(asked?.destinations.map((one) => [destinationName(one), one]));
  const destinations = want.destinations.flatMap((one) => {
    const name = destinationName(one);
    return servers.has(name) ? (before.get(name) ?? []) : one;
  });
  const isKept = refused.some((change) => !("destination" in change));
  return { service: isKept ? (asked?.service ?? want.service) : want.service, destinations };
}

function pool(service: IpvsService, have: readonly IpvsDestination[], { destinations }: IpvsEntry): IpvsChange[] {
  if (isAlike(have, destinations)) return [];
  const { added, changed, removed } = diff(have, destinations, DESTINATIONS);
  const more = changed.filter(({ from, to }) => to.weight >= from.weight);
  const less = changed.filter(({ from, to }) => to.weight < from.weight);
  return [
    ...added.map((destination) => ({ type: "new-destination", service, destination }) as const),
    ...[...more, ...less].map(({ to }) => ({ type: "set-destination", service, destination: to }) as const),
    ...removed.map((destination) => ({ type: "delete-destination", service, destination }) as const),
  ];
}

/** Whether nothing differs, for the order of ours and the kernel's, which is the other way round: most tables are so. */
function isAlike(have: readonly IpvsDestination[], want: readonly IpvsDestination[]): boolean {
  if (have === want) return true;
  if (have.length !== want.length) return false;
  const same = (a: IpvsDestination, b: IpvsDestination | undefined): boolean =>
    b !== undefined && a.address === b.address && a.port === b.port && DESTINATIONS.same(a, b);
  return have.every((one, i) => same(one, want[i])) || have.every((one, i) => same(one, want[want.length - 1 - i]));
}

const DESTINATIONS: Comparison<IpvsDestination> = {
  key: destinationName,
  same: (a, b) =>
    a.weight === b.weight &&
    a.forwarding === b.forwarding &&
    sameTunnel(a.tunnel, b.tunnel) &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold,
};

const ENTRIES: Comparison<IpvsEntry> = {
  key: ({ service }) => serviceName(service),
  same: (a, b) => sameService(a.service, b.service) && pool(b.service, a.destinations, b).length === 0,
};

function sameService(a: IpvsManner, b: IpvsManner): boolean {
  if (a.scheduler !== b.scheduler || a.flags !== b.flags || a.timeout !== b.timeout) return false;
  return a.netmask === b.netmask && a.engine === b.engine;
}

function sameTunnel(a: Tunnel | undefined, b: Tunnel | undefined): boolean {
  return a?.type === b?.type && a?.port === b?.port && a?.checksum === b?.checksum;
}
