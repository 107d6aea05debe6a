import { BAD_PACKETS, isDeaf, isSilent, isStarved, keepsPace, staysMaster, takesOver } from "./checks.ts";
import type { Act, Deviation, Packet, Rule } from "./rule.ts";
import { advert, backup, master, pause, send } from "./state-rules.ts";

const HIGHER = { priority: 200 } as const;

/**
 * A packet that must be discarded, in each state: it neither holds a backup down, which is master in time after the
 * last good one, nor ends a master, nor delays its advertisements.
 */
function discards(spoilt: Partial<Packet>): Pick<Rule, "acts" | "checks"> {
  const bad: Packet = { ...spoilt, ...HIGHER };
  return {
    acts: [
      backup,
      ...send(HIGHER),
      pause(0.5),
      ...send(bad, 6, 0.5),
      master,
      advert,
      pause(0.3),
      ...send(bad, BAD_PACKETS, 0.4),
      pause(2.5),
    ],
    checks: [takesOver(0, "down"), staysMaster, keepsPace(0)],
  };
}

/** What Keepalived's instance looks at before it discards it. */
const STARVES: Deviation = {
  note: "discarded, but each one delays the master's own advertisement by an interval (V1)",
  checks: [takesOver(0, "down"), staysMaster, isStarved],
};

/** A packet that must be obeyed: a backup is held down by it and by nothing else. */
function obeys(packet: Partial<Packet>): Pick<Rule, "acts" | "checks"> {
  const acts: Act[] = [backup, ...send({ ...HIGHER, ...packet }, 5), pause(4.5)];
  return { acts, checks: [isSilent("start", 6), takesOver(-1, "down")] };
}

