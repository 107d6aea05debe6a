import { readFileSync } from "node:fs";
import type { DoctorFacts, DoctorInterface, Gateway, Probe } from "../doctor/facts.ts";
import { ARPHRD_ETHER, IFF_LOOPBACK, IFF_NOARP, NETLINK_ROUTE, RTN_UNICAST } from "../netlink/constants.ts";
import { decodeRoute, dumpRoutes, type Route } from "../netlink/route.ts";
import type { Kept } from "../real-server/preparation.ts";
import { type Owners, probeOwners } from "./arp-probe.ts";
import { type AddressedLink, dump, readInterfaces } from "./interfaces.ts";
import { KernelError } from "./kernel-error.ts";
import { kernelModules } from "./kernel-modules.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { readRuleset } from "./nft-reader.ts";
import { readSysctl } from "./sysctl.ts";

const RT_TABLE_MAIN = 254;

/** What this host is like; `probes` are addresses whose owners are asked for. Throws KernelError where nothing can be seen. */
export function doctorFacts(probes: readonly Probe[], kept: Kept | undefined): DoctorFacts {
  const links = readInterfaces();
  const unseen: string[] = [];
  const see = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      unseen.push(error.message);
      return undefined;
    }
  };
  const owners: Owners | undefined = see(() =>
    probeOwners(
      probes,
      links.map(({ link }) => link),
    ),
  );
  const ruleset = see(readRuleset);
  return {
    interfaces: links.map(interfaceOf),
    gateways: see(() => gateways(links)) ?? [],
    setting: readSysctl,
    module: kernelModules(),
    ruleset,
    legacyTables: ["ip", "ip6"].flatMap((kind) => lines(`/proc/net/${kind}_tables_names`)),
    descriptorLimit: number(/^Max open files +\S+ +(\d+)/m.exec(text("/proc/self/limits"))?.[1]),
    capabilities: bits(/^CapEff:\s*([\da-f]+)$/m.exec(text("/proc/self/status"))?.[1]),
    kept,
    owners: (address, device) => [...(owners?.get(`${address} ${device}`) ?? [])],
    unseen,
  };
}

function interfaceOf({ link, addresses }: AddressedLink): DoctorInterface {
  const { name, ifindex, type, up, mtu, flags } = link;
  const answersArp = type === ARPHRD_ETHER && (flags & (IFF_LOOPBACK | IFF_NOARP)) === 0;
  return { name, ifindex, type, up, mtu, answersArp, addresses };
}

function gateways(links: readonly AddressedLink[]): readonly Gateway[] {
  const netlink = new NetlinkSocket(NETLINK_ROUTE);
  try {
    const bodies = ([4, 6] as const).flatMap((family) =>
      dump(netlink, dumpRoutes(family, 0), "cannot read the routes"),
    );
    const routes = bodies.flatMap((body) => {
      const route = decodeRoute(body);
      return route.ok && isDefault(route.value) ? [route.value] : [];
    });
    return routes
      .sort((a, b) => a.metric - b.metric)
      .flatMap(({ hop, hops }) => (hops.length > 0 ? hops : [hop]))
      .flatMap(({ gateway, ifindex }) => {
        const device = links.find(({ link }) => link.ifindex === ifindex)?.link.name;
        return device === undefined ? [] : [{ address: gateway, device }];
      });
  } finally {
    netlink.close();
  }
}

function isDefault({ destination, table, type }: Route): boolean {
  return destination.prefixLength === 0 && table === RT_TABLE_MAIN && type === RTN_UNICAST;
}

function lines(path: string): readonly string[] {
  return text(path)
    .split("\n")
    .filter((line) => line !== "");
}

function text(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function number(found: string | undefined): number | undefined {
  return found === undefined ? undefined : Number(found);
}

function bits(found: string | undefined): bigint | undefined {
  return found === undefined ? undefined : BigInt(`0x${found}`);
}
