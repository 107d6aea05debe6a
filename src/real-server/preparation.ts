import type { Network } from "../base/host.ts";
import { family, type IpAddress } from "../base/ip.ts";

/** What `real-server up` is asked for: to take the packets for these addresses, and not to speak of them on the LAN. */
export interface Wish {
  readonly addresses: readonly IpAddress[]; // at least one
  readonly tunnel: boolean; //                 the director wraps packets (TUN) instead of readdressing frames (DR)
  readonly device: string | undefined; //      instead of lo, tunl0, ip6tnl0
}

/** A virtual address and the interface that has it, as /32 or /128. */
export interface Place {
  readonly address: IpAddress;
  readonly device: string;
  readonly tunnel: boolean; // what comes in there was wrapped
}

/** A setting below /proc/sys. */
export interface Setting {
  readonly path: string; //   net/ipv4/conf/all/arp_ignore
  readonly before: string; // what was found
  readonly after: string; //  what we made of it
}

/** What was done and is to be undone: kept between `up` and `down`, plain JSON. */
export interface Kept {
  readonly places: readonly Place[]; //     addresses that were not there before us
  readonly settings: readonly Setting[];
  readonly raised: readonly string[]; //    interfaces that were down; never lo, without which no host works
}

/** Nothing was done. */
export const NOTHING_KEPT: Kept = { places: [], settings: [], raised: [] };

/** The host as it is. */
export interface ServerFacts {
  readonly interfaces: readonly ServerInterface[];
  /** The value of a setting; undefined where there is none. */
  readonly setting: (path: string) => string | undefined;
}

/** An interface with its addresses. */
export interface ServerInterface {
  readonly name: string;
  readonly up: boolean;
  readonly addresses: readonly Network[];
}

/** One thing to do. */
export type Step =
  | { readonly type: "raise"; readonly device: string }
  | { readonly type: "lower"; readonly device: string }
  | { readonly type: "set"; readonly path: string; readonly value: string }
  | { readonly type: "add"; readonly place: Place }
  | { readonly type: "remove"; readonly place: Place };

/** What to do in this order, and what is to be kept when it is done. */
export interface Work {
  readonly steps: readonly Step[];
  readonly kept: Kept;
}

/** Where the addresses belong. */
export function placesOf({ addresses, tunnel, device }: Wish): readonly Place[] {
  return [...new Set(addresses)].map((address) => {
    const usual = tunnel ? TUNNELS[family(address)] : "lo";
    return { address, device: device ?? usual, tunnel };
  });
}

/** The interfaces that the kernel's modules ipip and ip6_tunnel make by themselves. */
export const TUNNELS = { 4: "tunl0", 6: "ip6tnl0" } as const;

/** The interfaces that are not there. */
export function missingDevices(places: readonly Place[], { interfaces }: ServerFacts): readonly string[] {
  const there = new Set(interfaces.map(({ name }) => name));
  return [...new Set(places.map(({ device }) => device))].filter((device) => !there.has(device));
}

/**
 * What `up` does: the settings first, so that nobody is told of an address for a moment. What is there already is left,
 * and is not ours to remove.
 */
export function prepare(places: readonly Place[], kept: Kept, facts: ServerFacts): Work {
  const settings = wrongSettings([...kept.places, ...places], facts);
  const raised = [...new Set(places.map(({ device }) => device))].filter((device) => isDown(device, facts));
  const added = places.filter((place) => !isThere(place, facts));
  const before = new Map(kept.settings.map((one) => [one.path, one.before]));
  return {
    steps: [
      ...settings.map(({ path, after }): Step => ({ type: "set", path, value: after })),
      ...raised.map((device): Step => ({ type: "raise", device })),
      ...added.map((place): Step => ({ type: "add", place })),
    ],
    kept: {
      places: [...kept.places.filter((one) => !added.some((place) => samePlace(one, place))), ...added],
      settings: [
        ...kept.settings.filter(({ path }) => !settings.some((one) => one.path === path)),
        ...settings.map((one) => ({ ...one, before: before.get(one.path) ?? one.before })),
      ],
      raised: [...new Set([...kept.raised, ...raised])].filter((device) => device !== "lo"),
    },
  };
}

