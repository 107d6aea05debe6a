import { family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import type { AddressPlace, IpvsManner, IpvsPlace, IpvsService, MarkPlace, Protocol } from "../base/ipvs.ts";

/** Services of the kernel that are made alike: addresses from one to another, or a mark. */
export type PlaceRange = AddressRange | MarkPlace;

interface AddressRange {
  readonly protocol: Protocol;
  readonly from: IpAddress;
  readonly to: IpAddress; // inclusive, of the same family
  readonly port: number; // 0 = every port
}

/** Each place of the ranges once, in their order. Ranges that meet share what they have in common. */
export function placesOf(ranges: readonly PlaceRange[]): readonly IpvsPlace[] {
  const [only] = ranges;
  if (only !== undefined && ranges.length === 1) return [...placesWithin(only)];
  const places = new Map<string, IpvsPlace>();
  for (const range of ranges)
    for (const place of placesWithin(range)) {
      const name =
        "fwmark" in place ? `${place.fwmark} ${place.family}` : `${place.address} ${place.port} ${place.protocol}`;
      if (!places.has(name)) places.set(name, place);
    }
  return [...places.values()];
}

/** The services of the kernel for places that are dealt with alike; `manner` by the family. */
export function servicesAt(
  places: readonly IpvsPlace[],
  manner: Readonly<Record<4 | 6, IpvsManner>>,
): readonly IpvsService[] {
  return places.map((place) => ({ ...place, ...manner["fwmark" in place ? place.family : family(place.address)] }));
}

function* placesWithin(range: PlaceRange): Iterable<IpvsPlace> {
  if ("fwmark" in range) {
    yield range;
    return;
  }
  const { protocol, from, to, port } = range;
  for (const address of addressesFrom(from, to)) yield { protocol, address, port } satisfies AddressPlace;
}

/** Counting has its carry in every byte. Keepalived differs: it counts in the last octet, or group, alone. */
function* addressesFrom(from: IpAddress, to: IpAddress): Iterable<IpAddress> {
  const bytes = toBytes(from);
  for (let address = from; ; address = fromBytes(bytes)) {
    yield address;
    if (address === to) return;
    let at = bytes.length - 1;
    while (at > 0 && bytes[at] === 0xff) bytes[at--] = 0;
    bytes[at] = (bytes[at] ?? 0) + 1;
  }
}