/** RFC 9568 §7.1, RFC 3768 §7.1: what is to be believed, and what is not. */
export const RECEIVED_RULES: readonly Rule[] = [
  {
    id: "ttl",
    source: "RFC 9568 §7.1",
    unh: "4.1 TTL",
    sentence: "A packet whose TTL or hop limit is not 255 is discarded",
    counted: { as: "ttl" },
    ...discards({ ttl: 254 }),
    keepalived: STARVES,
  },
  {
    id: "version",
    source: "RFC 9568 §7.1",
    unh: "4.2 version",
    sentence: "A packet of another version is discarded",
    counted: { as: "version" },
    ...discards({ version: 4 }),
    keepalived: STARVES,
  },
  {
    id: "version-2-where-3-is-configured",
    source: "RFC 9568 §7.1, §8.4",
    unh: "4.2 version",
    sentence: "A router that is configured for version 3 discards packets of version 2",
    only: ["v3"],
    counted: { as: "version" },
    ...discards({ version: 2 }),
    keepalived: STARVES,
  },
  {
    id: "version-3-where-2-is-configured",
    source: "RFC 3768 §7.1",
    unh: "4.2 version",
    sentence: "So does one that is configured for version 2",
    only: ["v2"],
    counted: { as: "version" },
    ...discards({ version: 3 }),
    keepalived: STARVES,
  },
  {
    id: "truncated",
    source: "RFC 9568 §7.1",
    unh: "4.3 length",
    sentence: "A packet that is shorter than the header is discarded",
    counted: { as: "truncated" },
    ...discards({ cut: 7 }),
  },
  {
    id: "too-short",
    source: "RFC 9568 §7.1",
    unh: "4.3 length",
    sentence: "A packet that is shorter than its address count says is discarded",
    counted: { as: "length" },
    ...discards({ addresses: "one-more", resized: -4 }),
    keepalived: STARVES,
  },
  {
    id: "too-long",
    source: "RFC 9568 §7.1",
    unh: "4.3 length",
    sentence: "A packet that is longer than its address count says is discarded",
    counted: { as: "length" },
    ...discards({ resized: 4 }),
    keepalived: STARVES,
  },
  {
    id: "checksum",
    source: "RFC 9568 §7.1",
    unh: "4.4 checksum",
    sentence: "A packet with a wrong checksum is discarded",
    counted: { as: "checksum", only: ["v2", "v3"] },
    ...discards({ checksum: "wrong" }),
    keepalived: { ...STARVES, only: ["v2", "v3"] },
  },
  {
    id: "vrid",
    source: "RFC 9568 §7.1",
    unh: "4.5 VRID",
    sentence: "A packet for a virtual router that is not configured on the interface is discarded",
    ...discards({ vrid: 120 }),
  },
  {
    id: "authentication-unknown",
    source: "RFC 3768 §7.1",
    unh: "4.6 authentication",
    sentence: "A packet with an unknown authentication type is discarded",
    only: ["v2"],
    counted: { as: "auth-type" },
    ...discards({ authentication: { type: 3, data: "" } }),
    keepalived: STARVES,
  },
  {
    id: "authentication-differs",
    source: "RFC 3768 §7.1",
    unh: "4.6 authentication",
    sentence: "A packet with another authentication type than the configured one is discarded",
    only: ["v2"],
    counted: { as: "auth-mismatch" },
    ...discards({ authentication: { type: 1, data: "secret" } }),
    keepalived: STARVES,
  },
  {
    id: "authentication-missing",
    source: "RFC 2338 §7.1",
    unh: "4.6 authentication",
    sentence: "A packet without authentication is discarded where a password is configured",
    only: ["v2"],
    router: { password: "secret" },
    counted: { as: "auth-mismatch" },
    ...discards({ authentication: { type: 0, data: "secret" } }),
    keepalived: STARVES,
  },
  {
    id: "password-wrong",
    source: "RFC 2338 §7.1",
    unh: "4.6 authentication",
    sentence: "A packet with another password is discarded",
    only: ["v2"],
    router: { password: "secret" },
    counted: { as: "password" },
    ...discards({ authentication: { type: 1, data: "guessed" } }),
    keepalived: STARVES,
  },
  {
    id: "password-right",
    source: "RFC 2338 §7.1",
    unh: "4.6 authentication",
    sentence: "A packet with the right password is obeyed",
    only: ["v2"],
    router: { password: "secret" },
    ...obeys({}),
  },
  {
    id: "interval-differs",
    source: "RFC 3768 §7.1",
    unh: "4.7 interval",
    sentence: "A packet with another interval than the configured one is discarded",
    only: ["v2"],
    counted: { as: "interval" },
    ...discards({ interval: 2 }),
    keepalived: STARVES,
  },
  {
    id: "interval-of-zero",
    source: "RFC 9568 §5.2.7",
    unh: "4.7 interval",
    sentence: "An interval of 0 does not exist: the packet is discarded",
    only: ["v3", "v3-ipv6"],
    counted: { as: "interval" },
    ...discards({ interval: 0 }),
    note: "the RFC gives no rule for the receiver; see V20",
    keepalived: {
      note: "obeyed: a silence of no time at all is over at once, so it is master again after each such packet",
      checks: [takesOver(1, "at-once"), takesOver(2, "at-once"), takesOver(3, "at-once")],
    },
  },
  {
    id: "type",
    source: "RFC 9568 §5.2.2",
    unh: "4.8 unknown type",
    sentence: "A packet of an unknown type is discarded",
    counted: { as: "type" },
    ...discards({ kind: 2 }),
    keepalived: STARVES,
  },
  {
    id: "destination",
    source: "RFC 9568 §5.1.1.2",
    unh: "4.9 transmission",
    sentence: "A packet that is not sent to the group is discarded",
    ...discards({ to: "router" }),
    note: "where the configuration has no `unicast_peer`; the kernel drops it, as the socket is bound to the group",
  },
  {
    id: "resignation-that-is-discarded",
    source: "RFC 9568 §7.1",
    unh: "3.2 skew timer",
    sentence: "Priority 0 in a packet that is discarded is no resignation: a backup waits on",
    acts: [
      backup,
      ...send(HIGHER),
      pause(0.5),
      ...send({ priority: 0, checksum: "wrong" }),
      ...send({ priority: 0, ttl: 254 }),
      ...send({ priority: 0, kind: 2 }),
      pause(3.5),
    ],
    checks: [takesOver(0, "down")],
  },
  {
    id: "resignation-to-a-master-that-is-discarded",
    source: "RFC 9568 §7.1",
    unh: "2 state machine",
    sentence: "… and a master does not answer it",
    acts: [master, pause(1), advert, pause(0.4), ...send({ priority: 0, ttl: 254 }), pause(3.5)],
    checks: [keepsPace("start"), staysMaster],
    keepalived: {
      note: "not answered, but it delays the next advertisement (V1)",
      checks: [isSilent(-1, 0.7), staysMaster],
    },
  },
  {
    id: "resignation-of-a-stranger",
    source: "RFC 9568 §6.4.2",
    unh: "3.2 skew timer",
    sentence: "Priority 0 means that the master resigns; from somebody who is not the master it means nothing",
    acts: [backup, ...send(HIGHER), pause(0.5), ...send({ priority: 0, from: "third" }), pause(3.5)],
    checks: [takesOver(0, "down")],
    note: "the RFC does not name the sender; see V3",
    keepalived: { note: "believes anybody: it takes over after Skew_Time", checks: [takesOver(-1, "skew")] },
  },
  {
    id: "well-formed",
    source: "RFC 9568 §7.1",
    unh: "4 packets",
    sentence: "A packet with nothing wrong is obeyed",
    ...obeys({}),
  },
  {
    id: "checksum-without-addresses",
    source: "RFC 9568 §5.2.8",
    unh: "4.4 checksum",
    sentence: "Over IPv4 a checksum of the message alone, without pseudo-header, is right",
    only: ["v3"],
    ...obeys({ checksum: "message" }),
    keepalived: {
      note: "knows the checksum of RFC 5798 alone: there are two masters",
      checks: [isDeaf],
    },
  },
  {
    id: "reserved-bits",
    source: "RFC 9568 §5.2.6",
    unh: "4 packets",
    sentence: "The reserved bits are ignored",
    only: ["v3", "v3-ipv6"],
    ...obeys({ reserved: true }),
  },
  {
    id: "other-addresses",
    source: "RFC 9568 §7.1",
    unh: "4 packets",
    sentence: "A packet with other addresses is said to be misconfigured, and obeyed",
    counted: { as: "address-missing" },
    ...obeys({ addresses: "another" }),
    keepalived: { note: "dropped up to 2.3.2: there are two masters (V2)", checks: [isDeaf] },
  },
  {
    id: "more-addresses",
    source: "RFC 9568 §7.1",
    unh: "4 packets",
    sentence: "So is one with more addresses",
    counted: { as: "address-count" },
    ...obeys({ addresses: "one-more" }),
    keepalived: { note: "dropped up to 2.3.2: there are two masters (V2)", checks: [isDeaf] },
  },
  {
    id: "no-addresses",
    source: "RFC 9568 §7.1",
    unh: "4 packets",
    sentence: "So is one with none",
    counted: { as: "address-count" },
    ...obeys({ addresses: "none" }),
    keepalived: { note: "dropped up to 2.3.2: there are two masters (V2)", checks: [isDeaf] },
  },
];
