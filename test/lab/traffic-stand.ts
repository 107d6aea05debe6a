import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { Connections } from "./connections.ts";
import { type Director, startDirector } from "./daemon.ts";
import { Lan } from "./lan.ts";
import { PROJECT, run, until } from "./run.ts";
import { ipvsTable } from "./tables.ts";
import { addressOf, GUE_PORT, SERVERS, SORRY, type Way } from "./traffic-cases.ts";

/** What an emulated machine beside others needs at most for a step. */
const PATIENCE = seconds(240);
const MODULES = ["ip_vs", "ipip", "ip6_tunnel", "ip_gre", "ip6_gre", "sit", "fou", "fou6"];
const REAL = [...SERVERS, SORRY];

/** A director, three real servers, a sorry one and a client of 4,096 addresses on one LAN, both families. */
export class TrafficStand {
  readonly lan: Lan;
  readonly servers: Connections;
  readonly client: Connections;
  readonly holder: Connections; // another client, for connections that last
  #director: Director | undefined;

  private constructor(lan: Lan, servers: Connections, clients: readonly [Connections, Connections]) {
    this.lan = lan;
    this.servers = servers;
    [this.client, this.holder] = clients;
  }

  static async open(vips: readonly string[]): Promise<TrafficStand> {
    const loose = ["net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.eth0.send_redirects=0"];
    // Strict reverse paths: `real-server up --tun` has to see to what comes out of a tunnel.
    const strict = ["net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.eth0.rp_filter=1"];
    const forwarding = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"];
    await run(["modprobe", "-a", ...MODULES]); // before the namespaces, which then have tunl0, gre0 and their like
    const lan = await Lan.open([
      machine("lb", 1, [...SIX, ...forwarding, ...loose]),
      ...REAL.map((name, i) => machine(name, 11 + i, [...SIX, ...strict])),
      machine("client", 200, SIX),
    ]);
    await run(["sh", "-e"], sixthScript(lan, vips));
    return new TrafficStand(lan, await Connections.serve(lan, REAL), [
      await Connections.from(lan, "client"),
      await Connections.from(lan, "client"),
    ]);
  }

  /** Makes every server ready for these ways, by our own command. */
  async prepare(ways: readonly (Pick<Way, "prepare"> & { readonly vips: readonly string[] })[]): Promise<void> {
    const byOptions = new Map<string, string[]>();
    for (const { prepare, vips } of ways) {
      if (prepare === undefined) continue;
      const options = prepare.join(" ");
      byOptions.set(options, [...(byOptions.get(options) ?? []), ...vips]);
    }
    const up = async (node: string): Promise<void> => {
      for (const [options, vips] of byOptions) {
        if (node === SORRY && options !== "") continue; // it stands in behind DR alone
        const words = options === "" ? [] : options.split(" ");
        const program = [process.execPath, join(PROJECT, "dist/main.js"), "real-server", "up"];
        await this.lan.run(node, [...program, ...words, ...vips]);
      }
    };
    await Promise.all(REAL.map(up));
  }

  /** Starts the director, and waits until its table has so many servers. */
  async start(configuration: string, servers: number): Promise<void> {
    this.#write(configuration);
    const config = join(this.lan.folder, "lb.conf");
    this.#director = startDirector(this.lan, {
      node: "lb",
      implementation: "ours",
      config,
      options: ["-C"],
      quiet: true,
    });
    const whole = async (): Promise<boolean> =>
      (await ipvsTable(this.lan, "lb")).filter((line) => line.startsWith("-a")).length >= servers;
    await until(`${servers} servers`, whole, PATIENCE, milliseconds(300));
  }

  reload(configuration: string): void {
    this.#write(configuration);
    this.#director?.reload();
  }

  /** Waits until the servers of a virtual address are these: `rs1 0`, with their weights. */
  async expect(vip: string, servers: readonly string[]): Promise<void> {
    const hosts = new Map(REAL.map((name, i) => [addressOf(4, 11 + i), name]));
    const shown = async (): Promise<string> => {
      const lines = (await ipvsTable(this.lan, "lb")).filter((line) => line.startsWith(`-a -t ${vip}:80 `));
      const found = lines.map((line) => {
        const [, host = "", weight] = / -r ([\d.]+):\d+ .*-w (\d+)/.exec(line) ?? [];
        return `${hosts.get(host)} ${weight}`;
      });
      return found.sort().join(", ");
    };
    let last = "";
    const wanted = [...servers].sort().join(", ");
    const holds = async (): Promise<boolean> => {
      last = await shown();
      return last === wanted;
    };
    await until(`${vip}: ${wanted}`, holds, PATIENCE).catch(() => {
      throw new Error(`${vip}: has ${last} instead of ${wanted}`);
    });
  }

  /** What the director said. */
  get log(): readonly string[] {
    return this.#director?.log.entries.map(({ text }) => text) ?? [];
  }

  async close(): Promise<void> {
    this.servers.close();
    this.client.close();
    this.holder.close();
    await this.#director?.stop();
    this.lan.close();
  }

  #write(configuration: string): void {
    writeFileSync(join(this.lan.folder, "lb.conf"), configuration);
  }
}

