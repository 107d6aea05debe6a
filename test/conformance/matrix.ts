/** What two routers speak. */
export type Protocol = "v2, no authentication" | "v2, PASS" | "v2, AH" | "v3 over IPv4" | "v3 over IPv6";

/** Who is at the other end. */
export type Peer = "Keepalived 2.2.7" | "FRR 8.4";

/** One pair of routers: it elects, fails over both ways, and does not flap. `test/lab/interop.test.ts` runs each. */
export interface Cell {
  readonly protocol: Protocol;
  readonly transport: "multicast" | "unicast";
  readonly link: "plain" | "vmac";
  readonly peer: Peer;
  readonly first: "we" | "the peer"; // who has the higher priority
  readonly variant?: Variant;
}

/** An option that leaves the usual form. */
export interface Variant {
  readonly name: string;
  readonly ours: readonly string[]; //  lines of the instance
  readonly peers: readonly string[];
  readonly odd?: true; //               no RFC has it: what tshark says of it does not count
}

/** Cells that cannot be, each with what stands against it: all that have these values. */
export interface Impossible {
  readonly cells: Partial<Omit<Cell, "variant">> & { readonly variant?: string };
  readonly reason: string;
}

const PROTOCOLS = ["v2, no authentication", "v2, PASS", "v2, AH", "v3 over IPv4", "v3 over IPv6"] as const;
const OF_FRR = ["v2, no authentication", "v3 over IPv4", "v3 over IPv6"] as const;
const TRANSPORTS = ["multicast", "unicast"] as const;
const LINKS = ["plain", "vmac"] as const;
const FIRST = ["we", "the peer"] as const;
const KEEPALIVED = "Keepalived 2.2.7";

const XMIT_BASE = ["vmac_xmit_base"];
const GROUP4 = ["mcast_dst_ip 224.0.0.77"];
const GROUP6 = ["mcast_dst_ip ff02::77"];
const OLD = ["old_unicast_checksum"];
const OWN_MAC = ["use_vmac wan0 02:aa:bb:cc:dd"];
const alike = (name: string, lines: readonly string[]): Variant => ({ name, ours: lines, peers: lines });

type VariantRow = Omit<Cell, "peer" | "first"> & {
  readonly variant: Variant;
  readonly firsts?: readonly Cell["first"][]; // both, if nothing else is said
};

const VARIANTS: readonly VariantRow[] = [
  { protocol: "v3 over IPv4", transport: "multicast", link: "plain", variant: alike("another group", GROUP4) },
  { protocol: "v3 over IPv6", transport: "multicast", link: "plain", variant: alike("another group", GROUP6) },
  { protocol: "v3 over IPv6", transport: "multicast", link: "vmac", variant: alike("another group", GROUP6) },
  {
    protocol: "v3 over IPv4",
    transport: "unicast",
    link: "plain",
    variant: { ...alike("the old checksum", OLD), odd: true },
  },
  {
    protocol: "v3 over IPv4",
    transport: "unicast",
    link: "plain",
    variant: { name: "the old checksum at the peer alone", ours: [], peers: OLD, odd: true },
  },
  {
    protocol: "v3 over IPv6",
    transport: "multicast",
    link: "plain",
    variant: { ...alike("version 2 over IPv6", ["version 2", "advert_int 1"]), odd: true },
  },
  { protocol: "v3 over IPv4", transport: "multicast", link: "vmac", variant: alike("vmac_xmit_base", XMIT_BASE) },
  {
    protocol: "v3 over IPv4",
    transport: "multicast",
    link: "vmac",
    variant: { name: "vmac_xmit_base here alone", ours: XMIT_BASE, peers: [] },
    firsts: ["we"],
  },
  {
    protocol: "v3 over IPv4",
    transport: "multicast",
    link: "vmac",
    variant: { name: "vmac_xmit_base at the peer alone", ours: [], peers: XMIT_BASE },
    firsts: ["the peer"],
  },
  {
    protocol: "v3 over IPv6",
    transport: "multicast",
    link: "vmac",
    variant: { name: "vmac_xmit_base here alone", ours: XMIT_BASE, peers: [] },
    firsts: ["we"],
  },
  {
    protocol: "v3 over IPv6",
    transport: "multicast",
    link: "vmac",
    variant: { name: "vmac_xmit_base at the peer alone", ours: [], peers: XMIT_BASE },
    firsts: ["the peer"],
  },
  {
    protocol: "v3 over IPv4",
    transport: "multicast",
    link: "plain",
    variant: { name: "use_vmac here alone", ours: ["use_vmac"], peers: [] },
  },
  {
    protocol: "v3 over IPv4",
    transport: "multicast",
    link: "plain",
    variant: alike("a MAC address of its own", OWN_MAC),
  },
];

/** Everything that is run, the usual forms first. */
export const CELLS: readonly Cell[] = [
  ...PROTOCOLS.flatMap((protocol) =>
    TRANSPORTS.flatMap((transport) =>
      LINKS.flatMap((link) => FIRST.map((first): Cell => ({ protocol, transport, link, peer: KEEPALIVED, first }))),
    ),
  ),
  ...OF_FRR.flatMap((protocol) =>
    LINKS.flatMap((link) =>
      FIRST.map((first): Cell => ({ protocol, transport: "multicast", link, peer: "FRR 8.4", first })),
    ),
  ),
  ...VARIANTS.flatMap(({ firsts = FIRST, ...cell }) =>
    firsts.map((first): Cell => ({ ...cell, peer: KEEPALIVED, first })),
  ),
];

/** Everything that is not, and why. */
export const IMPOSSIBLE: readonly Impossible[] = [
  ...(["v2, PASS", "v2, AH"] as const).map((protocol) => ({
    cells: { peer: "FRR 8.4" as const, protocol },
    reason: "FRR's vrrpd has no authentication",
  })),
  { cells: { peer: "FRR 8.4", transport: "unicast" }, reason: "FRR's vrrpd has no unicast" },
  ...(
    [
      ["here alone", "the peer"],
      ["at the peer alone", "we"],
    ] as const
  ).map(([where, first]) => ({
    cells: { variant: `vmac_xmit_base ${where}`, first },
    reason:
      "two masters: who listens below does not hear what comes from his own virtual MAC, as the kernel gives that to the interface that has it",
  })),
  {
    cells: { protocol: "v3 over IPv6", variant: "a group beyond the link, such as ff05::77" },
    reason: "neither takes it: `mcast_dst_ip` of IPv6 is a group of the link (scope 2)",
  },
];
