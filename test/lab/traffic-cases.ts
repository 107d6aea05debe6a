import { seeded } from "../../src/syntax/seeded.ts";
import { sample } from "../statistics/sample.ts";
import { PACE, type Service, serviceText } from "./ipvs-cases.ts";

/** The nodes that serve, and the one that is sorry. */
export const SERVERS = ["rs1", "rs2", "rs3"] as const;
export const SORRY = "sorry";
/** Where the servers take GUE. */
export const GUE_PORT = 6080;
/** How many different sources the client has: 10.81.0.0/20, 2001:db8:81::/116. */
export const SOURCES = 4096;
export type Family = 4 | 6;

/** What a virtual address is there for. Its services are by TCP on port 80. */
interface Case {
  readonly name: string; //         with its family a name of its own
  readonly family: Family; //       of the virtual address
}

/** A way from the director to its servers. */
export interface Way extends Case {
  readonly kind: string; //         behind lb_kind
  readonly servers?: Family; //     where it is another one
  readonly prepare?: readonly string[]; // options of `real-server up`; NAT needs none
  readonly second?: true; //        to the servers' second addresses, where a tunnel device of its own waits
}

const GUE = `TUN type gue port ${GUE_PORT}`;
const TUN = ["--tun"];
const GRE = { 4: [...TUN, "--dev", "gre0"], 6: [...TUN, "--dev", "ip6gre0"] } as const;
/** gre0 and ip6gre0 drop what has a checksum, so there is a device that wants one (traffic-stand.ts). */
const GRE_CSUM = { 4: [...TUN, "--dev", "csum4"], 6: [...TUN, "--dev", "csum6"] } as const;

/** Every method of forwarding, every tunnel with each of its options, and tunnels of the other family. */
export const WAYS: readonly Way[] = [
  ...([4, 6] as const).flatMap((family): Way[] => [
    { name: "NAT", family, kind: "NAT" },
    { name: "DR", family, kind: "DR", prepare: [] },
    { name: "TUN", family, kind: "TUN", prepare: TUN },
    { name: "TUN gue", family, kind: GUE, prepare: TUN },
    { name: "TUN gue csum", family, kind: `${GUE} csum`, prepare: TUN },
    { name: "TUN gue remcsum", family, kind: `${GUE} remcsum`, prepare: TUN },
    { name: "TUN gre", family, kind: "TUN type gre", prepare: GRE[family] },
    { name: "TUN gre csum", family, kind: "TUN type gre csum", prepare: GRE_CSUM[family], second: true },
  ]),
  {
    name: "TUN to the other family",
    family: 4,
    kind: "TUN",
    servers: 6,
    prepare: [...TUN, "--dev", "in6"],
    second: true,
  },
  { name: "TUN to the other family", family: 6, kind: "TUN", servers: 4, prepare: [...TUN, "--dev", "sit0"] },
];

/** What a scheduler is asked to deal out, by DR. */
export interface Dealing extends Case {
  readonly lines: readonly string[];
  readonly weights: readonly [number, number, number];
  readonly held?: true; //          all stay open together
  readonly from: "everywhere" | "one place";
  readonly seed: number; //         of the choice of sources, and of their order
}

const everywhere = { from: "everywhere", weights: [1, 2, 5] } as const;

/** Every scheduler that promises proportions; hashing ones by both families, and by the port of one client. */
export const DEALINGS: readonly Dealing[] = [
  { name: "rr", family: 4, lines: ["lb_algo rr"], from: "everywhere", weights: [1, 1, 1], seed: 1 },
  { name: "wrr", family: 4, lines: ["lb_algo wrr"], ...everywhere, seed: 2 },
  { name: "wlc", family: 4, lines: ["lb_algo wlc"], ...everywhere, held: true, seed: 3 },
  { name: "sh", family: 4, lines: ["lb_algo sh"], ...everywhere, seed: 4 },
  { name: "sh", family: 6, lines: ["lb_algo sh"], ...everywhere, seed: 5 },
  { name: "mh", family: 4, lines: ["lb_algo mh"], ...everywhere, seed: 6 },
  { name: "mh", family: 6, lines: ["lb_algo mh"], ...everywhere, seed: 7 },
  { name: "sh-port", family: 4, lines: ["lb_algo sh", "sh-port"], ...everywhere, from: "one place", seed: 8 },
  { name: "mh-port", family: 4, lines: ["lb_algo mh", "mh-port"], ...everywhere, from: "one place", seed: 9 },
];

/** A service that keeps clients together: those of one network of so many bits. */
export interface Keeping extends Case {
  readonly lines: readonly string[];
  readonly together: number; // so many neighbouring sources are one client
}

export const KEEPINGS: readonly Keeping[] = [
  { name: "persistence", family: 4, lines: [], together: 1 },
  { name: "persistence", family: 6, lines: [], together: 1 },
  { name: "granularity", family: 4, lines: ["persistence_granularity 255.255.255.0"], together: 256 },
  { name: "granularity", family: 6, lines: ["persistence_granularity 120"], together: 256 },
];

