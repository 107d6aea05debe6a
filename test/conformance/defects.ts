import type { NamedTest } from "./named-tests.ts";

/** A defect of Keepalived, and what shows that it is absent here. */
export interface Defect {
  readonly number: number;
  readonly severity: "outage or split brain" | "wrong behaviour" | "cosmetic";
  readonly defect: string;
  readonly rows: readonly string[]; // of docs/differences.md; none: we do as Keepalived does
  readonly keyword: string; //         what asks for Keepalived's behaviour; empty: nothing does
  readonly kept?: string; //           why we do as Keepalived does
  readonly tests: readonly NamedTest[];
}

const OUTAGE = "outage or split brain";
const WRONG = "wrong behaviour";
const COSMETIC = "cosmetic";

const at =
  (folder: string) =>
  (file: string, name: string): NamedTest => ({ file: `test/${folder}/${file}`, name });
const story = (file: string, name: string): NamedTest => at("stories")(`${file}.txt`, name);
const vrrp = (file: string, name: string): NamedTest => at("vrrp")(`${file}.test.ts`, name);
const lab = (file: string, name: string): NamedTest => at("lab")(`${file}.test.ts`, name);
const config = (file: string, name: string): NamedTest => at("config")(`${file}.test.ts`, name);
const rule = (file: string, id: string): NamedTest => at("conformance")(`${file}.ts`, id);

