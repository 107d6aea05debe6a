import { lookup, lookupService } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { type IpAddress, parseIp } from "../base/ip.ts";

/** The IPv4 address of a host, as its resolver has it; undefined: it has none. */
export async function addressOf(host: string): Promise<IpAddress | undefined> {
  try {
    return parseIp((await lookup(host, { family: 4 })).address);
  } catch {
    return undefined;
  }
}

/** The names of those addresses that have one, asked for side by side. */
export async function namesOf(addresses: Iterable<IpAddress>): Promise<ReadonlyMap<IpAddress, string>> {
  const names = new Map<IpAddress, string>();
  const name = async (address: IpAddress): Promise<void> => {
    try {
      const { hostname } = await lookupService(address, 0);
      if (parseIp(hostname) === undefined) names.set(address, hostname);
    } catch {
      // An address without a name is shown as it is.
    }
  };
  await Promise.all([...new Set(addresses)].map(name));
  return names;
}

/** The ports that services(5) names, by `NAME/PROTOCOL`, and their names, by `PORT/PROTOCOL`. */
export interface ServiceNames {
  readonly ports: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<string, string>;
}

/** Reads /etc/services, or another file of its form; none: no names. The first of two entries counts. */
export function serviceNames(file = "/etc/services"): ServiceNames {
  const ports = new Map<string, number>();
  const names = new Map<string, string>();
  for (const line of textOf(file).split("\n")) {
    const [name, where, ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    const [, port, protocol] = /^(\d{1,5})\/(\w+)$/.exec(where ?? "") ?? [];
    if (name === undefined || port === undefined) continue;
    if (!names.has(`${port}/${protocol}`)) names.set(`${port}/${protocol}`, name);
    for (const each of [name, ...aliases])
      if (!ports.has(`${each}/${protocol}`)) ports.set(`${each}/${protocol}`, Number(port));
  }
  return { ports, names };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