/** A service whose servers go and come back while a client connects. */
export interface Change extends Case {
  readonly how: "weight 0" | "inhibit_on_failure" | "sorry server" | "sorry server, inhibited";
}

export const CHANGES: readonly Change[] = [
  { name: "drained by weight 0", family: 4, how: "weight 0" },
  { name: "drained by inhibit_on_failure", family: 4, how: "inhibit_on_failure" },
  { name: "sorry server", family: 4, how: "sorry server" },
  { name: "sorry server, inhibited", family: 4, how: "sorry server, inhibited" },
];

const CASES: readonly Case[] = [...WAYS, ...DEALINGS, ...KEEPINGS, ...CHANGES];

/** What a case is called: `DR, IPv6`. */
export function caseName({ name, family }: Case): string {
  return `${name}, IPv${family}`;
}

/** So many connections of a client that connects all the time are under way at once. */
export const FLOW = 8;

/** How many connections each is judged by. */
export const COUNT = { way: 300, dealing: 2000, again: 200 } as const;

/** The cases of `npm test`; the rest is for `npm run test:long`. */
export const BRIEF: readonly string[] = [
  ...[4, 6].flatMap((family) => ["NAT", "DR", "TUN", "TUN gue"].map((name) => `${name}, IPv${family}`)),
  ...["wrr", "wlc", "sh", "mh"].map((name) => `${name}, IPv4`),
  ...["granularity, IPv6", "drained by weight 0, IPv4", "sorry server, inhibited, IPv4"],
];

/** The virtual address of a case. */
export function vipOf(one: Case): string {
  const host = CASES.indexOf(one) + 1;
  return one.family === 4 ? `10.80.1.${host}` : `2001:db8:80:1::${host.toString(16)}`;
}

/** The address of a node: 1 is the director, 11 to 13 the servers (21 to 23 also), 14 the sorry one, 200 the client. */
export function addressOf(family: Family, host: number): string {
  return family === 4 ? `10.80.0.${host}` : `2001:db8:80::${host}`;
}

/** The n-th source of the client. */
export function sourceOf(family: Family, n: number): string {
  return family === 4 ? `10.81.${n >> 8}.${n & 255}` : `2001:db8:81::${n.toString(16)}`;
}

/** `count` sources in an order of chance. */
export function someSources(family: Family, count: number, seed: number): readonly string[] {
  return sample(count, SOURCES, seeded(seed)).map((n) => sourceOf(family, n));
}

/** The configuration of the director; `weight` is that of the first server of the service that is drained by weight. */
export function configuration(cases: readonly Case[], weight = 1): string {
  const chosen = (all: readonly Case[]): boolean => cases.some((one) => all.includes(one));
  const texts = [
    ...WAYS.filter((one) => chosen([one])).map(wayText),
    ...DEALINGS.filter((one) => chosen([one])).map(dealingText),
    ...KEEPINGS.filter((one) => chosen([one])).map(keepingText),
    ...CHANGES.filter((one) => chosen([one])).map((one) => changeText(one, weight)),
  ];
  return texts.map(serviceText).join("");
}

const TCP = ["protocol TCP"];
const PERSISTENT = ["lb_algo rr", "lb_kind DR", "persistence_timeout 600"];

function service(one: Case & Partial<Way>, lines: readonly string[], servers: readonly (readonly string[])[]) {
  const [family, first] = [one.servers ?? one.family, one.second ? 21 : 11];
  const rows = servers.map((inner, i) => [`${addressOf(family, first + i)} 80`, ...inner] as const);
  return { at: `${vipOf(one)} 80`, lines: [...PACE, ...TCP, ...lines], servers: rows } satisfies Service;
}

function wayText(way: Way): Service {
  return service(way, ["lb_algo rr", `lb_kind ${way.kind}`], [[], [], []]);
}

function dealingText(dealing: Dealing): Service {
  const servers = dealing.weights.map((weight) => [`weight ${weight}`]);
  return service(dealing, [...dealing.lines, "lb_kind DR"], servers);
}

function keepingText(keeping: Keeping): Service {
  return service(keeping, [...PERSISTENT, ...keeping.lines], [[], [], []]);
}

function changeText(change: Change, weight: number): Service {
  const health = "TCP_CHECK {\n  connect_port 81\n}";
  const lines = ["lb_algo rr", "lb_kind DR"];
  const sorry = `sorry_server ${addressOf(change.family, 14)} 80`;
  switch (change.how) {
    case "weight 0":
      return service(change, lines, [[`weight ${weight}`], [], []]);
    case "inhibit_on_failure":
      return service(change, [...lines, "inhibit_on_failure"], [[health], [], []]);
    case "sorry server":
      return service(change, [...lines, sorry], [[health]]);
    case "sorry server, inhibited":
      return service(change, [...lines, "inhibit_on_failure", sorry, "sorry_server_inhibit"], [[health]]);
  }
}
