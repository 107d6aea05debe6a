import type { Config } from "../config/model/model.ts";
import type { ItemOption } from "../config/model/network.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { SnmpInstanceReport, SnmpReport } from "../observe/report.ts";
import { servesVrrp } from "../snmp/served.ts";
import { allAddresses, deviceOf, itemsOf, primaryAddress, type Surroundings } from "./instance.ts";
import type { NetworkItems } from "./placement.ts";
import type { Router } from "./router.ts";
import { staticItems } from "./static-network.ts";
import type { Trackers } from "./trackers.ts";

/** What is asked for it. */
interface Around extends Surroundings {
  readonly network: HostNetwork;
  readonly trackers: Trackers;
}

/** What SNMP shows of the vrrp process; nothing while nobody asks for SNMP. */
export function snmpFacts(
  config: Config,
  routers: readonly Router[],
  around: Around,
  unknownVrids: number,
): SnmpReport | undefined {
  if (!servesVrrp(config.global.snmp)) return undefined;
  const instances = routers.map((router) => instanceFacts(router, around));
  const names = new Set([...namedInterfaces(config), ...instances.flatMap(({ interfaces }) => interfaces)]);
  const links = [...names].flatMap((name) => {
    const link = around.network.link(name);
    return link === undefined ? [] : [{ name, ifindex: link.ifindex, vrfTable: link.vrfTable }];
  });
  return { links, instances, ...around.trackers.facts, unknownVrids };
}

function instanceFacts({ config, state }: Router, around: Around): SnmpInstanceReport {
  const source = primaryAddress(config, around);
  const device = around.speaksOn(config) ?? deviceOf(config) ?? "";
  return {
    name: config.name,
    ifindex: around.network.link(config.interface)?.ifindex ?? 0,
    device,
    mac: around.network.link(device)?.mac,
    source,
    master: state.name === "master" ? source : state.name === "backup" ? state.master : undefined,
    interfaces: allAddresses(config).map((address) => address.interface),
  };
}

/** By configuration: it is looked through once. */
const named = new WeakMap<Config, ReadonlySet<string>>();

function namedInterfaces(config: Config): ReadonlySet<string> {
  const known = named.get(config);
  if (known !== undefined) return known;
  const items = [staticItems(config), ...config.vrrpInstances.map(itemsOf)];
  const names = new Set([
    ...config.vrrpInstances.map((instance) => instance.interface),
    ...items.flatMap(itemInterfaces),
  ]);
  named.set(config, names);
  return names;
}

function itemInterfaces({ addresses, routes }: NetworkItems): readonly string[] {
  return [
    ...addresses.map((address) => address.interface),
    ...routes.flatMap(({ options }) => options.flatMap(optionInterfaces)),
  ];
}

function optionInterfaces([word, value]: ItemOption): readonly string[] {
  if (word === "nexthop") return (value as unknown as readonly ItemOption[]).flatMap(optionInterfaces);
  return (word === "dev" || word === "oif") && typeof value === "string" ? [value] : [];
}
