import { join } from "node:path";
import { type Micros, seconds } from "../../src/base/time.ts";
import type { Loss } from "./cluster-record.ts";
import type { NodeSpec } from "./lan.ts";
import { PROJECT } from "./run.ts";

/** A published cluster: its two configurations as their author wrote them, and the machines they speak of. */
export interface Cluster {
  readonly name: ClusterName;
  readonly interface: string;
  readonly vip: string;
  readonly network: string; //                        the first three numbers of the /24
  readonly directors: readonly [number, number]; //   last numbers
  readonly realServers: readonly RealServer[];
  readonly ports: readonly number[]; //               on which the real servers listen
  readonly delayLoop: number; //                      seconds
  readonly backupPriority: number; //                 effective, of the second director
}

/** A real server and how patiently it is checked: what the file says, which is not always what its author meant. */
export interface RealServer {
  readonly node: string;
  readonly host: number; //               last number of its address
  readonly retry: number; //              failures forgiven once it was up
  readonly delayBeforeRetry: number; //   seconds
  readonly keepalivedDelay?: number; //   delayBeforeRetry, where Keepalived reads the file differently
  readonly successes: 1 | 2; //           needed to come back: HTTP_GET wants a second one, delay_loop later
}

export type ClusterName = "000" | "001" | "002" | "003" | "004";

/** The names of all clusters. */
export const CLUSTERS: readonly ClusterName[] = ["000", "001", "002", "003", "004"];

// `nb_get_retry` is a keyword of HTTP_GET alone; in TCP_CHECK it is unknown, so that one failure is forgiven.
const TCP = { retry: 1, delayBeforeRetry: 3, successes: 1 } as const;
const HTTP = { retry: 3, delayBeforeRetry: 3, successes: 2 } as const;

const TABLE: Readonly<Record<ClusterName, Omit<Cluster, "name">>> = {
  // The directors are the real servers, on ports that direct routing cannot reach.
  "000": {
    interface: "ens33",
    vip: "192.168.110.200",
    network: "192.168.110",
    directors: [203, 204],
    backupPriority: 50,
    realServers: [
      { node: "lb1", host: 203, ...TCP },
      { node: "lb2", host: 204, ...TCP },
    ],
    ports: [10080, 10443],
    delayLoop: 6,
  },
  // Full-width blanks behind the first server's values: we read them as blanks; keepalived 2.2.7 warns of invalid
  // numbers, takes `retry` as 3 all the same and `delay_before_retry` as 0: four attempts at once (seen in packets).
  "001": {
    interface: "enp0s8",
    vip: "192.168.56.200",
    network: "192.168.56",
    directors: [101, 102],
    backupPriority: 100,
    realServers: [
      { node: "rs1", host: 103, ...TCP, retry: 3, keepalivedDelay: 0 },
      { node: "rs2", host: 104, ...TCP, retry: 3 },
    ],
    ports: [80],
    delayLoop: 3,
  },
  // `delay_beefore_retry` is no keyword either: the default, 1 s.
  "002": {
    interface: "eth1",
    vip: "172.16.1.100",
    network: "172.16.1",
    directors: [3, 4],
    backupPriority: 150,
    realServers: [
      { node: "rs1", host: 5, ...TCP, delayBeforeRetry: 1 },
      { node: "rs2", host: 6, ...TCP, delayBeforeRetry: 1 },
    ],
    ports: [80],
    delayLoop: 6,
  },
  "003": {
    interface: "eth0",
    vip: "192.168.1.100",
    network: "192.168.1",
    directors: [2, 3],
    backupPriority: 92, // its script's weight included
    realServers: [
      { node: "rs1", host: 11, ...TCP },
      { node: "rs2", host: 12, ...HTTP },
    ],
    ports: [80],
    delayLoop: 6,
  },
  "004": {
    interface: "ens33",
    vip: "192.168.146.100",
    network: "192.168.146",
    directors: [129, 130],
    backupPriority: 80,
    realServers: [
      { node: "rs1", host: 131, ...HTTP },
      { node: "rs2", host: 132, ...HTTP },
    ],
    ports: [80],
    delayLoop: 6,
  },
};

/** A takeover later than this is by another timer. */
export const LATEST: Micros = seconds(1.5);

/** From the last advert to the takeover by the second director: Skew_Time, after three intervals if nobody resigned. */
export function takeoverTime({ backupPriority }: Cluster, kind: Loss): Micros {
  return (kind === "stop" ? 0 : seconds(3)) + ((256 - backupPriority) * seconds(1)) / 256;
}

/** The cluster of that name. */
export function cluster(name: ClusterName): Cluster {
  return { name, ...TABLE[name] };
}

/** Path of a director's published configuration. */
export function configuration({ name }: Cluster, director: "lb1" | "lb2"): string {
  return join(PROJECT, `test/seeds/${name}-${director}.conf`);
}

/** The machines on the LAN: two directors, the real servers where they are others, and a client, the way out. */
export function machines({ interface: link, network, directors, realServers, vip }: Cluster): NodeSpec[] {
  const host = (n: number): string[] => [`${network}.${n}/24`];
  const gateway = `${network}.250`;
  const own = directors.map((n, i) => ({ name: `lb${i + 1}`, interface: link, addresses: host(n), gateway }));
  const others = realServers
    .filter(({ node }) => node.startsWith("rs"))
    .map(({ node, host: n }) => ({ name: node, interface: link, addresses: host(n), loopback: [vip] }));
  return [...own, ...others, { name: "client", interface: link, addresses: host(250) }];
}
