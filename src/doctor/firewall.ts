import { type Family, family, fromBytes, type IpAddress, ip, toBytes } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import { type Duties, reaching, type ServiceAddress } from "./duties.ts";
import { type DoctorFacts, type DoctorFinding, type DoctorInterface, linkToward } from "./facts.ts";
import { AH, type NamedLink, SCTP, TCP, type TestPacket, UDP, VRRP } from "./packet.ts";
import { type Dropper, PacketFilter } from "./packet-filter.ts";

/** What the packet filter drops of what must pass. Each case is one packet that the rules are asked about. */
export function firewallFindings(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  const legacy = facts.legacyTables.map(
    (name): DoctorFinding => ({
      code: "iptables-legacy",
      severity: "warning",
      seen: `the table \`${name}\` of iptables-legacy is in use`,
      why: "its rules filter beside those of nftables, and are not looked at here",
      mend: `iptables-legacy-save -t ${name}, and look for rules about protocol 112 and the services`,
    }),
  );
  if (facts.ruleset === undefined) return legacy;
  const at = { duties, facts, filter: new PacketFilter(facts.ruleset) };
  return [...legacy, ...(duties.director ? [...vrrp(at), ...arriving(at), ...answers(at)] : []), ...served(at)];
}

interface Place {
  readonly duties: Duties;
  readonly facts: DoctorFacts;
  readonly filter: PacketFilter;
}

/** An address that no rule knows: one of TEST-NET-3, one of 2001:db8::/32. RFC 5737, RFC 3849. */
const ANYBODY: Readonly<Record<Family, IpAddress>> = { 4: ip("203.0.113.77"), 6: ip("2001:db8:77::77") };
const PORT = 40000; // of a client
const PROTOCOLS = { tcp: TCP, udp: UDP, sctp: SCTP } as const;

/** Advertisements of the others, and our own. */
function vrrp({ duties: { config }, facts, filter }: Place): readonly DoctorFinding[] {
  return config.vrrpInstances.flatMap((instance) => {
    const link = facts.interfaces.find(({ name }) => name === instance.interface);
    const own = link?.addresses.find(({ address }) => family(address) === instance.family)?.address;
    if (link === undefined || own === undefined) return [];
    const peer = instance.unicast?.peers[0]?.address ?? neighbour(own);
    const to = instance.unicast === undefined ? instance.multicastGroup : own;
    const protocol = instance.authentication.type === "ah" ? AH : VRRP;
    const common = { protocol, sourcePort: 0, destinationPort: 0, state: "new" as const };
    const came = filter.fate({ ...common, source: peer, destination: to, in: named(link), out: undefined });
    const group = instance.unicast === undefined ? instance.multicastGroup : peer;
    const goes = filter.fate({ ...common, source: own, destination: group, in: undefined, out: named(link) });
    return [
      ...(came.type === "dropped" ? [vrrpDropped(instance, protocol, came.by, "in")] : []),
      ...(goes.type === "dropped" ? [vrrpDropped(instance, protocol, goes.by, "out")] : []),
    ];
  });
}

function vrrpDropped(
  { name, interface: device, family: version }: VrrpInstanceConfig,
  protocol: number,
  by: Dropper,
  way: "in" | "out",
): DoctorFinding {
  const match = version === 4 ? `ip protocol ${protocol}` : `meta l4proto ${protocol}`;
  const side = way === "in" ? "iifname" : "oifname";
  return {
    code: "vrrp-dropped",
    severity: "error",
    seen: `${dropperName(by)} drops protocol ${protocol} ${way === "in" ? "from" : "to"} ${device}`,
    why:
      way === "in"
        ? `\`${name}\` hears no other director: both become master`
        : `no other director hears \`${name}\`: both become master`,
    mend: `nft insert rule ${by.family} ${by.table} ${by.chain} ${side} ${device} ${match} accept`,
  };
}

/** New connections to the addresses of services. */
function arriving({ duties, facts, filter }: Place): readonly DoctorFinding[] {
  return duties.services.flatMap(({ name, addresses }) =>
    addresses.flatMap((one) => {
      const found = filter.fate(fromClient(one, inbound(facts, one.address)));
      return found.type === "dropped" ? [serviceDropped(name, one, found.by)] : [];
    }),
  );
}

