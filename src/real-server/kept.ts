import { parseIp } from "../base/ip.ts";
import type { Kept, Place, Setting } from "./preparation.ts";

/** The text of what is kept. */
export function writeKept(kept: Kept): string {
  return `${JSON.stringify(kept, undefined, 2)}\n`;
}

/** What was kept; undefined where the text is none of ours. It names files that are written as root: each is looked at. */
export function readKept(text: string): Kept | undefined {
  try {
    const found = JSON.parse(text) as unknown;
    if (!isRecord(found)) return undefined;
    const places = list(found["places"], readPlace);
    const settings = list(found["settings"], readSetting);
    const raised = list(found["raised"], (one) => (isDevice(one) ? one : undefined));
    return places && settings && raised && { places, settings, raised };
  } catch {
    return undefined;
  }
}

/** A name that an interface may have: IFNAMSIZ of linux/if.h, dev_valid_name of the kernel. */
export function isDevice(name: unknown): name is string {
  return typeof name === "string" && /^[^\s/:]{1,15}$/.test(name) && name !== "." && name !== "..";
}

function readPlace(one: unknown): Place | undefined {
  if (!isRecord(one)) return undefined;
  const { address, device, tunnel } = one;
  const parsed = typeof address === "string" ? parseIp(address) : undefined;
  return parsed !== undefined && isDevice(device) ? { address: parsed, device, tunnel: tunnel === true } : undefined;
}

function readSetting(one: unknown): Setting | undefined {
  if (!isRecord(one)) return undefined;
  const { path, before, after } = one;
  if (typeof path !== "string" || typeof before !== "string" || typeof after !== "string") return undefined;
  const [, device] = /^net\/ipv4\/conf\/([^/]*)\/(?:arp_ignore|arp_announce|rp_filter)$/.exec(path) ?? [];
  const values = [before, after].every((value) => /^\d{1,3}$/.test(value));
  return isDevice(device) && values ? { path, before, after } : undefined;
}

/** Undefined where one of them is not what it should be. */
function list<T>(found: unknown, read: (one: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(found)) return undefined;
  const all = found.flatMap((one) => read(one) ?? []);
  return all.length === found.length ? all : undefined;
}

function isRecord(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}
