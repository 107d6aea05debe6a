import type { NamedTest } from "./named-tests.ts";

/** A rule that is tried in another place. */
export interface Elsewhere {
  readonly sentence: string;
  readonly source: string;
  readonly tests: readonly NamedTest[];
}

/** Rules that need more than one router and a neighbour who sends packets. */
export const ELSEWHERE: readonly Elsewhere[] = [
  {
    sentence: "Advertisements come from the virtual MAC address, and the master answers with it",
    source: "RFC 9568 §7.2, §8.1.2",
    tests: [
      {
        file: "test/lab/vmac.test.ts",
        name: "we are master, it takes over and gives back: each speaks with the virtual MAC, and one has the address",
      },
    ],
  },
  {
    sentence: "With Accept_Mode off a master does not accept what is sent to the virtual address, unless it owns it",
    source: "RFC 9568 §6.1, §6.4.3",
    tests: [
      { file: "test/lab/firewall.test.ts", name: "%s: a master drops what is for its addresses" },
      { file: "test/lab/firewall.test.ts", name: "a backup drops nothing, and an owner is never guarded" },
    ],
  },
  {
    sentence: "Several virtual routers on one interface do not disturb each other",
    source: "RFC 9568 §5.2.3",
    tests: [
      {
        file: "test/lab/transport.test.ts",
        name: "one VRID on one interface in both families and in another group: three instances, each heard for itself",
      },
    ],
  },
  {
    sentence: "Over unicast only peers are heard, at the distance that is configured",
    source: "keepalived.conf(5): the RFCs know no unicast",
    tests: [
      {
        file: "test/lab/transport.test.ts",
        name: "a stranger's advertisement does not hold a backup down, nor does one from too far away",
      },
    ],
  },
  {
    sentence: "Gratuitous ARP and unsolicited neighbour advertisements, byte by byte",
    source: "RFC 9568 §8.1.2, §8.2.2",
    tests: [
      { file: "test/wire/arp.test.ts", name: "a gratuitous ARP has the bytes of keepalived 2.2.7" },
      { file: "test/wire/ndp.test.ts", name: "an unsolicited advertisement is byte for byte that of keepalived 2.2.7" },
    ],
  },
  {
    sentence: "A packet with several faults has the one that is checked first",
    source: "RFC 9568 §7.1",
    tests: [
      {
        file: "test/vrrp/receive.test.ts",
        name: "a TTL below 255 has passed a router: dropped, whatever else is wrong",
      },
    ],
  },
];
