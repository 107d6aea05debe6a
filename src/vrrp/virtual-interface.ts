import { type Family, type IpAddress, ip } from "../base/ip.ts";
import { type MacAddress, mac } from "../base/mac.ts";

/** The interfaces that instances make for themselves: their addresses, their names, and which of those there are will do. */

/** What an instance asks for. */
export interface WantedInterface {
  readonly instance: string; // its name, for words
  readonly base: string; // the interface it lies on
  readonly spec: InterfaceSpec;
  readonly name: NameWish;
}

/** A private macvlan with a MAC address of its own, or an ipvlan with that of its base. */
export type InterfaceSpec =
  | { readonly kind: "macvlan"; readonly mac: MacAddress }
  | { readonly kind: "ipvlan"; readonly mode: IpvlanMode; readonly address: IpAddress | undefined };

/** What ipvlans on one base hear of each other. */
export type IpvlanMode = "bridge" | "private" | "vepa";

/** How it is to be called. */
export interface NameWish {
  readonly given: string | undefined; // by the configuration; at most 15 characters
  readonly prefix: string; // else PREFIX.VRID
  readonly family: Family;
  readonly vrid: number;
}

/** An interface of this host. */
export interface PresentInterface {
  readonly ifindex: number;
  readonly name: string;
  readonly kind: string | undefined;
  readonly base: number | undefined; // ifindex
  readonly mac: MacAddress | undefined;
  readonly macvlanMode: number | undefined; // MACVLAN_MODE_*
  readonly ipvlanMode: IpvlanMode | undefined; // of layer 2
}

/** Whose interface one is: this process's, that of one of us that is dead, or none of our business. */
export type Ownership = "ours" | "left-behind" | "foreign";

/** What becomes of a wish. */
export type Settled<Present extends PresentInterface> =
  | { readonly type: "no-base"; readonly wanted: WantedInterface }
  | { readonly type: "reuse"; readonly wanted: WantedInterface; readonly present: Present; readonly base: Present }
  | {
      readonly type: "make";
      readonly wanted: WantedInterface;
      readonly name: string;
      readonly base: Present;
      readonly instead: Present | undefined; // goes first: it has the name or the MAC address
    };

/** What there is, and whose. */
export interface Surroundings<Present extends PresentInterface> {
  readonly present: readonly Present[];
  owner(present: Present): Ownership;
  addresses(present: Present): readonly IpAddress[];
}

/** MACVLAN_MODE_PRIVATE of linux/if_link.h. */
const PRIVATE = 1;
/** What the kernel keeps of a name, IFNAMSIZ of linux/if.h. */
const LONGEST_NAME = 15;
/** Names that are tried with a number. */
const ATTEMPTS = 256;

/** The MAC address of a virtual router, RFC 9568 §7.3; `given`: five octets, to which the VRID is appended, or six. */
export function virtualMac(family: Family, vrid: number, given?: string): MacAddress {
  const octets = (given ?? `00:00:5e:00:0${family === 4 ? 1 : 2}`).split(":");
  return mac((octets.length === 5 ? [...octets, vrid.toString(16).padStart(2, "0")] : octets).join(":"));
}

/**
 * The link-local address of an ipvlan: the MAC address with the VRID in its middle, as the kernel forms one of interfaces
 * that share a MAC address (with a number of its own there).
 */
export function ipvlanAddress(base: MacAddress, vrid: number): IpAddress {
  const octets = base.split(":");
  const middle = ["00", vrid.toString(16).padStart(2, "0")];
  const all = [...octets.slice(0, 3), ...middle, ...octets.slice(3)];
  return ip(`fe80::${[0, 2, 4, 6].map((at) => all.slice(at, at + 2).join("")).join(":")}`);
}

/**
 * The names to try, best first: the given one, `vrrp.51`, (IPv6) `vrrp6.51`, `vrrp1.51`, … Of a long prefix the end is
 * cut, so that they stay different.
 */
