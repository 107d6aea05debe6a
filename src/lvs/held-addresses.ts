import { compareIp, family, type IpAddress } from "../base/ip.ts";

/** Where a service is reached: inclusive, of one family. */
export interface AddressRange {
  readonly from: IpAddress;
  readonly to: IpAddress;
}

/** The addresses of this host, to be asked about many ranges: sorted once, then each answer takes a logarithm of them. */
export class HeldAddresses {
  readonly #all: ReadonlySet<IpAddress>;
  #sorted: Readonly<Record<4 | 6, readonly IpAddress[]>> | undefined; // when a range asks

  constructor(addresses: Iterable<IpAddress>) {
    this.#all = new Set(addresses);
  }

  /** Whether the host has an address of any of these ranges. */
  anyIn(ranges: readonly AddressRange[]): boolean {
    return ranges.some(({ from, to }) => (from === to ? this.#all.has(from) : this.#hasBetween(from, to)));
  }

  #hasBetween(from: IpAddress, to: IpAddress): boolean {
    this.#sorted ??= { 4: sorted(this.#all, 4), 6: sorted(this.#all, 6) };
    const sameFamily = this.#sorted[family(from)];
    const next = sameFamily[firstFrom(sameFamily, from)];
    return next !== undefined && compareIp(next, to) <= 0;
  }
}

function sorted(addresses: ReadonlySet<IpAddress>, wanted: 4 | 6): readonly IpAddress[] {
  return [...addresses].filter((address) => family(address) === wanted).sort(compareIp);
}

/** The place of the first that is not below `least`. */
function firstFrom(addresses: readonly IpAddress[], least: IpAddress): number {
  let [low, high] = [0, addresses.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = addresses[middle];
    if (one !== undefined && compareIp(one, least) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