/**
 * What `down` does: the addresses first; then, of the settings and interfaces that no other address of ours needs, what
 * was found, unless somebody has changed it since.
 */
export function restore(addresses: readonly IpAddress[], kept: Kept, facts: ServerFacts): Work {
  const going = kept.places.filter(({ address }) => addresses.includes(address));
  const staying = kept.places.filter((place) => !going.includes(place));
  const needed = neededPaths(staying);
  const devices = new Set(staying.map(({ device }) => device));
  const settings = kept.settings.filter(({ path }) => !needed.has(path));
  const lowered = kept.raised.filter((device) => !devices.has(device));
  return {
    steps: [
      ...going.filter((place) => isThere(place, facts)).map((place): Step => ({ type: "remove", place })),
      ...lowered
        .filter((device) => facts.interfaces.some(({ name, up }) => name === device && up))
        .map((device): Step => ({ type: "lower", device })),
      ...settings
        .filter(({ path, after }) => facts.setting(path) === after)
        .map(({ path, before }): Step => ({ type: "set", path, value: before })),
    ],
    kept: {
      places: staying,
      settings: kept.settings.filter((one) => !settings.includes(one)),
      raised: kept.raised.filter((device) => devices.has(device)),
    },
  };
}

/** What is not as these addresses need it; empty: all is. */
export function missing(places: readonly Place[], facts: ServerFacts): readonly Step[] {
  return prepare(places, NOTHING_KEPT, facts).steps;
}

/**
 * Whether arp_ignore keeps a host silent about the addresses of lo: 0 answers for all of them, and 3 for those that are
 * not of scope host. Documentation/networking/ip-sysctl.rst.
 */
export function isSilent(arpIgnore: string | undefined): boolean {
  return arpIgnore === "1" || arpIgnore === "2" || arpIgnore === "8";
}

/** Whether these are the same address on the same interface. */
export function samePlace(a: Place, b: Place): boolean {
  return a.address === b.address && a.device === b.device;
}

/** Whether the interface has the address, with whatever prefix length. */
export function isThere({ address, device }: Place, { interfaces }: ServerFacts): boolean {
  return interfaces.some(({ name, addresses }) => name === device && addresses.some((one) => one.address === address));
}

/** The settings, all and of each interface, that are not as they must be. IPv6 needs none: it answers on the interface of an address alone. */
function wrongSettings(places: readonly Place[], { setting }: ServerFacts): readonly Setting[] {
  const wrong: Setting[] = [];
  const expect = (path: string, fine: (value: string) => boolean, after: string): void => {
    const before = setting(path);
    if (before !== undefined && !fine(before)) wrong.push({ path, before, after });
  };
  for (const name of confs(places)) {
    expect(conf(name, "arp_ignore"), isSilent, "1");
    expect(conf(name, "arp_announce"), (value) => value === "2", "2");
  }
  for (const device of unwrapping(places)) {
    const strict = [conf("all", "rp_filter"), conf(device, "rp_filter")].map((path) => setting(path));
    // The kernel takes the greater of the two; 2 asks whether the source can be reached at all, which does for a tunnel.
    if (Math.max(...strict.map((value) => Number(value ?? 0))) === 1)
      expect(conf(device, "rp_filter"), () => false, "2");
  }
  return wrong;
}

function neededPaths(places: readonly Place[]): ReadonlySet<string> {
  const arp = confs(places).flatMap((name) => [conf(name, "arp_ignore"), conf(name, "arp_announce")]);
  return new Set([...arp, ...unwrapping(places).map((device) => conf(device, "rp_filter"))]);
}

/** `all` and the interfaces with IPv4 addresses of ours. */
function confs(places: readonly Place[]): readonly string[] {
  const devices = [...new Set(places.filter(({ address }) => family(address) === 4).map(({ device }) => device))];
  return devices.length === 0 ? [] : ["all", ...devices];
}

function unwrapping(places: readonly Place[]): readonly string[] {
  const tunnels = places.filter(({ address, tunnel }) => tunnel && family(address) === 4);
  return [...new Set(tunnels.map(({ device }) => device))];
}

function isDown(device: string, { interfaces }: ServerFacts): boolean {
  return interfaces.some(({ name, up }) => name === device && !up);
}

function conf(name: string, setting: string): string {
  return `net/ipv4/conf/${name}/${setting}`;
}