/** In the order in which they were found; the numbers are stable. */
export const DEFECTS: readonly Defect[] = [
  {
    number: 1,
    severity: OUTAGE,
    defect: "Any packet for a master's VRID restarts its advertisement timer, also one that is refused",
    rows: ["V1"],
    keyword: "",
    tests: [
      rule("received-rules", "checksum"),
      story("noise", "Bad packets for our VRID cannot silence a master"),
      lab("director-packets", "every 50 ms for 7 s: the master advertises in time"),
    ],
  },
  {
    number: 2,
    severity: OUTAGE,
    defect: "A reload with a fatal error ends the daemon, which leaves its addresses up and does not resign",
    rows: ["V15", "V16"],
    keyword: "",
    tests: [lab("director-reload", "%s changes nothing and is reported")],
  },
  {
    number: 3,
    severity: OUTAGE,
    defect: "Of two interfaces that are down, the first to return ends the fault (2.3.3 and later)",
    rows: ["V34"],
    keyword: "",
    tests: [
      vrrp("tracking", "of two interfaces down, the return of one does not make fit"),
      lab("director-tracking", "of two interfaces without weight both must be up"),
    ],
  },
  {
    number: 4,
    severity: OUTAGE,
    defect: "`unicast_ttl` without peers: multicast advertisements have a TTL of 0, and leave no host",
    rows: ["V88"],
    keyword: "",
    tests: [lab("director-defects", "unicast_ttl without peers (%s)")],
  },
  {
    number: 5,
    severity: OUTAGE,
    defect: "After a healed partition nobody announces the addresses if the loser hears the winner first",
    rows: ["V5", "V32"],
    keyword: "",
    tests: [
      story("split-and-heal", "A partition, with the client on the loser's side"),
      story("split-and-heal-farewell", "The same with `higher_prio_send_advert`"),
      vrrp("announce", "without a refresh there is a healing round each minute"),
      lab("director-split-brain", "a lower master that does not hear us: said once, announced again when it is silent"),
    ],
  },
  {
    number: 6,
    severity: OUTAGE,
    defect: "Advertisements with another list of addresses are dropped (up to 2.3.2)",
    rows: ["V2"],
    keyword: "",
    tests: [
      rule("received-rules", "other-addresses"),
      vrrp("receive", "RFC 9568 §7.1: other addresses are a problem, but the advertisement is accepted"),
    ],
  },
  {
    number: 7,
    severity: WRONG,
    defect: "A unicast peer with the old checksum is understood, and answered with the new one",
    rows: ["V23", "V24"],
    keyword: "",
    tests: [
      vrrp("transmit", "a peer that was heard with the old checksum is answered with it"),
      vrrp("receive", "the old checksum of unicast is accepted unless `old_unicast_checksum never`"),
    ],
  },
  {
    number: 8,
    severity: WRONG,
    defect: "`v3_checksum_as_v2` accepts any checksum, and sends wrong ones to all peers but the first",
    rows: ["V19"],
    keyword: "",
    tests: [
      vrrp("receive", "both checksums of version 3 over IPv4 are accepted, whatever we send"),
      vrrp("transmit", "v3_checksum_as_v2: the message alone is covered, so every peer's checksum is the same"),
    ],
  },
  {
    number: 9,
    severity: WRONG,
    defect: "`track_src_ip` has no effect (2.2.7)",
    rows: ["V25"],
    keyword: "",
    tests: [lab("transport", "track_src_ip: the loss of the configured source is a fault")],
  },
  {
    number: 10,
    severity: WRONG,
    defect: "arp_ignore and arp_filter of the interface below a virtual MAC stay changed",
    rows: ["V59"],
    keyword: "",
    tests: [
      lab("vmac", "of a daemon that was killed is used again; another configuration removes it; the sysctls are as"),
    ],
  },
  {
    number: 11,
    severity: WRONG,
    defect: "`init_fail` has no effect",
    rows: ["V41"],
    keyword: "",
    tests: [lab("director-script", "with `init_fail` an instance starts in fault, and `rise` successes end it")],
  },
  {
    number: 12,
    severity: WRONG,
    defect: "A script that is missing or insecure is not tracked, one that is deleted later succeeds for ever",
    rows: ["V9", "V42"],
    keyword: "",
    tests: [
      lab("director-script", "one that does not exist, cannot be run or has no such user is a failure"),
      lab("director-script", "with `enable_script_security` root runs nothing that others may write"),
    ],
  },
  {
    number: 13,
    severity: WRONG,
    defect: "The weight of an interface that a member of a sync group tracks is announced as ignored, and counts",
    rows: ["V40"],
    keyword: "sync_group_tracking_weight",
    tests: [config("tracking", "an owner of its addresses keeps no weight, a member of a group none of its own")],
  },
  {
    number: 14,
    severity: WRONG,
    defect: "After an address was deleted a group goes to backup and back, and tells only of the way back",
    rows: ["V8", "V89"],
    keyword: "",
    tests: [lab("director-defects", "an address that somebody takes from a sync group (%s)")],
  },
  {
    number: 15,
    severity: WRONG,
    defect: "Announcements that are due later outlive the master role; periodic ones add up (2.3 and later)",
    rows: ["V6"],
    keyword: "",
    tests: [
      vrrp("announce", "leaving master cancels every block"),
      vrrp("announce", "garp_extra_if: each interval, from the transition on, until the role is gone"),
      lab("director-announce", "leaving master cancels the second block"),
    ],
  },
  {
    number: 16,
    severity: WRONG,
    defect: "Nothing is announced after a link flap with `dont_track_primary`, nor after a change of the MAC",
    rows: ["V30"],
    keyword: "",
    tests: [lab("director-announce", "dont_track_primary: a link that was down, and another MAC, are announced")],
  },
  {
    number: 17,
    severity: WRONG,
    defect: "Unicast believes every sender and every TTL",
    rows: ["V22"],
    keyword: "",
    tests: [
      vrrp("receive", "unicast: a peer is heard at the distance that is configured, and nobody else"),
      lab("transport", "a stranger's advertisement does not hold a backup down, nor does one from too far away"),
    ],
  },
  {
    number: 18,
    severity: WRONG,
    defect: "Priority 0 of anybody starts the takeover",
    rows: ["V3"],
    keyword: "",
    tests: [
      rule("received-rules", "resignation-of-a-stranger"),
      story("forged-resignation", "Somebody who is not the master resigns"),
      lab("director-packets", "a forged resignation does not make a second master"),
    ],
  },
  {
    number: 19,
    severity: WRONG,
    defect: "AH counts what it sends and hears with one number, which begins anew at each start",
    rows: ["V58"],
    keyword: "",
    tests: [
      vrrp("sequence", "a daemon that starts again begins above all it has sent"),
      vrrp("sequence", "a neighbour's number must grow; another's may be lower"),
      vrrp("proof", "what is sent is believed, its copy and an older one are not, the next one is"),
    ],
  },
  {
    number: 20,
    severity: WRONG,
    defect: "`kill -9` of all processes leaves the addresses up",
    rows: [],
    keyword: "",
    kept: "no process is left to remove them; a daemon that starts again removes them first",
    tests: [lab("director-crash", "of everything: a new daemon finds the addresses left behind")],
  },
  {
    number: 21,
    severity: WRONG,
    defect: "A vrrp process that was started again drops the addresses at once, and waits",
    rows: ["V4"],
    keyword: "",
    tests: [
      story("respawn", "The vrrp process of the master dies and is started again at once"),
      vrrp("adopt", "a respawned process stays master until a peer can have timed out, and advertises at once"),
      lab("director-crash", "of a master's vrrp process: a backup (%s) does not notice"),
    ],
  },
  {
    number: 22,
    severity: COSMETIC,
    defect: "Whether a new master goes back to its own interval depends on `-D`",
    rows: ["V21"],
    keyword: "",
    tests: [
      vrrp("machine", "a new master of VRRPv3 advertises by its own interval, and says so"),
      story("interval-v3", "VRRPv3: a backup learns the master's interval"),
    ],
  },
  {
    number: 23,
    severity: COSMETIC,
    defect: "`skip_check_adv_addr false` means true",
    rows: ["V90"],
    keyword: "skip_check_adv_addr true",
    tests: [config("vrrp", "skip_check_adv_addr false")],
  },
  {
    number: 24,
    severity: COSMETIC,
    defect: "`state MASTER` changes nothing below priority 255",
    rows: [],
    keyword: "",
    kept: "every configuration has it",
    tests: [story("owner", "An address owner with `state MASTER` does not wait")],
  },
  {
    number: 25,
    severity: COSMETIC,
    defect: "A fault resigns twice",
    rows: ["V10"],
    keyword: "",
    tests: [vrrp("machine", "a master in fault resigns once and releases; it recovers as a backup that waits in full")],
  },
  {
    number: 26,
    severity: COSMETIC,
    defect: "Notify scripts overtake each other",
    rows: ["V43"],
    keyword: "",
    tests: [lab("director-notify", "a slow script never sees an older state after a newer one")],
  },
  {
    number: 27,
    severity: COSMETIC,
    defect: "A reload removes the FIFO and makes it anew; lines that do not fit are lost in silence",
    rows: ["V46"],
    keyword: "",
    tests: [
      lab(
        "director-fifo",
        "its script gets the path last, the lines of the stop too, and ends; a reload leaves both alone",
      ),
      lab("director-fifo", "nobody reads, or something else lies there: that is said, and nothing waits for it"),
    ],
  },
  {
    number: 28,
    severity: COSMETIC,
    defect: "Advertisements with another interval are dropped, and counted nowhere",
    rows: ["V91"],
    keyword: "",
    tests: [lab("director-packets", "every 50 ms for 7 s: the master advertises in time, counts them by reason")],
  },
  {
    number: 29,
    severity: COSMETIC,
    defect:
      "The second delay of `interface_up_down_delays` is 0 where it is left out; the manual says that it is the first",
    rows: [],
    keyword: "",
    kept: "what runs decides; our manual says both",
    tests: [at("keywords")("interface.test.ts", "delays are seconds up to 255, and 0 where they are none")],
  },
  {
    number: 30,
    severity: COSMETIC,
    defect: "Unicast over IPv6 leaves with hop limit 64, which peers with `min_ttl 255` refuse",
    rows: [],
    keyword: "",
    kept: "a peer of Keepalived's may have `max_ttl 64`; `unicast_ttl 255` says otherwise",
    tests: [
      vrrp("transmit", "unicast: TTL 255 over IPv4 and the kernel's 64 over IPv6, unless unicast_ttl says another"),
    ],
  },
  {
    number: 31,
    severity: COSMETIC,
    defect: "Every bad packet is logged, every lower advertisement too",
    rows: ["V12"],
    keyword: "",
    tests: [
      vrrp("warning", "each reason is said once"),
      lab(
        "director-packets",
        "every 50 ms for 7 s: the master advertises in time, counts them by reason and says each once",
      ),
    ],
  },
  {
    number: 32,
    severity: COSMETIC,
    defect: "A start deletes addresses of the administrator that are virtual addresses too",
    rows: [],
    keyword: "",
    kept: "a backup that has the address answers for it: two hosts would",
    tests: [lab("director-crash", "of everything: a new daemon finds the addresses left behind")],
  },
  {
    number: 33,
    severity: COSMETIC,
    defect: "A stop takes a second also where there is nothing to do",
    rows: ["V14"],
    keyword: "",
    tests: [lab("director-defects", "a stop with nothing to wait for (%s)")],
  },
  {
    number: 34,
    severity: COSMETIC,
    defect: "One interface that does not exist ends the daemon, all other instances with it",
    rows: ["V11"],
    keyword: "",
    tests: [
      lab("director-interface", "not there at start: fault until it appears; the other instance works meanwhile"),
    ],
  },
  {
    number: 35,
    severity: COSMETIC,
    defect: "A weighted script that fails does not resign: the takeover waits for the whole down time",
    rows: [],
    keyword: "",
    kept: "no RFC has a way to say it; without a weight the instance resigns",
    tests: [story("weight", "A weighted script fails: the master says its new priority with its next advertisement")],
  },
  {
    number: 36,
    severity: COSMETIC,
    defect: "255 addresses an advertisement; one VRID an interface, family and group; VRRPv2 in whole seconds",
    rows: [],
    keyword: "",
    kept: "the formats of the packets",
    tests: [
      vrrp(
        "transmit",
        "an advertisement carries at most 255 addresses, and what a packet of the interface has room for",
      ),
    ],
  },
];
