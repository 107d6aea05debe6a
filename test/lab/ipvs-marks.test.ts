import { describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { KernelMarks } from "../../src/io/mark-tables.ts";
import type { MarkRule } from "../../src/netlink/ipvs-marks.ts";
import { Lan } from "./lan.ts";

/**
 * What keepalived 2.2.7 writes for `nftables_ipvs foo`, `nftables_ipvs_priority -5`, `nftables_ipvs_start_fwmark 2000`
 * and three services of two groups: nft list ruleset, in the emulated kernel (Linux 6.1, nft 1.0.6).
 */
const KEEPALIVED = `table ip foo {
	map tcp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		elements = { 192.0.2.100 . 80 : 0x000007d0,
			     192.0.2.101-192.0.2.103 . 8080 : 0x000007d0,
			     192.0.2.120 . 80 : 0x000007d2,
			     192.0.2.121 . 443 : 0x000007d2 }
	}

	map udp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		elements = { 192.0.2.100 . 80 : 0x000007d1,
			     192.0.2.101-192.0.2.103 . 8080 : 0x000007d1 }
	}

	chain in {
		type filter hook input priority filter - 5; policy accept;
		meta mark set ip daddr . tcp dport map @tcp_map return
		meta mark set ip daddr . udp dport map @udp_map return
	}
}
table ip6 foo {
	map tcp_map {
		type ipv6_addr . inet_service : mark
		flags interval
		elements = { 2001:db8::100 . 80 : 0x000007d0 }
	}

	map udp_map {
		type ipv6_addr . inet_service : mark
		flags interval
		elements = { 2001:db8::100 . 80 : 0x000007d1 }
	}

	chain in {
		type filter hook input priority filter - 5; policy accept;
		meta mark set ip6 daddr . tcp dport map @tcp_map return
		meta mark set ip6 daddr . udp dport map @udp_map return
	}
}
`;

const SPEC = { table: "foo", priority: -5 };

function rule(protocol: MarkRule["protocol"], text: string, mark: number): MarkRule {
  const [addresses = "", port] = text.split(" ");
  const [from = "", to = from] = addresses.split("-");
  const family = from.includes(":") ? 6 : 4;
  return { family, protocol, from: ip(from), to: ip(to), port: Number(port), mark };
}

const G = ["192.0.2.100 80", "192.0.2.101-192.0.2.103 8080", "2001:db8::100 80"];
const RULES = [
  ...G.map((text) => rule("tcp", text, 2000)),
  ...G.map((text) => rule("udp", text, 2001)),
  rule("tcp", "192.0.2.120 80", 2002),
  rule("tcp", "192.0.2.121 443", 2002),
];

/** A namespace, its rules, and what is written there. */
async function stand(
  use: (marks: KernelMarks, ruleset: () => Promise<string>, lan: Lan) => Promise<void>,
): Promise<void> {
  const lan = await Lan.open([
    { name: "lb1", interface: "ens33", addresses: ["192.0.2.1/24", "192.0.2.100/24"] },
    { name: "client", interface: "ens33", addresses: ["192.0.2.2/24"] },
  ]);
  const marks = new KernelMarks(lan.namespace("lb1"));
  try {
    await use(marks, () => lan.run("lb1", ["nft", "list", "ruleset"]), lan);
  } finally {
    lan.close();
  }
}

describe.concurrent("the tables of nftables_ipvs", () => {
  test("are those of keepalived 2.2.7; another owner's stay, and ours are gone at the end", async () => {
    await stand(async (marks, ruleset, lan) => {
      await lan.run("lb1", ["nft", "add table ip other"]);
      expect(marks.want(SPEC, RULES)).toBeUndefined();
      expect(await ruleset()).toBe(`table ip other {\n}\n${KEEPALIVED}`);
      marks.close({ remove: true });
      expect(await ruleset()).toBe("table ip other {\n}\n");
    });
  });

  test("what changes comes and goes alone; other maps, name or priority make them anew; nothing leaves no table", async () => {
    await stand(async (marks, ruleset, lan) => {
      marks.want(SPEC, RULES);
      const handle = async () =>
        /table ip foo \{ # handle (\d+)/.exec(await lan.run("lb1", ["nft", "-a", "list", "ruleset"]))?.[1];
      const first = await handle();
      const changed = [...RULES.slice(1), rule("tcp", "192.0.2.104 80", 2000)];
      expect(marks.want(SPEC, changed)).toBeUndefined();
      expect(await handle()).toBe(first);
      expect(await ruleset()).toContain("192.0.2.104 . 80 : 0x000007d0");
      expect(await ruleset()).not.toContain("192.0.2.100 . 80 : 0x000007d0,");
      expect(marks.want({ ...SPEC, table: "bar" }, RULES)).toBeUndefined();
      expect(await ruleset()).toBe(KEEPALIVED.replaceAll(" foo {", " bar {"));
      expect(marks.want({ ...SPEC, table: "bar" }, [])).toBeUndefined();
      expect(await ruleset()).toBe("");
      marks.close({ remove: true });
    });
  });

  test("a process that was killed leaves them, and the next one's take their place", async () => {
    await stand(async (marks, ruleset, lan) => {
      marks.want(SPEC, [...RULES, rule("sctp", "192.0.2.9 80", 2003)]);
      marks.close({ remove: false });
      expect(await ruleset()).toContain("sctp_map");
      const next = new KernelMarks(lan.namespace("lb1"));
      expect(next.want(SPEC, RULES)).toBeUndefined();
      expect(await ruleset()).toBe(KEEPALIVED);
      next.close({ remove: true });
    });
  });

  test("packets get their marks: a port of its own before every port", async () => {
    await stand(async (marks, _, lan) => {
      const VIP = "192.0.2.100";
      expect(marks.want(SPEC, [rule("udp", `${VIP} 0`, 2001), rule("udp", `${VIP} 53`, 2000)])).toBeUndefined();
      await lan.run("lb1", ["nft", "add table ip seen"]);
      await lan.run("lb1", ["nft", "add chain ip seen in { type filter hook input priority 0; }"]);
      for (const mark of [2000, 2001, 0])
        await lan.run("lb1", ["nft", `add rule ip seen in ip protocol udp meta mark ${mark} counter`]);
      for (const to of [`${VIP}/53`, `${VIP}/54`, `${VIP}/55`, "192.0.2.1/53"])
        await lan.run("client", ["bash", "-c", `echo x > /dev/udp/${to}`]);
      const listed = await lan.run("lb1", ["nft", "list", "table", "ip", "seen"]);
      expect([...listed.matchAll(/packets (\d+)/g)].map(([, count]) => count)).toEqual(["1", "2", "1"]);
      marks.close({ remove: true });
    });
  });
});
