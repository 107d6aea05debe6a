import { family } from "../base/ip.ts";
import { isSilent, TUNNELS } from "../real-server/preparation.ts";
import { type Duties, reaching } from "./duties.ts";
import { type DoctorFacts, type DoctorFinding, type DoctorInterface, greaterSetting } from "./facts.ts";

/** What keeps a real server from answering, or makes it answer where it must not. */
export function serverFindings(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  const addresses = new Map<string, Take>();
  for (const { service, own } of duties.served) {
    if (own.forwarding === "nat") continue;
    for (const { address } of service.addresses) addresses.set(address, { address, tunnel: own.forwarding === "tun" });
  }
  for (const { address, tunnel } of facts.kept?.places ?? [])
    if (!addresses.has(address)) addresses.set(address, { address, tunnel });
  if (!duties.director)
    for (const take of byHand(facts)) addresses.set(take.address, addresses.get(take.address) ?? take);
  const takes = [...addresses.values()];
  return [
    ...takes.flatMap((take) => missing(take, facts)),
    ...(duties.director ? [] : takes.flatMap((take) => onLan(take, facts))),
    ...arp(takes, facts),
    ...reversePath(takes, facts),
    ...gateway(duties, facts),
  ];
}

/** A virtual address that packets arrive for. */
interface Take {
  readonly address: DoctorInterface["addresses"][number]["address"];
  readonly tunnel: boolean;
}

/** What somebody put on lo or on the usual tunnels, alone in its network. */
function byHand({ interfaces }: DoctorFacts): readonly Take[] {
  const devices = new Map([["lo", false], ...Object.values(TUNNELS).map((name): [string, boolean] => [name, true])]);
  return interfaces.flatMap(({ name, addresses }) => {
    const tunnel = devices.get(name);
    if (tunnel === undefined) return [];
    const alone = addresses.filter(({ address, prefixLength }) => prefixLength === (family(address) === 4 ? 32 : 128));
    const virtual = alone.filter(({ address }) => address !== "::1" && !address.startsWith("127."));
    return virtual.map(({ address }) => ({ address, tunnel }));
  });
}

function holders({ address }: Take, { interfaces }: DoctorFacts): readonly DoctorInterface[] {
  return interfaces.filter(({ addresses }) => addresses.some((one) => one.address === address));
}

function missing(take: Take, facts: DoctorFacts): readonly DoctorFinding[] {
  if (holders(take, facts).length > 0) return [];
  const { address, tunnel } = take;
  return [
    {
      code: "address-missing",
      severity: "error",
      seen: `no interface has the virtual address ${address}`,
      why: `${tunnel ? "TUN" : "DR"}: packets arrive with that address, and are dropped`,
      mend: `keepalived-ts real-server up ${tunnel ? "--tun " : ""}${address}`,
    },
  ];
}

function onLan(take: Take, facts: DoctorFacts): readonly DoctorFinding[] {
  return holders(take, facts)
    .filter(({ answersArp, name }) => answersArp && !isApart(name, facts))
    .map(({ name }) => ({
      code: "address-on-lan",
      severity: "error",
      seen: `${name} has the virtual address ${take.address}`,
      why: "this host answers for it on that LAN, whatever arp_ignore says: clients come past the director",
      mend: `ip address del ${take.address}/32 dev ${name}; keepalived-ts real-server up ${take.address}`,
    }));
}

/** An interface on which nobody asks: none of its addresses has a network. */
function isApart(device: string, { interfaces, gateways }: DoctorFacts): boolean {
  const link = interfaces.find(({ name }) => name === device);
  const networks = link?.addresses.filter(
    ({ address, prefixLength }) => prefixLength < (family(address) === 4 ? 32 : 128),
  );
  return (
    (networks?.every(({ address }) => address.startsWith("fe80:")) ?? true) &&
    gateways.every((one) => one.device !== device)
  );
}

function arp(takes: readonly Take[], facts: DoctorFacts): readonly DoctorFinding[] {
  const held = takes.filter((take) => family(take.address) === 4 && holders(take, facts).length > 0);
  const [first] = held;
  if (first === undefined) return [];
  const asked = facts.interfaces.filter(
    ({ up, answersArp, addresses }) => up && answersArp && addresses.some(({ address }) => family(address) === 4),
  );
  const loud = asked.filter(({ name }) => !isSilent(String(greaterSetting(facts, name, "arp_ignore"))));
  const telling = asked.filter(({ name }) => greaterSetting(facts, name, "arp_announce") < 2);
  const mend = `keepalived-ts real-server up ${first.tunnel ? "--tun " : ""}${held.map(({ address }) => address).join(" ")}`;
  const names = (links: readonly DoctorInterface[]): string => links.map(({ name }) => name).join(", ");
  return [
    ...(loud.length === 0
      ? []
      : [
          {
            code: "arp-not-suppressed",
            severity: "error",
            seen: `this host answers on ${names(loud)} who asks for ${first.address} (arp_ignore of all and of the interface)`,
            why: "clients and routers learn its MAC address for the virtual address, and come past the director",
            mend,
          } as const,
        ]),
    ...(telling.length === 0
      ? []
      : [
          {
            code: "arp-announced",
            severity: "error",
            seen: `this host may ask on ${names(telling)} in the name of ${first.address} (arp_announce is less than 2)`,
            why: "who is asked learns its MAC address for the virtual address, and sends past the director",
            mend,
          } as const,
        ]),
  ];
}

function reversePath(takes: readonly Take[], facts: DoctorFacts): readonly DoctorFinding[] {
  const devices = new Set(
    takes.filter(({ tunnel }) => tunnel).flatMap((take) => holders(take, facts).map(({ name }) => name)),
  );
  return [...devices]
    .filter((device) => device !== "lo" && greaterSetting(facts, device, "rp_filter") === 1)
    .map((device) => ({
      code: "reverse-path",
      severity: "error",
      seen: `rp_filter is strict on ${device}`,
      why: "TUN: packets of clients come out of the tunnel, the way back to them does not lead there, and they are dropped",
      mend: `sysctl -w net.ipv4.conf.${device}.rp_filter=2`,
    }));
}

/** NAT: answers must come back through the director, whose virtual address on the servers' LAN is the gateway. */
function gateway(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  const behind = duties.served.find(({ own }) => own.forwarding === "nat");
  if (behind === undefined || duties.director) return [];
  const { address: own } = behind.own;
  const link = facts.interfaces.find(({ addresses }) => addresses.some(({ address }) => address === own));
  const networks = link?.addresses.filter(({ address }) => address === own) ?? [];
  const virtual = duties.config.vrrpInstances.flatMap(({ addresses, excludedAddresses }) =>
    [...addresses, ...excludedAddresses].map(({ address }) => address),
  );
  const inner = virtual.filter((address) => networks.some((network) => reaching(address)(network)));
  const ways = facts.gateways.filter(({ address }) => address !== undefined && family(address) === family(own));
  if (ways.some(({ address }) => address !== undefined && virtual.includes(address))) return [];
  const gate = ways[0]?.address;
  const expected = inner[0];
  return [
    {
      code: "wrong-gateway",
      severity: expected === undefined ? "warning" : "error",
      seen:
        gate === undefined
          ? "there is no default gateway"
          : `the default gateway is ${gate}, which is no virtual address of the director`,
      why: `NAT: answers of ${own} for \`${behind.service.name}\` must go through the director, or clients do not know them`,
      mend: `ip route replace default via ${expected ?? "ADDRESS-OF-THE-DIRECTOR"}`,
    },
  ];
}
