import type { Defect } from "./defects.ts";
import type { NamedTest } from "./named-tests.ts";

/** A defect of Keepalived's load balancing or BFD, and what shows that it is absent here. */
export interface LvsDefect extends Pick<Defect, "defect" | "rows" | "kept" | "tests"> {
  readonly item: string; // of the list they were found in, with a letter where it names several: `4b`
}

/** The items of that list, each of which must have its row. */
export const LVS_ITEMS: readonly string[] = [
  ...["1a", "1b", "2", "3", ..."abcdefghi".split("").map((part) => `4${part}`), "5", "6", "7"],
  ...[..."abcdefg".split("").map((part) => `8${part}`), ..."abcdef".split("").map((part) => `9${part}`), "10a", "10b"],
];

const at =
  (folder: string) =>
  (file: string, name: string): NamedTest => ({ file: `test/${folder}/${file}.test.ts`, name });
const lvs = at("lvs");
const lab = at("lab");
const config = at("config");
const check = at("check");
const daemon = at("daemon");
const bfd = at("bfd");

const OURS = lab("lvs-defects", "ours: a start, a dead server, a reload and a killed process");
const THEIRS = lab("lvs-defects", "keepalived: the same life shows them");

/** In the order of the list. */
export const LVS_DEFECTS: readonly LvsDefect[] = [
  {
    item: "1a",
    defect: "A range of a group that leaves its /24 makes services without end",
    rows: ["C100"],
    tests: [
      lvs("places", "§9.1.1: counting carries, in both families, to the last address there is"),
      lab("lvs-defects", "%s: a group's range that leaves its /24"),
    ],
  },
  {
    item: "1b",
    defect: "A range of IPv6 counts in its last 16 bits",
    rows: ["C100"],
    tests: [daemon("runnable", "§9.1.1: a range goes across a /24, and in IPv6 across its last group")],
  },
  {
    item: "2",
    defect: "With `misc_dynamic` the weight drifts after a timeout or a signal",
    rows: ["C41"],
    tests: [
      daemon("pool-runner-scripts", "the weight does not drift: after a timeout or a signal it is the configured one"),
      lab("checks", "a life of statuses, weights, a signal and a timeout is said as keepalived says it"),
    ],
  },
  {
    item: "3",
    defect: "A reload to another forwarding method adds a server that is down, with its full weight",
    rows: ["C105"],
    tests: [OURS, THEIRS, daemon("ipvs-table", "SET_DEST ENOENT: the server is added again; but none that is down")],
  },
  {
    item: "4a",
    defect: "A server without a port is checked on port 0",
    rows: ["C11"],
    tests: [
      config("check-kinds", "a server without a port is asked on that of its service, not on port 0"),
      OURS,
      THEIRS,
    ],
  },
  {
    item: "4b",
    defect: "`fwmark 0` becomes a service of 255.255.255.255",
    rows: ["C12"],
    tests: [
      config("lvs", "virtual_server %s is left out"),
      config("virtual-server-group", "mark 0 marks nothing"),
      lab("lvs-defects", "%s: fwmark 0"),
    ],
  },
  {
    item: "4c",
    defect: "With all weights 0 the hysteresis becomes 4294967295",
    rows: ["C7"],
    tests: [
      config("lvs", "all weights 0: the quorum is never gained, and nothing overflows"),
      config("service-options", "weights of 0 let the quorum become 0 with Keepalived, and its hysteresis wrap around"),
    ],
  },
  {
    item: "4d",
    defect: "`persistence_granularity` counts for no service of a group",
    rows: ["C102"],
    tests: [
      daemon("runnable", "§9.1.4: granularity counts for groups, a persistence engine with its timeout"),
      OURS,
      THEIRS,
    ],
  },
  {
    item: "4e",
    defect: "A sorry server by NAT without a port keeps port 0",
    rows: ["C11"],
    tests: [OURS, THEIRS],
  },
  {
    item: "4f",
    defect: "`bind_port` without `bindto` has no effect",
    rows: ["C75"],
    tests: [
      check("udp", "checks of two servers may have one source port, also without a source address"),
      lab("checks-datagram", "who is asked sees our address and port"),
    ],
  },
  {
    item: "4g",
    defect: "With `ha_suspend` the checks of a group never run",
    rows: ["C46"],
    tests: [daemon("ha-suspend", "a group is here with any of its addresses, of ranges too")],
  },
  {
    item: "4h",
    defect: "A reload does not push other thresholds",
    rows: ["C9"],
    tests: [OURS, THEIRS, lab("ipvs", "the new thresholds are the kernel's")],
  },
  {
    item: "4i",
    defect: "`persistence_engine` without a timeout is ignored in silence",
    rows: ["C102"],
    tests: [config("service-options", "persistence_engine without a timeout has no effect")],
  },
  {
    item: "5",
    defect:
      "A checkers process that is started again puts dead servers back, and leaves what the table has otherwise as it is",
    rows: ["C4", "C5"],
    tests: [
      OURS,
      THEIRS,
      lab("ipvs", "after kill -9 the kernel is asked for nothing, and no dead server comes back"),
      lab("ipvs", "but a service that exists already is taken over, where keepalived leaves what it finds"),
    ],
  },
  {
    item: "6",
    defect: "A reload starts an instance's sync daemon with an empty interface and id 0",
    rows: ["V86"],
    tests: [
      lab("lvs-defects", "%s: a reload of the same file"),
      lab(
        "ipvs",
        "nothing is asked of the kernel that is so already: not by a reload of the same file, nor by a respawn",
      ),
    ],
  },
  {
    item: "7",
    defect: "The version of IPVS is asked for before the number of its family is known (2.4)",
    rows: ["D121"],
    tests: [OURS],
  },
  {
    item: "8a",
    defect: "SSL_GET verifies nothing",
    rows: ["D1"],
    tests: [
      check("tls-verify", "does not accept one that has expired, and says since when"),
      check("ssl", "is up for a certificate that it signed itself and for a foreign name: nothing is verified"),
    ],
  },
  {
    item: "8b",
    defect: "The real server's `virtualhost` is forgotten where TLS names the server",
    rows: ["C13"],
    tests: [config("check-kinds", "SSL_GET { %s } of a server named rs.example sends the name %s")],
  },
  {
    item: "8c",
    defect: "The ids of DNS queries follow from the time of day",
    rows: ["C70"],
    tests: [
      check("dns", "the query is keepalived's byte for byte, with an id of its own each time"),
      check("dns", "of another id, of no response, of another question or cut short is none"),
    ],
  },
  {
    item: "8d",
    defect: "DNS_CHECK takes names with labels that are too long",
    rows: ["D122"],
    tests: [
      at("wire")("dns", "a name has labels of 1 to 63 bytes and 255 bytes in all, as UTF-8 where it is not ASCII"),
    ],
  },
  {
    item: "8e",
    defect: "SMTP_CHECK fails a server that greets in several lines",
    rows: ["C43"],
    tests: [check("smtp", "greets in several lines (2.2.7: Bad greeting banner)")],
  },
  {
    item: "8f",
    defect: "HTTP_GET never ends at Content-Length",
    rows: ["C1"],
    tests: [check("http", "ends at %s, also where the server keeps the connection open")],
  },
  {
    item: "8g",
    defect: "HTTP_GET overlooks headers in lower case, and fails a status line without reason phrase",
    rows: ["C2"],
    tests: [check("http", "without reason phrase"), check("http", "with lower-case headers")],
  },
  {
    item: "9a",
    defect: "UDP_CHECK heeds lengths beside a pattern alone",
    rows: ["C71"],
    tests: [check("udp", "a reply that %s: %j"), check("udp", "has less than min_reply_length")],
  },
  {
    item: "9b",
    defect: "BFD over IPv6 leaves with hop limit 64",
    rows: ["B3"],
    tests: [
      lab("bfd", "over IPv6, with the hop limits that each of the two has by default"),
      lab("bfd", "over IPv6, with hop limit 255 as RFC 5881 wants it"),
    ],
  },
  {
    item: "9c",
    defect: "BFD's jitter is 10 % at least",
    rows: ["B5"],
    tests: [
      bfd("session", "RFC 5880 §6.8.7: jitter shortens by up to 25 %, and by 10 to 25 % where one packet must do"),
    ],
  },
  {
    item: "9d",
    defect: "Nobody is told of a neighbour's AdminDown",
    rows: ["B2"],
    tests: [
      bfd("session", "RFC 5880 §6.8.6: the neighbour's down and admin down in up are diagnostic 3, and said"),
      lab("bfd", "up, AdminDown both ways, its death found after three intervals"),
    ],
  },
  {
    item: "9e",
    defect: "Of the sockets for one hop and for several, one is remembered (2.4)",
    rows: ["D123"],
    tests: [daemon("bfd-listeners", "§9.1.9: sockets for one hop and for several hear side by side")],
  },
  {
    item: "9f",
    defect: "A required interval of 0 is not honoured",
    rows: ["B6"],
    tests: [bfd("session", "RFC 5880 §6.8.7: none to a neighbour that requires 0")],
  },
  {
    item: "10a",
    defect: "A FILE_CHECK with `weight 0 reverse` is judged wrong at the start",
    rows: ["C16"],
    tests: [
      OURS,
      THEIRS,
      lvs(
        "file-check",
        "without weight any number but 0 is a fault, with reverse 0 is: that one is right from the start",
      ),
    ],
  },
  {
    item: "10b",
    defect: "A MISC_CHECK whose script is insecure is left out, and its server stays up for ever",
    rows: ["C40"],
    tests: [
      daemon("pool-runner-scripts", "a script that cannot be run takes its server out, and that is said once"),
      lab("checks", "one that goes while it runs, or that others may write, takes its server out, and is named"),
    ],
  },
];
