import { family, type IpAddress } from "../base/ip.ts";
import { type Duties, families, forwarded, reaching } from "./duties.ts";
import { type DoctorFacts, type DoctorFinding, greaterSetting, linkToward } from "./facts.ts";

/** What keeps a director from forwarding. */
export function directorFindings(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  return duties.director
    ? [
        ...forwarding(duties, facts),
        ...redirects(duties, facts),
        ...tunnels(duties, facts),
        ...twoOwners(duties, facts),
      ]
    : [];
}

const FORWARDING = { 4: "net/ipv4/ip_forward", 6: "net/ipv6/conf/all/forwarding" } as const;

/** Answers of servers behind NAT are for the clients: they are forwarded like any other packet. */
function forwarding(duties: Duties, { setting }: DoctorFacts): readonly DoctorFinding[] {
  const services = forwarded(duties, "nat");
  return families(services)
    .filter((each) => setting(FORWARDING[each]) === "0")
    .map((each) => ({
      code: "forwarding-off",
      severity: "error",
      seen: `IPv${each} is not forwarded (${FORWARDING[each].replaceAll("/", ".")} is 0)`,
      why: `\`${services[0]?.name}\` is forwarded by NAT: the answers of its real servers do not come through`,
      mend: `sysctl -w ${FORWARDING[each].replaceAll("/", ".")}=1`,
    }));
}

/** A server behind NAT with its clients on its own LAN is told of the shorter way, and answers past the director. */
function redirects(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  const devices = new Map<string, IpAddress>();
  for (const { realServers, addresses } of forwarded(duties, "nat"))
    for (const { address, forwarding: way } of realServers) {
      const link = way === "nat" ? linkToward(facts, reaching(address)) : undefined;
      const shared = addresses.some((one) => link?.addresses.some(reaching(one.address)));
      if (
        link !== undefined &&
        shared &&
        family(address) === 4 &&
        greaterSetting(facts, link.name, "send_redirects") > 0
      )
        devices.set(link.name, address);
    }
  return [...devices].map(([device, address]) => ({
    code: "send-redirects",
    severity: "warning",
    seen: `${device} has both the virtual address and the real server ${address}, and send_redirects is on`,
    why: "NAT: the real server is told that clients of this LAN are nearer, and answers them past this director",
    mend: `sysctl -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.${device}.send_redirects=0`,
  }));
}

/** Bytes that each kind of tunnel adds over IPv4: RFC 2003, RFC 2784, GUE (UDP and 4 bytes). */
const ADDED = { ipip: 20, gre: 24, gue: 32 } as const;
const USUAL_MTU = 1500;

function tunnels(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  const found = new Map<string, DoctorFinding>();
  for (const { realServers } of forwarded(duties, "tun"))
    for (const { address, forwarding: way, tunnel } of realServers) {
      if (way !== "tun") continue;
      const added = ADDED[tunnel?.type ?? "ipip"] + (family(address) === 6 ? 20 : 0);
      const link = linkToward(facts, reaching(address)) ?? byGateway(facts, address);
      if (link === undefined || link.mtu === 0 || link.mtu >= USUAL_MTU + added || found.has(link.name)) continue;
      found.set(link.name, {
        code: "tunnel-mtu",
        severity: "warning",
        seen: `the way to ${address} takes ${link.mtu} bytes (${link.name}), and wrapped packets have up to ${USUAL_MTU + added}`,
        why: "TUN: large packets of clients are refused with ICMP, and hang wherever that is filtered",
        mend: `ip link set dev ${link.name} mtu ${USUAL_MTU + added}, or on the real servers: ip route change default … advmss ${link.mtu - added - 40}`,
      });
    }
  return [...found.values()];
}

function byGateway({ gateways, interfaces }: DoctorFacts, address: IpAddress) {
  const way = gateways.find((one) => one.address !== undefined && family(one.address) === family(address));
  return interfaces.find(({ name }) => name === way?.device);
}

/** A virtual address on two hosts: two masters, or a real server that answers. IPv4 alone. */
function twoOwners({ config }: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  return config.vrrpInstances.flatMap((instance) =>
    instance.addresses.flatMap(({ address, interface: on }) => {
      if (family(address) === 6) return [];
      const ours = facts.interfaces.some(
        (link) => link.answersArp && link.addresses.some((one) => one.address === address),
      );
      const others = facts.owners(address, on);
      if (others.length + (ours ? 1 : 0) < 2) return [];
      const hosts = [...(ours ? ["this host"] : []), ...others].join(" and ");
      return [
        {
          code: "address-twice",
          severity: "error",
          seen: `${hosts} answer for ${address} on ${on}`,
          why: "clients reach now the one, now the other: two masters do not hear each other, or a real server answers",
          mend: `find out why advertisements do not arrive (keepalived-ts doctor on the other), or on a real server: keepalived-ts real-server up ${address}`,
        } as const,
      ];
    }),
  );
}
