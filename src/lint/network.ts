import { type HostFacts, type Network, within } from "../base/host.ts";
import { family, type IpAddress } from "../base/ip.ts";
import { last } from "../syntax/table.ts";
import { type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";
import { firstWithout, served } from "./served.ts";
import type { WrittenInstance } from "./written.ts";

/** Whether the addresses fit the host that the file is for. */
export const NETWORK_LINTS: readonly Lint[] = [
  {
    code: "K014",
    name: "owner-without-address",
    meaning: "priority 255 says that the router owns the addresses; this host has none of them",
    severity: ["warning"],
    check: ownerWithoutAddress,
  },
  {
    code: "K015",
    name: "address-off-network",
    meaning: "a virtual address lies outside every network of the host",
    severity: ["warning"],
    check: addressOffNetwork,
  },
  {
    code: "K016",
    name: "service-without-holder",
    meaning: "nobody holds the address of a virtual server",
    severity: ["warning", "hint"],
    check: serviceWithoutHolder,
  },
  {
    code: "K017",
    name: "director-is-server",
    meaning: "with direct routing a director is its own real server: the backup balances again what the master sent it",
    severity: ["warning"],
    check: directorIsServer,
  },
];

/** The addresses of this router, as far as they are known: from the host, and as sources of advertisements. */
export function ownAddresses({ tree, host }: Pick<LintInput, "tree" | "host">): ReadonlySet<IpAddress> {
  const sources = tree.vrrp_instance.flatMap(({ value: { settings } }) => [
    ...settings.mcast_src_ip,
    ...settings.unicast_src_ip,
  ]);
  return new Set([...sources.map(({ value }) => value), ...(networksOf(host) ?? []).map(({ address }) => address)]);
}

function networksOf(host: HostFacts | undefined): readonly Network[] | undefined {
  return host?.interfaces?.flatMap(({ addresses }) => addresses);
}

function* ownerWithoutAddress({ instances, host }: LintInput): Iterable<Finding> {
  const networks = networksOf(host);
  if (networks === undefined) return;
  const held = new Set<IpAddress>(networks.map(({ address }) => address));
  for (const { instance, body } of instances) {
    if (instance.priority !== 255 || instance.addresses.some(({ address }) => held.has(address))) continue;
    const { priority, state } = body.value.settings;
    const said = last(priority);
    const message = `\`${instance.name}\` has priority 255, that of the owner of its addresses, and this host has none of them`;
    const help = said === undefined ? "write a `priority` from 1 to 254" : "write a priority from 1 to 254";
    yield warning(message, said?.span ?? last(state)?.span ?? body.span, help);
  }
}

function* addressOffNetwork({ instances, host }: LintInput): Iterable<Finding> {
  const networks = networksOf(host);
  if (networks === undefined) return;
  // A master holds them now, each as a network of its own.
  const virtual = new Set<IpAddress>(
    instances.flatMap(({ instance: { addresses, excludedAddresses } }) =>
      [...addresses, ...excludedAddresses].map(({ address }) => address),
    ),
  );
  const hasNetwork = within(
    networks.filter(({ address, prefixLength }) => prefixLength < longest(address) || !virtual.has(address)),
  );
  for (const written of instances) {
    const { addresses, excludedAddresses } = written.instance;
    const places = addressPlaces(written);
    for (const { address, prefixLength, interface: name } of [...addresses, ...excludedAddresses]) {
      // With a shorter prefix the address brings its network with it; link-local addresses have theirs everywhere.
      const brings = prefixLength < longest(address);
      if (brings || name === "lo" || address.startsWith("fe80:")) continue;
      if (hasNetwork(address)) continue;
      const message = `\`${address}\` is in no network of this host: nobody beside it asks for that address`;
      yield warning(message, places.get(address) ?? written.body.span, "correct the address, or add its prefix length");
    }
  }
}

function longest(address: IpAddress): number {
  return family(address) === 4 ? 32 : 128;
}

/** Where each address of an instance is written, the first time. */
function addressPlaces({ body }: WrittenInstance): ReadonlyMap<IpAddress, Finding["span"]> {
  const { virtual_ipaddress, virtual_ipaddress_excluded } = body.value.settings;
  const items = [...virtual_ipaddress, ...virtual_ipaddress_excluded].flatMap(({ value }) => value);
  return new Map(items.map(({ value, span }) => [value.address, span] as const).reverse());
}

/** A file without instances belongs to a host that holds its addresses by itself, as far as one can tell without it. */
function* serviceWithoutHolder(input: LintInput): Iterable<Finding> {
  const { config, tree, host } = input;
  const networks = networksOf(host);
  if (networks === undefined && config.vrrpInstances.length === 0) return;
  const virtual = config.vrrpInstances.flatMap((instance) => [...instance.addresses, ...instance.excludedAddresses]);
  const held = new Set<IpAddress>([...virtual, ...(networks ?? [])].map(({ address }) => address));
  for (const address of staticAddresses(tree)) held.add(address);
  for (const { from, to, span } of served(input)) {
    const missing = firstWithout(held, from, to);
    if (missing === undefined) continue;
    const message = `no vrrp_instance holds \`${missing}\``;
    const help = "add it to `virtual_ipaddress`";
    yield networks === undefined
      ? hint(`${message}: the service works only where the host has it`, span, help)
      : warning(`${message}, nor does this host: the service gets no packet`, span, help);
  }
}

/** Those of `static_ipaddress`, which are there whatever VRRP does. */
function staticAddresses(tree: LintInput["tree"]): readonly IpAddress[] {
  return tree.static_ipaddress.flatMap(({ value }) => value.map((item) => item.value.address));
}

/** On the backup IPVS takes what the master sent it for a new connection, and may send it back. */
function* directorIsServer({ services, tree, host }: LintInput): Iterable<Finding> {
  const own = ownAddresses({ tree, host });
  const peers = peerAddresses(tree);
  for (const { servers } of services) {
    for (const { real, body } of servers) {
      if (real.forwarding !== "dr" || !(own.has(real.address) || peers.has(real.address))) continue;
      const who = own.has(real.address) ? "this director" : "a director, as `unicast_peer` says";
      const message = `\`${real.address}\` is ${who}: while it is backup, its own IPVS balances again what the master sends it`;
      yield warning(message, body.span, "use other machines as real servers, or `lb_kind NAT` with another port");
    }
  }
}

function peerAddresses(tree: LintInput["tree"]): ReadonlySet<string> {
  const peers = tree.vrrp_instance.flatMap(({ value }) => value.settings.unicast_peer.flatMap((block) => block.value));
  return new Set(peers.map(({ value }) => value.address));
}