/** The same on a real server, where the packet has the server's port, and with NAT its address. */
function served({ duties, facts, filter }: Place): readonly DoctorFinding[] {
  return duties.served.flatMap(({ service, own }) =>
    service.addresses.slice(0, 1).flatMap((one) => {
      const nat = own.forwarding === "nat";
      const port = own.port === 0 || !nat ? one.port : own.port;
      const to = { ...one, address: nat ? own.address : one.address, port };
      const tunnel = facts.interfaces.find(
        ({ answersArp, name, addresses }) =>
          !answersArp && name !== "lo" && addresses.some(({ address }) => address === one.address),
      );
      const link = own.forwarding === "tun" && tunnel !== undefined ? tunnel : inbound(facts, own.address);
      const found = filter.fate(fromClient(to, link));
      return found.type === "dropped" ? [serviceDropped(service.name, to, found.by)] : [];
    }),
  );
}

function serviceDropped(name: string, { port, protocol }: ServiceAddress, by: Dropper): DoctorFinding {
  const match = port === 0 ? `meta l4proto ${protocol}` : `${protocol} dport ${port}`;
  return {
    code: "service-dropped",
    severity: "error",
    seen: `${dropperName(by)} drops ${protocol} to ${port === 0 ? "all ports" : `port ${port}`}`,
    why: `connections to \`${name}\` end here`,
    mend: `nft insert rule ${by.family} ${by.table} ${by.chain} ${match} accept`,
  };
}

/**
 * Answers of servers behind NAT. IPVS keeps its connections from conntrack, so what it sees of them is an answer to
 * nothing: invalid; with vs/conntrack it knows them. Documentation/networking/ipvs-sysctl.rst.
 */
function answers({ duties, facts, filter }: Place): readonly DoctorFinding[] {
  const tracked = facts.setting("net/ipv4/vs/conntrack") === "1";
  const found = new Map<string, DoctorFinding>();
  for (const {
    name,
    realServers,
    addresses: [one],
  } of duties.services)
    for (const { address, port, forwarding } of realServers) {
      const link = inbound(facts, address);
      if (forwarding !== "nat" || one === undefined) continue;
      const answer = (state: TestPacket["state"]) =>
        filter.fate({
          source: address,
          destination: ANYBODY[family(address)],
          protocol: PROTOCOLS[one.protocol],
          sourcePort: port === 0 ? one.port : port,
          destinationPort: PORT,
          state,
          in: named(link),
          out: named(outbound(facts, family(address))),
        });
      const fate = answer(tracked ? "established" : "invalid");
      if (fate.type !== "dropped") continue;
      const helps = !tracked && answer("established").type !== "dropped";
      const { family: table, chain } = fate.by;
      found.set(dropperName(fate.by), {
        code: helps ? "conntrack-in-the-way" : "answers-dropped",
        severity: "error",
        seen: `${dropperName(fate.by)} drops answers of ${address}${helps ? ": conntrack does not know connections of IPVS" : ""}`,
        why: `NAT: clients of \`${name}\` get no answer`,
        mend: helps
          ? "sysctl -w net.ipv4.vs.conntrack=1"
          : `nft insert rule ${table} ${fate.by.table} ${chain} ${table === "ip6" || family(address) === 6 ? "ip6" : "ip"} saddr ${address} accept`,
      });
    }
  return [...found.values()];
}

function fromClient({ address, port, protocol }: ServiceAddress, link: DoctorInterface | undefined): TestPacket {
  return {
    source: ANYBODY[family(address)],
    destination: address,
    protocol: PROTOCOLS[protocol],
    sourcePort: PORT,
    destinationPort: port === 0 ? ANY_PORT : port,
    state: "new",
    in: named(link),
    out: undefined,
  };
}
const ANY_PORT = 8080; // where all of them are meant

/** Where packets for an address come from: the interface of its network, or of the gateway. */
function inbound(facts: DoctorFacts, address: IpAddress): DoctorInterface | undefined {
  const held = facts.interfaces.find(
    (link) => link.answersArp && link.addresses.some((one) => one.address === address),
  );
  return held ?? linkToward(facts, reaching(address)) ?? outbound(facts, family(address));
}

function outbound({ gateways, interfaces }: DoctorFacts, version: Family): DoctorInterface | undefined {
  const device = gateways.find(({ address }) => address !== undefined && family(address) === version)?.device;
  return interfaces.find(({ name }) => name === device) ?? interfaces.find(({ up, answersArp }) => up && answersArp);
}

function named(link: DoctorInterface | undefined): NamedLink {
  return { name: link?.name ?? "eth0", ifindex: link?.ifindex ?? 0, type: link?.type ?? 1 };
}

/** Another address of the same network. */
function neighbour(address: IpAddress): IpAddress {
  const bytes = toBytes(address).slice();
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return fromBytes(bytes);
}

function dropperName({ family: kind, table, chain, within, handle }: Dropper): string {
  if (handle === undefined) return `the policy of chain \`${chain}\` (table ${kind} ${table})`;
  return `rule ${handle} of chain \`${within}\` (table ${kind} ${table})`;
}
