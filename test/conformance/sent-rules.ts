import { checksumIsRight, every, isAddressed, listsAddresses } from "./checks.ts";
import { INTERVAL, type Rule } from "./rule.ts";
import { master, pause } from "./state-rules.ts";

const speaks: Pick<Rule, "unh" | "acts"> = { unh: "4.9 transmission", acts: [master, pause(1.5)] };

/** RFC 9568 §5, §7.2: what the router itself sends. */
export const SENT_RULES: readonly Rule[] = [
  {
    id: "sends-to-the-group",
    source: "RFC 9568 §5.1",
    sentence: "Advertisements go from the primary address to the group",
    ...speaks,
    checks: [isAddressed],
  },
  {
    id: "sends-ttl-255",
    source: "RFC 9568 §5.1",
    sentence: "… with a TTL or hop limit of 255",
    ...speaks,
    checks: [every("the TTL", ({ ttl }) => ttl === 255)],
  },
  {
    id: "sends-version-and-type",
    source: "RFC 9568 §5.2",
    sentence: "… with its version, type 1, the VRID and, to the stop, the priority",
    ...speaks,
    checks: [
      every("version or type", ({ payload }, { flavour }) => payload[0] === (flavour === "v2" ? 0x21 : 0x31)),
      every("the VRID", ({ payload }, { vrid }) => payload[1] === vrid),
      every("the priority", ({ payload }) => payload[2] === 100 || payload[2] === 0),
    ],
  },
  {
    id: "sends-its-interval",
    source: "RFC 9568 §5.2.7, RFC 3768 §5.3.7",
    sentence: "… with its interval in centiseconds (version 2: in seconds), and reserved bits of 0",
    ...speaks,
    checks: [
      every("the interval", ({ payload }, { flavour }) =>
        flavour === "v2"
          ? payload[4] === 0 && payload[5] === 1
          : ((payload[4] ?? 0) << 8) + (payload[5] ?? 0) === INTERVAL[flavour] / 10_000,
      ),
    ],
  },
  {
    id: "sends-its-addresses",
    source: "RFC 9568 §5.2.9",
    sentence:
      "… with the virtual addresses and their number, and nothing behind them (version 2: 8 bytes of authentication)",
    ...speaks,
    checks: [
      listsAddresses,
      every("the length", ({ payload }, { flavour }) => payload.length === { v2: 20, v3: 12, "v3-ipv6": 24 }[flavour]),
    ],
  },
  {
    id: "sends-a-checksum",
    source: "RFC 5798 §5.2.8, RFC 3768 §5.3.8",
    sentence: "… with a right checksum",
    ...speaks,
    checks: [checksumIsRight],
    note: "RFC 9568 has no pseudo-header for IPv4: `v3_checksum_as_v2` sends that, and both are understood",
  },
];