export function* candidateNames({ given, prefix, family, vrid }: NameWish): Generator<string> {
  if (given !== undefined) yield given;
  const numbers = Array.from({ length: ATTEMPTS }, (_, i) => `${i + 1}`);
  for (const number of ["", ...(family === 6 ? ["6"] : []), ...numbers]) {
    const tail = `${number}.${vrid}`;
    yield prefix.slice(0, LONGEST_NAME - tail.length) + tail;
  }
}

/**
 * What becomes of each wish, in their order, and what nobody wants any more. Interfaces that fit are found before names
 * are given, so a daemon that begins anew finds its own ones again whatever they are called.
 */
export function settleInterfaces<Present extends PresentInterface>(
  wishes: readonly WantedInterface[],
  around: Surroundings<Present>,
): { readonly settled: readonly Settled<Present>[]; readonly leftovers: readonly Present[] } {
  const byName = new Map(around.present.map((one) => [one.name, one]));
  const byBase = groupByBase(around.present);
  const used = new Set<number>();
  const matched = wishes.map((wanted) => {
    const base = byName.get(wanted.base);
    const fits = base === undefined ? [] : (byBase.get(realBase(base)) ?? []);
    const match = fits.find((one) => !used.has(one.ifindex) && isMatch(wanted, one, around));
    if (match !== undefined) used.add(match.ifindex);
    return { wanted, base, match };
  });
  const taken = new Set<string>();
  const settled = matched.map(({ wanted, base, match }): Settled<Present> => {
    if (base === undefined) return { type: "no-base", wanted };
    const { given } = wanted.name;
    // One of ours under another name than the configuration's now: its MAC address can be there only once.
    const renamed = match !== undefined && given !== undefined && match.name !== given && isOurs(around.owner(match));
    if (match !== undefined && !renamed) return { type: "reuse", wanted, present: match, base };
    for (const name of candidateNames(wanted.name)) {
      const holder = byName.get(name);
      if (taken.has(name) || (holder !== undefined && !gives(holder, base, wanted))) continue;
      taken.add(name);
      if (holder !== undefined) used.add(holder.ifindex);
      return { type: "make", wanted, name, base, instead: match ?? holder };
    }
    return { type: "no-base", wanted };
  });
  const leftovers = around.present.filter((one) => !used.has(one.ifindex) && isOurs(around.owner(one)));
  return { settled, leftovers };

  /** Whether an interface may be removed for its name. */
  function gives(holder: Present, base: Present, { name: { given }, spec }: WantedInterface): boolean {
    if (used.has(holder.ifindex)) return false;
    if (isOurs(around.owner(holder))) return true;
    const alike = holder.kind === spec.kind && (holder.kind === "ipvlan" || holder.macvlanMode === PRIVATE);
    return given === holder.name && alike && holder.base === realBase(base);
  }
}

/** An ipvlan has nothing of its own but its name and its address; one that has lost its address gets it again. */
function isMatch<Present extends PresentInterface>(
  { spec, name }: WantedInterface,
  one: Present,
  around: Surroundings<Present>,
): boolean {
  if (spec.kind !== one.kind) return false;
  if (spec.kind === "macvlan") return one.macvlanMode === PRIVATE && one.mac === spec.mac;
  if (one.ipvlanMode !== spec.mode || !isOurs(around.owner(one))) return false;
  const has = around.addresses(one);
  const serves = has.length === 0 || (spec.address !== undefined && has.includes(spec.address));
  return serves && [...candidateNames(name)].includes(one.name);
}

function isOurs(owner: Ownership): boolean {
  return owner !== "foreign";
}

/** A macvlan on a macvlan lies on what that one lies on; ipvlans likewise. */
function realBase({ kind, base, ifindex }: PresentInterface): number {
  return (kind === "macvlan" || kind === "ipvlan") && base !== undefined ? base : ifindex;
}

function groupByBase<Present extends PresentInterface>(present: readonly Present[]): Map<number, Present[]> {
  const groups = new Map<number, Present[]>();
  for (const one of present) {
    if (one.base === undefined) continue;
    const group = groups.get(one.base);
    if (group === undefined) groups.set(one.base, [one]);
    else group.push(one);
  }
  return groups;
}