const SIX = ["all", "default", "eth0"]
  .flatMap((on) => [`net.ipv6.conf.${on}.accept_dad=0`, `net.ipv6.conf.${on}.accept_ra=0`])
  .concat("net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.default.disable_ipv6=0");

function machine(name: string, host: number, sysctls: readonly string[]) {
  return { name, interface: "eth0", addresses: [`${addressOf(4, host)}/24`], sysctls };
}

/**
 * IPv6; the client's many sources, and the ways to them. What the servers send from their own address (NAT) goes through
 * the director, what they send from a virtual one does not. The client looks for the virtual addresses on the LAN.
 */
function sixthScript(lan: Lan, vips: readonly string[]): string {
  const batch = (node: string, lines: readonly string[]): string =>
    (["-4", "-6"] as const)
      .map((family) => {
        const own = lines.filter((line) => line.startsWith(family)).map((line) => line.slice(3));
        return `ip ${family} -n ${lan.namespace(node)} -batch - <<'END'\n${own.join("\n")}\nEND`;
      })
      .join("\n");
  const own = (host: number): string => `-6 address add ${addressOf(6, host)}/64 dev eth0 nodad`;
  const back = [`-4 route add 10.81.0.0/20 via 10.80.0.200`, `-6 route add 2001:db8:81::/116 via ${addressOf(6, 200)}`];
  const throughDirector = [
    "-4 rule add from 10.80.0.0/24 to 10.81.0.0/20 lookup 80",
    "-4 route add default via 10.80.0.1 table 80",
    "-6 rule add from 2001:db8:80::/64 to 2001:db8:81::/116 lookup 80",
    `-6 route add default via ${addressOf(6, 1)} table 80`,
  ];
  const devices = (host: number): string[] => [
    `-4 address add ${addressOf(4, host + 10)}/24 dev eth0`,
    `-6 address add ${addressOf(6, host + 10)}/64 dev eth0 nodad`,
    // Each has an address of its own to be reached at: a device with one takes all of its protocol that comes there.
    `-4 link add csum4 type gre local ${addressOf(4, host + 10)} remote any icsum`,
    `-6 link add csum6 type ip6gre local ${addressOf(6, host + 10)} remote any icsum`,
    `-6 link add in6 type ip6tnl mode ipip6 local ${addressOf(6, host + 10)} remote any`,
    `-4 fou add port ${GUE_PORT} gue`,
    `-6 fou add port ${GUE_PORT} gue`,
  ];
  return [
    batch("lb", [
      ...[own(1), ...back],
      ...vips.map((vip) =>
        vip.includes(":") ? `-6 address add ${vip}/128 dev eth0 nodad` : `-4 address add ${vip}/32 dev eth0`,
      ),
    ]),
    ...REAL.map((node, i) => batch(node, [own(11 + i), ...back, ...throughDirector, ...devices(11 + i)])),
    batch("client", [
      ...[own(200), "-4 route add local 10.81.0.0/20 dev lo", "-6 route add local 2001:db8:81::/116 dev lo"],
      ...["-4 route add 10.80.1.0/24 dev eth0", "-6 route add 2001:db8:80:1::/64 dev eth0"],
    ]),
  ].join("\n");
}
