import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd, attempt, type Ended, run } from "./run.ts";

/** A machine on the LAN: a network namespace with one interface on the bridge. */
export interface NodeSpec {
  readonly name: string; //                     lb1, rs1, client: at most 8 characters
  readonly interface: string; //                its name inside, such as ens33
  readonly addresses: readonly string[]; //     with prefix length
  readonly gateway?: string; //                 the default route
  readonly loopback?: readonly string[]; //     VIPs on lo, not answered for by ARP: a DR real server
  readonly tunnel?: readonly string[]; //       VIPs on tunl0: a TUN real server
  readonly sysctls?: readonly string[]; //      `net.ipv4.ip_forward=1`
}

let count = 0;

/**
 * A LAN of network namespaces around one bridge, which has a namespace of its own: `kt<pid>-<n>-<node>`. IPv6 is off.
 * `close()` ends every process in them and removes them; so does the end of this process.
 */
export class Lan {
  readonly prefix: string;
  /** A folder for configuration, pid files, captures; removed at the end. */
  readonly folder: string;
  readonly #nodes: readonly NodeSpec[];
  readonly #forget: () => void;

  private constructor(nodes: readonly NodeSpec[]) {
    this.prefix = `kt${process.pid}-${count++}`;
    this.folder = mkdtempSync(join(tmpdir(), "keepalived-ts-lab-"));
    this.#nodes = nodes;
    this.#forget = atEnd(() => this.#remove());
  }

  static async open(nodes: readonly NodeSpec[]): Promise<Lan> {
    sweep();
    const lan = new Lan(nodes);
    try {
      await run(["sh", "-e"], script(lan.prefix, nodes));
      return lan;
    } catch (error) {
      lan.close();
      throw error;
    }
  }

  namespace(node: string): string {
    return `${this.prefix}-${node}`;
  }

  /** The command line that runs a short program on a node; `lan` is the bridge's own. `/sys` stays the host's. */
  command(node: string, argv: readonly string[]): string[] {
    return ["nsenter", `--net=/run/netns/${this.namespace(node)}`, ...argv];
  }

  async run(node: string, argv: readonly string[]): Promise<string> {
    return await run(this.command(node, argv));
  }

  async attempt(node: string, argv: readonly string[]): Promise<Ended> {
    return await attempt(this.command(node, argv));
  }

  /** Starts a program on a node, in a session of its own, its output to be read. It ends with the LAN at the latest. */
  spawn(node: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn("ip", ["netns", "exec", this.namespace(node), ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
      detached: true,
    });
  }

  /** Hardware address of a node's interface, as in `00:16:3e:00:00:01`. */
  mac(node: string): string {
    return mac(this.#nodes.findIndex(({ name }) => name === node));
  }

  /** Name of a node's interface on the LAN. */
  interface(node: string): string {
    return this.#nodes.find(({ name }) => name === node)?.interface ?? "";
  }

  /** `ip link set dev INTERFACE up|down` on a node. */
  async setLink(node: string, state: "up" | "down"): Promise<void> {
    await run(["ip", "-n", this.namespace(node), "link", "set", "dev", this.interface(node), state]);
  }

  close(): void {
    this.#forget();
    this.#remove();
  }

  #remove(): void {
    removeNamespaces(["lan", ...this.#nodes.map(({ name }) => name)].map((node) => this.namespace(node)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One shell script builds it all: starting a hundred programs one by one takes too long in the emulated kernel. */
function script(prefix: string, nodes: readonly NodeSpec[]): string {
  const batch = (command: string, lines: readonly string[]): string =>
    `${command} -batch - <<'END'\n${lines.join("\n")}\nEND`;
  const names = ["lan", ...nodes.map(({ name }) => name)];
  const links = nodes.map(({ name, interface: link }, i) => {
    const peer = `peer name ${link} address ${mac(i)} netns ${prefix}-${name}`;
    return `link add ${name} netns ${prefix}-lan type veth ${peer}`;
  });
  return [
    nodes.some(({ tunnel }) => tunnel !== undefined) ? "modprobe -q ipip || true" : "",
    batch("ip", [...names.map((name) => `netns add ${prefix}-${name}`), ...links]),
    batch(`ip -n ${prefix}-lan`, [
      "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
      "link set br0 up",
      ...nodes.map(({ name }) => `link set ${name} master br0 up`),
    ]),
    ...nodes.flatMap((node) => [
      batch(`ip -n ${prefix}-${node.name}`, inside(node)),
      `nsenter --net=/run/netns/${prefix}-${node.name} sysctl -q -e -w ${sysctls(node).join(" ")}`,
    ]),
  ].join("\n");
}

function inside({ interface: link, addresses, gateway, loopback = [], tunnel = [] }: NodeSpec): string[] {
  return [
    "link set lo up",
    ...addresses.map((address) => `address add ${address} brd + dev ${link}`),
    `link set ${link} up`,
    ...loopback.map((address) => `address add ${address}/32 dev lo`),
    ...(tunnel.length > 0 ? ["link set tunl0 up"] : []),
    ...tunnel.map((address) => `address add ${address}/32 dev tunl0`),
    ...(gateway === undefined ? [] : [`route add default via ${gateway}`]),
  ];
}

/** IPv6 off, forwarding as asked; a real server must own the VIP and stay silent about it. */
function sysctls({ loopback = [], tunnel = [], interface: link, sysctls: more = [] }: NodeSpec): string[] {
  const silent = ["all", link].flatMap((on) => [
    `net.ipv4.conf.${on}.arp_ignore=1`,
    `net.ipv4.conf.${on}.arp_announce=2`,
  ]);
  return [
    "net.ipv6.conf.all.disable_ipv6=1",
    "net.ipv4.ip_forward=0",
    ...(loopback.length + tunnel.length > 0 ? silent : []),
    ...(tunnel.length > 0 ? ["all", "tunl0"].map((on) => `net.ipv4.conf.${on}.rp_filter=0`) : []),
    ...more,
  ];
}

/** Hardware address of the n-th node: the same in every run. */
function mac(n: number): string {
  return `02:00:00:00:00:${(n + 1).toString(16).padStart(2, "0")}`;
}

/** Namespaces of runs that were killed with SIGKILL: their process is no more, so nobody else removes them. */
function sweep(): void {
  mkdirSync("/run/netns", { recursive: true });
  const stale = readdirSync("/run/netns").filter((name) => {
    const [, pid] = /^kt(\d+)-/.exec(name) ?? [];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  });
  removeNamespaces(stale);
}

function removeNamespaces(names: readonly string[]): void {
  const there = names.filter((name) => existsSync(`/run/netns/${name}`));
  if (there.length === 0) return;
  const lines = there.map((name) => `for p in $(ip netns pids ${name}); do kill -9 $p; done; ip netns del ${name}`);
  try {
    execFileSync("sh", ["-c", lines.join("\n")], { stdio: "ignore" });
  } catch {
    // A process that was gone already, or a namespace that somebody removed: nothing is left of it either way.
  }
}
